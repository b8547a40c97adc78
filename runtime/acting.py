"""Acting: one reaction to one cause, with every command committed before the function goes on.

A run that was cut short is simply done again: its commands carry the same ids, so the store answers them with the
receipts of the first time, and the function finds itself where it was.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

import structlog

from eventstore import Aggregate, Asker, Command, Receipt, Rejected, Store
from eventstore.faults import reach
from eventstore.projection import Projection
from eventstore.reader import NotBuilt, Reader
from runtime import metrics
from runtime.business_days import BusinessDate
from runtime.clock import Clock
from runtime.reactions import Answers, Deadline, Reaction, command_id

log = structlog.get_logger()

P = TypeVar("P", bound=Projection)


PATIENCE = 5.0
"""Seconds that a reaction waits for a read model before it gives its place to others."""


class Behind(Exception):
    """A read model has not yet seen what a reaction wants to look up; the reaction is tried again."""


@dataclass(frozen=True)
class Cause:
    """Why a reaction runs.

    id    the event's ``stream:version`` or the deadline's id: what the ids of commands are made from
    seen  positions by lane that a read model must have passed before the reaction may look at it
    """

    id: str
    seen: dict[int, int]
    correlation: str | None = None
    traceparent: str | None = None

    @classmethod
    def of(cls, event: Aggregate.Event) -> Cause:
        address = f"{event.originator_id}:{event.originator_version}"
        return cls(
            address,
            {event.lane: event.position},
            event.meta.correlation or event.meta.command,
            event.meta.traceparent,
        )


class Acting:
    """Runs reactions against a store.

    outside  the providers as a dataclass with fields ``read``, ``load``, ``told`` and ``claimed``, which are set anew for every run
    """

    def __init__(self, store: Store, clock: Clock, business_date: BusinessDate, outside: Any) -> None:
        self._store, self._clock, self._business_date, self._outside = store, clock, business_date, outside
        self._reader = Reader(store.pool)

    def react(self, reaction: Reaction, event: Aggregate.Event) -> dict[int, int]:
        """Run it to its end; returns the positions of what it recorded, by lane.

        Raises whatever the function lets through: a refusal it did not expect, a provider that is down.
        """
        return self._run(reaction, Cause.of(event), event)

    def meet(self, reaction: Reaction, deadline: Deadline) -> dict[int, int]:
        """The same for something that falls due."""
        return self._run(reaction, Cause(deadline.id, {}), deadline)

    def _run(self, reaction: Reaction, cause: Cause, said: Any) -> dict[int, int]:
        started = time.monotonic()
        run = _Run(self._store, reaction, cause, self._asker)
        outside = replace(
            self._outside,
            load=self._store.load,
            told=self._store.told,
            claimed=self._store.claimed,
            read=lambda model: read_after(self._reader, model, run.seen),
        )
        run.through(reaction.act(said, outside))
        log.info(
            "reacted",
            reaction=reaction.name,
            because=cause.id,
            sent=sorted(run.sent),
            ms=round((time.monotonic() - started) * 1000),
        )
        return run.seen

    def _asker(self, reaction: Reaction, cause: Cause) -> Asker:
        return Asker(
            account=reaction.account,
            who=reaction.who,
            on=self._business_date.today(),
            now=self._clock.now(),
            because=cause.id,
            correlation=cause.correlation,
            traceparent=cause.traceparent,
        )


def read_after(reader: Reader, model: type[P], seen: Mapping[int, int]) -> P:
    """The queries of a read model that has passed these positions, by lane. Raises Behind when it takes long."""
    try:
        caught_up = reader.wait_for(seen, [model], PATIENCE)
    except NotBuilt:
        caught_up = False
    if not caught_up:
        raise Behind(model.name)
    return reader.read(model)


class _Run:
    """What one run has sent so far."""

    def __init__(
        self, store: Store, reaction: Reaction, cause: Cause, asker: Callable[[Reaction, Cause], Asker]
    ) -> None:
        self._store, self._reaction, self._cause, self._asker = store, reaction, cause, asker
        self.seen = dict(cause.seen)
        self.sent: Counter[str] = Counter()
        self._asked: Counter[tuple[str, UUID | None]] = Counter()

    def through(self, answers: Answers) -> None:
        """Drive the function: commit what it yields, hand back the receipt or raise the refusal in it."""
        try:
            asked = next(answers)
            while True:
                try:
                    receipt = self._send(*asked)
                except Rejected as refusal:
                    log.info(
                        "refused", reaction=self._reaction.name, code=refusal.code(), because=self._cause.id
                    )
                    asked = answers.throw(refusal)
                else:
                    reach("attempt-call")
                    asked = answers.send(receipt)
        except StopIteration:
            pass

    def _send(self, command: Command, to: UUID | None) -> Receipt:
        what = (type(command).__name__, to)
        id = command_id(self._cause.id, self._reaction, to, command, self._asked[what])
        self._asked[what] += 1
        with metrics.command(what[0]):
            receipt = self._store.send(
                command, self._asker(self._reaction, self._cause), to=to, command_id=id
            )
        self.sent[what[0]] += 1
        for lane, position in receipt.positions.items():
            self.seen[int(lane)] = max(self.seen.get(int(lane), 0), int(position))
        return receipt
