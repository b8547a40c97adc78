"""The loan book."""

from dataclasses import replace
from uuid import UUID

import pytest

from aggregates.loan import Loan
from projections.loan_book import LoanBook, LoanFilter
from tests.kit import Fact, fact
from tests.stories import (
    ANA,
    AWA,
    AWA_LOAN,
    BEN,
    CHLOE,
    CONTRACT,
    COUNTER_OFFER,
    JEAN,
    LOAN,
    MAY_4,
    MAY_6,
    approved,
    approved_with_less,
    awa_requested,
    contract_signed,
    counter_offer_accepted,
    counter_offer_answered,
    counter_offer_declined,
    counter_offered,
    declined,
    disbursed,
    drafted,
    loan_repaid,
    offered_less,
    requested,
    withdrawn,
)


def of_jean(fact: Fact) -> Fact:
    return replace(fact, stream=LOAN)


LIFE = [of_jean(approved), drafted, of_jean(contract_signed), of_jean(disbursed), of_jean(loan_repaid)]


def references(page) -> list[str]:
    return [line.reference for line in page.items]


def test_a_request_shows_who_wants_what(screens):
    screens.happened(requested, awa_requested)
    line = screens.read(LoanBook).line(AWA_LOAN)
    assert (line.reference, line.customer_id, line.status) == ("L-2026-000002", AWA, "requested")
    assert (line.principal, line.currency, line.months) == (500_000, "XOF", 12)
    assert line.purpose == "Une machine à coudre industrielle"
    assert (line.requested_on, line.rate, line.contract_id, line.version) == (MAY_4, None, None, 1)


def test_a_loan_shows_its_whole_life_and_touches_no_other(screens):
    screens.happened(requested, awa_requested)
    screens.happened(*LIFE, on=MAY_6)
    book = screens.read(LoanBook)
    line = book.line(LOAN)
    assert (line.status, line.rate, line.requested_by) == ("repaid", 600, ANA)
    assert (line.approved_by, line.approved_on, line.planned_payout_on) == (BEN, MAY_6, MAY_4)
    assert (line.contract_id, line.signed_on) == (CONTRACT, MAY_4)
    assert (line.disbursed_by, line.disbursed_on) == (CHLOE, MAY_6)
    assert (line.repaid_on, line.version) == (loan_repaid.says["repaid_on"], 5)
    assert (book.line(AWA_LOAN).status, book.line(AWA_LOAN).version) == ("requested", 1)


@pytest.mark.parametrize(
    ("steps", "status"),
    [(0, "requested"), (1, "approved"), (2, "approved"), (3, "ready"), (4, "disbursed"), (5, "repaid")],
)
def test_each_step_shows_in_the_status(screens, steps, status):
    screens.happened(requested, awa_requested, *LIFE[:steps])
    assert screens.read(LoanBook).line(LOAN).status == status


def test_a_loss_that_came_back_and_went_again_shows_as_a_loss(screens):
    lost, back, gone = (
        fact(Loan.WrittenOff, written_off_on=MAY_6),
        fact(Loan.Recovered, recovered_on=MAY_6),
        fact(Loan.RecoveryUndone, undone_on=MAY_6),
    )
    ends = [of_jean(each) for each in (lost, back, gone)]
    screens.happened(requested, awa_requested, *LIFE[:-1], *ends)
    line = screens.read(LoanBook).line(LOAN)
    assert (line.status, line.version) == ("written-off", 7)
    assert screens.read(LoanBook).line(AWA_LOAN).status == "requested"


def test_a_refusal_shows_its_reason(screens):
    screens.happened(requested, awa_requested)
    screens.happened(of_jean(declined), replace(withdrawn, stream=AWA_LOAN), on=MAY_6)
    book = screens.read(LoanBook)
    line = book.line(LOAN)
    assert (line.status, line.declined_because) == ("declined", "Vos revenus ne permettent pas ce prêt.")
    assert (line.closed_on, line.version) == (MAY_6, 2)
    line = book.line(AWA_LOAN)
    assert (line.status, line.declined_because, line.closed_on) == ("withdrawn", None, MAY_6)


