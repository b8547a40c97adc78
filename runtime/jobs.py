"""The job queue: procrastinate in the schema ``jobs``, its worker, and the sweep of jobs that lost theirs.

A job is deferred in the transaction that moves the position of the feed, so none is lost and none comes twice.
It holds positions only, no facts, because arguments are logged. A job that is done is deleted; whatever failed
for good is parked by us (``runtime/parking.py``), because a failed job of the library releases its lock. The one
exception is a job whose event does not exist: nothing waits behind that, and there is nothing to park.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import structlog
from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from eventstore import Unavailable
from runtime import metrics

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"
"""The tables of the queue, for ``eventstore.migrate.migrate``."""

LONGEST_QUEUE_NAME = 40
"""Characters. The library announces a job on the channel ``procrastinate_queue_v1#<queue>`` of at most 63."""

_CONNECTION = {"options": "-c search_path=jobs", "application_name": "quittance jobs"}
_HEARTBEAT = 0.5
_STALLED = 2.0
"""Seconds without a heartbeat after which a worker counts as dead and its jobs are given to others."""
_POLL = 0.1
"""Seconds between looks for a job: a job that waited for a lock is announced to nobody."""


AT_ONCE = 2
"""Turns that are taken at the same moment in a process: with one a day of a hundred thousand loans took two and a half
times as long, with four a person's command took 4.5 times as long (bench/README.md, "Business day")."""

TURN = threading.Semaphore(AT_ONCE)
"""Held while a job that does many things of a lane does one of them. Jobs of other lanes take turns with it: all at once
they would take the processor from people's commands (decision 36)."""

AWAY = (Unavailable, psycopg.OperationalError, psycopg.InterfaceError, ConnectorException)
"""What it looks like when the database is away: nobody's failure, the same work is done when it is back."""


_FIRST = 1000
"""Priority of a job that goes before the others of its lock. Below it the priority counts a job's failures, which
the library's own count mixes with workers that died: a job that failed comes before those behind it anyway."""


class TryAgain(Exception):
    """A job could not be done now.

    seconds  how long to wait before the next try
    failed   whether this counts as a failure; not so when the database was away
    """

    def __init__(self, seconds: float, failed: bool = True) -> None:
        super().__init__(f"again in {seconds:.1f} s")
        self.seconds, self.failed = seconds, failed


class GivenUp(Exception):
    """A job that no further try would make possible, and of whose stream nothing has to wait: kept as it is, for a person."""


@dataclass(frozen=True)
class Task:
    """What the jobs of one queue do.

    name  of the queue and of the task: a worker fetches only jobs that its version of the code knows
    do    called with how often this job has failed before, and its arguments
    """

    name: str
    do: Callable[..., None]

    def __post_init__(self) -> None:
        if len(self.name) > LONGEST_QUEUE_NAME:
            raise ValueError(
                f"{self.name} has more than {LONGEST_QUEUE_NAME} characters: find a shorter name"
            )


def job(task: str, lock: str, *, once: bool = False, first: bool = False, **positions: int) -> Job:
    """A job to defer.

    lock   jobs with the same lock run one after the other, in the order in which they were deferred
    once   leave it out while one with the same lock is waiting already: ``defer`` raises AlreadyEnqueued
    first  before all that were deferred without it
    """
    return Job(
        queue=task,
        task_name=task,
        lock=lock,
        queueing_lock=lock if once else None,
        priority=_FIRST if first else 0,
        task_kwargs=dict(positions),
    )


_MANAGER = JobManager(SyncPsycopgConnector())


def defer(connection: psycopg.Connection[Any], jobs: Iterable[Job]) -> None:
    """Put jobs into the queue in the open transaction of a connection; they appear when it commits.

    Raises procrastinate's AlreadyEnqueued when one of them is to wait only ``once`` and does.
    """
    if batch := list(jobs):
        connection.execute("SELECT set_config('search_path', 'jobs', true)")
        _MANAGER.batch_defer_jobs(batch, connection=connection)


_OPEN: LiteralString = """
    SELECT count(*) FROM jobs.procrastinate_jobs j
    WHERE j.status IN ('todo', 'doing') AND j.args ? 'position' AND (j.args ->> 'position')::bigint <= %s
      AND NOT EXISTS (
          SELECT FROM jobs.procrastinate_jobs w
          WHERE w.lock = j.lock AND w.status = 'todo' AND w.scheduled_at > clock_timestamp() + interval '10 s')
"""


