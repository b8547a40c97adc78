"""Interest of a time in which nothing fell due is owed, whatever happens before the instalments that ask for it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from aggregates.rules.costs import Costs
from aggregates.rules.four_eyes import Decider
from aggregates.rules.life import movements
from aggregates.rules.movements import balances
from aggregates.rules.terms import Terms
from aggregates.servicing import Arrived, ImpossibleSchedule, Servicing
from aggregates.values import AccountId, BasisPoints, Money, RepaymentId
from tests.stories import ANA, JEAN, JEAN_CONTACT, LOAN, REPAYMENT, eur

JAN_31, APRIL_15, APRIL_30 = date(2026, 1, 31), date(2026, 4, 15), date(2026, 4, 30)
TWELVE = Terms(BasisPoints(1_200))
WHY = "Congé parental."
LENT = eur(10_000_00)
"""At 12 % a year, 30 days a month: 100.00 a month as long as nothing is repaid."""


def running(terms: Terms = TWELVE, months: int = 12) -> Servicing:
    costs = Costs(terms, LENT, months, JAN_31)
    return Servicing.open(
        LOAN, JEAN, JEAN_CONTACT, LENT, terms.rate, JAN_31, costs.lines, terms.servicing("EUR")
    )


def on_holiday(months: int = 3, interest: Any = "carried") -> Servicing:
    loan = running()
    loan.grant_holiday(months, interest, WHY, Decider(AccountId(ANA)), JAN_31)
    return loan


def asked(loan: Servicing) -> Money:
    return Money.total((line.interest for line in loan.instalments), "EUR")


def test_whoever_settles_in_a_holiday_pays_for_its_days():
    """Seventy-five days of thirty a month: 250.00, though no instalment has asked for any of it."""
    offer = on_holiday().quote(APRIL_15)
    assert (offer.accrued, offer.total) == (eur(250_00), eur(10_250_00))


def test_the_books_earn_it_month_by_month():
    loan = on_holiday()
    made = movements(loan.agreed, loan.versions, loan.facts, APRIL_30)
    assert (balances(made)["interest_accrued"], balances(made)["interest_earned"]) == (300_00, -300_00)


def test_whoever_settles_in_the_grace_pays_for_its_days():
    """Half of the sixth month is to come: 550.00, and 2 cents of six shares rounded each."""
    offer = running(replace(TWELVE, grace_all=6)).quote(date(2026, 7, 15))
    assert offer.accrued == eur(550_02)


def test_a_loan_without_instalments_before_the_end_costs_what_its_days_do():
    loan = running(replace(TWELVE, kind="bullet", grace_all=11))
    assert [line.interest for line in loan.instalments[-2:]] == [eur(0), eur(1_200_00)]
    assert [loan.standing(day).accrued for day in (date(2026, 7, 30), date(2027, 1, 15))] == [
        eur(600_00), eur(1_150_00),
    ]  # fmt: skip


@pytest.mark.parametrize("keeps", ["lower-instalment", "same-instalment", "same-principal"])
def test_a_part_that_is_repaid_in_a_holiday_costs_nothing_more_and_saves_its_share(keeps):
    """250.00 are earned; of half the principal the fifteen days of the holiday that are left cost 25.00."""
    loan = on_holiday()
    money = Arrived(RepaymentId(REPAYMENT), eur(5_250_00), APRIL_15, "transfer", "VIR")
    loan.repay_early(money, keeps, AccountId(ANA), APRIL_15)
    first, *later = [line for line in loan.instalments if line.due_on >= APRIL_15]
    assert (first.interest, first.principal) == (eur(250_00), eur(5_000_00))
    back = next(line for line in later if line.principal)
    assert (back.put_off, back.interest) == (eur(25_00), eur(75_00))
    assert loan.standing(APRIL_30).accrued == eur(25_00)


def test_a_new_schedule_after_a_holiday_still_asks_for_it():
    loan, shorter = on_holiday(), running(months=9)
    loan.mark_due(3, APRIL_30)
    loan.reschedule(9, WHY, Decider(AccountId(ANA)), date(2026, 5, 1))
    assert asked(loan) == asked(shorter) + eur(300_00)
    assert {line.put_off for line in loan.instalments[3:]} == {eur(33_33), eur(33_36)}
    assert loan.standing(date(2026, 5, 1)).accrued == eur(303_33)


def test_a_second_holiday_does_not_charge_what_the_first_one_carried():
    loan = on_holiday()
    loan.mark_due(3, APRIL_30)
    loan.grant_holiday(2, "paid", WHY, Decider(AccountId(ANA)), date(2026, 5, 1))
    assert [line.interest for line in loan.instalments[3:6]] == [eur(100_00), eur(100_00), eur(400_00)]


def test_there_is_no_holiday_in_a_holiday():
    loan = on_holiday()
    with pytest.raises(ImpossibleSchedule, match="put off already"):
        loan.grant_holiday(2, "carried", WHY, Decider(AccountId(ANA)), date(2026, 2, 1))


def test_months_that_end_where_a_short_one_does_cost_a_month_in_a_holiday_too():
    """31 January to 28 February is thirty days in the schedule, and so it is in the holiday."""
    loan = on_holiday(interest="paid")
    assert [line.interest for line in loan.instalments[:4]] == [eur(100_00)] * 4
    assert asked(loan) == asked(running()) + eur(300_00)


def test_another_due_day_costs_what_its_days_do():
    """To the 15th: fifteen days more once, and no month of 28 or 32 days afterwards."""
    loan = running()
    before = [line.interest for line in loan.instalments]
    loan.mark_due(1, date(2026, 2, 28))
    loan.move_due_day(15, WHY, Decider(AccountId(ANA)), date(2026, 3, 1))
    assert [line.due_on for line in loan.instalments[1:4]] == [date(2026, n, 15) for n in (3, 4, 5)]
    assert (before[1], loan.instalments[1].interest) == (eur(92_12), eur(46_06))
    assert [line.interest for line in loan.instalments[2:]] == before[2:]


def test_the_third_party_bears_its_part_after_a_new_schedule_too():
    loan = running(Terms(BasisPoints(600), subsidy=BasisPoints(200)))
    loan.reschedule(12, WHY, Decider(AccountId(ANA)), JAN_31)
    assert loan.instalments[0].interest == eur(33_33)
