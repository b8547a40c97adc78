"""The trial balance."""

from collections import Counter

from projections.trial_balance import TrialBalance
from tests.projections.books import awa_paid_out, jean_paid_out, jean_repaid
from tests.stories import AWA, JUNE_6, MAY_6


def told(screens) -> None:
    screens.happened(jean_paid_out, awa_paid_out, on=MAY_6)
    screens.happened(jean_repaid, on=JUNE_6)


def test_each_account_sums_what_was_debited_and_credited_in_each_currency(screens):
    told(screens)
    found = screens.read(TrialBalance).balances()
    assert [(line.account, line.currency, line.debit, line.credit, line.balance) for line in found] == [
        ("2748", "EUR", 500_000, 19_660, 480_340),
        ("2748", "XOF", 500_000, 0, 500_000),
        ("27684", "EUR", 0, 2_500, -2_500),
        ("512", "EUR", 22_160, 500_000, -477_840),
        ("530", "XOF", 0, 500_000, -500_000),
    ]


def test_the_balances_of_each_currency_sum_to_zero(screens):
    told(screens)
    sums = Counter[str]()
    for line in screens.read(TrialBalance).balances():
        sums[line.currency] += line.balance
    assert sums == {"EUR": 0, "XOF": 0}


def test_a_later_posting_adds_to_what_is_there(screens):
    screens.happened(jean_paid_out)
    assert [line.balance for line in screens.read(TrialBalance).balances()] == [500_000, -500_000]
    screens.happened(awa_paid_out, jean_repaid, on=JUNE_6)
    bank = next(line for line in screens.read(TrialBalance).balances() if line.account == "512")
    assert (bank.debit, bank.credit) == (22_160, 500_000)


def test_the_balance_is_shown_to_staff_only(screens):
    told(screens)
    assert screens.read(TrialBalance, customers=[AWA]).balances() == []
