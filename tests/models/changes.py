"""What it takes to repay early, and what becomes of the lines: written from ADR 0032 alone, sharing no code with it.

Amounts are whole minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from tests.models.days import TICKS, after, months_on, ticks
from tests.models.deals import Deal
from tests.models.facts import COMPONENTS, Line
from tests.models.lives import Life
from tests.models.owed import Owed, half_even
from tests.models.schedules import Loan

Cut = Callable[[Fraction], int]
"""How an exact amount becomes one that is agreed on: to which multiple of minor units, and where a half goes."""


@dataclass(frozen=True)
class EarlyFee:
    rate: int
    cap: int
    cap_last_year: int
    free_up_to: int | None


def lines_after(life: Life) -> list[Line]:
    return [owed.line for owed in life.force if owed.line.due_on > life.today]


def fee(life: Life, early: EarlyFee, principal: int, repaid_before: int) -> int:
    """What repaying so much principal costs on the day of the life."""
    if not principal or (early.free_up_to is not None and principal + repaid_before <= early.free_up_to):
        return 0
    lines = lines_after(life)
    is_last_year = lines[-1].due_on <= months_on(life.today, 12)
    rate = min(early.rate, early.cap_last_year if is_last_year else early.cap)
    to_come = sum(line.interest for line in lines) - life.accrued
    of_all = sum(line.principal for line in lines)
    return min(principal * rate // 10_000, to_come * principal // of_all)


def due_today(life: Life) -> int:
    """Past due and due, with penalties and the claim."""
    return sum(life.balance("past_due", "due").values()) + life.claim


def quote(life: Life, early: EarlyFee, repaid_before: int) -> dict[str, int]:
    """What settles the loan on the day of the life, by what it is for."""
    lines = lines_after(life)
    principal = sum(line.principal for line in lines)
    ahead = sum(line.total for line in lines) - sum(
        life.balance("in_advance")[what] for what in COMPONENTS[1:]
    )
    says = {
        "due": due_today(life),
        "principal": principal,
        "accrued": life.accrued,
        "fee": fee(life, early, principal, repaid_before),
        "credit": life.unallocated + ahead,
    }
    return {**says, "total": max(0, sum(says.values()) - 2 * says["credit"])}


def first_line(life: Life, principal: int, charged: int) -> Line:
    """What is due at once: interest so far, the principal repaid early, the fee."""
    current = lines_after(life)[0]
    return Line(current.number, current.starts_on, life.today, life.accrued, principal, charged)


def in_part(
    life: Life, early: EarlyFee, amount: int, keeps: str, repaid_before: int, cut: Cut = half_even
) -> tuple[int, tuple[Line, ...]] | None:
    """How much principal the amount repays early, and the lines that follow; None when it is refused."""
    if not any(line.principal for line in lines_after(life)):
        return None
    rest = amount - due_today(life) - life.accrued
    low, high = 0, max(rest, 0) + 1
    while high - low > 1:
        middle = (low + high) // 2
        fits = middle + fee(life, early, middle, repaid_before) <= rest
        low, high = (middle, high) if fits else (low, middle)
    old = lines_after(life)
    before = sum(line.principal for line in old)
    if not 0 < low < before:
        return None
    ahead = [owed for owed in life.force if owed.line.due_on > life.today]
    shortened = [
        replace(
            owed.line,
            interest=owed.line.interest - life.accrued_on(owed),
            starts_on=max(owed.line.starts_on, life.today),
            earlier=rest_of(life, owed),
        )
        for owed in ahead
    ]
    lines = [first_line(life, low, fee(life, early, low, repaid_before))]
    made = lower(shortened, low, cut) if keeps == "lower-instalment" else shorter(shortened, low, keeps, cut)
    lines += [replace(line, number=lines[0].number + k) for k, line in enumerate(made, 1)]
    return low, tuple(lines)


def rest_of(life: Life, owed: Owed) -> tuple[tuple[int, date, date], ...]:
    """What of the interest put off is not earned yet; there is at most one such time."""
    rest = [
        (amount - life.grown(amount, start, end), max(start, life.today), end)
        for amount, start, end in owed.line.earlier
        if end > life.today
    ]
    return tuple(rest)


def less(line: Line, interest: int) -> tuple[tuple[int, date, date], ...]:
    """The same of a line that asks for less interest."""
    cut = ((half_even(Fraction(amount * interest, line.interest)), *days) for amount, *days in line.earlier)
    return tuple((amount, start, end) for amount, start, end in cut if amount)


def lower(old: Sequence[Line], principal: int, cut: Cut) -> list[Line]:
    left = sum(line.principal for line in old) - principal
    share = Fraction(left, left + principal)
    made = []
    for line in old:
        in_all = cut((line.interest + line.principal) * share)
        interest = cut(line.interest * share)
        part = left if line.number == old[-1].number else min(max(in_all - interest, 0), left)
        left -= part
        made.append(replace(line, interest=interest, principal=part, earlier=less(line, interest)))
    return made


def shorter(old: Sequence[Line], principal: int, keeps: str, cut: Cut) -> list[Line]:
    owed_then = sum(line.principal for line in old)
    owed_now = owed_then - principal
    made = []
    for line in old:
        if not owed_now:
            break
        interest = cut(Fraction(line.interest * owed_now, owed_then))
        part = line.principal
        if keeps == "same-instalment":
            part = cut(Fraction(line.interest + line.principal)) - interest
        part = min(max(part, 0), owed_now)
        if line.number == old[-1].number:
            part = owed_now
        owed_then, owed_now = owed_then - line.principal, owed_now - part
        made.append(replace(line, interest=interest, principal=part, earlier=less(line, interest)))
    return made


# ── moved lines ────────────────────────────────────────────────────────────


def end_of(lines: Sequence[Line], k: int) -> date:
    """Where the interest period of a line ends."""
    if k + 1 < len(lines) and lines[k + 1].starts_on > lines[k].starts_on:
        return lines[k + 1].starts_on
    return lines[k].due_on


def moved(
    lines: Sequence[Line], days: Sequence[date], count: str, start: date | None = None, cut: Cut = half_even
) -> list[Line]:
    """The same lines on other days, their interest for their new periods."""
    start, made = start or lines[0].starts_on, []
    for k, (line, day) in enumerate(zip(lines, days, strict=True)):
        share = Fraction(ticks(start, day, count), ticks(line.starts_on, end_of(lines, k), count))
        apart = sum(amount for amount, _, _ in line.earlier)
        interest = cut((line.interest - apart) * share) + apart
        made.append(replace(line, starts_on=start, due_on=day, interest=interest))
        start = day
    return made


def holiday(
    lines: Sequence[Line],
    pause: Sequence[date],
    days: Sequence[date],
    carried: bool,
    count: str,
    cut: Cut = half_even,
) -> list[Line]:
    """Lines without principal on the days of the pause, then the others."""
    first, start, made = lines[0], lines[0].starts_on, []
    for k, day in enumerate(pause):
        share = Fraction(ticks(start, day, count), ticks(first.starts_on, end_of(lines, 0), count))
        own = first.interest - sum(amount for amount, _, _ in first.earlier)
        made.append(Line(first.number + k, start, day, cut(own * share), 0))
        start = day
    after = [replace(line, number=line.number + len(pause)) for line in moved(lines, days, count, start, cut)]
    if carried:
        sum_of = sum(line.interest for line in made)
        more = ((sum_of, lines[0].starts_on, start),) if sum_of else ()
        after[0] = replace(after[0], interest=after[0].interest + sum_of, earlier=(*after[0].earlier, *more))
        made = [replace(line, interest=0) for line in made]
    return [*made, *after]


# ── arrears taken in ───────────────────────────────────────────────────────


def with_arrears(life: Life, rate: int, periods: int) -> tuple[Line, ...] | None:
    """What is late and what is to come in level monthly instalments from the day of the life on; None where it cannot be.

    Raises Refused like any loan of the model.
    """
    fallen = [owed for owed in life.force if owed.line.due_on <= life.today]
    while fallen and not any(fallen[0].unpaid[what] for what in COMPONENTS[1:]):
        fallen = fallen[1:]
    to_come = lines_after(life)
    if not fallen or any(line.insurance for line in to_come) or len({line.fee for line in to_come}) > 1:
        return None
    closed = [received(owed) for owed in fallen]
    missing = {what: sum(owed.unpaid[what] for owed in fallen) for what in COMPONENTS}
    principal = sum(line.principal for line in to_come) + missing["principal"]
    old = to_come or [owed.line for owed in fallen]
    ends = [end_of(old, k) for k in range(len(old))]
    ends = ends[:-1] or ends
    anchor, k = max(end.day for end in ends[:12]), 0
    while (first := months_on(ends[0], k, anchor)) <= life.today:
        k += 1
    deal = Deal(count=life.rules.count, rate=rate, due_day=anchor)
    rows = Loan(deal, principal, periods, life.today, first).plan().rows
    earned, since = missing["interest"] + life.accrued, fallen[0].line.starts_on
    share, fee = earned // periods, to_come[0].fee if to_come else 0
    made = []
    for row in rows:
        is_first, is_last = row is rows[0], row is rows[-1]
        own = earned - share * (periods - 1) if is_last else share
        made.append(
            Line(
                fallen[-1].line.number + row.number,
                row.starts_on,
                row.due_on,
                row.interest + own,
                row.principal,
                fee + (missing["fee"] if is_first else 0),
                missing["insurance"] if is_first else 0,
                ((own, since, life.today),) if own else (),
            )
        )
    return (*closed, *made)


def received(owed: Owed) -> Line:
    """The instalment with what it has received."""
    line, left = owed.line, owed.unpaid
    return Line(
        line.number,
        line.starts_on,
        line.due_on,
        line.interest - left["interest"],
        line.principal - left["principal"],
        line.fee - left["fee"],
        line.insurance - left["insurance"],
        () if left["interest"] else line.earlier,
    )


# ── stepping back ──────────────────────────────────────────────────────────


def to_return(left: dict[date, int], came: dict[date, int], end: date, rate: int, count: str) -> Line:
    """The one line of whoever stepped back, by going through every day on which money may still come.

    left  what left for the borrower, by day, without what was kept of it
    came  what came back, by day; below zero what was sent out again
    end   the last day
    rate  basis points a year; 0 where the law lets it cost nothing
    """
    capital, day = sum(left.values()), min(left)
    begun, out, whole, pieces = day, 0, 0, list[tuple[int, date, date]]()
    while day < end:
        if left.get(day) or came.get(day):
            if grown := of_run(whole, begun, day, end, count):
                pieces.append((grown, begun, day))
            out += left.get(day, 0) - came.get(day, 0)
            begun = day
            whole = half_even(Fraction(max(out, 0) * rate * ticks(day, end, count), 10_000 * TICKS))
            back = sum(amount for on, amount in came.items() if on <= day)
            costs = sum(amount for amount, _, _ in pieces)
            if came.get(day, 0) > 0 and day >= max(left) and back >= capital + costs:
                return Line(1, day, day, costs, capital, earlier=tuple(pieces))
        day = after(day)
    return Line(1, begun, end, whole + sum(amount for amount, _, _ in pieces), capital, earlier=tuple(pieces))


def of_run(whole: int, begun: date, day: date, end: date, count: str) -> int:
    """What of the interest from one day to the last has grown by a day between them."""
    span = ticks(begun, end, count)
    return half_even(Fraction(whole * ticks(begun, day, count), span)) if span else whole
