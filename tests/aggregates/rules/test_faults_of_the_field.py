"""What goes wrong in the field, each fault by its name: seen in the best-known open lending product on 2026-11-21.

Source: rules of lending, "What goes wrong in the field". What takes a store is in tests/commands/test_faults_of_the_field.py.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from aggregates.rules.calendar import months_after
from aggregates.rules.day_count import number
from aggregates.rules.early import repay_in_part
from aggregates.rules.facts import Receipt, Version
from aggregates.rules.life import life, standing
from aggregates.rules.movements import to_enter
from aggregates.rules.reallocated import reallocated
from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_terms import Late, Order
from aggregates.rules.terms import Terms
from aggregates.values import BasisPoints
from tests.counting import calls
from tests.lives import LOAN, PAID_OUT, due, level, line, terms
from tests.stories import eur

KINDS = ("annuity", "linear", "bullet", "flat")
FREQUENCIES = ("weekly", "fortnightly", "monthly", "quarterly")
COUNTS = ("30E/360", "ACT/365F", "ACT/ACT-ISDA")
JAN_15 = date(2026, 1, 15)
SIX = Terms(BasisPoints(600))
PLAIN = terms()


def stands(on, *facts, versions=(LOAN,), agreed=PLAIN):
    return standing(agreed, versions, facts, on)


def interest(lines):
    return [line.interest.minor for line in lines]


def principal(lines):
    return [line.principal.minor for line in lines]


def numbers_in(thing: Any) -> list[Any]:
    """Every number in a value, at any depth."""
    if isinstance(thing, int | float):
        return [thing]
    if is_dataclass(thing):
        return [found for each in fields(thing) for found in numbers_in(getattr(thing, each.name))]
    if isinstance(thing, list | tuple):
        return [found for each in thing for found in numbers_in(each)]
    return []


# ── the day-count setting had no effect on the schedule: always 365 ────────


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_the_day_count_setting_has_an_effect_on_the_schedule(kind, frequency):
    """From December into a leap year every count is another one; elsewhere each gave what actual/365 gives."""
    charged = {
        count: sum(
            interest(
                schedule(
                    Terms(BasisPoints(600), kind, frequency, count), eur(5_000_00), 6, date(2027, 12, 15)
                )
            )
        )
        for count in COUNTS
    }
    assert len({*charged.values()}) == 3, charged


def test_the_day_count_setting_has_an_effect_on_what_accrues():
    """30 May to 30 June: 30 days of 30, of 31 and of 31; on the 31st 30E/360 has counted none."""
    loan = Version(
        1, date(2026, 5, 30), 0, 0, (line(1, date(2026, 5, 30), date(2026, 6, 30), 31_00, 100_00),)
    )
    on = date(2026, 5, 31)
    accrued = [stands(on, versions=[loan], agreed=terms(day_count=count)).accrued.minor for count in COUNTS]
    assert accrued == [0, 1_00, 1_00]


# ── 30/360 with daily accrual booked 30 days for each day ──────────────────


def test_30_360_with_daily_accrual_books_one_day_for_each_day_and_not_30():
    """25.00 over 30 days: 0.83 after one, 12.50 after fifteen."""
    accrued = [stands(PAID_OUT + timedelta(days=days)).accrued.minor for days in range(31)]
    assert (accrued[0], accrued[1], accrued[15], accrued[30]) == (0, 83, 12_50, 24_17)
    assert {later - earlier for earlier, later in pairwise(accrued[:25])} == {83, 84}
    assert stands(due(1)).accrued == eur(0), "on its day it is due, no longer accrued"


def test_a_day_of_30_360_is_one_day_at_most_and_a_month_is_30():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
    steps = [number("30E/360", later) - number("30E/360", day) for day, later in pairwise(days)]
    assert set(steps) == {0, 1, 3}, "nothing for a 31st, three for the last of February"
    assert sum(steps) == 360


# ── periods that end on the last day of a month were charged 31 days ───────


def test_periods_that_end_on_the_last_day_of_a_month_are_not_charged_31_days_february_neither():
    """1 % a month of 1,000.00 in each of six months, of which none has 31 days of 360."""
    lines = schedule(Terms(BasisPoints(1_200), "bullet"), eur(1_000_00), 6, date(2026, 1, 31))
    assert interest(lines) == [10_00] * 6


def test_periods_that_end_on_the_last_day_of_a_month_have_their_own_days_of_365():
    """28 days to 28 February, 31 to 31 March, 30 to 30 April: 1,000.00 · 12 % · days / 365."""
    agreed = Terms(BasisPoints(1_200), "bullet", day_count="ACT/365F")
    assert interest(schedule(agreed, eur(1_000_00), 3, date(2026, 1, 31))) == [9_21, 10_19, 9_86]


def test_the_last_day_of_a_month_accrues_no_31_days():
    """31 January to 28 February: 28 days of 30E/360; the whole interest, once, and none of March."""
    loan = level(1_000_00, 1_200, 3, on=date(2026, 1, 31))
    assert [scheduled.due_on for scheduled in loan.lines] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    assert stands(date(2026, 2, 27), versions=[loan]).accrued == eur(9_64)
    assert stands(date(2026, 2, 28), versions=[loan]).due.interest == eur(10_00)
    assert stands(date(2026, 2, 28), versions=[loan]).accrued == eur(0)


# ── 30 January → 28 February → 31 March, 30 April → 31 May ─────────────────


@pytest.mark.parametrize(
    ("payout_on", "days"),
    [
        (date(2026, 1, 30), ["2026-02-28", "2026-03-30", "2026-04-30", "2026-05-30"]),
        (date(2026, 1, 31), ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        (date(2026, 3, 30), ["2026-04-30", "2026-05-30", "2026-06-30", "2026-07-30"]),
        (date(2027, 12, 31), ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
    ],
)
def test_the_anchor_day_is_not_lost_in_february_nor_at_the_end_of_april(payout_on, days):
    """The 30th comes back as the 30th after 28 February, and does not become the 31st after 30 April."""
    assert [line.due_on.isoformat() for line in schedule(SIX, eur(1_000_00), 4, payout_on)] == days


# ── a long first period and a prepayment left unrounded rows: 19.726027397 ─


def test_a_long_first_period_leaves_no_unrounded_row():
    """40 days of 1,000.00 at 10 %: 10.958904… is 10.96."""
    agreed = Terms(BasisPoints(1_000), "linear", day_count="ACT/365F", due_day=5)
    for way in ("with-first", "at-payout", "spread", "waived"):
        rows = schedule(replace(agreed, first_period=way), eur(1_000_00), 12, date(2026, 1, 24))
        assert {type(found) for found in numbers_in(rows)} == {int}
    lines = schedule(agreed, eur(1_000_00), 12, date(2026, 1, 24))
    assert (lines[0].due_on, interest(lines)[0]) == (date(2026, 3, 5), 10_96)


def test_a_prepayment_leaves_no_unrounded_row():
    for keeps in ("lower-instalment", "same-instalment", "same-principal"):
        on = due(1) + timedelta(days=15)
        now = stands(on, Receipt(2, due(1), eur(221_60)))
        lines = repay_in_part(PLAIN, now, eur(333_33), keeps, 3, 2).version.lines
        assert {type(found) for found in numbers_in(lines)} == {int}
        assert min(interest(lines) + principal(lines)) >= 0
        assert sum(principal(lines)) == now.outstanding.minor


# ── a rate of 0 became the product's rate ──────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_a_rate_of_0_stays_0_and_does_not_become_the_products(kind):
    assert not any(interest(schedule(Terms(BasisPoints(0), kind), eur(1_000_00), 10, JAN_15)))


# ── 100.00 over 24 months came out as 22 instalments ───────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_100_euros_over_24_months_are_24_instalments_and_not_22(kind):
    for rate in (0, 600, 2_400):
        assert len(schedule(Terms(BasisPoints(rate), kind), eur(100_00), 24, JAN_15)) == 24
    totals = [line.total for line in schedule(Terms(BasisPoints(0)), eur(100_00), 24, JAN_15)]
    assert totals == [eur(4_17)] * 23 + [eur(4_09)]


# ── floats: 4,999.999999999999 ─────────────────────────────────────────────


@pytest.mark.parametrize("count", COUNTS)
def test_no_schedule_holds_a_float_and_5000_is_repaid_as_5000(count):
    lines = schedule(Terms(BasisPoints(333), day_count=count), eur(5_000_00), 36, JAN_15)
    assert sum(principal(lines)) == 5_000_00
    assert {type(found) for found in numbers_in(lines)} == {int}


def test_no_standing_and_no_entry_in_the_books_holds_a_float():
    agreed = terms(late=Late(BasisPoints(1_234)), day_count="ACT/365F")
    now, entries = life(agreed, [LOAN], [Receipt(2, due(2), eur(33_33))], due(3) + timedelta(days=7))
    assert {type(found) for found in numbers_in(now)} == {int, bool}
    assert {type(amount.minor) for entry in entries for _, amount in entry.amounts} == {int}


# ── an instalment paid in mid-period was charged to date and again in full ─


def test_an_instalment_paid_in_the_middle_of_a_period_is_not_charged_to_date_and_again_in_full():
    middle = Receipt(2, due(1) - timedelta(days=15), eur(221_60))
    for agreed in (PLAIN, terms(order=Order(timings=("past_due", "due", "in_advance")))):
        after = stands(due(1), middle, agreed=agreed)
        assert after.owed_now == eur(0)
        assert sum(part.amount.minor for part in after.parts if part.what == "interest") == 25_00
        assert stands(due(2), middle, agreed=agreed).due.interest == eur(24_02)


# ── a back-dated payment cost 16 to 53 s, and lost the old allocation ──────

LATE = terms(late=Late(BasisPoints(800)))
BEGAN = date(2006, 11, 5)


def paid_for(months: int) -> tuple[Version, list[Receipt]]:
    """A loan of twenty years, all its instalments of so many months paid on their days."""
    loan = level(100_000_00, 480, 240, on=BEGAN)
    return loan, [Receipt(n, part.due_on, part.total) for n, part in enumerate(loan.lines[:months], 10)]


def back_dated(months: int) -> None:
    """A payment of the fifth month turns up so many months later: all that a command does about it."""
    loan, facts = paid_for(months)
    today = months_after(BEGAN, months)
    before, was = life(LATE, [loan], [*facts[:4], *facts[5:]], today)
    after, now = life(LATE, [loan], facts, today)
    to_enter(was, now, today, today, ("reallocation", 1))
    reallocated(before, after)


def test_a_back_dated_payment_does_not_cost_the_square_of_the_loans_age():
    """Twice the age is twice the work, counted in calls; elsewhere it was four times as much, 16 to 53 s at ten years."""
    five, ten, twenty = (calls(partial(back_dated, months)) for months in (60, 120, 240))
    assert ten < 2.3 * five
    assert twenty < 2.3 * ten


def test_a_back_dated_payment_leaves_one_reallocation_and_no_cancelled_accruals_or_demands():
    """Elsewhere one line at ten years cancelled 910 accruals and 62 demands."""
    loan, facts = paid_for(120)
    today = months_after(BEGAN, 120)
    _, was = life(LATE, [loan], [*facts[:60], *facts[61:]], today)
    _, now = life(LATE, [loan], facts, today)
    entries = to_enter(was, now, today, today, ("reallocation", 1))
    assert sorted(entry.kind for entry in entries) == ["reallocation", "repayment"]


def test_a_back_dated_payment_does_not_lose_the_old_allocation():
    """What each later receipt had paid is told beside what it pays now, and what was paid before is as it was."""
    loan, facts = paid_for(120)
    today, forgotten = months_after(BEGAN, 120), facts[60]
    known = [fact for fact in facts if fact is not forgotten]
    before, after = (standing(LATE, [loan], some, today) for some in (known, facts))
    changed = {change.receipt: change for change in reallocated(before, after)}
    next_one = changed[facts[61].number]
    assert [(share.number, share.what) for share in next_one.before] == [
        (61, "interest"),
        (61, "penalty"),
        (61, "principal"),
    ]
    assert [(share.number, share.what) for share in next_one.after] == [(62, "interest"), (62, "principal")]
    assert changed[forgotten.number].before == ()
    assert min(changed) == forgotten.number
