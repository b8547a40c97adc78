"""What the figures of a loan must be, computed a second time by somebody who has not read the product's code.

It imports nothing of ours. Exact fractions instead of decimals, cumulative sums instead of a waterfall, dates by
walking through the calendar. Amounts are whole minor units, rates basis points a year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction


@dataclass(frozen=True)
class Month:
    """One line of a schedule."""

    number: int
    due_on: date
    interest: int
    principal: int

    @property
    def total(self) -> int:
        return self.interest + self.principal


@dataclass(frozen=True)
class Standing:
    """Where a loan stands on a day."""

    principal_paid: int
    interest_paid: int
    interest_due: int
    """Interest that has fallen due, paid or not."""
    overdue: int
    """Fallen due and not paid, principal and interest."""
    advance: int
    """Received for what is not due yet."""
    owed: int
    """Still to come until the end, less the advance."""
    repaid: bool


def schedule(principal: int, rate: int, months: int, value_date: date) -> list[Month]:
    """Level instalments: the annuity is the amount whose present value at rate/12 is the principal."""
    step = 1 + Fraction(rate, 120_000)
    worth_of_one = sum(step**-n for n in range(1, months + 1))
    annuity = round(principal / worth_of_one)
    left, lines = principal, []
    for number in range(1, months + 1):
        interest = round(left * (step - 1))
        part = left if number == months else annuity - interest
        lines.append(Month(number, same_day(value_date, number), interest, part))
        left -= part
    return lines


def same_day(start: date, months: int) -> date:
    """Walk to the first of the month that many months on, then forward to the day, stopping at the month's end."""
    first = start.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    day = first
    while day.day < start.day and (day + timedelta(days=1)).month == first.month:
        day += timedelta(days=1)
    return day


def total(lines: Iterable[Month]) -> int:
    """What the borrower pays in all."""
    return sum(line.total for line in lines)


def interest(lines: Iterable[Month]) -> int:
    return sum(line.interest for line in lines)


def standing(lines: Sequence[Month], today: date, received: int) -> Standing:
    """Where a loan stands when so much was received in all: a function of the sum, whatever way it came."""
    due = [line for line in lines if line.due_on <= today]
    applied = min(received, total(due))
    interest_paid = principal_paid = before = 0
    for line in due:
        reached = min(max(applied - before, 0), line.total)
        interest_paid += min(reached, line.interest)
        principal_paid += max(reached - line.interest, 0)
        before += line.total
    return Standing(
        principal_paid=principal_paid,
        interest_paid=interest_paid,
        interest_due=interest(due),
        overdue=total(due) - applied,
        advance=received - applied,
        owed=total(lines) - received,
        repaid=len(due) == len(lines) and received == total(lines),
    )


def balances(principal: int, now: Standing, paid_from: str, received_in: dict[str, int]) -> dict[str, int]:
    """The balance of every account of the books, debit positive, after these movements of one loan.

    paid_from    account the principal left from
    received_in  by account, what came in
    """
    books = dict(received_in)
    books[paid_from] = books.get(paid_from, 0) - principal
    books["2748"] = principal - now.principal_paid
    books["27684"] = now.interest_due - now.interest_paid
    books["7626"] = -now.interest_due
    books["4681"] = -now.advance
    return {account: balance for account, balance in books.items() if balance}
