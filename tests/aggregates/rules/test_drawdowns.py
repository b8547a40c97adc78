"""More of a loan leaves: what is to come is reckoned anew, and everything adds up to what has left.

LOANS=20000 draws so many; each failure names the seed with which its loan is drawn again.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from aggregates.rules.costs import Costs
from aggregates.rules.drawdowns import to_come
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.schedules import schedule
from aggregates.rules.terms import Drawdown, Fee, Insurance, Terms, UnsoundTerms
from aggregates.values import BasisPoints, Money
from tests.aggregates.rules.test_schedule_model import costs_of
from tests.models.invented import a_loan

LOANS = int(os.environ.get("LOANS", "400"))
BATCHES = 8

JAN_15, FEB_15, FEB_25, MAR_15, APR_15 = (
    date(2026, 1, 15), date(2026, 2, 15), date(2026, 2, 25), date(2026, 3, 15), date(2026, 4, 15),
)  # fmt: skip
TWELVE = Terms(BasisPoints(1_200))


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def nothing() -> Money:
    return eur(0)


def so_far(costs: Costs, drawn: int) -> Costs:
    """The same loan when so many of its drawdowns have left."""
    later = Money.total((each.amount for each in costs.drawdowns[drawn:]), costs.principal.currency)
    return replace(costs, drawdowns=costs.drawdowns[:drawn], undrawn=later or None)


def lived(costs: Costs, late: int = 0) -> list[Scheduled]:
    """The lines in force at the end, when each drawdown leaves on its day.

    late  how many lines more have fallen due when a drawdown becomes known
    """
    first = so_far(costs, 1)
    kept, lines = first.kept_interest, first.lines
    for drawn, each in enumerate(costs.drawdowns[1:], 2):
        due = sum(line.due_on <= each.on for line in lines)
        fallen = lines[: min(due + late, len(lines) - 1)]
        lines = fallen + to_come(so_far(costs, drawn), kept, fallen)
    return lines


def test_what_has_not_left_bears_no_interest_and_is_not_repaid():
    loan = Costs(
        TWELVE, eur(1_500_00), 6, JAN_15, drawdowns=[Drawdown(JAN_15, eur(1_000_00))], undrawn=eur(500_00)
    )
    assert loan.lines == schedule(TWELVE, eur(1_000_00), 6, JAN_15)
    assert (loan.drawn, loan.remaining[-1], loan.total) == (
        eur(1_000_00), nothing(), eur(1_000_00) + loan.interest,
    )  # fmt: skip


def test_fees_and_insurance_count_the_whole_principal_from_the_start():
    terms = replace(
        TWELVE,
        fees=(
            Fee("Dossier", "financed", BasisPoints(100)),
            Fee("Gestion", "per-instalment", BasisPoints(10)),
        ),
        insurance=Insurance(BasisPoints(120)),
    )
    loan = Costs(
        terms, eur(1_500_00), 6, JAN_15, drawdowns=[Drawdown(JAN_15, eur(1_000_00))], undrawn=eur(500_00)
    )
    assert sum(line.principal.minor for line in loan.lines) == 1_015_00
    assert (loan.lines[0].fee, loan.lines[0].insurance) == (eur(1_50), eur(1_52))


def test_a_drawdown_inside_a_period_bears_interest_from_its_own_day():
    """300.00 from 15 January, 200.00 from 25 February: 12 % a year, 30 days a month.

    By hand: 15 February to 15 March owes 300.00 less the first part for 30 days, and 200.00 for 20 of 30.
    """
    loan = Costs(
        TWELVE,
        eur(500_00),
        4,
        JAN_15,
        drawdowns=[Drawdown(JAN_15, eur(300_00)), Drawdown(FEB_25, eur(200_00))],
    )
    lines = lived(loan)
    left = 300_00 - lines[0].principal.minor
    assert lines[0] == schedule(TWELVE, eur(300_00), 4, JAN_15)[0]
    assert lines[1].interest.minor == round(left / 100 + 200_00 / 100 * 20 / 30)
    assert lines == loan.lines


def test_what_fell_due_stays_and_its_difference_is_carried():
    """Learnt after 15 March: line 2 said too little interest and too much principal, line 3 makes up for both."""
    loan = Costs(
        TWELVE,
        eur(500_00),
        4,
        JAN_15,
        drawdowns=[Drawdown(JAN_15, eur(300_00)), Drawdown(FEB_25, eur(200_00))],
    )
    on_time, late = lived(loan), lived(loan, late=1)
    before = schedule(TWELVE, eur(300_00), 4, JAN_15)
    assert late[:2] == before[:2]
    for what in ("interest", "principal"):
        planned = [getattr(line, what).minor for line in on_time]
        in_force = [getattr(line, what).minor for line in late]
        assert sum(in_force) == sum(planned)
        assert in_force[2] - planned[2] == planned[1] - in_force[1] != 0
    assert late[3] == on_time[3]


def test_a_difference_never_makes_a_part_negative():
    """Of a principal carried that is more than the first line to come has, the next one bears the rest."""
    before = schedule(TWELVE, eur(100_00), 4, JAN_15)
    fallen = [replace(before[0], principal=eur(60_00))]
    whole = Costs(TWELVE, eur(100_00), 4, JAN_15)
    coming = to_come(whole, nothing(), fallen)
    assert coming[0].principal == nothing()
    assert sum(line.principal.minor for line in coming) == 40_00


def test_odd_days_that_were_kept_on_too_little_are_charged_with_the_first_line_to_come():
    """Kept at the payout for 10 to 31 January on 300.00; 200.00 more leave on the 21st, for 10 days of it."""
    terms = replace(TWELVE, due_day=31, first_period="at-payout", shortest_first=31)
    drawn = [Drawdown(date(2026, 1, 10), eur(300_00)), Drawdown(date(2026, 1, 21), eur(200_00))]
    loan = Costs(terms, eur(500_00), 4, drawn[0].on, drawdowns=drawn)
    more = loan.kept_interest - so_far(loan, 1).kept_interest
    assert more
    lines = lived(loan)
    assert lines[0].interest == loan.lines[0].interest + more
    assert lines[1:] == loan.lines[1:]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_loan_drawn_as_planned_is_the_planned_loan(batch):
    """And one whose drawdowns become known late repays as much principal, with the same fees and insurance."""
    seen = 0
    for seed in range(batch * 10**6, batch * 10**6 + LOANS * 4 // BATCHES):
        costs = costs_of(a_loan(Random(seed)))
        try:
            if len(costs.drawdowns) < 2 or costs.terms.business_days != "none" or not costs.lines:
                continue
            lines, late = lived(costs), lived(costs, late=1)
        except UnsoundTerms:
            continue
        seen += 1
        more = costs.kept_interest - so_far(costs, 1).kept_interest
        planned = [replace(costs.lines[0], interest=costs.lines[0].interest + more), *costs.lines[1:]]
        assert lines == planned, f"seed {seed}"
        for what in ("principal", "fee", "insurance"):
            both = [sum(getattr(line, what).minor for line in each) for each in (late, planned)]
            assert both[0] == both[1], f"seed {seed}"
        assert min(line.principal.minor for line in late) >= 0, f"seed {seed}"
    assert seen > LOANS // BATCHES // 10
