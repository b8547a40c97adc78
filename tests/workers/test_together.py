"""All of it together: a loan lives its whole life by the events alone, on a database whose connections get cut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from aggregates.contract import Contract, contract_id
from aggregates.loan import Loan
from aggregates.rules.calendar import months_after
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import Money
from commands.contract import AcceptSignedCopy, ReceiveSignedCopy
from commands.loan import ApproveLoan, DisburseLoan, RequestLoan
from commands.loan_product import LaunchLoanProduct
from commands.servicing import RecordRepayment
from demo.seed import JEAN, PLAYERS
from eventstore import Reader
from eventstore.parking import parked
from projections.contact_file import ContactFile
from projections.trial_balance import TrialBalance
from providers.simulators.mail import Mail, Mailbox
from runtime.clock import Clock
from runtime.embedded.postgres import SUPERUSER
from tests.conftest import Database, MailServer
from tests.journeys.premises import premises
from tests.soon import soon
from tests.workers.office import Office

FIRST_DAY = date(2100, 1, 4)
ANA, BEN, CHLOE = (player.account_id for player in PLAYERS[:3])


@pytest.fixture
def office(database: Database, mail_server: MailServer, tmp_path: Path) -> Iterator[Office]:
    with premises(database, mail_server, tmp_path) as place:
        yield Office(place.store, Clock(place.store.pool))


def short_loans() -> LaunchLoanProduct:
    return LaunchLoanProduct(
        product_id=uuid4(),
        code="pret-court",
        title_fr="Prêt court",
        title_en="Short loan",
        rate=600,
        min_principal=Money(100_00, "EUR"),
        max_principal=Money(9_000_00, "EUR"),
        min_months=2,
        max_months=60,
    )


def about_the_loan(box: Mailbox) -> dict[str, Mail]:
    """The letters by their name: one that is sent again, because the answer was cut off, keeps its own. Those who were
    seeded are told about their passwords and factors, too."""
    mails = map(box.open, box.numbers())
    return {mail.message_id: mail for mail in mails if not mail.subject.startswith("Sécurité de votre accès")}


def test_a_loan_lives_its_whole_life_while_connections_are_cut(office, mail_server, database, postgres):
    def cut() -> None:
        with psycopg.connect(postgres.url(SUPERUSER, "postgres"), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                (database.name,),
            )
        store.pool.check()

    store, box = office.store, mail_server.box
    office.opens_on(FIRST_DAY)
    product = office.sends(ANA, short_loans())
    [contact] = Reader(store.pool).read(ContactFile).of(JEAN)
    loan = office.sends(
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
    office.sends(BEN, ApproveLoan(), to=loan)
    cut()
    contract = contract_id(loan)
    soon(lambda: store.last(contract) and store.load(Contract, contract).status == "sent", 60)
    [letter] = about_the_loan(box).values()
    assert letter.to == [contact.email]

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
    payout = DisburseLoan(value_date=office.today(), method="transfer", reference="VIR 1")
    office.sends(CHLOE, payout, to=loan)
    servicing = servicing_id(loan)
    soon(lambda: store.last(servicing))
    cut()

    instalments = store.load(Servicing, servicing).instalments
    assert [i.due_on for i in instalments] == [months_after(FIRST_DAY, n) for n in (1, 2, 3)]
    for instalment in instalments:
        office.opens_on(instalment.due_on + timedelta(days=3))  # nobody worked on the day itself
        assert store.load(Servicing, servicing).fallen_due == instalment.number
        repayment = RecordRepayment(
            repayment_id=uuid4(),
            amount=instalment.total,
            value_date=office.today(),
            method="transfer",
            reference=f"VIR MOREAU {instalment.number}",
        )
        office.sends(CHLOE, repayment, to=servicing)
        cut()

    soon(lambda: store.load(Loan, loan).status == "repaid")
    soon(lambda: len(about_the_loan(box)) >= 3)
    office.settles()
    assert len(about_the_loan(box)) == 3, "contract, payout and quittance"
    assert parked(store.pool) == []
    balances = Reader(store.pool).read(TrialBalance)
    lines = balances.rows("SELECT * FROM {table}")
    assert sum(line.debit - line.credit for line in lines) == 0
    assert sum(line.debit for line in lines) > 0
