"""Facts in, rows out: what happened is appended to a store of the test's own and projected on the real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from datetime import date
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from psycopg_pool import ConnectionPool

import projections
from eventstore import Aggregate, Keyring, Projection, Reader, Store
from eventstore.compare import compare
from eventstore.projector import Projector
from eventstore.read_models import ensure
from eventstore.session import Claims, Lines, Session, stamped
from projections.contract_desk import ContractDesk
from projections.customer_file import CustomerFile
from projections.document_shelf import DocumentShelf
from projections.loan_account import LoanAccount
from projections.loan_book import LoanBook
from projections.mail_log import MailLog
from projections.product_list import ProductList
from projections.schedule import Schedule
from tests.connected import projecting, url_as
from tests.kit import Fact
from tests.stories import MAY_4

assert projections, "all read models are known"

P = TypeVar("P", bound=Projection)

_NAMED = (CustomerFile, ProductList)
JOINED: dict[type[Projection], tuple[type[Projection], ...]] = {
    ContractDesk: (*_NAMED, LoanBook),
    DocumentShelf: _NAMED,
    LoanAccount: (CustomerFile, LoanBook, Schedule),
    LoanBook: (*_NAMED, LoanAccount, Schedule),
    MailLog: _NAMED,
}
"""What the lists of a read model join."""


class Screens:
    """Tell it what happened, then ask a read model."""

    def __init__(self, owner_url: str, store: Store) -> None:
        self.owner_url, self.store = owner_url, store
        self.asked: list[type[Projection]] = []
        self._streams: dict[UUID, Aggregate] = {}

    def happened(self, *facts: Fact | Aggregate, on: date = MAY_4) -> None:
        """Append facts of one business day in their order, or what an aggregate recorded since the last time.

        A fact that names no stream belongs to the newest stream of its aggregate.
        """
        for fact in facts:
            aggregate = fact if isinstance(fact, Aggregate) else self._recorded(fact)
            self._append(aggregate, on)

    def read(self, kind: type[P], customers: Collection[UUID] | None = None) -> P:
        """The read model with everything in it, as staff see it or as the client of these customers does."""
        self.follow(kind, *JOINED.get(kind, ()))
        return Reader(self.store.pool, customers).read(kind)

    def follow(self, *kinds: type[Projection]) -> None:
        """Bring the tables of these read models up to date."""
        self.asked += [kind for kind in kinds if kind not in self.asked]
        ensure(self.owner_url, kinds)
        projector = Projector(*projecting(self.store), kinds)
        while projector.step():
            pass

    def replay_the_same(self) -> None:
        """What was asked is the same again with lanes shuffled and batches of another size."""
        self.follow(*self.asked)
        for batch, seed in ((1, 1), (3, 2), (777, 3)):
            for replay in compare(
                self.store, url_as(self.store.pool.conninfo, "auditor"), self.asked, batch=batch, seed=seed
            ):
                assert (replay.differences, replay.parked) == ([], 0), replay

    def _recorded(self, fact: Fact) -> Aggregate:
        if issubclass(fact.kind, Aggregate.Created):
            assert fact.stream is not None
            self._streams[fact.stream] = fact.kind.aggregate.begin(fact.kind, fact.stream, **fact.says)
            return self._streams[fact.stream]
        own = [a for a in self._streams.values() if type(a) is fact.kind.aggregate]
        aggregate = self._streams[fact.stream] if fact.stream else own[-1]
        aggregate.record(fact.kind, **fact.says)
        return aggregate

    def _append(self, aggregate: Aggregate, on: date) -> None:
        lines, codec = Lines(), self.store.codec
        lines.add(aggregate, stamped("account:test", on=on), codec)
        with self.store.pool.connection() as connection:
            Session(connection, codec).append(uuid4(), bytes(32), aggregate, None, lines, Claims())


@pytest.fixture
def screens(database) -> Iterator[Screens]:
    """After each test, what it asked is replayed with lanes shuffled and in other batches, and has to be the same."""
    kwargs = {"autocommit": True}
    with ConnectionPool(database.app_url, kwargs=kwargs, min_size=2, max_size=8, open=True) as pool:
        keyring = Keyring(pool, os.urandom(32))
        screens = Screens(database.owner_url, Store(pool, keyring, os.urandom(32)))
        yield screens
        screens.replay_the_same()
        keyring.close()
