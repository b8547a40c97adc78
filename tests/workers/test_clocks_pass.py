"""The times that the law gives pass by the business day alone, whoever is killed or asked twice on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from aggregates.contract import Contract, contract_id
from aggregates.loan import Loan, NoPaymentYet
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId, Money, RepaymentId
from commands.contract import AcceptSignedCopy, ReceiveSignedCopy
from commands.legal_rates import EnterLegalRate
from commands.loan import (
    ApproveLoan,
    ConfirmInformation,
    DeclineCounterOffer,
    DisburseLoan,
    EndClock,
    MakeCounterOffer,
    RequestLoan,
    StepBack,
)
from commands.loan_product import LaunchLoanProduct
from commands.servicing import RecordRepayment
from demo.seed import JEAN, PLAYERS
from eventstore import Reader
from eventstore.parking import parked
from projections.contact_file import ContactFile
from projections.loan_clocks import LoanClocks
from projections.mail_log import MailLog
from runtime.clock import Clock
from tests.conftest import Database, MailServer
from tests.journeys.premises import premises
from tests.soon import soon
from tests.workers.office import Office

FIRST_DAY = date(2100, 1, 4)
"""A Monday."""
ANA, BEN, CHLOE = (player.account_id for player in PLAYERS[:3])


CEILING = EnterLegalRate.model_validate(
    {"law": "fr-consumer", "says": {"rate": 1_587, "from_on": "2100-01-01", "source": "Seuils de l’usure"}}
)


@pytest.fixture
def office(database: Database, mail_server: MailServer, tmp_path: Path) -> Iterator[Office]:
    with premises(database, mail_server, tmp_path) as place:
        yield Office(place.store, Clock(place.store.pool))


def consumer_loans() -> LaunchLoanProduct:
    return LaunchLoanProduct(
        product_id=uuid4(),
        code="credit-velo",
        title_fr="Crédit à la consommation",
        title_en="Consumer loan",
        rate=600,
        min_principal=Money(500_00, "EUR"),
        max_principal=Money(9_000_00, "EUR"),
        min_months=2,
        max_months=60,
        law="fr-consumer",
    )


def asked_for(office: Office, product: UUID) -> UUID:
    [contact] = Reader(office.store.pool).read(ContactFile).of(JEAN)
    return office.sends(
        ANA,
        RequestLoan(
            loan_id=uuid4(),
            customer_id=JEAN,
            contact_id=contact.contact_id,
            product_id=product,
            principal=Money(1_000_00, "EUR"),
            months=3,
            purpose="Un vélo",
        ),
    )


def offered(office: Office, product: UUID) -> UUID:
    """A loan whose contract was sent to the client, after the information."""
    store, loan = office.store, asked_for(office, product)
    office.sends(BEN, ApproveLoan(), to=loan)
    office.settles()
    assert store.last(contract_id(loan)) is None, "no contract before the information"
    office.sends(ANA, ConfirmInformation(version=1, language="fr", signed_on=office.today()), to=loan)
    soon(lambda: store.load(Loan, loan).clocks, 60)
    return loan


def sign(office: Office, loan: UUID) -> None:
    contract = contract_id(loan)
    copy = ReceiveSignedCopy(
        document_id=uuid4(),
        key=f"signed/{contract}/{'c1' * 32}.pdf",
        sha256="c1" * 32,
        size=1000,
        media_type="application/pdf",
        pages=4,
    )
    office.sends(ANA, copy, to=contract)
    office.sends(BEN, AcceptSignedCopy(), to=contract)
    soon(lambda: office.store.load(Loan, loan).status == "ready")
    office.settles()


def running(office: Office, loan: UUID) -> list[str]:
    clocks = Reader(office.store.pool).read(LoanClocks).of(loan, office.today())
    return [clock.name for clock in clocks if clock.ended_on is None]


def test_two_loans_pass_their_times_day_by_day(office):
    store = office.store
    office.opens_on(FIRST_DAY)
    office.sends(ANA, CEILING)
    product = office.sends(ANA, consumer_loans())
    unsigned, loan = offered(office, product), offered(office, product)
    sign(office, loan)
    assert running(office, loan) == ["no-payment", "step-back"]
    for days in range(1, 8):
        office.opens_on(FIRST_DAY + timedelta(days=days))
        payout = DisburseLoan(value_date=office.today(), method="transfer", reference="VIR 1")
        with pytest.raises(NoPaymentYet, match="2100-01-12"):
            office.sends(CHLOE, payout, to=loan)
        assert running(office, loan) == ["no-payment", "step-back"]

    office.opens_on(FIRST_DAY + timedelta(days=8))
    assert running(office, loan) == ["step-back"]
    ended = store.last(loan)
    office.sends(ANA, EndClock(number=2), to=loan)
    assert store.last(loan) == ended, "once ended, nothing more is recorded"

    office.opens_on(FIRST_DAY + timedelta(days=15))
    assert store.load(Loan, unsigned).status == "approved", "its last day belongs to the offer"
    assert running(office, loan) == []
    office.opens_on(FIRST_DAY + timedelta(days=16))
    assert store.load(Loan, unsigned).status == "expired"
    assert store.load(Contract, contract_id(unsigned)).status == "expired"
    assert store.load(Loan, loan).status == "ready"
    assert parked(store.pool) == []


def test_a_counter_offer_lapses_with_its_request_by_the_business_day_alone(office):
    """No contract was ever drafted, and whoever declined in time has a request that goes on."""
    store = office.store
    office.opens_on(FIRST_DAY)
    office.sends(ANA, CEILING)
    product = office.sends(ANA, consumer_loans())
    silent, answered = asked_for(office, product), asked_for(office, product)
    for loan in (silent, answered):
        office.sends(BEN, MakeCounterOffer(months=36, reason="Une mensualité plus basse."), to=loan)
    office.sends(ANA, DeclineCounterOffer(), to=answered)
    office.settles()
    assert (running(office, silent), running(office, answered)) == (["counter-offer"], [])

    office.opens_on(FIRST_DAY + timedelta(days=15))
    assert store.load(Loan, silent).status == "counter-offered", "its last day belongs to the client"
    office.opens_on(FIRST_DAY + timedelta(days=16))
    assert store.load(Loan, silent).status == "expired"
    assert store.load(Loan, answered).status == "requested"
    assert parked(store.pool) == []


def test_days_on_which_nobody_works_are_made_up_for(office):
    """Three weeks later everything that ended meanwhile has ended, once each, on that day."""
    office.opens_on(FIRST_DAY)
    office.sends(ANA, CEILING)
    product = office.sends(ANA, consumer_loans())
    loan, other = offered(office, product), offered(office, product)
    sign(office, loan)
    sign(office, other)
    office.sends(ANA, StepBack(), to=other)
    office.opens_on(FIRST_DAY + timedelta(days=21))
    assert running(office, loan) == running(office, other) == []
    ends = [row.event() for row in office.store.history(loan) if row.kind == "Loan.ClockEnded"]
    assert [(end.clock, end.because, end.on) for end in ends] == [
        ("offer", "signed", FIRST_DAY),
        ("no-payment", "time", office.today()),
        ("step-back", "time", office.today()),
    ]
    stops = [row.event() for row in office.store.history(other) if row.kind == "Loan.ClockEnded"]
    assert [end.because for end in stops] == ["signed", "stepped-back", "stepped-back"]


def test_the_client_steps_back_after_the_payout_and_the_money_comes_back(office):
    """Paid out on the eighth day, stepped back on the twelfth, back on the twentieth: 12 days of 1,000.00 at 6 %, 2.00."""
    store = office.store
    office.opens_on(FIRST_DAY)
    office.sends(ANA, CEILING)
    product = office.sends(ANA, consumer_loans())
    loan = offered(office, product)
    sign(office, loan)
    office.opens_on(FIRST_DAY + timedelta(days=8))
    payout = DisburseLoan(value_date=office.today(), method="transfer", reference="VIR 1")
    office.sends(CHLOE, payout, to=loan)
    office.settles()
    office.opens_on(FIRST_DAY + timedelta(days=12))
    office.sends(ANA, StepBack(), to=loan)
    office.settles()
    assert (store.load(Loan, loan).status, running(office, loan)) == ("returning", ["capital-back"])
    assert "return-owed" in letters(office, loan)

    office.opens_on(FIRST_DAY + timedelta(days=20))
    back = RecordRepayment(
        repayment_id=RepaymentId(uuid4()),
        amount=Money(1_002_00, "EUR"),
        value_date=office.today(),
        method="transfer",
        reference="VIR 2",
    )
    office.sends(CHLOE, back, to=servicing_id(LoanId(loan)))
    office.settles()
    assert (store.load(Loan, loan).status, running(office, loan)) == ("stepped-back", [])
    soon(lambda: "capital-returned" in letters(office, loan), 60)
    office.settles()
    servicing = store.load(Servicing, servicing_id(LoanId(loan)))
    assert (servicing.status, servicing.standing(office.today()).paid.interest) == (
        "repaid",
        Money(2_00, "EUR"),
    )
    office.opens_on(FIRST_DAY + timedelta(days=60))
    assert store.load(Loan, loan).status == "stepped-back"
    assert parked(store.pool) == []


def letters(office: Office, loan: UUID) -> list[str]:
    return [
        line.template for line in Reader(office.store.pool).read(MailLog).lines().items if line.about == loan
    ]
