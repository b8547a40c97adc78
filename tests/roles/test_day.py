"""How far a business day is, for whoever looks on: numbers that fit, a line that ends, and the end when all is done."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import workers  # noqa: F401 - every deadline is known once this is imported
from bench.household import MACHINE
from demo.seed import HOUSE
from eventstore.projector import Projector
from eventstore.read_models import ensure
from roles import day
from roles.migrate import every_read_model
from roles.process import store_on
from runtime import database as databases
from runtime.clock import Clock
from runtime.deadlines import Course
from runtime.settings import Settings
from runtime.settling import CONSUMER
from tests.conftest import Database
from tests.connected import projecting
from workers.watch import Watch

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def test_a_course_counts_what_was_done_of_what_there_was():
    course = Course()
    assert not course.look(MONDAY, 0)
    assert course.look(MONDAY, 5_000)
    assert course.look(MONDAY, 1_800)
    assert str(course) == "3,200 of 5,000 deadlines of 2026-11-23"
    assert not course.look(MONDAY, 1_800)


def test_what_falls_due_in_the_middle_of_the_day_is_more_to_be_done_and_nothing_undone():
    course = Course()
    for left in (10, 4, 6, 0):
        course.look(MONDAY, left)
    assert (course.done, course.total) == (12, 12)


def test_another_day_begins_from_nothing():
    course = Course()
    course.look(MONDAY, 10)
    course.look(MONDAY, 3)
    course.look(TUESDAY, 7)
    assert (course.done, course.total) == (0, 7)


def test_without_a_terminal_it_says_a_line_and_ends_when_all_is_done(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    settings = Settings.load(
        state_dir=tmp_path, database_url=database.app_url, owner_url=database.owner_url,
        projector_url=database.projector_url, auditor_url=database.auditor_url,
    )  # fmt: skip
    ensure(database.owner_url, every_read_model())
    with databases.pool(database.app_url, name="test", size=2) as pool:
        store, clock = store_on(pool, settings), Clock(pool)
        store.send(HOUSE, MACHINE)
        watch, projector = Watch(store, clock), Projector(*projecting(store), every_read_model())
        for _ in range(6):
            while projector.step():
                pass
            watch.look()
            through = store.read_feed().through
            with pool.connection() as connection:
                connection.execute(
                    "UPDATE store.positions SET position = %s WHERE consumer = %s", (through, CONSUMER)
                )
        while projector.step():
            pass
        today = clock.today("Europe/Paris")
        store.keyring.close()
    capsys.readouterr()
    assert day.follow(settings) == 0
    assert capsys.readouterr().out == f"0 of 0 deadlines of {today}, everything is done\n"
