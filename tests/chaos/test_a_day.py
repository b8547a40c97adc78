"""kill -9 of the processes in the middle of a business day: they begin again, and every instalment falls due once."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, time
from pathlib import Path

import psutil
import pytest

import bench.place
import workers  # noqa: F401 - every deadline is known once this is imported
from aggregates.posting import Posting
from aggregates.servicing import Servicing
from bench.at_work import at_work, until
from bench.day_filling import fill, some_days_ahead
from bench.household import MACHINE
from bench.working import react_from_here
from demo.seed import HOUSE
from eventstore import Aggregate, Store
from eventstore.read_models import ensure
from roles.process import store_on
from runtime import database as databases
from runtime.clock import Clock
from runtime.jobs import Jobs
from runtime.settings import Settings
from runtime.settling import Settling
from tests.conftest import Database
from tests.products_own import READ_MODELS
from workers import watch

LOANS = 300
"""All of them fall due."""
ROLES = ("react", "project", "clock")


@pytest.mark.slow
def test_a_day_survives_kill_nine_and_a_second_run_does_nothing(database: Database, tmp_path: Path) -> None:
    settings = Settings.load(
        state_dir=tmp_path / "state", database_url=database.app_url, owner_url=database.owner_url,
        projector_url=database.projector_url, auditor_url=database.auditor_url,
    )  # fmt: skip
    with databases.pool(database.app_url, name="test", size=4) as pool:
        store, clock = store_on(pool, settings), Clock(pool)
        day = some_days_ahead(clock.now().date())
        store.send(HOUSE, MACHINE)
        _peopled(database, store, day)
        before = Settling(store).newest()
        clock.advance_to(datetime.combine(day, time(6), UTC))

        for share in (LOANS // 4, LOANS // 2):
            _until_killed(tmp_path, settings, lambda share=share: _fallen_due(store, before) >= share)
        killed = _fallen_due(store, before)
        assert killed < LOANS, "the day was over before anybody was killed: more loans"
        _until_over(tmp_path, settings, store, clock)

        happened = _since(store, before)
        fell_due = [event for event in happened if isinstance(event, Servicing.InstalmentFellDue)]
        assert len(fell_due) == LOANS
        assert set(Counter(event.originator_id for event in fell_due).values()) == {1}
        _is_entered_once(fell_due, [event for event in happened if isinstance(event, Posting.Made)])

        newest = Settling(store).newest()
        _until_over(tmp_path, settings, store, clock)
        assert _since(store, newest) == []
        store.keyring.close()


def _peopled(database: Database, store: Store, day) -> None:
    at = bench.place.Database(
        database.name, database.app_url, database.owner_url, database.owner_url, database.projector_url,
        database.auditor_url,
    )  # fmt: skip
    filling = fill(at, store.codec, LOANS, day, range(1))
    assert (len(filling.due), filling.others) == (LOANS, [])
    react_from_here(at, store)
    ensure(database.owner_url, READ_MODELS)


def _until_killed(folder: Path, settings: Settings, enough) -> None:
    """All three at work until there is enough; then all three are gone, in the middle of what they did."""
    with ExitStack() as held:
        processes = [held.enter_context(at_work(folder, settings, role)) for role in ROLES]
        until(enough, "the day does not get so far", 240, 0.005)
        for process in processes:
            _killed(process)


def _killed(process: psutil.Process) -> None:
    for each in (process, *process.children(recursive=True)):
        each.kill()


def _until_over(folder: Path, settings: Settings, store: Store, clock: Clock) -> None:
    with ExitStack() as held:
        for role in ROLES:
            held.enter_context(at_work(folder, settings, role))
        try:
            until(lambda: watch.waits_for(store, clock) is None, "the day does not end", 240, 0.2)
        except TimeoutError as error:
            waits, jobs = watch.waits_for(store, clock), Jobs(store.pool).count()
            raise AssertionError(f"the day waits for {waits}; jobs: {jobs}") from error


def _since(store: Store, position: int) -> list[Aggregate.Event]:
    return [row.event() for row in store.read_feed(position, limit=10_000).events]


def _fallen_due(store: Store, position: int) -> int:
    return sum(isinstance(event, Servicing.InstalmentFellDue) for event in _since(store, position))


def _is_entered_once(fell_due: list[Servicing.InstalmentFellDue], entries: list[Posting.Made]) -> None:
    """Each movement of each instalment is one entry, and debit is credit; the interest is all there."""
    causes = {f"{event.originator_id}:{event.originator_version}" for event in fell_due}
    assert {entry.cause for entry in entries} == causes
    assert set(Counter((entry.cause, entry.movement) for entry in entries).values()) == {1}
    for entry in entries:
        assert sum(line.debit.minor for line in entry.lines) == sum(line.credit.minor for line in entry.lines)
    interest = sum(event.interest.minor for event in fell_due)
    assert sum(line.debit.minor for entry in entries for line in entry.lines) >= interest > 0
