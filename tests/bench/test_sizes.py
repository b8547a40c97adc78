"""Copies are as many as was said, have ids of their own, and refer to each other as the first ones did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg_pool import ConnectionPool

import bench.place
from bench import sizes
from bench.feed_filling import fill, fill_mail_log
from bench.sizes_copied import LOAN_TABLES, Copied
from eventstore import Keyring, Projection, Recorded, Store, read_models
from projections.mail_log import MailLog
from runtime.embedded.postgres import Postgres
from tests.conftest import Database, fresh_database

MAILS, COPIES = 30, 7
MAIL_LOG = MailLog.table_name()


def place_of(database: Database) -> bench.place.Database:
    urls = (
        database.app_url,
        database.owner_url,
        database.owner_url,
        database.projector_url,
        database.auditor_url,
    )
    return bench.place.Database(database.name, *urls)


def all_of(database: Database, table: str) -> list[dict[str, Any]]:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        return sizes._asked(owner, table)


@pytest.fixture
def mails(database: Database) -> list[Recorded]:
    """The events of so many mails, whose rows are in the mail log."""
    read_models.ensure(database.owner_url, [MailLog])
    fill(place_of(database), 1, MAILS)
    fill_mail_log(place_of(database), 1, MAILS)
    with ConnectionPool(database.app_url, kwargs={"autocommit": True}, open=True) as pool:
        keyring = Keyring(pool, bytes(32))
        events = Store(pool, keyring, bytes(32)).read_feed().events
        keyring.close()
    return events


@pytest.fixture
def elsewhere(postgres: Postgres, _template: str) -> Iterator[Database]:
    with fresh_database(postgres) as fresh:
        yield fresh


def test_everything_is_there_so_many_times_and_fits_together(
    mails: list[Recorded], database: Database, elsewhere: Database
) -> None:
    commands = [{"command_id": row.stream_id, "request_mac": bytes(32), "answer": b"{}", "recorded_at": row.recorded_at}
                for row in mails]  # fmt: skip
    copied = Copied(place_of(elsewhere), COPIES)
    copied.fill(mails, commands, {MAIL_LOG: all_of(database, f"read.{MAIL_LOG}")})
    for table in ("store.events", "store.commands", f"read.{MAIL_LOG}"):
        assert copied.rows_of(table) == COPIES * MAILS
        assert copied.bytes_a_row(table) > copied.index_bytes_a_row(table) > 0
    events = {row["stream_id"]: row["owner"] for row in all_of(elsewhere, "store.events")}
    logged = {row["notification_id"]: row["customer_id"] for row in all_of(elsewhere, f"read.{MAIL_LOG}")}
    assert events == logged
    assert len(events) == COPIES * MAILS


def test_the_tables_of_loans_are_tables_of_today() -> None:
    assert set(LOAN_TABLES) <= {kind.table_name() for kind in Projection.registry.values()}


def test_what_there_is_of_each_instalment_and_what_there_is_once(mails: list[Recorded]) -> None:
    """Two loans of three instalments together: due, paid and entered twice each; everything else is there once."""
    kinds = ["Servicing.InstalmentFellDue", "Servicing.RepaymentReceived", "Posting.Made", "Posting.Made"] * 3
    kinds += ["Posting.Made"] * 2 + [
        "Loan.Requested",
        "Loan.Approved",
        "Loan.Disbursed",
        "Servicing.Opened",
    ] * 2
    events = [msgspec.structs.replace(row, kind=kind) for row, kind in zip(mails, kinds, strict=False)]
    rows = {table: [{"size": 50_000}] * 3 for table in LOAN_TABLES}
    figures = {figure.name: figure.median for figure in sizes._of_events(sizes.Told(events, [], rows))}
    assert figures["events of a loan, each instalment"] == 4
    assert figures["events of a loan, once"] == 5
    assert figures["rows of a loan, each instalment"] == 3
    assert figures["rows of a loan, once"] == 9
    assert figures["papers of a loan"] == 75_000
    stored = figures["state of an event"] + figures["meta of an event"]
    assert stored + 16 + 32 < figures["message of an event"] < stored + 250


def test_without_the_demonstration_the_row_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "FOLDER", tmp_path)
    [figure] = sizes.measure(None)  # type: ignore[arg-type]
    assert figure.note == "not here: tell the story first, `manage.py demo` (there is no var/demo)"
