"""A business day for 100,000 active loans of which a twentieth falls due, worked through by the product's own processes.

The Clock is moved to the morning of the day; from then on everything happens by itself: `manage.py clock` opens the day and
shares the agenda out, `react` lets instalments fall due and enters their interest in the journal, `project` keeps the read
models up. The day is over when the last of it can be read. Meanwhile an accountant records repayments on single loans over
HTTP, one after the other, some of them on loans that fall due just then; what they usually take is measured before.
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from http.client import HTTPConnection
from statistics import median
from time import monotonic, perf_counter, sleep
from uuid import UUID, uuid4

import psutil
import psycopg

from bench.at_work import at_work, has_begun, until, used
from bench.day_filling import SPREAD, Filling, planned, some_days_ahead
from bench.day_read_models import fill_all, look_at_some
from bench.figures import Figure, all_of
from bench.household import TOKEN, settled
from bench.http_commands import served
from bench.place import Database, Place
from bench.working import react_from_here
from eventstore import Store
from roles import ports
from roles.migrate import every_read_model
from roles.process import store_on
from runtime import database
from runtime.clock import Clock
from runtime.settings import Settings
from runtime.settling import Settling
from workers import watch

LOANS = int(os.environ.get("QUITTANCE_BENCH_LOANS", "100000"))
"""A multiple of 80, see day_filling.planned. The promises are about 100,000; fewer are for whoever works on this."""
LOOKED_AT = 200
"""Loans whose read models are compared with their events, out of all of them by lot."""
ALONE = 100
"""Single commands that are measured alone."""
PAUSE = 0.05
"""Seconds between two single commands."""
PATIENCE = 900.0
ROLES = ("react", "project", "clock")
_WARM = 20
_SINCE = "SELECT count(*) FROM store.events WHERE position > %s AND kind = %s"
_ONCE = """
    SELECT count(*) FROM (SELECT stream_id FROM store.events WHERE position > %s AND kind = 'Servicing.InstalmentFellDue'
                          GROUP BY stream_id HAVING count(*) = 1) AS once
