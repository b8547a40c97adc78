"""A payment that is learnt five years late, on a loan of ten years: the command and all that follows from it.

119 instalments fell due and were paid on their days; the receipt makes each of the sixty payments behind it pay
something else. Timed from the command to the moment in which everything is done: its events are committed, the worker has
entered them in the journal, and every read model has seen all of it. A plain receipt on such a loan is its measure; each loan
is taken once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from time import perf_counter, process_time, sleep
from uuid import UUID, uuid4

import psutil
import psycopg

from aggregates.rules.calendar import months_after
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId, Money, RepaymentId
from bench.at_work import at_work, has_begun, until, used
from bench.day_filling import lived
from bench.figures import Contestant, Figure, Turn, all_of
from bench.household import MACHINE, settled
from bench.place import Database, Place
from bench.reading_history import copy_in
from bench.working import react_from_here
from commands.servicing import RecordRepayment
from eventstore import Doorbell, Store
from eventstore.codec import Codec
from eventstore.read_models import ensure
from eventstore.session import Lines
from roles.migrate import every_read_model
from roles.process import store_on
from runtime import database
from runtime.clock import Clock
from runtime.settling import Settling

MONTHS, FALLEN_DUE, BACK = 120, 119, 60
WARM = 2
"""Payments of each kind before the first round."""
AMOUNT = Money(2_000, "EUR")
ROLES = ("react", "project")
PATIENCE = 60.0


def measure(place: Place) -> list[Figure]:
    at, rounds = place.database("servicing"), place.pick(9, 25)
    settings, _ = settled(place, at, 0, loans=0)
    ensure(at.owner_url, every_read_model())
    with database.pool(at.app_url, name="bench", size=2) as pool, ExitStack() as held:
        bell = held.enter_context(
            closing(Doorbell(at.app_url))
        )  # rung by whoever takes a command, the API above all
        store, today = store_on(pool, settings, bell), Clock(pool).now().date()
        with place.step("filling ten years"):
            loans = iter(_fill(at, store.codec, 2 * (rounds + WARM), today))
            react_from_here(at, store)
        workers = [held.enter_context(at_work(place.folder, settings, role)) for role in ROLES]
        for role in ROLES:
            has_begun(place.folder, role)
        settling = Settling(store)
        until(lambda: settling.waits_for(settling.newest()) is None, "the read models do not catch up", 300)
        ways = {"plain payment": today, "back-dated payment": months_after(today, -BACK)}
        for value_date in [*ways.values()] * WARM:
            _paid(store, settling, workers, loans, today, value_date)
        contestants = [
            Contestant(
                name,
                partial(_paid, store, settling, workers, loans, today, value_date),
                unit="ms",
                over=None if name == "plain payment" else "plain payment",
            )
            for name, value_date in ways.items()
        ]
        figures = place.interleave("a payment and all that follows", contestants, rounds)
        store.keyring.close()
    late = next(each for each in figures if each.name == "back-dated payment")
    return [*figures, Figure("back-dated payment, worst", "ms", (max(late.samples),))]


def _paid(
    store: Store,
    settling: Settling,
    workers: Sequence[psutil.Process],
    loans: Iterator[UUID],
    today: date,
    value_date: date,
) -> Turn:
    """Milliseconds until all is done; ``command`` is the part until its answer, ``processor time`` that of the product's
    processes, the server not included."""
    loan, before = next(loans), settling.newest()
    command = RecordRepayment(
        repayment_id=RepaymentId(uuid4()), amount=AMOUNT, value_date=value_date, method="transfer", reference="VIR DIOP A"
    )  # fmt: skip
    used_before = sum(used(worker) for worker in workers) + process_time()
    began = perf_counter()
    store.send(command, replace(MACHINE, on=today), to=servicing_id(LoanId(loan)))
    answered, of_command = perf_counter(), process_time()
    _rests(settling)
    ended, worked = perf_counter(), sum(used(worker) for worker in workers) + of_command - used_before
    happened = [row.event() for row in store.read_feed(before).events]
    moved = sum(len(each.lines) for each in happened if isinstance(each, Servicing.Reallocated))
    entered = sum(type(each).__qualname__ == "Posting.Made" for each in happened)
    all_of("entries in the journal", min(entered, 1), 1)
    if value_date < today:
        all_of("payments that pay something else", moved, BACK - 2, BACK + 2)
    return Turn(
        (ended - began) * 1000, also={"command": (answered - began) * 1000, "processor time": worked * 1000}
    )


def _rests(settling: Settling) -> None:
    """Until nothing is left to be done, of what followed meanwhile either."""
    until = perf_counter() + PATIENCE
    while True:
        newest = settling.newest()
        if settling.waits_for(newest) is None and settling.newest() == newest:
            return
        if perf_counter() > until:
            raise TimeoutError(
                "what follows from a payment does not end; the logs are in the folder of the run"
            )
        sleep(0.002)


def _fill(at: Database, codec: Codec, count: int, today: date) -> list[UUID]:
    """So many loans of ten years, a few days after their last instalment but one."""
    paid_out = months_after(today, -FALLEN_DUE) - timedelta(days=10)
    model = lived(codec, 1, today, paid_out, MONTHS)
    kinds = Counter(row.kind for row in model.rows)
    all_of("instalments that fell due", kinds["Servicing.InstalmentFellDue"], FALLEN_DUE)
    all_of("payments", kinds["Servicing.RepaymentReceived"], FALLEN_DUE)
    with psycopg.connect(at.owner_url) as owner:
        for number in range(count):
            lines = Lines()
            lines.rows += model.copy(number)
            copy_in(owner, lines)
            owner.commit()
        owner.autocommit = True
        owner.execute("VACUUM (ANALYZE) store.events")
    return [model.copied(number) for number in range(count)]
