"""How fast work follows: repayments are recorded while no worker runs, then `manage.py react` enters them.

Each repayment is one job of one command, an entry in the journal: the daily bread of a worker. What is timed goes from
the first entry to the last one, so that the start of the process is not in it. The processor time is the worker's own;
PostgreSQL works beside it. And how long one look of the clock at the agenda takes, on a morning when much is due.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psutil
import psycopg

from aggregates.loan import Loan
from aggregates.rules.schedules import schedule
from aggregates.rules.terms import Terms
from aggregates.servicing import Servicing
from aggregates.values import (
    AccountId,
    BasisPoints,
    ContactId,
    CustomerId,
    LoanId,
    Money,
    ProductId,
)
from bench.figures import Figure, all_of
from bench.household import MACHINE, PAID_OUT, repay, settled
from bench.place import ROOT, Database, Place
from eventstore import Ask, Command, Store, positions
from eventstore.read_models import SCHEMA, ensure
from projections.deadlines import Deadlines as Agenda
from roles.migrate import every_read_model
from roles.process import store_on
from runtime import database
from runtime.settings import Settings
from runtime.settling import CONSUMER
from workers import watch

PATIENCE = 300.0
"""Seconds for all of them."""
_ENTERED = "SELECT count(*) FROM store.events WHERE kind = 'Posting.Made'"
_AGENDA = f"""
    INSERT INTO {SCHEMA}.{Agenda.table_name()} (kind, stream_id, number, due, lane)
    SELECT 'instalment', md5(n::text)::uuid, 1, %s, n %% 64 FROM generate_series(1, %s) AS n
"""
_MONTHS, _RATE, _PRINCIPAL = 24, BasisPoints(600), Money(500_000, "EUR")


class BeginLoans(Command, on=Loan):
    """Loans that were paid out long ago; the product begins one at each request."""

    loans: list[UUID]

    def create(self, ask: Ask) -> Loan:
        begun = [_begun(LoanId(loan)) for loan in self.loans]
        for each in begun[1:]:
            ask.add(each)
        for each in begun:
            ask.add(_opened(each))
        return begun[0]


def measure(place: Place) -> list[Figure]:
    count = place.pick(400, 4_000)
    at = place.database("working")
    settings, _ = settled(place, at, 0, loans=1)
    ensure(at.owner_url, every_read_model())
    loans = [uuid4() for _ in range(count)]
    with database.pool(at.app_url, name="bench", size=2) as pool, place.step("working", 2) as done:
        store = store_on(pool, settings)
        for first in range(0, count, 100):
            store.send(BeginLoans(loans=loans[first : first + 100]), MACHINE)
        react_from_here(at, store)
        repay(store, loans)
        done()
        with _reacting(settings, place) as worker:
            seconds, used, entered = _followed(at, worker, count)
        look = _look_at_the_agenda(at, store, place.pick(10_000, 100_000))
        store.keyring.close()
        done()
    return [
        look,
        Figure("reactions, one process", "jobs/s", (entered / seconds,)),
        Figure("reactions, processor time of a job", "ms", (1000 * used / entered,), note="the worker's own"),
    ]


def _look_at_the_agenda(at: Database, store: Store, lines: int) -> Figure:
    """The clock's, every fifth of a second while the day is open."""
    with psycopg.connect(at.owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        owner.execute(_AGENDA.encode(), (PAID_OUT, lines))
    deadlines, taken = watch.deadlines_of(store), []
    for _ in range(3):
        began = time.process_time()
        all_of("lines of the agenda", deadlines.share_out(PAID_OUT), lines)
        taken.append(1000 * (time.process_time() - began))
    note = f"{lines:,} lines are due; the clock's own processor time"
    return Figure("a look at the agenda", "ms", tuple(taken), note=note)


def react_from_here(at: Database, store: Store) -> None:
    """What was prepared is nobody's work."""
    with psycopg.connect(at.app_url) as connection:
        old = positions.read(connection, CONSUMER)
        positions.move_all(connection, CONSUMER, old, store.lane_ends())


@contextmanager
def _reacting(settings: Settings, place: Place) -> Iterator[psutil.Process]:
    """`manage.py react`, its log in a file as a supervisor would keep it."""
    with (place.folder / "react.log").open("wb") as log:
        command = [sys.executable, str(ROOT / "manage.py"), "react"]
        worker = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **settings.environment()},
            stdin=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        yield psutil.Process(worker.pid)
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def _followed(at: Database, worker: psutil.Process, count: int) -> tuple[float, float, int]:
    """Seconds, seconds of the processor, and jobs, from the first ones that were done to the last one."""
    with psycopg.connect(at.owner_url, autocommit=True) as owner:

        def entered() -> int:
            row = owner.execute(_ENTERED).fetchone()
            assert row is not None
            return int(row[0])

        before = _until(entered, lambda seen: seen > 0)
        began, used = time.monotonic(), _used(worker)
        seen = _until(entered, lambda seen: seen >= count)
        all_of("repayments entered", seen, count)
        return time.monotonic() - began, _used(worker) - used, seen - before


def _until(look: Callable[[], int], enough: Callable[[int], bool]) -> int:
    deadline = time.monotonic() + PATIENCE
    while not enough(seen := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the worker has done {seen}; its log is in the folder of the run")
        time.sleep(0.01)
    return seen


def _used(worker: psutil.Process) -> float:
    times = worker.cpu_times()
    return float(times.user + times.system)


def _begun(loan: LoanId) -> Loan:
    contact, product = ContactId(uuid4()), ProductId(uuid4())
    return Loan.request(
        loan, "L-2026-000001", CustomerId(uuid4()), contact, product, AccountId(MACHINE.account), _PRINCIPAL, _MONTHS,
        "a machine for the workshop",
    )  # fmt: skip


def _opened(loan: Loan) -> Servicing:
    due = schedule(Terms(_RATE), _PRINCIPAL, _MONTHS, PAID_OUT)
    return Servicing.open(
        LoanId(loan.id), loan.customer_id, loan.contact_id, _PRINCIPAL, _RATE, PAID_OUT, due
    )
