"""What a command can lay its hands on while it is being carried out: one unit of work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from eventstore.aggregate import Aggregate
from eventstore.command import Asker, NotFound

if TYPE_CHECKING:
    from eventstore.kept import Kept
    from eventstore.session import Session

A = TypeVar("A", bound=Aggregate)


class Ask:
    """Who asks, on which day, and the other streams a command needs.

    Everything that is changed through it is appended together with the target, in one transaction.
    """

    def __init__(self, asker: Asker, session: Session, unit: ExitStack, kept: Kept | None = None) -> None:
        self._asker, self._session, self._unit, self._kept = asker, session, unit, kept
        self.changed: list[Aggregate] = []
        self.remembered: list[Aggregate] = []
        """Those of ``changed`` that were in memory: what they say has to be proved by the append."""
        self.numbered: list[Aggregate] = []
        """Series, which are never whole in memory."""
        self.claims: list[tuple[str, str, UUID | None]] = []
        self.released: list[tuple[str, str]] = []

    @property
    def by(self) -> UUID:
        """The account that asks."""
        return self._asker.account

    @property
    def on(self) -> date:
        """The business date."""
        return self._asker.on

    @property
    def now(self) -> datetime:
        """The Clock's time, UTC."""
        return self._asker.now

    def load(self, kind: type[A], id: UUID) -> A:
        """Another aggregate, to read. Raises NotFound; also for a stream that belongs to somebody else."""
        return self._session.load(kind, id, self._asker.customers)

    def find(self, kind: type[A], id: UUID) -> A | None:
        """Another aggregate, to read; None when there is none yet."""
        try:
            return self.load(kind, id)
        except NotFound:
            return None

    def also(self, kind: type[A], id: UUID) -> A:
        """Another aggregate, to change: what it records is appended in the same transaction."""
        for known in self.changed:
            if known.id == id and isinstance(known, kind):
                return known
        return self.add(self._recalled(kind, id) or self.load(kind, id))

    def also_or_begin(self, kind: type[A], id: UUID, begin: Callable[[], A]) -> A:
        """The same for a stream whose id is derived, so that whoever needs it first begins it."""
        try:
            return self.also(kind, id)
        except NotFound:
            return self.add(begin())

    def add(self, aggregate: A) -> A:
        """A new aggregate, appended in the same transaction."""
        self.changed.append(aggregate)
        return aggregate

    def claim(self, scope: str, value: str, holder: UUID | None = None) -> None:
        """Make a value unique in its scope; the append raises Claimed when somebody else holds it.

        value   kept as a keyed hash only
        holder  the stream that holds it; the command's target unless another one is named
        """
        self.claims.append((scope, value, holder))

    def release(self, scope: str, value: str) -> None:
        """Give a claimed value of the command's own streams back."""
        self.released.append((scope, value))

    def number(self, kind: type[Any], series: UUID, **facts: Any) -> int:
        """The next number of a gapless series, from 1, taken in the same transaction or not at all.

        kind  an aggregate with ``Begun`` (its first event, version 1) and ``Taken`` (one per number)

        Holds the series' lock until the append is committed.
        """
        return self._session.take_number(kind, series, facts, self)

    def _recalled(self, kind: type[A], id: UUID) -> A | None:
        """From memory, unless it belongs to somebody else: the refusal is the database's to give."""
        kept = self._kept.take(kind, id) if self._kept is not None else None
        customers = self._asker.customers
        if kept is None or (customers is not None and kept.owner is not None and kept.owner not in customers):
            return None
        self.remembered.append(kept)
        return kept

    def in_transaction(self) -> None:
        """Open the transaction that holds a lock until the append; once a unit of work."""
        self._session.begin(self._unit)
