"""How much a loan is: its events and rows, and their bytes in memory, on the wire, on disk and in the log.

The loans are those of the demonstration, read from its database after `manage.py demo`: its people, words and papers are
of natural length. Bytes on disk are measured on many copies of them, because a table of 300 rows is mostly air. The log
(WAL) is measured with repayments in a store that holds those copies, right after a checkpoint, when every page that is
touched is logged whole, and later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from statistics import mean
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row, tuple_row

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from bench.figures import Figure, absent
from bench.household import repay, settled
from bench.place import Database, Place
from bench.sizes_copied import LOAN_TABLES, Copied
from demo.installation import of_its_own
from demo.run import FOLDER
from demo.seed import AWA, JEAN
from eventstore import Recorded
from eventstore.projector import Projector
from eventstore.read_models import ensure
from roles.migrate import every_read_model
from roles.process import store_on
from runtime import database
from runtime.embedded.postgres import Postgres
from runtime.kafka.stamp import Stamp
from runtime.kafka.wire import encode
from runtime.supervise import AlreadyRunning, alone

BORROWERS = (JEAN, AWA)
OF_A_LOAN = frozenset({"Loan", "Contract", "Document", "Notification", "Servicing", "Posting"})
"""Whose events a loan makes; customers, accounts and payees live longer than one loan."""
EACH_MONTH = frozenset({"Servicing.InstalmentFellDue", "Servicing.RepaymentReceived"})
"""And their postings: what there is of each instalment. Everything else there is once."""
REPAYMENTS = 2_000
"""With which the log is measured, each on a loan of its own."""


@dataclass(frozen=True)
class Told:
    """What the demonstration left in its database."""

    events: Sequence[Recorded]
    commands: Sequence[dict[str, Any]]
    rows: dict[str, list[dict[str, Any]]]
    """By read model, those of the loans."""

    @cached_property
    def instalments(self) -> int:
        return sum(row.kind == "Servicing.InstalmentFellDue" for row in self.events)

    @cached_property
    def monthly(self) -> int:
        """Events that there are for each instalment: all postings but the one of the payout."""
        postings = sum(row.kind == "Posting.Made" for row in self.events) - len(BORROWERS)
        return postings + sum(row.kind in EACH_MONTH for row in self.events)


def measure(place: Place) -> list[Figure]:
    try:
        told = _told()
    except (FileNotFoundError, AlreadyRunning) as error:
        return [absent("events of a loan", f"tell the story first, `manage.py demo` ({error})")]
    copies = place.pick(400, 10_000)
    with place.step("sizes", 4) as done:
        at = place.database("sizes")
        copied = Copied(at, copies)
        copied.fill(told.events, told.commands, told.rows)
        done()
        figures = [*_of_events(told), *_on_disk(told, copied)]
        done()
        figures += _logged(place, at)
        done()
        figures += _logged_by_projecting(place, place.database("sizes_read"))
        done()
    return figures


# ── what the demonstration left ────────────────────────────────────────────


def _told() -> Told:
    settings = of_its_own(FOLDER / "state")
    if not (settings.postgres_dir / "data").exists():
        raise FileNotFoundError("there is no var/demo")
    with alone(settings.state_dir), _running(Postgres(settings.postgres_dir, die_with_parent=True)):
        with database.pool(settings.auditor_url, name="bench", size=2) as pool:
            store = store_on(pool, settings)
            events = [row for row in store.read_feed(limit=100_000).events if _is_of_a_loan(row)]
            store.keyring.close()
        with psycopg.connect(settings.owner_url) as owner:
            owner.execute("SELECT set_config('quittance.scope', 'all', true)")
            return Told(events, list(_asked(owner, "store.commands")), dict(_rows(owner)))


@contextmanager
def _running(server: Postgres) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()


def _is_of_a_loan(row: Recorded) -> bool:
    return row.owner in BORROWERS and row.kind.partition(".")[0] in OF_A_LOAN


def _rows(owner: psycopg.Connection[Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for table in LOAN_TABLES:
        rows = _asked(owner, f"read.{table}")
        yield table, [row for row in rows if row.get("customer_id", JEAN) in BORROWERS]


def _asked(owner: psycopg.Connection[Any], table: str) -> list[dict[str, Any]]:
    with owner.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"SELECT * FROM {table}".encode()).fetchall()


# ── counted ────────────────────────────────────────────────────────────────


def _of_events(told: Told) -> list[Figure]:
    once = (len(told.events) - told.monthly) / len(BORROWERS)
    rows = {table: len(found) for table, found in told.rows.items()}
    monthly_rows = sum(rows[table] for table in ("repayment_list_v3", "schedule_v5", "journal_v1"))
    return [
        Figure("events of a loan, once", "events", (once,)),
        Figure("events of a loan, each instalment", "events", (told.monthly / told.instalments,)),
        Figure("rows of a loan, once", "rows", ((sum(rows.values()) - monthly_rows) / len(BORROWERS),)),
        Figure("rows of a loan, each instalment", "rows", (monthly_rows / told.instalments,)),
        Figure("state of an event", "bytes", (mean(len(row.state) for row in told.events),)),
        Figure("meta of an event", "bytes", (mean(len(row.meta) for row in told.events),)),
        Figure("papers of a loan", "bytes", (_papers(told) / len(BORROWERS),), note="PDF and photos, in the storage"),
        Figure("message of an event", "bytes", (mean(_message(row) for row in told.events),),
               note="key, value and header, not compressed"),
    ]  # fmt: skip


def _papers(told: Told) -> int:
    return sum(row["size"] for row in told.rows["document_shelf_v3"])


def _message(row: Recorded) -> int:
    key, value, headers = encode(row, row.position, Stamp(UUID(int=0), bytes(32)))
    return len(key) + len(value) + sum(len(name) + len(content) for name, content in headers)


def _on_disk(told: Told, copied: Copied) -> list[Figure]:
    loans = copied.copies * len(BORROWERS)
    read = sum(copied.bytes_of(f"read.{table}") for table in LOAN_TABLES)
    note = f"{loans:,} loans, {copied.rows_of('store.events'):,} events"
    return [
        Figure("event on disk, indexes included", "bytes", (copied.bytes_a_row("store.events"),), note=note),
        Figure("event on disk, its indexes", "bytes", (copied.index_bytes_a_row("store.events"),)),
        Figure("command on disk, index included", "bytes", (copied.bytes_a_row("store.commands"),)),
        Figure("read models of a loan on disk", "bytes", (read / loans,),
               note=f"at its end, {told.instalments / len(BORROWERS):g} instalments"),
    ]  # fmt: skip


# ── what is logged ─────────────────────────────────────────────────────────


def _logged(place: Place, at: Database) -> list[Figure]:
    """Repayments in the store with all the copies: the pages they touch are spread over large indexes."""
    settings, loans = settled(place, at, 0, loans=2 * REPAYMENTS)
    with database.pool(at.app_url, name="bench", size=2) as pool, psycopg.connect(at.admin_url) as admin:
        admin.autocommit = True
        store = store_on(pool, settings)
        admin.execute("CHECKPOINT")
        first = _log_of(admin, lambda: repay(store, loans[:REPAYMENTS]))
        later = _log_of(admin, lambda: repay(store, loans[REPAYMENTS:]))
        store.keyring.close()
    return [
        Figure("log of a command, right after a checkpoint", "bytes", (first / REPAYMENTS,)),
        Figure("log of a command, later", "bytes", (later / REPAYMENTS,)),
    ]


def _logged_by_projecting(place: Place, at: Database) -> list[Figure]:
    """The same repayments into every read model: rows, positions, and what the schedule moves."""
    settings, loans = settled(place, at, 0, loans=REPAYMENTS)
    kinds = every_read_model()
    ensure(at.owner_url, kinds)
    with (
        database.pool(at.projector_url, name="bench", size=8) as pool,
        psycopg.connect(at.admin_url) as admin,
    ):
        admin.autocommit = True
        store = store_on(pool, settings)
        projector = Projector(store, pool, kinds)
        _follow(projector)
        with database.pool(at.app_url, name="bench", size=2) as own:
            repay(store_on(own, settings), loans)
        logged = _log_of(admin, lambda: _follow(projector))
        store.keyring.close()
    return [Figure("log of an event in the read models", "bytes", (logged / REPAYMENTS,), note="all at once")]


def _follow(projector: Projector) -> None:
    while projector.step():
        pass


def _log_of(admin: psycopg.Connection[Any], work: Any) -> int:
    before = _position(admin)
    work()
    return _position(admin) - before


def _position(admin: psycopg.Connection[Any]) -> int:
    """Bytes of log that this server has ever written."""
    with admin.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").fetchone()
    assert row is not None
    return int(row[0])
