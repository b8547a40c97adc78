"""What a store keeps in memory, held against what a replay says."""

from __future__ import annotations

from typing import Any

from eventstore import Aggregate, Store

_THE_DATABASE_SAYS = {"_created_on", "_modified_on", "_pending_events", "kept_until"}
"""The time of recording is not known before the append, and no decision asks for it."""


def differences_from_a_replay(store: Store) -> list[str]:
    """Every field of a kept aggregate that is not what its stored events make of it, types included."""
    found = []
    for aggregate in list(store._kept._all.values()):
        stored = store.load(type(aggregate), aggregate.id)
        if stored.version == aggregate.version:
            found += [
                f"{type(aggregate).__name__}.{name}: kept {kept!r}, stored {replayed!r}"
                for name, kept, replayed in _fields(aggregate, stored)
                if repr(kept) != repr(replayed) or kept != replayed
            ]
    return found


def _fields(kept: Aggregate, stored: Aggregate) -> list[tuple[str, Any, Any]]:
    names = (vars(kept).keys() | vars(stored).keys()) - _THE_DATABASE_SAYS
    return [(name, vars(kept).get(name), vars(stored).get(name)) for name in sorted(names)]
