"""All of it together: a loan lives its whole life by the events alone, on a database whose connections get cut."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

import projections  # noqa: F401 - every read model is known
import workers
from aggregates.contract import Contract, contract_id
from aggregates.loan import Loan
from aggregates.rules.calendar import months_after
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import Money
from commands.account import OpenAccount
from commands.contact import AddContact
from commands.contract import AcceptSignedCopy, ReceiveSignedCopy
from commands.customer import RegisterCustomer
from commands.loan import ApproveLoan, DisburseLoan, RequestLoan
from commands.loan_product import LaunchLoanProduct
from commands.organisation import EstablishOrganisation
from commands.servicing import RecordRepayment
from eventstore import Asker, Command, Projection, Reader, Store
from eventstore.feed import StoreFeed
from eventstore.parking import parked
from eventstore.projector import Projector
from eventstore.read_models import ensure
from projections.trial_balance import TrialBalance
from runtime.clock import Clock
from runtime.embedded.postgres import SUPERUSER
from tests.runtime.household import house
from tests.soon import soon
from workers import watch

FIRST_DAY = date(2100, 1, 4)
ANA, BEN, CHLOE = uuid4(), uuid4(), uuid4()


@dataclass
class Office:
    store: Store
    clock: Clock

    def sends(self, by: UUID, command: Command, to: UUID | None = None) -> UUID:
        asker = Asker(by, f"account:{by}", self.today(), self.clock.now())
        return self.store.send(command, asker, to=to, command_id=uuid4()).id

    def today(self) -> date:
        return watch.business_date(self.store, self.clock).today()

    def opens_on(self, day: date) -> None:
        """Let the time come, and wait for the business day and for everything that it brings."""
        self.clock.advance_to(datetime.combine(day, time(10), UTC))
        self.settles()
        assert self.today() == day

    def settles(self) -> None:
        soon(lambda: watch.waits_for(self.store, self.clock) is None, 60)


@contextmanager
def running(*processes: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=process, args=(stop,)) for process in processes]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


@pytest.fixture
def office(database, world) -> Iterator[Office]:
    kinds = [k for k in Projection.registry.values() if k.__module__.startswith("projections.")]
    ensure(database.owner_url, kinds)
    url = database.app_url
    with house(url) as store, house(url) as elsewhere:
        clock = Clock(store.pool)
        clock.advance_to(datetime.combine(FIRST_DAY, time(10), UTC))
        with running(
            Projector(elsewhere, elsewhere.pool, kinds).run,
            lambda stop: workers.react(store, StoreFeed(store), clock, world.outside, url, stop),
            lambda stop: watch.run(store, clock, url, stop),
        ):
            yield Office(store, clock)


def furnished(office: Office) -> tuple[UUID, UUID, UUID]:
    """An organisation with its people; a customer, its contact and a product."""
    organisation = EstablishOrganisation(
        legal_name="Prêts du Fleuve",
        legal_form="SAS au capital de 250 000 €",
        registration="RCS Lyon 912 345 678",
        registered_office="14 quai Saint-Antoine\n69002 Lyon",
        country="FR",
        time_zone="Europe/Paris",
        currency="EUR",
        languages=["fr", "en"],
        return_address="contrats@prets-du-fleuve.example",
        contact_line="+33 4 72 00 00 00",
    )
    office.sends(ANA, organisation)
    for account, name in ((ANA, "Ana"), (BEN, "Ben"), (CHLOE, "Chloé")):
        office.sends(ANA, OpenAccount(account_id=account, roles=["advisor"], label=name))
    product = LaunchLoanProduct(
        product_id=uuid4(),
        code="pret-personnel",
        title_fr="Prêt personnel",
        title_en="Personal loan",
        rate=600,
        min_principal=Money(100_00, "EUR"),
        max_principal=Money(9_000_00, "EUR"),
        min_months=2,
        max_months=60,
    )
    customer = RegisterCustomer(
        customer_id=uuid4(),
        nature="person",
        name="Jean Moreau",
        address="8 rue de la République\n69002 Lyon",
        country="FR",
        language="fr",
    )
    office.sends(ANA, product)
    office.sends(ANA, customer)
    contact = AddContact(
        contact_id=uuid4(), customer_id=customer.customer_id, name="Jean Moreau", email="jean@example.org"
    )
    office.sends(ANA, contact)
    return customer.customer_id, contact.contact_id, product.product_id


def test_a_loan_lives_its_whole_life_while_connections_are_cut(office, world, database, postgres):
    def cut() -> None:
        with psycopg.connect(postgres.url(SUPERUSER, "postgres"), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database.name,)
            )
        store.pool.check()

    store = office.store
    soon(lambda: office.today() == FIRST_DAY)
    customer, contact, product = furnished(office)
    loan = office.sends(
        ANA,
        RequestLoan(
            loan_id=uuid4(),
            customer_id=customer,
            contact_id=contact,
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
    [letter] = world.mails()
    assert letter.to == ["jean@example.org"]

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
    soon(lambda: len(world.mails()) >= 3)
    office.settles()
    subjects = {mail.message_id: mail.subject for mail in world.mails()}
    assert len(subjects) == 3, "contract, payout and quittance"
    assert parked(store.pool) == []
    balances = Reader(store.pool).read(TrialBalance)
    lines = balances.rows("SELECT * FROM {table}")
    assert sum(line.debit - line.credit for line in lines) == 0
    assert sum(line.debit for line in lines) > 0
