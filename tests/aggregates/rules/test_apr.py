"""The annual percentage rate."""

from __future__ import annotations

import pytest

from aggregates.rules.apr import annual_percentage_rate
from aggregates.values import Money


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


def test_what_costs_nothing_has_a_rate_of_nothing():
    assert annual_percentage_rate(Money(1_200, "EUR"), [Money(100, "EUR")] * 12) == 0


def test_more_to_pay_is_never_a_lower_rate():
    rates = [annual_percentage_rate(Money(1_000, "XOF"), [Money(p, "XOF")] * 12) for p in range(84, 140)]
    assert rates == sorted(rates)


def test_less_than_was_lent_is_no_repayment():
    with pytest.raises(ValueError, match="less is paid back"):
        annual_percentage_rate(Money(1_200, "EUR"), [Money(99, "EUR")] * 12)
