"""Loans on other terms than level monthly instalments, from the request to the quittance, by the events alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from aggregates.contract import Contract, contract_id
from aggregates.loan import Loan
from aggregates.rules.costs import Costs
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId, Money
from commands.contract import AcceptSignedCopy, ReceiveSignedCopy
from commands.loan import ApproveLoan, DisburseLoan, RequestLoan
from commands.loan_product import LaunchLoanProduct
from commands.servicing import RecordRepayment
from demo.seed import JEAN, PLAYERS
from eventstore import Reader
from eventstore.parking import parked
from projections.contact_file import ContactFile
from projections.document_shelf import DocumentShelf
from projections.journal import Journal
from projections.loan_account import LoanAccount
from runtime.clock import Clock
from tests.conftest import Database, MailServer
from tests.journeys.premises import premises
from tests.soon import soon
from tests.workers.office import Office

FIRST_DAY = date(2100, 1, 4)
ANA, BEN, CHLOE = (player.account_id for player in PLAYERS[:3])
NOTHING_LEFT = ("274", "2768", "467", "4681")
"""What a loan that is over leaves empty: what was lent, what was owed, what waited; not what is due to the insurer."""

PRODUCTS: dict[str, dict[str, Any]] = {
    "by-the-quarter": {
        "kind": "linear",
        "frequency": "quarterly",
        "day_count": "ACT/365F",
        "business_days": "following",
        "calendar": "FR",
        "fees": [
            {"title": "Frais de dossier", "when": "up-front", "fixed": Money(50_00, "EUR")},
            {"title": "Frais de gestion", "when": "per-instalment", "fixed": Money(2_00, "EUR")},
        ],
        "insurance": {"rate": 36, "of": "outstanding"},
    },
    "by-the-week": {
        "frequency": "weekly",
        "day_count": "ACT/ACT-ISDA",
        "due_day": 5,
        "first_period": "at-payout",
        "fees": [{"title": "Frais de dossier", "when": "financed", "share": 100}],
        "late": {"rate": 800, "fixed": Money(5_00, "EUR"), "grace_days": 2},
    },
    "with-a-balloon": {
        "day_count": "ACT/365F",
        "due_day": 31,
        "first_period": "spread",
        "grace_principal": 1,
        "balloon": 3_000,
        "step_up": 500,
        "step_every": 2,
        "early": {"rate": 100},
        "rounding": {"unit": 5, "mode": "half-up"},
    },
}


@dataclass
class Borrowed:
    """One loan on the way."""

    id: UUID
    late: bool = False

    @property
    def servicing(self) -> UUID:
        return servicing_id(LoanId(self.id))


@pytest.fixture
def office(database: Database, mail_server: MailServer, tmp_path: Path) -> Iterator[Office]:
    with premises(database, mail_server, tmp_path) as place:
        yield Office(place.store, Clock(place.store.pool))


def paid_out(office: Office, code: str, terms: dict[str, Any]) -> Borrowed:
    """A loan of 5,000.00 EUR in five instalments under a product of its own, paid out today."""
    store = office.store
    product = office.sends(
        ANA,
        LaunchLoanProduct.model_validate(
            {
                "product_id": uuid4(),
                "code": code,
                "title_fr": code,
                "title_en": code,
                "min_principal": Money(100_00, "EUR"),
                "max_principal": Money(9_000_00, "EUR"),
                "min_months": 2,
                "max_months": 60,
                "terms": {"rate": 900, **terms},
                "rate": 900,
            }
        ),
    )
    [contact] = Reader(store.pool).read(ContactFile).of(JEAN)
    loan = office.sends(
        ANA,
        RequestLoan(
            loan_id=uuid4(),
            customer_id=JEAN,
            contact_id=contact.contact_id,
            product_id=product,
            principal=Money(5_000_00, "EUR"),
            months=5,
            purpose="Un vélo",
        ),
    )
    office.sends(BEN, ApproveLoan(), to=loan)
    contract = contract_id(LoanId(loan))
    soon(lambda: store.last(contract) and store.load(Contract, contract).status == "sent", 60)
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
    soon(lambda: store.load(Loan, loan).status == "ready")
    office.sends(CHLOE, DisburseLoan(value_date=office.today(), method="transfer", reference="V"), to=loan)
    soon(lambda: store.last(servicing_id(LoanId(loan))))
    return Borrowed(loan)


def costs(office: Office, loan: Borrowed) -> Costs:
    known = office.store.load(Loan, loan.id)
    assert known.value_date
    return known.costs(known.drawn)


def pays(office: Office, loan: Borrowed, amount: Money) -> None:
    body = {
        "repayment_id": uuid4(),
        "amount": amount,
        "value_date": office.today(),
        "method": "transfer",
        "reference": "VIR MOREAU",
    }
    office.sends(CHLOE, RecordRepayment.model_validate(body), to=loan.servicing)


def test_loans_on_other_terms_live_their_whole_lives(office: Office):
    store = office.store
    office.opens_on(FIRST_DAY)
    loans = {code: paid_out(office, code, terms) for code, terms in PRODUCTS.items()}
    office.settles()
    read = Reader(store.pool)
    for code, loan in loans.items():
        plan, opened = costs(office, loan), store.load(Servicing, loan.servicing)
        assert opened.instalments == plan.lines, code
        entries = read.read(Journal).of(loan.id)
        left_the_bank = sum(line.credit - line.debit for line in entries if line.account.startswith("512"))
        assert left_the_bank == (plan.principal - plan.kept).minor, code

    days = sorted({line.due_on for loan in loans.values() for line in costs(office, loan).lines})
    loans["by-the-week"].late = True
    for day in days:
        office.opens_on(day if day > office.today() else office.today() + timedelta(days=1))
        for loan in loans.values():
            now = store.load(Servicing, loan.servicing)
            owed = now.standing(office.today()).owed_now if now.status == "open" else None
            if not owed:
                continue
            # The first instalment by the week comes with the second one: it costs penalties.
            if loan.late and now.fallen_due == 1:
                continue
            pays(office, loan, owed)
    office.settles()
    for code, loan in loans.items():
        soon(lambda loan=loan: store.load(Loan, loan.id).status == "repaid")
        plan, over = costs(office, loan), store.load(Servicing, loan.servicing)
        penalties = sum(part.minor("penalty") for part in over.paid.values())
        assert bool(penalties) == loan.late, code
        assert over.received.minor == plan.total.minor - plan.kept.minor + penalties, code
        account = read.read(LoanAccount).of(loan.id, office.today())
        assert account is not None
        assert (account.overdue, account.principal_owed, account.received) == (0, 0, over.received.minor)
        papers = read.read(DocumentShelf).rows("SELECT * FROM {table} WHERE about = %(loan)s", loan=loan.id)
        assert [paper.purpose for paper in papers].count("quittance") == 1, code
        sums: dict[str, int] = {}
        for line in read.read(Journal).of(loan.id):
            sums[line.account] = sums.get(line.account, 0) + line.debit - line.credit
        assert not {
            account: rest for account, rest in sums.items() if account.startswith(NOTHING_LEFT) and rest
        }, code
        assert sum(sums.values()) == 0
        assert sums["512"] == over.received.minor - (plan.principal - plan.kept).minor, code
    assert parked(store.pool) == []
