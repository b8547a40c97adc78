"""The history that the read side is measured with: real aggregates of a lending house, from request to last payment.

Loans run beside each other in groups, as they would in a house: one step of each, then the next step of each. The
rows are written by the aggregates themselves and loaded by COPY as the owner of the store, with links, lanes and
positions as ``append`` makes them; only the commands behind them are missing.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import Connection

from aggregates.loan import Loan
from aggregates.posting import Line, Posting
from aggregates.rules.approval import Conditions
from aggregates.rules.clocks import ClockSettings
from aggregates.rules.costs import Costs
from aggregates.rules.four_eyes import Decider
from aggregates.rules.limits import Allowance
from aggregates.rules.terms import Terms
from aggregates.servicing import Servicing
from aggregates.values import AccountId, BasisPoints, CustomerId, LoanId, Money, PostingId, RepaymentId
from eventstore import Aggregate
from eventstore.codec import Codec
from eventstore.rows import COLUMNS
from eventstore.session import Lines, stamped

EVERY = (Loan, Servicing, Posting)
MONTHS = 12
"""Instalments of a loan: with the months, the repayments and the postings a loan makes 56 events."""
BESIDE = 50
"""Loans that run at the same time."""
LOANS_EACH = 5
"""Loans of a customer, on average."""
_FIRST = date(2026, 1, 5)
_ALLOWED = Allowance(Money(10**9, "EUR"), None)
_OFFICER, _CASHIER = AccountId(UUID(int=1, version=4)), AccountId(UUID(int=2, version=4))
_A_TRANSACTION = 20_000
"""Events that one transaction writes; its id holds 65,535 positions."""
_TYPES = ["uuid", "int4", "int8", "int2", "uuid", "text", "int2", "bytea", "bytea", "timestamptz", "bytea"]


def history(codec: Codec, kinds: Collection[type[Aggregate]], seed: int = 1) -> Iterator[Lines]:
    """Appends in the order in which they happen, without end.

    kinds  of aggregates: what the others record is left out
    seed   of ids and amounts: the same seed makes the same loans
    """
    chance = random.Random(seed)
    while True:
        customers = [_id(chance) for _ in range(BESIDE // LOANS_EACH)]
        running = [one_loan(chance, CustomerId(chance.choice(customers))) for _ in range(BESIDE)]
        for step in zip(*running, strict=True):
            for day, aggregates in step:
                wanted = [each for each in aggregates if type(each) in kinds]
                if wanted:
                    yield _lines(wanted, day, codec, _id(chance))


def load(
    owner: str, codec: Codec, events: int, kinds: Collection[type[Aggregate]] = EVERY, seed: int = 1
) -> int:
    """Write so many events of this history, or a few more; returns how many.

    owner  connection string of ``store_owner``
    """
    written = 0
    source = history(codec, kinds, seed)
    with psycopg.connect(owner) as connection:
        while written < events:
            lines = Lines()
            while len(lines.rows) < min(_A_TRANSACTION, events - written):
                _append(lines, next(source))
            copy_in(connection, lines)
            connection.commit()
            written += len(lines.rows)
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE) store.events")
    return written


def copy_in(connection: Connection[Any], lines: Lines) -> None:
    """Write these as ``append`` would have, in the open transaction of the owner of the store; 65,535 at most."""
    # The law of the feed: the lock comes before the id.
    connection.execute("LOCK TABLE store.events IN ROW EXCLUSIVE MODE")
    at = connection.execute(
        "SELECT (pg_current_xact_id()::text::bigint + base) << 16, clock_timestamp() FROM store.store"
    ).fetchone()
    assert at is not None
    first, now = at
    with connection.cursor().copy(f"COPY store.events ({COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_TYPES)
        for n, line in enumerate(lines.rows, start=1):
            stream, version, *about, state, meta, link, _ = line
            copy.write_row((stream, version, first + n, *about, state, meta, now, link))


def _append(to: Lines, lines: Lines) -> None:
    to.rows += lines.rows


def _lines(aggregates: Iterable[Aggregate], day: date, codec: Codec, command: UUID) -> Lines:
    lines = Lines()
    meta = stamped("user:officer", on=day, command=f"Step {command}", correlation=str(command))
    for aggregate in aggregates:
        lines.add(aggregate, meta, codec)
    return lines


def one_loan(
    chance: random.Random, customer: CustomerId, months: int = MONTHS, on: date | None = None
) -> Iterator[tuple[date, tuple[Aggregate, ...]]]:
    """One loan, step by step: the day, and the aggregates that recorded something; each instalment is paid on its day.

    Every month is closed on the first of the next.

    on  the day of the payout; None: one of three hundred
    """

    def id() -> Any:
        return _id(chance)

    day = on or _FIRST + timedelta(days=chance.randrange(300))
    principal = Money(chance.randrange(50_000, 5_000_000), "EUR")
    rate = BasisPoints(chance.randrange(300, 1200))
    loan = Loan.request(
        id(), f"L-2026-{chance.randrange(1_000_000):06d}", customer, id(), id(), AccountId(id()), principal, months,
        "a machine for the workshop",
    )  # fmt: skip
    yield day, (loan,)
    plan = Costs(Terms(rate), principal, months, day + timedelta(days=9))
    granted = Conditions(plan, "unspecified", None)
    loan.approve(granted, Decider(_OFFICER), _ALLOWED, day)
    yield day, (loan,)
    loan.note_signature(id(), day, ClockSettings())
    yield day, (loan,)
    loan.disburse(day, "transfer", "out 1", None, Decider(_CASHIER), _ALLOWED, day)
    servicing = Servicing.open(
        LoanId(loan.id), customer, loan.contact_id, principal, rate, day, loan.costs(loan.drawn).lines
    )
    yield day, (loan, servicing, _posting(customer, day, "disbursement", loan.id, principal, "2041", "5121"))
    for due in servicing.instalments:
        if (first := due.due_on.replace(day=1)) > day:
            servicing.close_month(first)
            yield first, (servicing,)
        servicing.mark_due(due.number, due.due_on)
        yield due.due_on, (servicing,)
        servicing.receive(
            RepaymentId(id()), due.total, due.due_on, "transfer", f"in {due.number}", _CASHIER, due.due_on
        )
        posting = _posting(customer, due.due_on, "repayment", loan.id, due.total, "5121", "2041")
        yield due.due_on, (servicing, posting)
    loan.note_repaid(servicing.instalments[-1].due_on)
    yield servicing.instalments[-1].due_on, (loan,)


def _id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def _posting(
    customer: CustomerId, day: date, movement: str, about: UUID, amount: Money, debit: str, credit: str
) -> Posting:
    nothing = Money.zero(amount.currency)
    lines = [Line(debit, amount, nothing), Line(credit, nothing, amount)]
    id = PostingId(uuid5(about, f"{movement} {day}"))
    return Posting.make(id, customer, day, movement, about, f"{about}:4", movement, lines)
