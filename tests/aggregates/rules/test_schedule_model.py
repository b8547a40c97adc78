"""Schedules and annual rates are those of another formulation, on loans drawn by lot.

LOANS=20000 draws so many; each failure names the seed with which its loan is drawn again.
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from aggregates.rules.costs import Costs
from aggregates.rules.holidays import is_business_day
from aggregates.rules.rounding import Rounding
from aggregates.rules.terms import Drawdown, Fee, Fixing, Insurance, Terms, UnsoundTerms, Variable
from aggregates.values import BasisPoints, Money
from tests.aggregates.rules.test_schedule_examples import EXAMPLES
from tests.models import days
from tests.models.annual_rate import annual_rate
from tests.models.deals import BY_MONTH, Deal
from tests.models.invented import COUNTS, FREQUENCIES, a_loan
from tests.models.schedules import Loan, Refused

LOANS = int(os.environ.get("LOANS", "400"))
RATED = 10
"""One loan in so many has its annual rate computed twice: halving is slow."""
BATCHES = 8


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def terms_of(deal: Deal) -> Terms:
    index = deal.index
    words: dict[str, Any] = {
        "due_day": deal.due_day,
        "shortest_first": deal.shortest_first,
        "first_period": deal.first_period,
        "variable": index
        and Variable(
            "EURIBOR-3M",
            BasisPoints(index.margin),
            index.every,
            BasisPoints(index.floor or 0),
            None if index.cap is None else BasisPoints(index.cap),
        ),
        "insurance": deal.insurance
        and Insurance(
            BasisPoints(deal.insurance.rate),
            "initial" if deal.insurance.base == "initial" else "outstanding",
            deal.insurance.required,
        ),
        "calendar": deal.calendar,
        "kind": deal.kind,
        "frequency": deal.frequency,
        "day_count": deal.count,
        "business_days": deal.business,
    }
    fees: list[Any] = [("A fee", fee.when, BasisPoints(fee.share), euros(fee.fixed)) for fee in deal.fees]
    return Terms(
        rate=BasisPoints(deal.rate),
        grace_all=deal.grace_all,
        grace_principal=deal.grace_principal,
        step_up=BasisPoints(deal.step_up),
        step_every=deal.step_every if deal.step_up else 0,
        balloon=BasisPoints(deal.balloon),
        subsidy=BasisPoints(deal.subsidy),
        fees=tuple(Fee(*fee) for fee in fees),
        rounding=Rounding(deal.unit, "half-up" if deal.half == "up" else "half-even"),
        **words,
    )


def costs_of(loan: Loan) -> Costs:
    return Costs(
        terms_of(loan.deal),
        euros(loan.principal),
        loan.periods,
        loan.payout_on,
        loan.first_due_on,
        [Drawdown(day, euros(amount)) for day, amount in loan.drawdowns],
        [Fixing(day, BasisPoints(value)) for day, value in loan.fixings],
        loan.holidays,
    )


def said(loan: Loan) -> tuple[Any, ...] | None:
    """What the product makes of the loan, in plain numbers; None when it refuses."""
    costs = costs_of(loan)
    try:
        reckoned = costs.reckoned
    except UnsoundTerms:
        return None
    rows = [
        (
            line.number,
            line.starts_on,
            line.due_on,
            line.interest.minor,
            line.principal.minor,
            line.fee.minor,
            line.insurance.minor,
        )
        for line in reckoned.lines
    ]
    borne = [part.minor for part in reckoned.borne]
    return rows, reckoned.kept_interest.minor, costs.up_front.minor, borne


def expected(loan: Loan) -> tuple[Any, ...] | None:
    try:
        plan = loan.plan()
    except Refused:
        return None
    rows = [
        (row.number, row.starts_on, row.due_on, row.interest, row.principal, row.fee, row.insurance)
        for row in plan.rows
    ]
    return rows, plan.kept, plan.up_front, plan.borne


def drawn(seed: int) -> Loan:
    longest = 120 if seed % 50 == 0 else 36
    return a_loan(Random(seed), longest)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_schedules_are_those_of_the_model(batch: int) -> None:
    refused = 0
    for seed in range(batch, LOANS, BATCHES):
        loan = drawn(seed)
        model = expected(loan)
        assert said(loan) == model, f"seed {seed}: {loan}"
        refused += model is None
    assert refused < max(LOANS // BATCHES // 4, 2), "most loans that are drawn are sound"


def test_annual_rates_are_those_of_the_model() -> None:
    for seed in range(0, LOANS, RATED):
        loan = drawn(seed)
        rate = costs_of(loan).apr_or_none if expected(loan) else None
        if rate is None:
            continue
        plan, deal = loan.plan(), loan.deal
        counted = deal.insurance is not None and deal.insurance.required
        paid = [(row.due_on, row.total - (0 if counted else row.insurance)) for row in plan.rows]
        (day, first), *others = loan.drawdowns or [(loan.payout_on, loan.principal)]
        received = [(day, first - plan.kept - plan.up_front), *others]
        by = "month" if deal.frequency in BY_MONTH else "week"
        assert rate == annual_rate(received, paid, by), f"seed {seed}: {loan}"


@pytest.mark.parametrize(("kind", "frequency", "count"), EXAMPLES)
def test_the_model_says_what_a_published_tool_says(kind: str, frequency: str, count: str) -> None:
    """Without it the model could share a misunderstanding with the product."""
    deal = Deal(kind=kind, frequency=frequency, count=count, rate=600)
    rows = Loan(deal, 500_000, 6, date(2027, 12, 15)).plan().rows
    assert ([row.interest for row in rows], [row.principal for row in rows]) == EXAMPLES[
        kind, frequency, count
    ]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_the_level_is_what_its_discount_factors_say(frequency: str, count: str) -> None:
    """A third way: the level is what is lent over the sum of what one unit is worth today, on each due day."""
    loan = Loan(Deal(frequency=frequency, count=count, rate=730), 1_234_567, 18, date(2026, 1, 31))
    worth, sum_of_worths = Fraction(1), Fraction(0)
    for start, end in zip(loan.edges, loan.edges[1:], strict=False):
        worth /= 1 + Fraction(730, 10_000) * Fraction(loan.ticks(start, end), days.TICKS)
        sum_of_worths += worth
    lines = costs_of(loan).lines
    assert {line.total.minor for line in lines[:-1]} == {round(Fraction(1_234_567) / sum_of_worths)}
    assert abs(lines[-1].total.minor - lines[0].total.minor) <= 18


@pytest.mark.parametrize("calendar", ["FR", "CI", "CA-QC", None])
def test_holidays_are_those_of_the_model(calendar: Any) -> None:
    """Easter from the table of paschal moons there, by a formula here."""
    day = date(2000, 1, 1)
    while day.year < 2100:
        assert is_business_day(day, calendar) == days.is_working(day, calendar), day
        day += timedelta(days=1)