def test_a_counter_offer_shows_beside_what_was_asked_for_and_takes_its_place_when_accepted(screens):
    screens.happened(requested, awa_requested, *map(of_jean, offered_less), on=MAY_6)
    line = screens.read(LoanBook).line(LOAN)
    assert (line.status, line.principal, line.months, line.version) == ("counter-offered", 5_000_00, 24, 3)
    offer = line.counter_offer
    assert (offer.offered.principal, offer.offered.months, offer.offered.instalment) == (4_000_00, 36, 121_69)
    assert (offer.offered.last_instalment, offer.offered.cost, offer.offered.apr) == (121_62, 380_77, 617)
    assert (offer.requested.principal, offer.requested.instalment, offer.requested.cost) == (
        5_000_00, 221_60, 318_49,
    )  # fmt: skip
    assert (offer.reason, offer.until) == (counter_offered.says["reason"].open(), COUNTER_OFFER.ends_on)
    assert (offer.made_on, offer.by, line.counter_offer_answer) == (MAY_6, BEN, None)
    accepted = (counter_offer_accepted, counter_offer_answered, approved_with_less)
    screens.happened(*map(of_jean, accepted), on=MAY_6)
    line = screens.read(LoanBook).line(LOAN)
    assert (line.status, line.principal, line.months, line.version) == ("approved", 4_000_00, 36, 6)
    assert (line.requested_principal, line.requested_months) == (5_000_00, 24)
    assert (line.counter_offer_answer, line.counter_offer.offered.principal) == ("accepted", 4_000_00)
    assert screens.read(LoanBook).line(AWA_LOAN).counter_offer is None


def test_a_counter_offer_that_is_declined_leaves_a_request_and_another_one_asks_again(screens):
    screens.happened(requested, *map(of_jean, (*offered_less, counter_offer_declined)))
    line = screens.read(LoanBook).line(LOAN)
    assert (line.status, line.principal, line.counter_offer_answer) == ("requested", 5_000_00, "declined")
    screens.happened(of_jean(counter_offered.but(requested=None)))
    line = screens.read(LoanBook).line(LOAN)
    assert (line.status, line.counter_offer_answer, line.counter_offer.requested) == (
        "counter-offered", None, None,
    )  # fmt: skip


def numbered(number: int, fact: Fact = requested) -> Fact:
    id = UUID(f"10a00000-0000-4000-8000-{number:012d}")
    return replace(fact.but(reference=f"L-2026-{number:06d}"), stream=id)


def test_the_newest_request_comes_first(screens):
    screens.happened(numbered(12), numbered(11), on=MAY_4)
    screens.happened(numbered(13, awa_requested), on=MAY_6)
    assert references(screens.read(LoanBook).lines()) == ["L-2026-000013", "L-2026-000012", "L-2026-000011"]


def test_a_page_goes_on_where_the_last_one_ended_although_new_loans_came(screens):
    screens.happened(*(numbered(n) for n in range(1, 6)))
    page = screens.read(LoanBook).lines(limit=2)
    assert references(page) == ["L-2026-000005", "L-2026-000004"]
    screens.happened(numbered(9, awa_requested))
    page = screens.read(LoanBook).lines(limit=2, cursor=page.next)
    assert references(page) == ["L-2026-000003", "L-2026-000002"]
    page = screens.read(LoanBook).lines(limit=2, cursor=page.next)
    assert (references(page), page.next) == (["L-2026-000001"], None)


def test_loans_are_found_by_status_and_by_customer(screens):
    screens.happened(requested, awa_requested, of_jean(approved))
    book = screens.read(LoanBook)
    assert references(book.lines(LoanFilter(("approved",)))) == ["L-2026-000001"]
    assert references(book.lines(LoanFilter(("requested",)))) == ["L-2026-000002"]
    assert references(book.lines(LoanFilter(customer_id=AWA))) == ["L-2026-000002"]
    assert references(book.lines(LoanFilter(("approved",), customer_id=AWA))) == []


def test_a_client_sees_only_its_own_loans(screens):
    screens.happened(requested, awa_requested)
    own = screens.read(LoanBook, customers=[JEAN])
    assert references(own.lines()) == ["L-2026-000001"]
    assert references(own.lines(LoanFilter(customer_id=AWA))) == []
    assert own.line(AWA_LOAN) is None
    assert references(screens.read(LoanBook, customers=[]).lines()) == []


def test_what_waits_is_counted_with_the_day_since_when(screens):
    screens.happened(*(numbered(n) for n in range(11, 14)))
    screens.happened(awa_requested, on=MAY_6)
    found = [
        (w.status, w.currency, w.count, w.oldest, w.amount) for w in screens.read(LoanBook).waiting(MAY_6)
    ]
    assert found == [("requested", "EUR", 3, MAY_4, 3 * 5_000_00), ("requested", "XOF", 1, MAY_6, 500_000)]
    (own,) = screens.read(LoanBook, customers=[AWA]).waiting(MAY_6)
    assert (own.currency, own.count) == ("XOF", 1)


def test_a_loan_whose_money_may_leave_waits_since_its_contract_was_signed(screens):
    screens.happened(requested, awa_requested, of_jean(approved))
    assert {line.status for line in screens.read(LoanBook).waiting(MAY_6)} == {"requested"}
    screens.happened(of_jean(contract_signed), on=MAY_6)
    (ready,) = [line for line in screens.read(LoanBook).waiting(MAY_6) if line.status == "ready"]
    assert (ready.count, ready.oldest, ready.amount) == (1, MAY_4, 5_000_00)
