"""What holds for every loan: sums, signs, days, the last instalment, and the annual rate.

``LOANS=20000`` looks at so many random loans, seven minutes of work; two hundred without it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from aggregates.rules.apr import NoRate
from aggregates.rules.costs import Costs
from aggregates.rules.rounding import Rounding
from aggregates.rules.terms import Fee, Fixing, Insurance, Terms, UnsoundTerms, Variable
from aggregates.values import BasisPoints, Money

LOANS = int(os.environ.get("LOANS", "200"))

RATES = st.one_of(st.just(0), st.integers(1, 3_000), st.integers(1, 10_000)).map(BasisPoints)
SHARES = st.one_of(st.just(0), st.integers(1, 500)).map(BasisPoints)
VARIABLE = st.builds(
    Variable, st.just("EURIBOR-3M"), st.integers(-100, 500), st.integers(1, 12), st.integers(0, 100),
    st.one_of(st.none(), st.integers(100, 2_000)),
)  # fmt: skip
FIXINGS = st.lists(
    st.builds(Fixing, st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(-100, 1_500)), max_size=6
)


@st.composite
def terms(draw) -> Terms:
    kind = draw(st.sampled_from(["annuity", "linear", "bullet", "flat"]))
    frequency = draw(st.sampled_from(["weekly", "fortnightly", "monthly", "quarterly"]))
    rate = draw(RATES)
    plain = Terms(
        rate,
        kind,
        frequency,
        draw(st.sampled_from(["30E/360", "ACT/365F", "ACT/ACT-ISDA"])),
        due_day=draw(st.one_of(st.none(), st.integers(1, 31 if frequency in ("monthly", "quarterly") else 7))),
        first_period=draw(st.sampled_from(["with-first", "at-payout", "spread", "waived"])),
        grace_all=draw(st.sampled_from([0, 0, 0, 1, 3])),
        subsidy=draw(st.one_of(st.just(0), st.integers(0, rate))),
        fees=(
            Fee("file", "up-front", draw(SHARES)),
            Fee("guarantee", "financed", draw(SHARES)),
            Fee("account", "per-instalment", BasisPoints(draw(st.integers(0, 20)))),
        ),
        insurance=draw(st.one_of(st.none(), st.builds(
            Insurance, st.integers(0, 200), st.sampled_from(["initial", "outstanding"]), st.booleans()
        ))),
        rounding=draw(st.builds(Rounding, st.sampled_from([1, 1, 1, 5, 10]), st.sampled_from(["half-even", "half-up"]))),
        business_days=draw(st.sampled_from(["none", "following", "modified-following", "preceding"])),
        calendar=draw(st.sampled_from([None, "FR", "CI", "CA-QC"])),
    )  # fmt: skip
    if kind in ("annuity", "linear") and draw(st.booleans()):
        step = draw(st.sampled_from([0, 0, 100, 500]))
        plain = replace(
            plain,
            grace_principal=draw(st.sampled_from([0, 1, 6])),
            balloon=BasisPoints(draw(st.sampled_from([0, 0, 1_000, 5_000]))),
            step_up=BasisPoints(step),
            step_every=draw(st.integers(1, 24)) if step else 0,
        )
    return plain if kind == "flat" else replace(plain, variable=draw(st.one_of(st.none(), VARIABLE)))


@st.composite
def loans(draw) -> Costs:
    """A loan that is repaid; others are left out."""
    costs = Costs(
        draw(terms()),
        Money(draw(st.one_of(st.integers(1, 10**9), st.integers(10_000, 10**11))), "EUR"),
        draw(st.one_of(st.integers(1, 60), st.integers(1, 360))),
        draw(st.dates(date(2020, 1, 1), date(2032, 12, 31))),
        fixings=draw(FIXINGS),
    )
    try:
        assert costs.lines
    except UnsoundTerms:
        assume(False)
    return costs


@pytest.mark.timeout(7_200)
@settings(
    max_examples=LOANS,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(loans())
def test_every_loan(costs: Costs) -> None:
    every_schedule_repays_the_principal_and_nothing_is_negative(costs)
    the_last_instalment_differs_by_what_rounding_explains(costs)
    every_due_day_is_anchored_clipped_and_moved_by_days_at_most(costs)
    discounting_at_the_annual_rate_gives_back_what_was_received(costs)
    a_third_party_bears_what_the_borrower_is_spared(costs)


def every_schedule_repays_the_principal_and_nothing_is_negative(costs: Costs) -> None:
    assert len(costs.lines) == costs.periods
    assert sum(line.principal.minor for line in costs.lines) == costs.principal.minor + costs.financed.minor
    for line in costs.lines:
        assert min(line.interest.minor, line.principal.minor, line.fee.minor, line.insurance.minor) >= 0
    assert [line.number for line in costs.lines] == list(range(1, costs.periods + 1))
    assert costs.remaining[-1].minor == 0
    assert sum(year.total.minor for year in costs.years) == sum(line.total.minor for line in costs.lines)


def the_last_instalment_differs_by_what_rounding_explains(costs: Costs) -> None:
    """Each row is off by at most a unit of rounding of its level and of its interest, and grows until the end."""
    t, lines = costs.terms, costs.lines
    amortising = lines[t.grace_all + t.grace_principal :]
    if t.kind == "bullet" or t.variable is not None or t.step_up or len(amortising) < 3:
        return
    n, longest = (
        len(amortising),
        {"weekly": 9, "fortnightly": 16, "monthly": 31, "quarterly": 92}[t.frequency],
    )
    growth = 1 + Fraction(t.rate * longest, 10_000 * 360)
    explained = t.rounding.unit * (3 * n * growth**n + n)
    balloon = (costs.principal + costs.financed).minor * t.balloon // 10_000
    if t.kind == "annuity":
        # The row before the last bears spread and odd interest as the last does; neither is the first one.
        last, usual = (
            line.interest.minor + line.principal.minor for line in (amortising[-1], amortising[-2])
        )
    else:
        last, usual = amortising[-1].principal.minor, amortising[-2].principal.minor
    assert abs(last - balloon - usual) <= explained


def every_due_day_is_anchored_clipped_and_moved_by_days_at_most(costs: Costs) -> None:
    t, lines = costs.terms, costs.lines
    plain = Costs(replace(t, business_days="none"), *_rest(costs)).lines
    for line, due in zip(lines, (line.due_on for line in plain), strict=True):
        assert abs((line.due_on - due).days) <= 5
    assert all(later.starts_on == line.due_on for line, later in pairwise(plain))
    if t.frequency in ("weekly", "fortnightly"):
        step = 7 if t.frequency == "weekly" else 14
        assert all((line.due_on - plain[0].due_on).days == n * step for n, line in enumerate(plain))
        return
    anchor, months = t.due_day or costs.payout_on.day, 1 if t.frequency == "monthly" else 3
    for n, line in enumerate(plain):
        day = line.due_on
        assert (day.year - plain[0].due_on.year) * 12 + day.month - plain[0].due_on.month == n * months
        assert day.day == anchor or (day.day < anchor and (day + timedelta(days=1)).day == 1)


def discounting_at_the_annual_rate_gives_back_what_was_received(costs: Costs) -> None:
    """To a millionth of what was paid out."""
    try:
        rate = costs.effective_rate
    except NoRate:
        return
    with localcontext() as context:
        context.prec = 50
        worth = sum(
            Decimal(flow.minor) * (1 + rate) ** -(Decimal(flow.years.numerator) / flow.years.denominator)
            for flow in costs.flows()
        )
        assert abs(worth) <= Decimal(costs.principal.minor) / 10**6
    assert costs.cost.minor >= 0 or not rate


def a_third_party_bears_what_the_borrower_is_spared(costs: Costs) -> None:
    """Without the subsidy the first period of a bullet costs what both pay together, to the unit."""
    t = replace(costs.terms, subsidy=BasisPoints(0))
    if t.kind != "bullet" or t.grace_all or t.first_period == "spread":
        return
    whole = Costs(t, *_rest(costs)).reckoned
    both = costs.lines[0].interest + costs.reckoned.kept_interest + costs.reckoned.borne[0]
    assert abs((whole.lines[0].interest + whole.kept_interest - both).minor) <= 3 * t.rounding.unit


def _rest(costs: Costs) -> tuple:
    return costs.principal, costs.periods, costs.payout_on, costs.first_due_on, costs.drawdowns, costs.fixings
