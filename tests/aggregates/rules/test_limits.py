"""How much one account may decide on."""

import pytest

from aggregates.permissions import ROLES
from aggregates.rules.limits import STARTING_LIMITS, AboveLimit, Allowance, Limit, allowance
from aggregates.values import EXPONENTS, Money
from tests.stories import eur, xof

LIMITS = [
    Limit("loan.approve", "advisor", eur(10_000_00)),
    Limit("loan.disburse", "advisor", eur(5_000_00), eur(20_000_00)),
    Limit("loan.disburse", "accountant", eur(8_000_00), eur(9_000_00)),
]


def test_the_highest_of_ones_roles_counts():
    both = allowance(LIMITS, "loan.disburse", ["advisor", "accountant"], "EUR")
    assert both == Allowance(eur(8_000_00), eur(20_000_00))
    assert allowance(LIMITS, "loan.disburse", ["advisor"], "EUR").each == eur(5_000_00)


def test_where_no_limit_is_set_nothing_may_be_decided():
    for roles, currency in ((["advisor"], "XOF"), (["client"], "EUR"), ([], "EUR")):
        nothing = allowance(LIMITS, "loan.approve", roles, currency)
        with pytest.raises(AboveLimit, match=r"limit of 0"):
            nothing.admit(Money(1, currency))


def test_a_limit_may_be_reached_and_not_passed():
    ten = allowance(LIMITS, "loan.approve", ["advisor"], "EUR")
    ten.admit(eur(10_000_00))
    with pytest.raises(AboveLimit, match=r"10000\.01 EUR is above the limit of 10000\.00 EUR"):
        ten.admit(eur(10_000_01))


def test_a_day_adds_up():
    day = allowance(LIMITS, "loan.disburse", ["advisor"], "EUR")
    day.admit_today(eur(15_000_00), eur(5_000_00))
    with pytest.raises(AboveLimit, match=r"20000\.00 EUR a day"):
        day.admit_today(eur(15_000_01), eur(5_000_00))


def test_a_house_begins_with_limits_in_every_currency_for_whoever_may_decide():
    for currency in EXPONENTS:
        for role, permissions in ROLES.items():
            for operation in ("loan.approve", "loan.disburse"):
                given = allowance(STARTING_LIMITS, operation, [role], currency)
                assert bool(given.each) == (operation in permissions), (role, operation, currency)
                assert (given.daily is not None) == (operation == "loan.disburse" and bool(given.each))
    assert allowance(STARTING_LIMITS, "loan.approve", ["advisor"], "XOF").each == xof(30_000_000)
