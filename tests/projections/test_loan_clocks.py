"""The clocks of loans, and what of them shows in the loan book, at the contract desk and among the deadlines."""

from dataclasses import replace
from datetime import date

from eventstore import lane_of
from projections.contract_desk import ContractDesk
from projections.deadlines import Deadlines
from projections.loan_book import LoanBook
from projections.loan_clocks import LoanClocks
from tests.kit import Fact, fact
from tests.stories import (
    AWA,
    AWA_LOAN,
    CONTRACT,
    JEAN,
    LOAN,
    MAY_4,
    MAY_6,
    approved_in_law,
    awa_requested,
    clocks_started,
    contract_expired,
    contract_sent,
    contract_signed,
    drafted,
    in_law,
    informed,
    loan_expired,
    offer_over,
    offer_taken,
    rendered,
    requested,
    stepped_back,
)

MAY_11, MAY_12, MAY_18, MAY_19, MAY_20 = (date(2026, 5, day) for day in (11, 12, 18, 19, 20))


def of_jean(*facts: Fact) -> list[Fact]:
    return [replace(each, stream=LOAN) for each in facts]


def signed(screens) -> None:
    screens.happened(requested, awa_requested)
    screens.happened(*of_jean(*in_law, contract_signed, offer_taken, clocks_started))


def test_each_clock_stands_with_its_law_and_its_last_day(screens):
    signed(screens)
    offer, no_payment, step_back = screens.read(LoanClocks).of(LOAN, MAY_4)
    assert (offer.name, offer.ends_on, offer.ended_on, offer.ended_because) == (
        "offer",
        MAY_19,
        MAY_4,
        "signed",
    )
    assert (no_payment.name, no_payment.law, no_payment.source) == (
        "no-payment",
        "fr-consumer",
        "Code de la consommation, art. L. 312-25, consulté le 2026-11-22",
    )
    assert (no_payment.began_on, no_payment.ends_on, no_payment.ended_on) == (MAY_4, MAY_11, None)
    assert (step_back.name, step_back.ends_on, step_back.customer_id) == ("step-back", MAY_18, JEAN)
    assert screens.read(LoanClocks).of(AWA_LOAN, MAY_4) == []


def test_the_days_that_are_left_count_today_and_the_last(screens):
    signed(screens)
    clocks = screens.read(LoanClocks)
    left = [
        [clock.days_left for clock in clocks.of(LOAN, day)] for day in (MAY_4, MAY_11, MAY_12, MAY_18, MAY_19)
    ]
    assert left == [[0, 8, 15], [0, 1, 8], [0, 0, 7], [0, 0, 1], [0, 0, 0]]


def test_a_client_sees_no_clock_of_another(screens):
    signed(screens)
    assert len(screens.read(LoanClocks, customers=[JEAN]).of(LOAN, MAY_4)) == 3
    assert screens.read(LoanClocks, customers=[AWA]).of(LOAN, MAY_4) == []


def test_a_clock_is_due_on_the_day_after_its_last_in_the_lane_of_the_customer(screens):
    signed(screens)
    deadlines = screens.read(Deadlines)
    assert deadlines.due(MAY_11) == []
    [line] = deadlines.due(MAY_12)
    assert (line.kind, line.stream_id, line.number, line.due, line.lane) == (
        "clock", LOAN, 2, MAY_12, lane_of(JEAN),
    )  # fmt: skip
    assert [line.number for line in deadlines.due(MAY_20)] == [2, 3]


def test_a_clock_that_ended_is_due_no_more(screens):
    signed(screens)
    over = fact(offer_over.kind, number=2, clock="no-payment", because="time")
    screens.happened(*of_jean(over), on=MAY_12)
    assert [line.number for line in screens.read(Deadlines).due(MAY_20)] == [3]
    assert screens.read(LoanClocks).of(LOAN, MAY_12)[1].ended_on == MAY_12


def test_the_book_says_who_has_to_be_informed_first(screens):
    screens.happened(requested, *of_jean(approved_in_law))
    line = screens.read(LoanBook).line(LOAN)
    assert (line.law, line.needs_information, line.informed_on) == ("fr-consumer", True, None)
    screens.happened(*of_jean(informed), on=MAY_6)
    line = screens.read(LoanBook).line(LOAN)
    assert (line.needs_information, line.informed_on, line.version) == (False, MAY_4, 3)


def test_a_lapsed_offer_shows_in_the_book_and_at_the_desk(screens):
    screens.happened(requested, *of_jean(*in_law), drafted, rendered, contract_sent)
    screens.happened(
        *of_jean(offer_over, loan_expired), replace(contract_expired, stream=CONTRACT), on=MAY_20
    )
    line = screens.read(LoanBook).line(LOAN)
    assert (line.status, line.closed_on, line.version) == ("expired", MAY_20, 6)
    contract = screens.read(ContractDesk).line(CONTRACT)
    assert (contract.status, contract.version) == ("expired", 4)
    assert {status.status for status in screens.read(ContractDesk).waiting()} == set()


def test_who_stepped_back_stands_in_the_book(screens):
    signed(screens)
    screens.happened(*of_jean(stepped_back), on=MAY_6)
    line = screens.read(LoanBook).line(LOAN)
    assert (line.status, line.closed_on) == ("stepped-back", MAY_6)