"""


@dataclass
class Cashier:
    """Records repayments on single loans, one after the other, for as long as the block lasts."""

    port: int
    loans: Iterator[UUID]
    day: date
    took: list[float] = field(default_factory=list)
    """Milliseconds of each."""
    failed: list[str] = field(default_factory=list)

    @contextmanager
    def recording(self) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=self._record, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(60)

    def _record(self, stop: threading.Event) -> None:
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not stop.wait(PAUSE):
            began = perf_counter()
            status, said = self._one(line)
            self.took.append((perf_counter() - began) * 1000)
            if status != 200:
                self.failed.append(f"{status} {said}")

    def _one(self, line: HTTPConnection) -> tuple[int, str]:
        body = {
            "repayment_id": str(uuid4()),
            "amount": {"amount": "10.00", "currency": "EUR"},
            "value_date": str(self.day),
            "method": "transfer",
            "reference": "VIR DIOP A",
        }
        path, headers = f"/api/v1/loans/{next(self.loans)}/repayments", {"Authorization": f"Bearer {TOKEN}"}
        headers["Content-Type"] = "application/json"
        line.request("POST", path, json.dumps(body), headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def measure(place: Place) -> list[Figure]:
    at = place.database("day")
    settings, _ = settled(place, at, ports.free(), loans=0)
    with database.pool(at.app_url, name="bench", size=4) as pool:
        store, clock = store_on(pool, settings), Clock(pool)
        day = some_days_ahead(clock.now().date())
        filling = planned(store.codec, LOANS, day)
        with place.step(f"filling {LOANS:,} loans", 1 + len(every_read_model())) as done:
            fill_all(at, store, filling, done)
            react_from_here(at, store)
        with place.step(f"looking at {LOOKED_AT} of them"):
            _look_at_some(place, at, settings, filling)
        all_of("loans that fall due", len(filling.due), LOANS // len(SPREAD))
        figures = _worked(place, at, settings, store, clock, day, filling.due, filling.others)
        store.keyring.close()
    return figures


def _look_at_some(place: Place, at: Database, settings: Settings, filling: Filling) -> None:
    aside = place.database("day_aside")
    with database.pool(aside.app_url, name="bench", size=4) as pool:
        store = store_on(pool, settings)
        look_at_some(at, aside, store, filling, LOOKED_AT)
        store.keyring.close()


def _worked(
    place: Place,
    at: Database,
    settings: Settings,
    store: Store,
    clock: Clock,
    day: date,
    due: Sequence[UUID],
    others: Sequence[UUID],
) -> list[Figure]:
    with ExitStack() as held:
        held.enter_context(served(place, "product", settings))
        processes = {role: held.enter_context(at_work(place.folder, settings, role)) for role in ROLES}
        for role in ROLES:
            has_begun(place.folder, role)
        today = watch.business_date(store, clock)
        until(lambda: watch.waits_for(store, clock) is None, "the processes do not come to rest", 120)
        alone = _alone(place, settings, others, today.today())
        until(lambda: watch.waits_for(store, clock) is None, "the processes do not come to rest", 120)
        before = Settling(store).newest()
        meanwhile = Cashier(settings.http_port, _mixed(due, others[len(others) // 2 :]), day)
        processors = {**processes, "postgres": _server(at)}
        used_before = {role: used(process) for role, process in processors.items()}
        began = monotonic()
        clock.advance_to(datetime.combine(day, time(6), UTC))
        until(lambda: today.today() == day, "the day does not open", 60, 0.02)
        with meanwhile.recording():
            seconds, fell_due = _until_done(place, store, day, len(due), began)
        cpu = {role: used(process) - used_before[role] for role, process in processors.items()}
        until(lambda: watch.waits_for(store, clock) is None, "the processes do not come to rest", 120)
        _everything_once(at, before, len(due))
        newest = Settling(store).newest()
    again = _second_run(place, settings, store, clock, newest)
    return _figures(seconds, fell_due, cpu, alone, meanwhile, again, len(due))


def _alone(place: Place, settings: Settings, loans: Sequence[UUID], day: date) -> Cashier:
    """What a command usually takes, after the first few."""
    cashier = Cashier(settings.http_port, iter(loans), day)
    with place.step("single commands, alone"), cashier.recording():
        until(lambda: len(cashier.took) >= _WARM + ALONE, "single commands take for ever", PATIENCE)
    del cashier.took[:_WARM]
    return cashier


def _until_done(place: Place, store: Store, day: date, lines: int, began: float) -> tuple[float, float]:
    """Seconds until everything of the day can be read, and until the last instalment had fallen due."""
    settling, deadlines, left = Settling(store), watch.deadlines_of(store), lines
    with place.step(f"business day {day}", lines) as done:
        while left:
            sleep(0.25)
            _within_patience(began)
            now = deadlines.left(day)
            for _ in range(left - now):
                done()
            left = now
        fell_due, last = monotonic() - began, settling.newest()
        while settling.waits_for(last) is not None:
            sleep(0.1)
            _within_patience(began)
    return monotonic() - began, fell_due


def _within_patience(began: float) -> None:
    if monotonic() - began > PATIENCE:
        raise TimeoutError("the day does not end; the logs are in the folder of the run")


def _everything_once(at: Database, before: int, lines: int) -> None:
    """Raises NotStored when an instalment did not fall due, or twice, or its interest is not in the journal."""
    with psycopg.connect(at.owner_url, autocommit=True) as owner:

        def count(query: str, *values: object) -> int:
            row = owner.execute(query.encode(), values).fetchone()
            assert row is not None
            return int(row[0])

        all_of("instalments that fell due", count(_SINCE, before, "Servicing.InstalmentFellDue"), lines)
        all_of("instalments that fell due once", count(_ONCE, before), lines)
        received = count(_SINCE, before, "Servicing.RepaymentReceived")
        entered = count(_SINCE, before, "Posting.Made")
        all_of("entries in the journal", entered, lines + received, 2 * lines + received)


def _second_run(place: Place, settings: Settings, store: Store, clock: Clock, newest: int) -> int:
    """Events that another run of the same day makes, by processes that were started anew: none."""
    with place.step("the same day again"), ExitStack() as held:
        for role in ROLES:
            held.enter_context(at_work(place.folder, settings, role))
        sleep(5)
        until(lambda: watch.waits_for(store, clock) is None, "the second run does not end", 60)
    made = len(store.read_feed(newest).events)
    all_of("events of the second run", made, 0)
    return made


def _figures(
    seconds: float,
    fell_due: float,
    cpu: dict[str, float],
    alone: Cashier,
    meanwhile: Cashier,
    again: int,
    lines: int,
) -> list[Figure]:
    failed = alone.failed + meanwhile.failed
    asked = len(alone.took) + len(meanwhile.took)
    all_of(f"commands that were carried out, {failed[:1]}", asked - len(failed), asked)
    note = f"{lines:,} of {LOANS:,} loans; fallen due after {fell_due:.0f} s, the rest is journal and read models"
    counted = f"{len(alone.took)} alone, {len(meanwhile.took)} meanwhile, none refused"
    return [
        Figure("business day", "s", (seconds,), note=note),
        *(Figure(f"processor time, {role}", "s", (used,)) for role, used in cpu.items()),
        Figure("command alone", "ms", (median(alone.took),)),
        Figure("command meanwhile", "ms", (median(meanwhile.took),), over="command alone", note=counted),
        Figure("command alone, p95", "ms", (_p95(alone.took),)),
        Figure("command meanwhile, p95", "ms", (_p95(meanwhile.took),), over="command alone, p95"),
        Figure("command meanwhile, worst", "ms", (max(meanwhile.took),), note=f"alone {max(alone.took):.0f}"),
        Figure("second run of the day", "events", (again,)),
    ]


def _p95(took: Sequence[float]) -> float:
    return sorted(took)[len(took) * 95 // 100]


def _mixed(due: Sequence[UUID], others: Sequence[UUID]) -> Iterator[UUID]:
    """One in four falls due just then; a loan is taken once."""
    chance = random.Random(1)
    falling, quiet = iter(chance.sample(due, len(due))), iter(chance.sample(others, len(others)))
    while True:
        yield next(falling)
        for _ in range(3):
            yield next(quiet)


def _server(at: Database) -> psutil.Process:
    """The server's first process: its children are the backends."""
    with psycopg.connect(at.admin_url) as admin:
        row = admin.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        parent = psutil.Process(row[0]).parent()
    assert parent is not None
    return parent
