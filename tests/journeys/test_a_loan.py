"""A short loan from the request to the quittance, with the refusals that the rules ask for on the way."""

from __future__ import annotations

from random import Random
from uuid import uuid4

import pytest

from aggregates.values import Money
from demo import papers
from demo.borrowing import NOT_ENOUGH, Borrowing
from demo.calendar import Course, live
from demo.changes import Changes
from demo.ids import Ids
from demo.plan import Payment, payments, plans
from tests import oracle
from tests.journeys.premises import Premises


@pytest.fixture
def loan(house: Premises) -> Borrowing:
    """500,000 XOF over three months: paid ahead, in part, and late."""
    offers = house.cast.offers()
    plan = plans(None, offers, longest=3)[-1]
    return Borrowing(house.cast, plan, offers["XOF"], Ids(Random(3)))


def test_a_loan_is_asked_for_signed_paid_out_repaid_and_receipted(house: Premises, loan: Borrowing) -> None:
    loan.ask()
    loan.approve()
    loan.receive_contract()
    loan.hand_in(papers.signed(loan.contract))
    loan.accept_copy()
    schedule = loan.pay_out()
    house.evidence.look()
    course = Course(loan, schedule, payments(loan.plan, schedule, Random(3)))
    *_, last_day = live(house.cast, [course])
    assert last_day.repaid == [loan]
    received = sum(line["amount"] for line in loan.repayment_lines())
    months = oracle.schedule(500_000, 1800, 3, house.cast.today())
    assert received == oracle.total(months) == sum(due.total.minor for due in schedule)
    house.settle()
    house.evidence.look()
    verdicts = house.evidence.about_the_store(nothing_of={"LegalRateList", "IndexRateList", "LoanClocks"})
    assert [verdict for verdict in verdicts if not verdict.holds] == []


def test_whoever_asked_does_not_decide(loan: Borrowing) -> None:
    loan.ask()
    assert loan.try_to_decide_alone()["type"] == "forbidden"


def test_an_advisor_who_asked_for_a_client_does_not_decide(loan: Borrowing) -> None:
    loan.by_advisor = True
    loan.ask()
    refused = loan.try_to_decide_alone()
    assert (refused["status"], refused["type"], refused["state"]) == (409, "own-request", "requested")
    assert "DeclineLoan" in refused["accepted_commands"]


def test_the_same_request_twice_is_one_approval_and_the_same_key_takes_no_other_content(
    loan: Borrowing,
) -> None:
    loan.ask()
    key = loan.approve()
    assert loan.read_loan()["version"] == 2
    assert loan.reuse_key(key)["type"] == "command-mismatch"


def test_a_wrong_file_changes_nothing(loan: Borrowing) -> None:
    loan.ask()
    loan.approve()
    loan.receive_contract()
    assert loan.hand_in_wrongly(papers.renamed_text())["type"] == "file-mislabelled"
    assert loan.hand_in_wrongly(papers.locked(loan.contract))["type"] == "file-encrypted"
    unsigned = papers.Paper("contrat.pdf", "application/pdf", loan.contract)
    assert loan.hand_in_wrongly(unsigned)["type"] == "unsigned-copy"
    assert loan.cast.advisor.read(loan.contract_path)["status"] == "sent"


def test_a_copy_is_refused_with_a_reason_and_another_one_accepted(loan: Borrowing) -> None:
    loan.ask()
    loan.approve()
    loan.receive_contract()
    loan.hand_in(papers.photo_of_the_first_page(loan.contract))
    loan.refuse_copy(NOT_ENOUGH)
    assert loan.cast.clients["Awa"].desk.read(loan.contract_path)["copy_refused_because"] == NOT_ENOUGH
    loan.hand_in(papers.signed(loan.contract))
    loan.accept_copy()
    assert loan.copy != loan.contract


def test_whoever_approved_does_not_pay_out_and_nobody_pays_back_more_than_is_owed(loan: Borrowing) -> None:
    loan.ask()
    loan.approve()
    assert loan.try_to_pay_out_as_approver()["type"] == "not-ready-to-disburse"
    loan.receive_contract()
    loan.hand_in(papers.signed(loan.contract))
    loan.accept_copy()
    assert loan.try_to_pay_out_as_approver()["type"] == "same-person-as-approver"
    schedule = loan.pay_out()
    owed = Money.total((due.total for due in schedule), "XOF")
    too_much = Payment(loan.cast.today(), 1, owed + Money(1, "XOF"), "ahead")
    assert loan.try_to_overpay(too_much)["type"] == "more-than-owed"


def test_somebody_elses_loan_does_not_exist_for_a_client(loan: Borrowing) -> None:
    loan.ask()
    jean = loan.cast.clients["Jean"].desk
    assert jean.find(loan.path) is None
    assert jean.refused(f"{loan.path}/withdraw")["status"] == 404
    assert loan.client.desk.find(f"/api/v1/loans/{uuid4()}") is None


def test_a_link_opens_its_document_for_a_week(loan: Borrowing) -> None:
    loan.ask()
    loan.approve()
    loan.receive_contract()
    today = loan.cast.today()
    loan.cast.wait_for(today.replace(day=1, month=1, year=today.year + 1))
    assert loan.cast.visitor.status(loan.link) == 410


def test_money_is_learnt_late_and_comes_before_its_time(house: Premises) -> None:
    one = Changes(house.cast, house.cast.offers()["EUR"])
    one.is_paid_out()
    assert one.goes_unseen().startswith("258.20 EUR past due for 4 days")
    assert one.is_seen().startswith("0.00 EUR past due for 0 days")
    (moved,) = one.moved()
    assert moved.count("of instalment 2") == moved.count("of instalment 3") == 1
    assert [version["why"] for version in one.repays_early(3, Money(800_00, "EUR"), "same-instalment")] == [
        "agreed",
        "repaid-in-part",
    ]
    assert len(one.repays_early(5, Money(400_00, "EUR"), "lower-instalment")) == 3
    assert len(list(one.asks_for_the_quote(6))) == 6
    assert one.pays_something_else()["type"] == "not-the-quote"
    one.pays_the_quote()
    assert one.one.quittance.startswith(b"%PDF")
    assert [verdict for verdict in one.verdicts() if not verdict.holds] == []
