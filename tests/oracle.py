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


# ── money learnt late, and before its time ─────────────────────────────────


@dataclass(frozen=True)
class Quote:
    """What settles a loan on a day."""

    due: int
    """Fallen due and not paid."""
    principal: int
    accrued: int
    credit: int
    """Received for what is not due yet."""
    saved: int
    """Interest that is never owed."""
    valid_until: date

    @property
    def total(self) -> int:
        return self.due + self.principal + self.accrued - self.credit


def paid_by(
    lines: Sequence[Month], receipts: Sequence[tuple[date, int]], today: date
) -> list[dict[tuple[int, str], int]]:
    """What each receipt pays, by number and part: debts and money are laid end to end and cut where both end.

    receipts  day and amount, in the order in which they are given where days are the same; the answer is in the same order
    """
    debts, at = [], 0
    for line in lines:
        for what, amount in (("interest", line.interest), ("principal", line.principal)):
            if line.due_on <= today:
                debts.append((at, at + amount, (line.number, what)))
                at += amount
    found: list[dict[tuple[int, str], int]] = [{} for _ in receipts]
    begins = 0
    for place in sorted(range(len(receipts)), key=lambda place: receipts[place][0]):
        ends = begins + receipts[place][1]
        shares = ((use, min(ends, end) - max(begins, start)) for start, end, use in debts)
        found[place] = {use: amount for use, amount in shares if amount > 0}
        begins = ends
    return found


def days_late(lines: Sequence[Month], today: date, received: int) -> int:
    """Since the oldest line that is not wholly paid."""
    reached = 0
    for line in lines:
        reached += line.total
        if line.due_on < today and reached > received:
            return (today - line.due_on).days
    return 0


def early(lines: Sequence[Month], value_date: date, on: date, amount: int, keeps: str) -> list[Month]:
    """The whole schedule once an amount came before its time, on a day when nothing else was owed.

    keeps  ``same-instalment``: fewer lines; ``lower-instalment``: smaller ones; ``nothing``: all is settled
    """
    before, ahead = _parted(lines, on)
    so_far = _accrued(lines, value_date, on)
    part = amount - so_far
    now = [*before, Month(len(before) + 1, on, so_far, part)]
    then = sum(line.principal for line in ahead)
    left, first = then - part, so_far
    share = Fraction(left, then)
    for line in ahead if keeps != "nothing" else ():
        interest, first = line.interest - first, 0
        whole = interest + line.principal
        charged = round(interest * (share if keeps == "lower-instalment" else Fraction(left, then)))
        paid = round(whole * share) - charged if keeps == "lower-instalment" else whole - charged
        paid = left if line is ahead[-1] else min(paid, left)
        then, left = then - line.principal, left - paid
        now.append(Month(len(now) + 1, line.due_on, charged, paid))
        if not left:
            break
    return now


def quote(lines: Sequence[Month], value_date: date, on: date, received: int) -> Quote:
    """What settles the loan on a day, where nothing is asked for it."""
    _, ahead = _parted(lines, on)
    now, accrued = standing(lines, on, received), _accrued(lines, value_date, on)
    return Quote(
        due=now.overdue,
        principal=sum(line.principal for line in ahead),
        accrued=accrued,
        credit=now.advance,
        saved=interest(ahead) - accrued,
        valid_until=ahead[0].due_on - timedelta(days=1),
    )


def _parted(lines: Sequence[Month], on: date) -> tuple[list[Month], list[Month]]:
    return [line for line in lines if line.due_on <= on], [line for line in lines if line.due_on > on]


def _accrued(lines: Sequence[Month], value_date: date, on: date) -> int:
    """Of the line that comes next, what its period has earned so far, where every month has thirty days."""
    before, ahead = _parted(lines, on)
    start = before[-1].due_on if before else value_date
    return round(Fraction(ahead[0].interest * _thirties(start, on), _thirties(start, ahead[0].due_on)))


def _thirties(start: date, end: date) -> int:
    months = 12 * (end.year - start.year) + end.month - start.month
    return 30 * months + min(end.day, 30) - min(start.day, 30)


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
