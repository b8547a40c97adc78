"""A stream told event by event: what each event says and what it changed in the state, as plain values.

    rows ─▶ replay ─▶ what the state was ─┐
                 └──▶ what it is now ─────┴─▶ the paths that differ, with what was there before and what is there now

Folding the changes of the first n events gives the state at version n; nothing is told twice. A path is ``status``,
or ``paid.3.interest`` inside a value that has parts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, TypeAlias
from uuid import UUID

from eventstore.aggregate import Aggregate
from eventstore.codec import fields_of
from eventstore.rows import Recorded
from eventstore.sealing import Redacted, Sealed

Plain: TypeAlias = Any
"""None, bool, int, str, or lists and dicts of these with text for keys: what JSON can say."""

Opens: TypeAlias = Callable[[str], bool]
"""Whether whoever asks may read the sealed values in a field, by its name."""

MASKED: Final = {"masked": True}
"""Stands for a sealed value that whoever asks may not read."""

ERASED: Final = {"erased": True}
"""Stands for a sealed value whose subject was erased: nobody can read it any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """One path of the state that an event changed; None where there was or is nothing."""

    path: str
    before: Plain
    after: Plain

    @property
    def field(self) -> str:
        """The field of the state that the path begins with."""
        return self.path.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Step:
    """One event."""

    row: Recorded
    says: dict[str, Plain]
    """The fields that it declares."""
    changes: list[Change]


def told(rows: Sequence[Recorded], opens: Opens, after: int = 0) -> Iterator[Step]:
    """Replay a stream, oldest first, and tell each event behind a version.

    rows   the whole stream
    after  events up to this version are replayed and not told

    Raises Undecodable for an event that this code does not know.
    """
    teller = _Teller(opens)
    aggregate: Any = None
    was: dict[str, Plain] = {}
    for row in rows:
        event = row.event()
        if row.version > after and aggregate is not None and not was:
            was = teller.state(aggregate)
        aggregate = event.mutate(aggregate)
        if row.version > after:
            now = teller.state(aggregate)
            yield Step(row, teller.says(event), list(_differences(was, now)))
            was = now


_LEAVES = frozenset({bool, int, str})


@cache
def _fields(kind: type[Aggregate.Event]) -> tuple[str, ...]:
    return tuple(fields_of(kind))


class _Masked:
    """A sealed value that is not opened; another one is another value, whatever they say."""

    __slots__ = ("_of",)

    def __init__(self, sealed: Sealed[Any]) -> None:
        self._of = sealed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Masked) and self._of is other._of

    def __hash__(self) -> int:
        return id(self._of)


class _Teller:
    """Makes values plain. What is frozen is made plain once: most of a state is what it was before the event."""

    def __init__(self, opens: Opens) -> None:
        self._opens = opens
        self._known: dict[tuple[int, bool], tuple[Any, Plain]] = {}

    def state(self, aggregate: Aggregate) -> dict[str, Plain]:
        fields: Any = dataclasses.fields(aggregate)  # type: ignore[arg-type]
        return {f.name: self._plain(getattr(aggregate, f.name), self._opens(f.name)) for f in fields}

    def says(self, event: Aggregate.Event) -> dict[str, Plain]:
        return {
            name: shown(self._plain(getattr(event, name), self._opens(name))) for name in _fields(type(event))
        }

    def _plain(self, value: Any, opens: bool) -> Any:
        kind = type(value)
        if value is None or kind in _LEAVES:
            return value
        if (known := self._known.get((id(value), opens))) is not None:
            return known[1]
        if kind is dict:
            return {str(key): self._plain(part, opens) for key, part in value.items()}
        if kind in (list, tuple):
            return [self._plain(part, opens) for part in value]
        if kind in (set, frozenset):
            return [self._plain(part, opens) for part in sorted(value, key=str)]
        if dataclasses.is_dataclass(value):
            return self._record(value, opens)
        if isinstance(value, Sealed):
            return _opened(value) if opens else _Masked(value)
        if isinstance(value, UUID):
            return str(value)
        if isinstance(value, date | datetime):
            return value.isoformat()
        raise TypeError(f"nothing plain is known for {kind.__name__}")

    def _record(self, value: Any, opens: bool) -> Any:
        made = {f.name: self._plain(getattr(value, f.name), opens) for f in dataclasses.fields(value)}
        if type(value).__dataclass_params__.frozen:
            # The value is kept with what was made of it, so that no other one gets its number.
            self._known[id(value), opens] = value, made
        return made


def _opened(value: Sealed[Any]) -> Plain:
    text = value.open()
    return ERASED if isinstance(text, Redacted) else text


def shown(value: Any) -> Plain:
    """What leaves: a masked value says that it is one, and nothing else."""
    if isinstance(value, _Masked):
        return MASKED
    if isinstance(value, dict):
        return {key: shown(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shown(part) for part in value]
    return value


def _differences(was: Any, now: Any, path: str = "") -> Iterator[Change]:
    """By path, as deep as both sides have parts; what is new or gone is told whole."""
    if was is now or was == now:
        return
    if was and now and isinstance(was, dict) and isinstance(now, dict):
        parts = {key: (was.get(key), now.get(key)) for key in (*was, *(key for key in now if key not in was))}
    elif was and now and isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        parts = {str(n): pair for n, pair in enumerate(zip(was, now, strict=True))}
    elif not path:
        parts = {key: (None, value) for key, value in now.items()}
    else:
        yield Change(path, shown(was), shown(now))
        return
    for key, (before, after) in parts.items():
        yield from _differences(before, after, f"{path}.{key}" if path else key)
