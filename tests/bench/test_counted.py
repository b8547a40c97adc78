"""Who reads is counted like who writes: a turn that sees fewer events than there are fails the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

import bench.place
from bench import feed_reading, growth
from bench.feed_filling import fill, fill_mail_log
from bench.feed_processes import opened
from bench.figures import NotStored, all_of
from bench.growth import Grown
from eventstore import Store, read_models
from projections.mail_log import MailLog
from tests.conftest import Database

EVENTS = 1_200


class Silent:
    """Writes nothing beside the reader."""

    def ask(self, *question: Any) -> None:
        pass


class Talkative:
    """Writes three events beside the reader."""

    def __init__(self, at: bench.place.Database) -> None:
        self._at = at

    def ask(self, *question: Any) -> None:
        fill(self._at, EVENTS + 1, EVENTS + 3)


@pytest.fixture
def at(database: Database) -> bench.place.Database:
    """A database with so many mails."""
    made = bench.place.Database(
        database.name,
        database.app_url,
        database.owner_url,
        database.owner_url,
        database.projector_url,
        database.auditor_url,
    )
    fill(made, 1, EVENTS)
    return made


@pytest.fixture
def store(at: bench.place.Database) -> Iterator[Store]:
    with opened(at.app_url, "reader") as store:
        yield store


@pytest.fixture
def auditor(at: bench.place.Database) -> Iterator[Store]:
    """Who verifies."""
    with opened(at.auditor_url, "auditor") as store:
        yield store


def test_who_saw_fewer_or_more_than_there_were_is_caught() -> None:
    all_of("events", 7, 7)
    all_of("events", 8, 7, later=9)
    for seen in (6, 10):
        with pytest.raises(NotStored, match=f"events: {seen} of 7 to 9"):
            all_of("events", seen, 7, later=9)


@pytest.mark.parametrize("lost", [0, 1])
def test_a_reader_that_passes_an_event_by_is_caught(
    at: bench.place.Database, store: Store, lost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = store.read_feed

    def losing(after: int, limit: int) -> Any:
        batch = whole(after, limit=limit)
        return replace(batch, events=batch.events[: len(batch.events) - lost])

    monkeypatch.setattr(store, "read_feed", losing)
    turn = feed_reading.beside(Silent(), lambda: feed_reading._ours(store), at)  # type: ignore[arg-type]
    if not lost:
        assert turn().value > 0
        return
    with pytest.raises(NotStored, match="events read of store.events: 1,19[89] of 1,200"):
        turn()


def test_what_is_written_beside_a_reader_may_be_read_or_not(at: bench.place.Database) -> None:
    turn = feed_reading.beside(Talkative(at), lambda: EVENTS + 3, at)  # type: ignore[arg-type]
    assert turn().value > 0
    with pytest.raises(NotStored, match="1,200 of 1,203"):
        feed_reading.beside(Silent(), lambda: EVENTS, at)()  # type: ignore[arg-type]


def test_a_verification_of_fewer_events_is_caught(
    at: bench.place.Database, auditor: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = feed_reading.verify_chains
    turn = feed_reading.verified(auditor, at)
    assert turn.value > 0
    assert 0 < turn.also["server included"] <= turn.value
    monkeypatch.setattr(
        feed_reading, "verify_chains", lambda store: replace(verify(store), events=EVENTS - 1)
    )
    with pytest.raises(NotStored, match="events verified: 1,199 of 1,200"):
        feed_reading.verified(auditor, at)


def test_a_broken_chain_is_no_figure(at: bench.place.Database, auditor: Store) -> None:
    with psycopg.connect(at.owner_url) as owner:
        owner.execute("ALTER TABLE store.events DISABLE TRIGGER USER")
        owner.execute("UPDATE store.events SET meta = '{}' WHERE position = 7")
    with pytest.raises(NotStored, match="chains whole: 1,199 of 1,200"):
        feed_reading.verified(auditor, at)


def test_a_rebuild_that_leaves_a_row_out_is_caught(
    at: bench.place.Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_models.ensure(at.owner_url, [MailLog])
    fill_mail_log(at, 1, EVENTS)
    grown, whole = Grown(store, EVENTS), growth.rebuild
    assert growth.rebuilt(at, grown) > 0
    monkeypatch.setattr(growth, "rebuild", _losing_a_row(whole, at))
    with pytest.raises(NotStored, match="1,199 of 1,200"):
        growth.rebuilt(at, grown)


def _losing_a_row(rebuild: Callable[..., str], at: bench.place.Database) -> Callable[..., str]:
    def losing(*what: Any, **how: Any) -> str:
        table = rebuild(*what, **how)
        with psycopg.connect(at.owner_url) as owner:
            owner.execute("SELECT set_config('quittance.scope', 'all', true)")
            owner.execute(
                f"DELETE FROM read.{table} WHERE notification_id IN"
                f" (SELECT notification_id FROM read.{table} LIMIT 1)".encode()
            )
        return table

    return losing


def test_the_time_of_the_backends_is_counted(store: Store) -> None:
    before = feed_reading._backends(store)
    with store.pool.connection() as connection:
        connection.execute("SELECT sum(n) FROM generate_series(1, 2000000) AS n")
    after = feed_reading._backends(store)
    assert before is not None
    assert after is not None
    assert after > before
