"""What terms do to a schedule: worked by hand; the faults of the field are in test_faults_of_the_field.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregates.rules.costs import Costs
from aggregates.rules.rounding import Rounding
from aggregates.rules.schedules import by_year, reckon, schedule
from aggregates.rules.terms import Drawdown, Fee, Fixing, Insurance, Terms, Variable
from aggregates.values import BasisPoints, Money
from tests.stories import eur, xof

JAN_15 = date(2026, 1, 15)
SIX = Terms(BasisPoints(600))
TWELVE = Terms(BasisPoints(1_200), "linear")
"""1 % a month, and parts of principal that can be reckoned in the head."""


def parts(lines, *names):
    """Minor units of the named parts of each line."""
    return [tuple(getattr(line, name).minor for name in names) for line in lines]


def interest(lines):
    return [line.interest.minor for line in lines]


def principal(lines):
    return [line.principal.minor for line in lines]


# ── vectors ────────────────────────────────────────────────────────────────


def test_5000_euros_at_6_percent_over_24_months():
    lines = schedule(SIX, eur(5_000_00), 24, JAN_15)
    assert [line.total for line in lines] == [eur(221_60)] * 23 + [eur(221_69)]


def test_500000_francs_at_18_percent_over_12_months():
    lines = schedule(Terms(BasisPoints(1_800)), xof(500_000), 12, JAN_15)
    assert [line.total for line in lines] == [xof(45_840)] * 11 + [xof(45_839)]


# ── the first period ───────────────────────────────────────────────────────
# 1,200.00 at 1 % a month, 100.00 of principal each: interest 12, 11, 10 … From 5 January to 15 February are 40 days of
# 360: ten of them, 4.00, are odd. From 25 January they are 20: ten, 4.00, are missing.

LONG, SHORT = date(2026, 1, 5), date(2026, 1, 25)
REGULAR = [12_00, 11_00, 10_00, 9_00, 8_00, 7_00, 6_00, 5_00, 4_00, 3_00, 2_00, 1_00]


@pytest.mark.parametrize(
    ("way", "first", "kept"), [("with-first", 16_00, 0), ("at-payout", 12_00, 4_00), ("waived", 12_00, 0)]
)
def test_odd_days_of_a_longer_first_period(way, first, kept):
    reckoned = reckon(
        replace(TWELVE, due_day=15, first_period=way), eur(1_200_00), 12, LONG, date(2026, 2, 15)
    )
    assert interest(reckoned.lines) == [first, *REGULAR[1:]]
    assert reckoned.kept_interest == eur(kept)
    assert reckoned.lines[0].starts_on == (LONG if way == "with-first" else JAN_15)


def test_odd_days_spread_over_all():
    """4.00 over 12 rows: 0.33 each, and the last has 0.37."""
    terms = replace(TWELVE, first_period="spread")
    lines = schedule(terms, eur(1_200_00), 12, LONG, date(2026, 2, 15))
    assert interest(lines) == [row + 33 for row in REGULAR[:-1]] + [1_37]


@pytest.mark.parametrize("way", ["with-first", "at-payout", "waived"])
def test_days_that_a_first_period_lacks_are_not_charged(way):
    reckoned = reckon(replace(TWELVE, first_period=way), eur(1_200_00), 12, SHORT, date(2026, 2, 15))
    assert interest(reckoned.lines) == [8_00, *REGULAR[1:]]
    assert not reckoned.kept_interest
    assert reckoned.lines[0].starts_on == SHORT


def test_days_that_a_first_period_lacks_spread_over_all():
    terms = replace(TWELVE, first_period="spread")
    assert interest(schedule(terms, eur(1_200_00), 12, SHORT, date(2026, 2, 15))) == [
        row - 33 for row in REGULAR[:-1]
    ] + [63]


def test_odd_interest_comes_on_top_of_a_level_instalment():
    """Principal is that of a regular period: only the first instalment is larger."""
    regular = schedule(SIX, eur(5_000_00), 24, JAN_15)
    longer = schedule(SIX, eur(5_000_00), 24, LONG, date(2026, 2, 15))
    assert principal(longer) == principal(regular)
    assert longer[0].total - regular[0].total == eur(8_33), "10 days of 360 at 6 % on 5,000.00"
    assert longer[1:] == regular[1:]


@pytest.mark.parametrize(
    ("payout_on", "due_day", "first"),
    [
        (date(2026, 1, 10), 28, "2026-02-28"),
        (date(2026, 1, 28), 5, "2026-03-05"),
        (date(2026, 1, 21), 5, "2026-02-05"),
        (date(2026, 1, 22), 5, "2026-03-05"),
        (date(2026, 12, 31), 31, "2027-01-31"),
    ],
)
def test_the_first_due_day_is_fifteen_days_away_at_least(payout_on, due_day, first):
    lines = schedule(replace(SIX, due_day=due_day), eur(1_000_00), 3, payout_on)
    assert lines[0].due_on.isoformat() == first


def test_a_due_day_of_31_is_clipped_to_every_month_s_end():
    lines = schedule(replace(SIX, due_day=31), eur(1_000_00), 4, date(2026, 2, 10))
    assert [f"{line.due_on:%m-%d}" for line in lines] == ["03-31", "04-30", "05-31", "06-30"]


def test_weeks_are_counted_to_a_weekday():
    lines = schedule(Terms(BasisPoints(600), frequency="weekly", due_day=5), eur(100_00), 3, JAN_15)
    assert [f"{line.due_on:%a %d}" for line in lines] == ["Fri 23", "Fri 30", "Fri 06"]


# ── grace, steps, balloon ──────────────────────────────────────────────────


def test_grace_on_principal_pays_interest_alone():
    lines = schedule(replace(TWELVE, grace_principal=2), eur(1_000_00), 6, JAN_15)
    assert principal(lines) == [0, 0, 250_00, 250_00, 250_00, 250_00]
    assert interest(lines) == [10_00, 10_00, 10_00, 7_50, 5_00, 2_50]


def test_grace_on_all_pays_nothing_and_its_interest_later_without_interest_on_it():
    lines = schedule(replace(TWELVE, grace_all=2, grace_principal=1), eur(1_000_00), 6, JAN_15)
    assert principal(lines) == [0, 0, 0, 333_33, 333_33, 333_34]
    assert interest(lines) == [0, 0, 15_00, 15_00, 6_67 + 5_00, 3_33 + 5_00]
    assert len(lines) == 6


def test_a_level_instalment_after_grace_is_that_of_a_shorter_loan():
    after = schedule(replace(SIX, grace_principal=6), eur(5_000_00), 30, JAN_15)[6:]
    plain = schedule(SIX, eur(5_000_00), 24, JAN_15)
    assert parts(after, "interest", "principal") == parts(plain, "interest", "principal")


def test_a_balloon_is_left_to_the_last_instalment():
    """2,000.00 of 10,000.00: the annuity repays 8,000.00, by PMT(0.005, 12, -10000, 2000) = 698.53153…"""
    lines = schedule(replace(SIX, balloon=BasisPoints(2_000)), eur(10_000_00), 12, JAN_15)
    assert {line.total for line in lines[:-1]} == {eur(698_53)}
    assert abs(lines[-1].total.minor - (2_000_00 + 698_53)) < 12
    linear = schedule(replace(TWELVE, balloon=BasisPoints(2_000)), eur(10_000_00), 4, JAN_15)
    assert principal(linear) == [2_000_00, 2_000_00, 2_000_00, 4_000_00]


def test_instalments_step_up():
    """10 % more after each 12: three levels, the principal still repaid to the cent."""
    terms = replace(SIX, step_up=BasisPoints(1_000), step_every=12)
    lines = schedule(terms, eur(10_000_00), 36, JAN_15)
    totals = [line.total.minor for line in lines]
    assert len(set(totals[:12])) == len(set(totals[12:24])) == len(set(totals[24:35])) == 1
    assert abs(totals[12] - totals[0] * 11 // 10) <= 1
    assert abs(totals[24] - totals[0] * 121 // 100) <= 2
    assert sum(principal(lines)) == 10_000_00
    steps = schedule(replace(TWELVE, step_up=BasisPoints(10_000), step_every=1), eur(700_00), 3, JAN_15)
    assert principal(steps) == [100_00, 200_00, 400_00]


def test_flat_interest_is_on_the_initial_principal():
    lines = schedule(Terms(BasisPoints(1_200), "flat"), eur(1_000_00), 3, JAN_15)
    assert parts(lines, "interest", "principal") == [(10_00, 333_33), (10_00, 333_33), (10_00, 333_34)]


# ── variable rate, subsidy, drawdowns ──────────────────────────────────────

INDEXED = Variable(
    "EURIBOR-3M", BasisPoints(200), reset_every=3, floor=BasisPoints(100), cap=BasisPoints(900)
)


def test_a_variable_rate_is_reset_within_floor_and_cap():
    """Bullet of 1,200.00: 1 % a month at first; 2.5 + 2 = 4.5 %; 12 is capped at 9 %; −3 + 2 is floored at 1 %."""
    fixings = [
        Fixing(date(2025, 1, 1), BasisPoints(250)),
        Fixing(date(2026, 4, 16), BasisPoints(1_200)),
        Fixing(date(2026, 10, 15), BasisPoints(-300)),
    ]
    terms = Terms(BasisPoints(1_200), "bullet", variable=INDEXED)
    lines = schedule(terms, eur(1_200_00), 12, JAN_15, fixings=fixings)
    assert interest(lines) == [12_00] * 3 + [4_50] * 3 + [9_00] * 3 + [1_00] * 3


def test_after_a_reset_the_level_is_that_of_the_rest_at_the_new_rate():
    fixings = [Fixing(JAN_15, BasisPoints(100))]
    lines = schedule(replace(SIX, variable=INDEXED), eur(5_000_00), 24, JAN_15, fixings=fixings)
    left = 5_000_00 - sum(principal(lines[:3]))
    rest = schedule(Terms(BasisPoints(300)), eur(left), 21, date(2026, 4, 15))
    assert parts(lines[3:], "interest", "principal") == parts(rest, "interest", "principal")


def test_without_a_published_value_the_rate_stays():
    plain = schedule(SIX, eur(5_000_00), 24, JAN_15)
    assert schedule(replace(SIX, variable=INDEXED), eur(5_000_00), 24, JAN_15) == plain


def test_a_third_party_bears_a_part_of_the_rate():
    """12 % of which 3 % are borne: 9.00 and 3.00 on 1,200.00 in the first month."""
    reckoned = reckon(replace(TWELVE, subsidy=BasisPoints(300)), eur(1_200_00), 12, JAN_15)
    assert interest(reckoned.lines)[:2] == [9_00, 8_25]
    assert [part.minor for part in reckoned.borne[:2]] == [3_00, 2_75]


def test_what_is_drawn_later_bears_interest_from_its_day():
    """1,000.00 on 15 January, 500.00 on 25 February: 10.00; then 10.00 and 20 days of 5.00 a month, 3.33; 15.00."""
    drawn = [Drawdown(JAN_15, eur(1_000_00)), Drawdown(date(2026, 2, 25), eur(500_00))]
    lines = schedule(replace(TWELVE, grace_principal=3), eur(1_500_00), 6, JAN_15, drawdowns=drawn)
    assert interest(lines) == [10_00, 13_33, 15_00, 15_00, 10_00, 5_00]
    assert principal(lines) == [0, 0, 0, 500_00, 500_00, 500_00]


def test_a_drawdown_on_a_due_day_joins_the_next_period_and_changes_the_level():
    """300.00 in four parts of 75.00; 150.00 are left when 200.00 come: two parts of 175.00."""
    drawn = [Drawdown(JAN_15, eur(300_00)), Drawdown(date(2026, 3, 15), eur(200_00))]
    lines = schedule(TWELVE, eur(500_00), 4, JAN_15, drawdowns=drawn)
    assert parts(lines, "interest", "principal") == [
        (3_00, 75_00),
        (2_25, 75_00),
        (3_50, 175_00),
        (1_75, 175_00),
    ]


# ── fees, insurance, rounding, business days ───────────────────────────────


def test_fees_are_kept_added_or_charged_with_each_instalment():
    terms = replace(
        TWELVE,
        fees=(
            Fee("file", "up-front", fixed=eur(30_00)),
            Fee("guarantee", "financed", share=BasisPoints(1_000)),
            Fee("account", "per-instalment", share=BasisPoints(10), fixed=eur(1_00)),
        ),
    )
    costs = Costs(terms, eur(1_000_00), 11, JAN_15)
    assert costs.kept == eur(30_00)
    assert principal(costs.lines) == [100_00] * 11
    assert [line.fee for line in costs.lines] == [eur(2_00)] * 11
    assert costs.fees == eur(30_00 + 100_00 + 22_00)
    assert costs.remaining[0] == eur(1_000_00)


def test_insurance_is_on_the_initial_or_on_the_outstanding_principal():
    initial = replace(TWELVE, insurance=Insurance(BasisPoints(120)))
    outstanding = replace(TWELVE, insurance=Insurance(BasisPoints(120), "outstanding"))
    first, later = (schedule(terms, eur(1_200_00), 12, JAN_15) for terms in (initial, outstanding))
    assert [line.insurance.minor for line in first] == [1_20] * 12
    assert [line.insurance.minor for line in later] == [part // 10 for part in REGULAR]


@pytest.mark.parametrize("way", ["with-first", "at-payout", "waived", "spread"])
@pytest.mark.parametrize(("payout_on", "first"), [(LONG, 1_60), (SHORT, 80)])
@pytest.mark.parametrize("of", ["initial", "outstanding"])
def test_insurance_of_a_longer_or_shorter_first_period_is_for_all_its_days(way, payout_on, first, of):
    """1.20 a month; for 40 or for 20 days of 360, whatever becomes of the interest."""
    terms = replace(TWELVE, insurance=Insurance(BasisPoints(120), of), first_period=way)
    assert schedule(terms, eur(1_200_00), 12, payout_on, date(2026, 2, 15))[0].insurance == eur(first)


def test_insurance_runs_in_grace_and_fees_do_not():
    terms = replace(
        TWELVE,
        grace_all=1,
        insurance=Insurance(BasisPoints(120)),
        fees=(Fee("a", "per-instalment", fixed=eur(5)),),
    )
    first, second = parts(schedule(terms, eur(1_200_00), 3, JAN_15)[:2], "fee", "insurance")
    assert (first, second) == ((0, 1_20), (5, 1_20))


def test_francs_in_cash_are_multiples_of_five():
    """45,840 is one already; at 17 % the level is 45,602.4…, interest 7,083.3…: 45,600 and 7,085."""
    terms = Terms(BasisPoints(1_700), rounding=Rounding(unit=5, mode="half-up"))
    lines = schedule(terms, xof(500_000), 12, JAN_15)
    assert {line.total for line in lines[:-1]} == {xof(45_600)}
    assert interest(lines)[0] == 7_085
    assert not any(part % 5 for line in parts(lines, "interest", "principal") for part in line)
    assert sum(principal(lines)) == 500_000


@pytest.mark.parametrize(("mode", "due"), [("half-even", 2), ("half-up", 3)])
def test_an_exact_half_goes_where_the_terms_say(mode, due):
    """2.50 of interest at 1 % a month on 2.50."""
    terms = Terms(BasisPoints(1_200), "bullet", rounding=Rounding(mode=mode))
    assert interest(schedule(terms, eur(250), 2, JAN_15)) == [due, due]


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("none", "2026-05-31"),  # a Sunday
        ("following", "2026-06-01"),
        ("modified-following", "2026-05-29"),
        ("preceding", "2026-05-29"),
    ],
)
def test_a_due_day_moves_and_interest_does_not(rule, due):
    terms = replace(SIX, business_days=rule, calendar="FR")
    lines = schedule(terms, eur(1_000_00), 3, date(2026, 4, 30), date(2026, 5, 31))
    assert lines[0].due_on.isoformat() == due
    assert lines[1].starts_on == date(2026, 5, 31)
    plain = schedule(SIX, eur(1_000_00), 3, date(2026, 4, 30), date(2026, 5, 31))
    assert parts(lines, "interest", "principal") == parts(plain, "interest", "principal")


def test_a_proclaimed_holiday_moves_a_due_day():
    """Tabaski 2026 was announced for Wednesday 27 May."""
    terms = replace(SIX, business_days="following", calendar="CI")
    feast = date(2026, 5, 27)
    before = schedule(terms, xof(100_000), 1, date(2026, 4, 27))
    after = schedule(terms, xof(100_000), 1, date(2026, 4, 27), holidays=[feast])
    assert (before[0].due_on, after[0].due_on) == (feast, feast + timedelta(days=1))


def test_totals_by_calendar_year():
    """24 months from January: eleven instalments, twelve, one."""
    lines = schedule(SIX, eur(5_000_00), 24, JAN_15)
    years = by_year(lines)
    assert [(each.year, each.total) for each in years] == [
        (2026, eur(221_60 * 11)),
        (2027, eur(221_60 * 12)),
        (2028, eur(221_69)),
    ]
    assert Money.total((each.principal for each in years), "EUR") == eur(5_000_00)
