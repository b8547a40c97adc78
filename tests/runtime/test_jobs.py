"""The job queue: nothing lost, nothing out of order, nothing left behind by the dead."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.schema import SchemaManager
from psycopg_pool import ConnectionPool

from runtime.jobs import MIGRATIONS, JobRunner, Jobs, Task, TryAgain, defer, job
from tests.soon import soon

ROOT = Path(__file__).parents[2]


@pytest.fixture
def pool(database) -> Iterator[ConnectionPool]:
    with ConnectionPool(database.app_url, kwargs={"autocommit": True}, max_size=4, open=True) as pool:
        yield pool


@contextmanager
def running(database, *tasks: Task) -> Iterator[None]:
    stop = threading.Event()
    runner = threading.Thread(target=JobRunner(database.app_url, tasks).run, args=(stop,))
    runner.start()
    try:
        yield
    finally:
        stop.set()
        runner.join(20)
        assert not runner.is_alive()


def queue(pool: ConnectionPool, *jobs) -> None:
    with pool.connection() as connection, connection.transaction():
        defer(connection, jobs)


class Notebook:
    """A task that notes the positions it was called with."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def do(self, failures: int, position: int) -> None:
        self.seen.append(position)


def test_the_tables_are_those_of_the_installed_library():
    ours = (MIGRATIONS / "0001_jobs.sql").read_text()
    assert SchemaManager.get_schema().strip() in ours


def test_a_job_appears_when_its_transaction_commits_and_not_otherwise(database, pool):
    notebook = Notebook()
    with pool.connection() as connection:
        with connection.transaction(force_rollback=True):
            defer(connection, [job("note", "a", position=1)])
        with connection.transaction():
            defer(connection, [job("note", "a", position=2)])
    with running(database, Task("note", notebook.do)):
        soon(lambda: notebook.seen)
    assert notebook.seen == [2]


def test_jobs_of_one_lock_keep_their_order_also_behind_one_that_tries_again(database, pool):
    notebook = Notebook()

    def do(failures: int, position: int) -> None:
        if position == 1 and failures < 2:
            raise TryAgain(0.2)
        notebook.do(failures, position)

    queue(pool, *(job("note", "a", position=n) for n in range(1, 6)), job("note", "b", position=9))
    with running(database, Task("note", do)):
        soon(lambda: len(notebook.seen) == 6)
    assert notebook.seen[0] == 9
    assert notebook.seen[1:] == [1, 2, 3, 4, 5]


def test_only_failures_count_and_not_that_the_database_was_away(database, pool):
    told: list[int] = []

    def do(failures: int, position: int) -> None:
        told.append(failures)
        if len(told) < 5:
            raise TryAgain(0.01, failed=len(told) % 2 == 0)

    queue(pool, job("note", "a", position=1, first=True))
    with running(database, Task("note", do)):
        soon(lambda: len(told) == 5)
    assert told == [0, 0, 1, 1, 2]


def test_what_is_put_first_goes_before_the_others_of_its_lock(database, pool):
    notebook = Notebook()
    queue(pool, job("note", "a", position=2), job("note", "a", position=1, first=True))
    with running(database, Task("note", notebook.do)):
        soon(lambda: len(notebook.seen) == 2)
    assert notebook.seen == [1, 2]


def test_a_job_that_may_wait_only_once_is_not_queued_twice(pool):
    queue(pool, job("note", "a", once=True, position=1))
    with pytest.raises(AlreadyEnqueued):
        queue(pool, job("note", "a", once=True, position=1))


def test_a_job_of_unknown_code_waits_for_a_worker_that_knows_it(database, pool):
    notebook = Notebook()
    queue(pool, job("newer", "a", position=1), job("note", "a2", position=2))
    with running(database, Task("note", notebook.do)):
        soon(lambda: notebook.seen == [2])
    assert Jobs(pool).count() == {"todo": 1}


def test_a_name_too_long_to_be_announced_is_refused():
    with pytest.raises(ValueError, match="find a shorter name"):
        Task("notify.tell_everybody_everything_about_it", print)


def test_a_job_that_waits_for_its_next_try_and_those_behind_it_are_not_open(database, pool):
    def fail(failures: int, position: int) -> None:
        raise TryAgain(3600)

    queue(pool, job("fail", "a", position=5), job("fail", "a", position=6))
    jobs = Jobs(pool)
    assert jobs.open_up_to(4) == 0
    assert jobs.open_up_to(5) == 1
    assert jobs.open_up_to(6) == 2
    with running(database, Task("fail", fail)):
        soon(lambda: jobs.count() == {"waiting": 1, "todo": 1})
    assert jobs.open_up_to(6) == 0


DIES_ONCE = """
import os, signal, sys, threading
from pathlib import Path
from runtime.jobs import JobRunner, Task
def do(failures, position):
    Path(sys.argv[2]).touch()
    os.kill(os.getpid(), signal.SIGKILL)
JobRunner(sys.argv[1], [Task("note", do)]).run(threading.Event())
"""


def test_the_job_of_a_worker_that_was_killed_is_done_by_another(database, pool, tmp_path):
    notebook, mark = Notebook(), tmp_path / "was here"
    queue(pool, job("note", "a", position=7))
    dead = subprocess.run(
        [sys.executable, "-c", DIES_ONCE, database.app_url, mark], cwd=ROOT, timeout=60, check=False
    )
    assert dead.returncode == -signal.SIGKILL
    assert mark.exists()
    assert Jobs(pool).count() == {"doing": 1}
    with running(database, Task("note", notebook.do)):
        soon(lambda: notebook.seen)
    assert notebook.seen == [7]


def test_a_job_whose_end_was_lost_with_a_connection_does_not_stay_with_a_living_worker(database, pool):
    notebook = Notebook()
    with running(database, Task("note", notebook.do)), pool.connection() as connection:
        worker = soon(lambda: connection.execute("SELECT id FROM jobs.procrastinate_workers").fetchone())
        connection.execute(
            "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id)"
            """ VALUES ('note', 'note', 'a', '{"position": 8}', 'doing', %s)""",
            worker,
        )
        soon(lambda: notebook.seen)
    assert notebook.seen == [8]


def test_a_lost_job_gives_way_to_one_like_it_that_waits_behind_its_lock(database, pool):
    notebook = Notebook()
    with running(database, Task("note", notebook.do)), pool.connection() as connection:
        worker = soon(lambda: connection.execute("SELECT id FROM jobs.procrastinate_workers").fetchone())
        connection.execute(
            "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id)"
            """ VALUES ('note', 'note', 'a', 'a', '{"position": 8}', 'doing', %s)""",
            worker,
        )
        queue(pool, job("note", "a", once=True, position=9))
        soon(lambda: notebook.seen == [9])
        soon(lambda: Jobs(pool).count() == {})


def test_workers_go_on_after_every_connection_was_cut(database, pool):
    notebook = Notebook()
    with running(database, Task("note", notebook.do)):
        queue(pool, job("note", "a", position=1))
        soon(lambda: notebook.seen == [1])
        with psycopg.connect(database.app_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            with connection.transaction():
                defer(connection, [job("note", "a", position=2)])
        soon(lambda: 2 in notebook.seen)
