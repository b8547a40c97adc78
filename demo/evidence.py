"""What the judge looks at: gathered from the installation's own database, behind the back of the API."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from psycopg_pool import ConnectionPool

import aggregates  # noqa: F401 - every kind of event is known once this is imported
import projections
from demo import judge
from demo.judge import Verdict
from eventstore import Keyring, Projection, Reader, Store
from eventstore.compare import Comparison, compare
from eventstore.parking import parked
from eventstore.verify import verify_chains
from projections.document_shelf import DocumentShelf
from projections.journal import Journal, JournalLine
from projections.trial_balance import TrialBalance, TrialBalanceLine
from runtime import database
from runtime.settings import Settings
from runtime.settling import Settling

READ_MODELS = {
    name: kind
    for name, kind in Projection.registry.items()
    if kind.__module__.removeprefix("projections.") in projections.__all__
}
"""By name, every read model that ``projections/`` lists."""
SHUFFLES = (11, 23)
"""Seeds by which the lanes are interleaved in the second and third replay."""
BATCHES = (777, 50, 3)
"""Events folded at once: in the order of the store, then shuffled."""


@dataclass
class Evidence:
    """A look into the database of one installation.

    store  its events
    auditor  connection string of the role ``auditor``, for the scratch tables of the replay
    """

    store: Store
    auditor: str
    seen: dict[str, int] = field(default_factory=dict)
    """By read model, the most rows that were seen at once."""

    def look(self) -> None:
        """Note which read models have rows now: some are empty again when everything is repaid."""
        reader = Reader(self.store.pool)
        for name, kind in READ_MODELS.items():
            (row,) = reader.fetch(kind, "SELECT count(*) AS lines FROM {table}", {})
            self.seen[name] = max(self.seen.get(name, 0), row["lines"])

    def waits_for(self) -> str | None:
        """What has still to follow from the events that are there; None when all is quiet."""
        settling = Settling(self.store)
        return settling.waits_for(settling.newest())

    def journal(self) -> Sequence[JournalLine]:
        lines: list[JournalLine] = Reader(self.store.pool).read(Journal).rows("SELECT * FROM {table}")
        return lines

    def trial_balance(self) -> Sequence[TrialBalanceLine]:
        return Reader(self.store.pool).read(TrialBalance).balances()

    def documents(self) -> list[str]:
        """Keys of the documents that the records name."""
        return [
            line.key for line in Reader(self.store.pool).read(DocumentShelf).rows("SELECT * FROM {table}")
        ]

    def replays(self) -> list[Comparison]:
        """Every read model against a fresh replay: in the order of the store, then shuffled in other batches."""
        kinds, found = list(READ_MODELS.values()), []
        for batch, seed in zip(BATCHES, (None, *SHUFFLES), strict=True):
            found += compare(self.store, self.auditor, kinds, batch=batch, seed=seed)
        return found

    def about_the_store(self, nothing_of: Collection[str] = ()) -> list[Verdict]:
        """The checks that ask for nothing but the database.

        nothing_of  read models that this story has no rows for: a shorter one than the whole season
        """
        left = [line.consumer for line in parked(self.store.pool)]
        registered = list(READ_MODELS)
        filled = [name for name in registered if name not in nothing_of]
        return [
            judge.nothing_is_left_undone(self.waits_for(), left),
            judge.every_read_model_had_rows(filled, self.seen),
            judge.nothing_differs(self.replays(), registered),
            judge.chains_hold(verify_chains(self.store)),
        ]


@contextmanager
def evidence(settings: Settings) -> Iterator[Evidence]:
    """Look into the database of an installation that is running."""
    pool: ConnectionPool = database.pool(settings.auditor_url, name="judge", size=4)
    keyring = Keyring(pool, settings.keks())
    try:
        yield Evidence(Store(pool, keyring, settings.secret()), settings.auditor_url)
    finally:
        keyring.close()
        pool.close()
