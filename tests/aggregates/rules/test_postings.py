"""The journal: which entries each movement makes, and that they all balance."""

from datetime import date

import pytest

from aggregates.posting import Line, balanced
from aggregates.rules.allocation import Allocation
from aggregates.rules.postings import CHART, POSTED, entries_for
from aggregates.servicing import Servicing
from eventstore import Sealed
from tests.kit import Fact, fact
from tests.stories import (
    DUE,
    FIRST,
    JEAN,
    JUNE_6,
    LOAN,
    MAY_6,
    REPAYMENT,
    SECOND,
    SERVICING,
    approved,
    awa_disbursed,
    disbursed,
    eur,
    fell_due,
    received,
    servicing_opened,
    xof,
)


def entries(what: Fact, on: date = MAY_6):
    event = what.event(version=3, stream=SERVICING, on=on, owner=JEAN)
    return entries_for(event, LOAN, "L-2026-000001")


def lines(what: Fact, on: date = MAY_6):
    return [
        (entry.movement, [(x.account, x.debit.minor, x.credit.minor) for x in entry.lines])
        for entry in entries(what, on)
    ]


reversed_transfer = fact(
    Servicing.RepaymentReversed,
    customer_id=JEAN,
    repayment_id=REPAYMENT,
    amount=eur(300_00),
    reason=Sealed("Saisi deux fois."),
    allocations=[FIRST],
    advance=eur(78_40),
    method="transfer",
    by=JEAN,
)
in_advance = Allocation(2, eur(24_02), eur(54_38))


def test_money_paid_out_becomes_a_loan():
    assert lines(disbursed) == [("disbursement", [("2748", 5_000_00, 0), ("512", 0, 5_000_00)])]


def test_cash_paid_out_leaves_the_till():
    assert lines(awa_disbursed) == [("disbursement", [("2748", 500_000, 0), ("530", 0, 500_000)])]


def test_a_cheque_we_write_leaves_the_bank_and_one_we_receive_waits_to_be_cashed():
    assert lines(disbursed.but(method="cheque"))[0][1][1][0] == "512"
    assert (
        lines(received(eur(25_00), Allocation(1, eur(25_00), eur(0))).but(method="cheque"))[0][1][0][0]
        == "5112"
    )


def test_interest_is_earned_when_it_falls_due():
    assert lines(fell_due(1)) == [("interest-due", [("27684", 25_00, 0), ("7626", 0, 25_00)])]


def test_an_advance_is_applied_in_an_entry_of_its_own():
    assert lines(fell_due(2, in_advance)) == [
        ("interest-due", [("27684", 24_02, 0), ("7626", 0, 24_02)]),
        ("advance-applied", [("4681", 78_40, 0), ("27684", 0, 24_02), ("2748", 0, 54_38)]),
    ]


def test_an_instalment_without_interest_earns_nothing():
    assert lines(fell_due(1).but(interest=eur(0))) == []


def test_a_repayment_pays_interest_principal_and_an_advance():
    assert lines(received(eur(300_00), FIRST, advance=eur(78_40))) == [
        ("repayment", [("512", 300_00, 0), ("27684", 0, 25_00), ("2748", 0, 196_60), ("4681", 0, 78_40)])
    ]


def test_nothing_is_posted_on_accounts_that_do_not_move():
    assert lines(received(eur(10_00), advance=eur(10_00))) == [
        ("repayment", [("512", 10_00, 0), ("4681", 0, 10_00)])
    ]


def test_a_reversal_takes_back_on_the_day_it_is_made():
    made = entries(reversed_transfer, on=JUNE_6)[0]
    assert made.entry_on == JUNE_6
    assert lines(reversed_transfer) == [
        (
            "repayment-reversed",
            [("27684", 25_00, 0), ("2748", 196_60, 0), ("4681", 78_40, 0), ("512", 0, 300_00)],
        )
    ]


@pytest.mark.parametrize(
    "what",
    [disbursed, awa_disbursed, fell_due(1), fell_due(2, in_advance), received(eur(300_00), FIRST, advance=eur(78_40)),
     received(eur(443_20), FIRST, SECOND), reversed_transfer],
)  # fmt: skip
def test_every_entry_balances_on_accounts_of_the_chart(what: Fact):
    for entry in entries(what):
        balanced(entry.lines)
        assert all(line.account in CHART for line in entry.lines)


def test_the_movements_date_is_the_entrys():
    assert entries(disbursed)[0].entry_on == MAY_6
    assert entries(fell_due(2))[0].entry_on == DUE[1].due_on
    assert entries(received(eur(25_00), Allocation(1, eur(25_00), eur(0))))[0].entry_on == JUNE_6


def test_the_same_event_makes_the_same_entry_and_another_one_another():
    first = fell_due(2, in_advance).event(version=3, stream=SERVICING)
    again = fell_due(2, in_advance).event(version=3, stream=SERVICING)
    other = fell_due(2, in_advance).event(version=4, stream=SERVICING)
    ids = [[entry.id for entry in entries_for(event, LOAN, "L")] for event in (first, again, other)]
    assert ids[0] == ids[1]
    assert len({*ids[0], *ids[2]}) == 4


def test_the_entry_says_what_it_is_about():
    entry = entries(disbursed)[0]
    assert (entry.about, entry.cause) == (LOAN, f"{SERVICING}:3")
    assert entry.label == "Déblocage des fonds – prêt L-2026-000001"


def test_what_moves_no_money_makes_no_entry():
    assert entries(approved) == []
    assert entries(servicing_opened) == []
    assert len(POSTED) == 5


def test_an_entry_keeps_its_currency():
    assert entries(awa_disbursed)[0].lines[0] == Line("2748", xof(500_000), xof(0))