class Jobs:
    """What is in the queue."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    def open_up_to(self, position: int) -> int:
        """How many jobs of events up to a position are still to be done or being done.

        Jobs whose next try is more than ten seconds away, and those behind them, do not count: it may be a day.
        """
        with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(_OPEN, (position,)).fetchone()
        assert row is not None
        return int(row[0])

    def count(self) -> dict[str, int]:
        """Jobs by what they wait for: ``todo``, ``doing`` and, after a failure, ``waiting``; ``given-up``: for nothing."""
        with self._pool.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(
                "SELECT CASE WHEN status = 'todo' AND scheduled_at > clock_timestamp() THEN 'waiting'"
                " WHEN status = 'failed' THEN 'given-up' ELSE status::text END AS state, count(*)"
                " FROM jobs.procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY state"
            )
            return dict(cursor.fetchall())


class JobRunner:
    """Runs jobs in threads until it is told to stop; survives the database, and a killed one is swept by others.

    url          connection string of the role ``app``
    concurrency  jobs at a time
    """

    def __init__(self, url: str, tasks: Iterable[Task], concurrency: int = 4) -> None:
        self._url, self._concurrency = url, concurrency
        self._tasks = {task.name: task for task in tasks}

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; then finish what is being done and return."""
        while not stop.is_set():
            try:
                asyncio.run(self._work(stop))
            except (ConnectorException, psycopg.Error) as error:
                log.warning("jobs-interrupted", cause=type(error).__name__)
                stop.wait(_HEARTBEAT)

    async def _work(self, stop: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self._concurrency, "job"))
        loop.set_exception_handler(_note)
        async with self._app().open_async() as app:
            worker = Worker(
                app,
                queues=sorted(self._tasks),
                concurrency=self._concurrency,
                fetch_job_polling_interval=_POLL,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=_HEARTBEAT,
                stalled_worker_timeout=_STALLED,
            )
            over = asyncio.Event()
            beside = asyncio.gather(_sweep(worker, over), _stop_when(stop, worker, over))
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                # Asked to end, not cancelled: a cancellation that meets a dying connection is lost, seen once.
                over.set()
                await beside

    def _app(self) -> App:
        app = App(
            connector=PsycopgConnector(
                conninfo=self._url, kwargs=_CONNECTION, min_size=1, max_size=4, timeout=5.0
            )
        )
        for task in self._tasks.values():
            app.task(name=task.name, queue=task.name, retry=_AsAsked(), pass_context=True)(_runs(task))
        return app


class _AsAsked(BaseRetryStrategy):
    """The next try when the job says so. A job that was ended otherwise keeps its place: nothing is dropped."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, GivenUp):
            return None
        again = exception if isinstance(exception, TryAgain) else TryAgain(_STALLED)
        milliseconds = int(again.seconds * 1000)
        return RetryDecision(retry_in={"milliseconds": milliseconds}, priority=job.priority + again.failed)


def _runs(task: Task) -> Callable[..., None]:
    def run(context: JobContext, **positions: int) -> None:
        try:
            task.do(context.job.priority % _FIRST, **positions)
        except TryAgain as again:
            metrics.job(task.name, "failed" if again.failed else "waits")
            raise
        except GivenUp:
            metrics.job(task.name, "given-up")
            raise
        except Exception:
            metrics.job(task.name, "failed")
            raise
        metrics.job(task.name, "done")

    return run


def _note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The end of a job that was lost with a connection: the sweep finds the job."""
    log.warning("job-end-lost", cause=type(context.get("exception")).__name__)


async def _stop_when(stop: threading.Event, worker: Worker, over: asyncio.Event) -> None:
    while not stop.is_set() and not over.is_set():
        await asyncio.sleep(_POLL)
    worker.stop()  # type: ignore[no-untyped-call]


async def _sweep(worker: Worker, over: asyncio.Event) -> None:
    """Give jobs whose worker is gone to whoever is free, until ``over``."""
    manager = worker.app.job_manager
    suspects: set[int | None] = set()
    while not over.is_set():
        await asyncio.sleep(_HEARTBEAT)
        try:
            stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED)
            dropped = await _dropped(worker)
            for lost in (*stalled, *(held for held in dropped if held.id in suspects)):
                if lost.id not in _running(worker):
                    log.warning("job-swept", task=lost.task_name, **lost.task_kwargs)
                    await _retry(manager, lost)
            suspects = {held.id for held in dropped}
        except ConnectorException:
            suspects = set()


def _running(worker: Worker) -> set[int | None]:
    return {context.job.id for context in worker._running_jobs.values()}


async def _dropped(worker: Worker) -> list[Job]:
    """Jobs that this worker holds without running them: the answer that ended them was lost with a connection.

    One that was fetched this instant looks the same, so a job has to be seen twice.
    """
    if worker.worker_id is None:
        return []
    held = await worker.app.job_manager.list_jobs_async(status="doing", worker_id=worker.worker_id)
    return [job for job in held if job.id not in _running(worker)]


async def _retry(manager: JobManager, lost: Job) -> None:
    try:
        await manager.retry_job(lost)
    except UniqueViolation:
        # One like it is waiting already, behind the lock that this one holds: it does the work of both.
        assert lost.id is not None
        await manager.finish_job_by_id_async(lost.id, Status.FAILED, delete_job=True)
    except ConnectorException:
        log.info("job-swept-by-another", task=lost.task_name)
