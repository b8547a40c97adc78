"""Given what happened, when this is asked, then that happens: aggregates and commands in memory, no database.

    given(requested).with_(*HOUSE).as_(BEN).on(MAY_4).when(ApproveLoan()).then(approved)
    given(requested, declined).with_(*HOUSE).when(ApproveLoan()).then_rejected(NotAwaitingDecision)

A fact that begins a stream names the stream's id; later facts of that aggregate follow it. ``given`` holds the
aggregate that is addressed, ``with_`` the others that a command may look at.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from eventstore import Aggregate, Ask, Asker, Command, Meta, NotFound, Rejected, lane_of
from eventstore.codec import fields_of
from eventstore.command import accepted_by

MAY_4 = date(2026, 5, 4)
NOBODY = UUID("00000000-0000-4000-8000-000000000000")
"""Who asks when a test does not say; also the stream of facts that name none."""


@dataclass(frozen=True)
class Fact:
    """An event without its address: what happened."""

    kind: type[Aggregate.Event]
    says: dict[str, Any]
    stream: UUID | None = None

    def but(self, **says: Any) -> Fact:
        """The same, with other words: ``requested.but(months=12)``."""
        return replace(self, says={**self.says, **says})

    def event(
        self, version: int = 1, stream: UUID | None = None, on: date = MAY_4, owner: UUID | None = None
    ) -> Any:
        """The event with an address, as it would be read from the store."""
        id = stream or self.stream or NOBODY
        topic = {"originator_topic": ""} if issubclass(self.kind, Aggregate.Created) else {}
        at = datetime.combine(on, time(12), UTC)
        event = self.kind(
            originator_id=id,
            originator_version=version,
            timestamp=at,
            **topic,
            **self.says,
        )
        if isinstance(event, Aggregate.Created):
            owner = event.owner_id()
        event.__dict__.update(
            meta=Meta(by="test", on=on), owner=owner, lane=lane_of(owner or id), position=version
        )
        return event

    def __repr__(self) -> str:
        return f"{self.kind.kind}({', '.join(f'{name}={value!r}' for name, value in self.says.items())})"


def fact(kind: type[Aggregate.Event], stream: UUID | None = None, /, **says: Any) -> Fact:
    """``fact(Loan.Requested, LOAN, months=24, …)``; the stream is needed for the first event only."""
    return Fact(kind, says, stream)


def replay(*facts: Fact) -> list[Any]:
    """The aggregates that the facts make: one for each fact that begins a stream, in that order."""
    made: list[Any] = []
    for each in facts:
        if issubclass(each.kind, Aggregate.Created):
            made.append(each.event().mutate(None))
            continue
        at = next(i for i in reversed(range(len(made))) if _belongs(each, made[i]))
        one = made[at]
        made[at] = each.event(one.version + 1, one.id, owner=one.owner).mutate(one)
    return made


def said(event: Aggregate.Event) -> tuple[str, dict[str, Any]]:
    """What an event says, with its defaults and without its address."""
    return type(event).kind, {name: getattr(event, name) for name in fields_of(type(event))}


def _belongs(each: Fact, aggregate: Any) -> bool:
    return each.kind.aggregate is type(aggregate) and each.stream in (None, aggregate.id)


class Memory:
    """The other aggregates, and the numbers of series; stands where the store's session is."""

    def __init__(self, others: Iterable[Any]) -> None:
        self.streams = {one.id: one for one in others}
        self.numbers: dict[UUID, int] = {}

    def load(self, kind: type[Any], id: UUID, customers: frozenset[UUID] | None = None) -> Any:
        one = self.streams.get(id)
        hidden = (
            one is not None and customers is not None and one.owner is not None and one.owner not in customers
        )
        if not isinstance(one, kind) or hidden:
            raise NotFound(f"there is no {kind.__name__} {id}")
        return one

    def take_number(self, kind: type[Any], series: UUID, facts: dict[str, Any], ask: Ask) -> int:
        self.numbers[series] = self.numbers.get(series, 0) + 1
        return self.numbers[series]


@dataclass
class Outcome:
    """What became of a command; every ``then`` asserts."""

    recorded: list[Aggregate.Event] = field(default_factory=list)
    refusal: Rejected | None = None
    claims: list[tuple[str, str]] = field(default_factory=list)
    released: list[tuple[str, str]] = field(default_factory=list)

    def then(self, *expected: Fact) -> None:
        """Exactly these were recorded: the target's first, then other streams'. Numbers taken are left out."""
        assert self.refusal is None, f"refused: {self.refusal!r}"
        assert [said(event) for event in self.recorded] == [said(each.event()) for each in expected]

    def then_nothing(self) -> None:
        self.then()

    def then_rejected(self, kind: type[Rejected], because: str = "") -> Rejected:
        """Refused for this reason, with these words in the detail; returns the refusal."""
        assert type(self.refusal) is kind, f"expected {kind.__name__}, got {self.refusal!r}: {self.recorded}"
        assert because in str(self.refusal)
        return self.refusal


ANYBODY = Asker(NOBODY, "test", MAY_4, datetime.combine(MAY_4, time(12), UTC))


@dataclass(frozen=True)
class Given:
    """Facts, and who asks on which day."""

    history: tuple[Fact, ...]
    others: tuple[Fact, ...] = ()
    asker: Asker = ANYBODY

    def with_(self, *facts: Fact) -> Given:
        return replace(self, others=(*self.others, *facts))

    def as_(self, account: UUID, customers: Iterable[UUID] | None = None) -> Given:
        """Who asks; a client sees nothing but the streams of some customers."""
        scope = None if customers is None else frozenset(customers)
        return replace(self, asker=replace(self.asker, account=account, customers=scope))

    def on(self, day: date) -> Given:
        return replace(self, asker=replace(self.asker, on=day, now=datetime.combine(day, time(12), UTC)))

    def when(self, command: Command) -> Outcome:
        memory = Memory(replay(*self.others))
        ask = Ask(self.asker, memory, ExitStack())
        target = replay(*self.history)[0] if self.history else None
        try:
            target = _carried_out(command, target, ask)
        except Rejected as refusal:
            if target is not None:
                refusal.state, refusal.accepts = getattr(target, "status", None), accepted_by(target)
            return Outcome(refusal=refusal)
        streams = [target, *(other for other in ask.changed if other is not target)]
        recorded = [event for stream in streams for event in stream.collect_events()]
        return Outcome(recorded, None, [claim[:2] for claim in ask.claims], ask.released)


def _carried_out(command: Command, target: Any, ask: Ask) -> Any:
    if target is None:
        return command.create(ask)
    ask.add(target)
    command.perform(target, ask)
    return target


def given(*history: Fact) -> Given:
    return Given(history)
