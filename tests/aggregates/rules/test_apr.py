"""The annual percentage rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from aggregates.rules.apr import (
    Flow,
    NoRate,
    annual_percentage_rate,
    effective_rate,
    in_hundredths,
    years_between,
)
from aggregates.rules.costs import Costs
from aggregates.rules.terms import Fee, Terms
from aggregates.values import BasisPoints, Money

FILE = Fee("Frais de dossier", "up-front", fixed=Money(75_00, "EUR"))


@pytest.mark.parametrize(
    ("lent", "payments", "rate"),
    [
        # 5,000.00 EUR at 6 % over 24 months; the same with a fee of 75.00 kept back at the start
        (5_000_00, [221_60] * 23 + [221_69], 617),
        (4_925_00, [221_60] * 23 + [221_69], 775),
        # 500,000 XOF at 18 % over 12 months
        (500_000, [45_840] * 11 + [45_839], 1956),
        # 6,000 for four yearly payments of 1,852
        (6_000, ([0] * 11 + [1_852]) * 4, 900),
    ],
)
def test_the_vectors_come_out_to_the_last_digit(lent, payments, rate):
    assert annual_percentage_rate(Money(lent, "EUR"), [Money(p, "EUR") for p in payments]) == rate


@pytest.mark.parametrize(
    ("terms", "principal", "periods", "instalment", "last", "rate"),
    [
        (Terms(BasisPoints(600)), Money(5_000_00, "EUR"), 24, 221_60, 221_69, 617),
        (Terms(BasisPoints(600), fees=(FILE,)), Money(5_000_00, "EUR"), 24, 221_60, 221_69, 775),
        (Terms(BasisPoints(1_800)), Money(500_000, "XOF"), 12, 45_840, 45_839, 1956),
    ],
)
def test_the_vectors_come_out_of_the_terms_too(terms, principal, periods, instalment, last, rate):
    """Rules of lending, APR: from what is agreed to the instalments, the last one, and the annual rate."""
    costs = Costs(terms, principal, periods, date(2026, 1, 15))
    assert [line.total.minor for line in costs.lines] == [instalment] * (periods - 1) + [last]
    assert costs.apr == rate


def test_what_costs_nothing_has_a_rate_of_nothing():
    assert annual_percentage_rate(Money(1_200, "EUR"), [Money(100, "EUR")] * 12) == 0


def test_more_to_pay_is_never_a_lower_rate():
    rates = [annual_percentage_rate(Money(1_000, "XOF"), [Money(p, "XOF")] * 12) for p in range(84, 140)]
    assert rates == sorted(rates)


def test_less_than_was_lent_is_no_repayment():
    with pytest.raises(ValueError, match="less is paid back"):
        annual_percentage_rate(Money(1_200, "EUR"), [Money(99, "EUR")] * 12)


# ── by dates, and what has no rate ─────────────────────────────────────────


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([(Fraction(546, 365), 1_200)], 1296),
        ([(Fraction(0), 50), (Fraction(546, 365), 1_200)], 1690),
        ([(Fraction(1), 600), (Fraction(2), 600)], 1307),
        ([(Fraction(3, 12), 272), (Fraction(6, 12), 272), (Fraction(1), 544)], 1319),
    ],
)
def test_the_examples_of_the_directive_come_out(flows, rate):
    """1,000 lent. Source: Directive 98/7/EC, Annex III, examples on a calendar basis, read 2026-11-22."""
    paid = [Flow(years, minor) for years, minor in flows]
    assert in_hundredths(effective_rate([Flow(Fraction(0), -1_000), *paid])) == rate


@pytest.mark.parametrize(
    ("start", "end", "whole", "years"),
    [
        ("2026-01-31", "2026-02-28", "months", Fraction(1, 12)),
        ("2026-01-31", "2027-01-31", "months", Fraction(1)),
        ("2026-01-05", "2026-02-15", "months", Fraction(1, 12) + Fraction(10, 365)),
        ("2028-02-20", "2028-03-05", "months", Fraction(14, 366)),
        ("2026-01-15", "2026-03-05", "weeks", Fraction(7, 52)),
        ("2026-01-15", "2026-03-06", "weeks", Fraction(7, 52) + Fraction(1, 365)),
        ("2026-01-15", "2028-01-20", "years", 2 + Fraction(5, 365)),
        ("2026-01-15", "2028-01-15", "years", Fraction(2)),
        ("2026-01-15", "2026-01-15", "months", Fraction(0)),
        ("2026-05-31", "2026-06-29", "months", Fraction(29, 365)),
    ],
)
def test_time_is_told_in_whole_periods_and_days(start, end, whole, years):
    assert years_between(date.fromisoformat(start), date.fromisoformat(end), whole) == years


def test_what_is_drawn_later_counts_from_its_day():
    """1,000 twice, a year apart, and all back a year later: x = 1.05 solves 1,000x² + 1,000x = 2,152.50."""
    flows = [Flow(Fraction(0), -1_000_00), Flow(Fraction(1), -1_000_00), Flow(Fraction(2), 2_152_50)]
    assert in_hundredths(effective_rate(flows)) == 500


@pytest.mark.parametrize(
    ("flows", "words"),
    [
        # 10 % and 20 % both make -100 + 230 - 132 nothing: neither is given
        ([(0, -100), (1, 230), (2, -140)], "less is paid back"),
        ([(0, -100), (1, 230), (2, -132), (3, 5)], "no single rate"),
        ([(0, -100), (0, 100), (1, 5)], "receives nothing"),
        ([(0, -100), (Fraction(1, 365), 200)], "above 1,000,000 %"),
        ([], "receives nothing"),
    ],
)
def test_no_wrong_rate_is_given(flows, words):
    with pytest.raises(NoRate, match=words):
        effective_rate(Flow(Fraction(years), minor) for years, minor in flows)


def test_any_rate_is_found_however_large_or_small():
    for rate in (Decimal("1e-9"), Decimal("0.00005"), Decimal("0.5"), Decimal(30), Decimal(9_999)):
        paid = int(10**15 * (1 + rate))
        found = effective_rate([Flow(Fraction(0), -(10**15)), Flow(Fraction(1), paid)])
        assert abs(found - (Decimal(paid) / 10**15 - 1)) < Decimal("1e-20")


def test_a_rate_is_found_over_centuries_and_over_a_day():
    """100 and 1,000 after 260 years: 10^(1/260) − 1. 1,000 and 1,000.01 after a day: (1.00001)^365 − 1."""
    slow = effective_rate([Flow(Fraction(0), -100), Flow(Fraction(260), 1_000)])
    fast = effective_rate([Flow(Fraction(0), -1_000_00), Flow(Fraction(1, 365), 1_000_01)])
    assert (in_hundredths(slow), in_hundredths(fast)) == (89, 37)
