"""Traffic for the read models: loans live their whole life by real commands, many of them at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from aggregates.contract import contract_id
from aggregates.loan import Loan
from aggregates.rules.charts import PCG
from aggregates.rules.postings import entries, of_payout, of_servicing
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import (
    AccountId,
    ContactId,
    CustomerId,
    DocumentId,
    LoanId,
    Money,
    NotificationId,
    RepaymentId,
    derived,
)
from commands.account import OpenAccount
from commands.contact import AddContact, ChangeContactEmail
from commands.contract import (
    AcceptSignedCopy,
    DraftContract,
    NoteContractSent,
    ReceiveSignedCopy,
    RecordRendering,
    RefuseSignedCopy,
)
from commands.customer import ChangeCustomerDetails, RegisterCustomer
from commands.document import KeepDocument, RecordDownload
from commands.loan import ApproveLoan, DeclineLoan, DisburseLoan, NoteRepaid, NoteSignature, RequestLoan
from commands.loan_product import LaunchLoanProduct
from commands.notification import NoteNotificationAttempt, NoteNotificationSent, RequestNotification
from commands.organisation import EstablishOrganisation, RoleLimit
from commands.posting import MakePostings, NewEntry
from commands.servicing import MarkInstalmentDue, OpenServicing, RecordRepayment, ReverseRepayment
from demo.seed import FACTS, PLAYERS
from eventstore import AlreadyExists, Asker, Claimed, Command, Store

FIRST_DAY = date(2026, 5, 4)
PRODUCT = next(
    c.product_id for _, c in FACTS if isinstance(c, LaunchLoanProduct) and c.min_principal.currency == "EUR"
)
ANA, BEN, CHLOE = (player.account_id for player in PLAYERS[:3])
WORKER = AccountId(derived(PRODUCT, "worker"))
SHA, PDF = "ab" * 32, "application/pdf"

Step = tuple[UUID, Command, UUID | None]
"""Who asks what, and of which aggregate."""


def furnish(store: Store) -> None:
    """The organisation, its products and its people; again changes nothing."""
    people = [
        OpenAccount(account_id=p.account_id, roles=list(p.roles), customers=list(p.customers), label=p.name)
        for p in PLAYERS
    ]
    for command in (_without_end(command) for command in (*(command for _, command in FACTS), *people)):
        with suppress(AlreadyExists, Claimed):
            store.send(command, asker_of(ANA, FIRST_DAY))


def _without_end(command: Command) -> Command:
    """A year of payouts happens on the first day: no limit may end it."""
    if not isinstance(command, EstablishOrganisation):
        return command
    much = Money(10**14, "EUR")
    limits = [
        RoleLimit(operation="loan.approve", role="advisor", each=much),
        RoleLimit(operation="loan.disburse", role="accountant", each=much, daily=much),
    ]
    return command.model_copy(update={"limits": limits})


class Traffic:
    """Loans that live at the same time, one command of a drawn one after the other.

    at_once  how many; a life that has ended is followed by another
    """

    def __init__(self, store: Store, seed: int, at_once: int = 12) -> None:
        self._store, self._random = store, Random(seed)
        self._lives = [Life(store, self._random) for _ in range(at_once)]

    def send(self, commands: int) -> None:
        """As many as that, as fast as it goes."""
        for _ in range(commands):
            which = self._random.randrange(len(self._lives))
            while not self._lives[which].step():
                self._lives[which] = Life(self._store, self._random)

    def flow(self, stop: threading.Event, pause: float) -> None:
        """A command every ``pause`` seconds at most, until told to stop."""
        while not stop.wait(pause):
            self.send(1)


class Life:
    """One loan of a customer of its own, from the registration to the quittance, unless it is declined."""

    def __init__(self, store: Store, random: Random) -> None:
        self._store, self._random, self._day = store, random, FIRST_DAY
        self._customer, self._contact = CustomerId(self._id()), ContactId(self._id())
        self._loan = LoanId(self._id())
        self._contract, self._servicing = contract_id(self._loan), servicing_id(self._loan)
        self._posted: dict[UUID, int] = {}
        self._steps = self._whole()

    def step(self) -> bool:
        """Send the next command; False when there is none."""
        for who, command, to in self._steps:
            self._store.send(command, asker_of(who, self._day), to=to)
            return True
        return False

    def _whole(self) -> Iterator[Step]:
        yield from self._asked()
        if self._random.random() < 0.1:
            yield BEN, DeclineLoan(reason="Les revenus ne suffisent pas."), self._loan
            return
        yield BEN, ApproveLoan(), self._loan
        yield from self._contracted()
        yield from self._signed()
        payout = DisburseLoan(value_date=self._day, method="transfer", reference="VIR 2026")
        yield CHLOE, payout, self._loan
        yield WORKER, OpenServicing(loan_id=self._loan), None
        yield from self._booked(self._loan)
        yield from self._repaid()

    def _asked(self) -> Iterator[Step]:
        name, address = f"Élise Nº {self._random.randrange(10_000)}", "8 rue de la République\n69002 Lyon"
        registered = RegisterCustomer(
            customer_id=self._customer,
            nature="person",
            name=name,
            address=address,
            country="FR",
            language="fr",
        )
        yield ANA, registered, None
        email = f"{self._contact}@example.org"
        added = AddContact(contact_id=self._contact, customer_id=self._customer, name=name, email=email)
        yield ANA, added, None
        if self._random.random() < 0.2:
            yield ANA, ChangeCustomerDetails(name=f"{name} bis", address=address), self._customer
            yield ANA, ChangeContactEmail(email=f"bis-{email}"), self._contact
        requested = RequestLoan(
            loan_id=self._loan,
            customer_id=self._customer,
            contact_id=self._contact,
            product_id=PRODUCT,
            principal=Money(self._random.randrange(1_000_00, 9_000_00), "EUR"),
            months=6,
            purpose="Un vélo",
        )
        yield ANA, requested, None

    def _contracted(self) -> Iterator[Step]:
        drafted = DraftContract(loan_id=self._loan, template="contract/loan_agreement", template_sha256=SHA)
        yield WORKER, drafted, None
        paper = DocumentId(derived(self._contract, "document"))
        rendered = RecordRendering(
            document_id=paper, key=f"contract/{paper}.pdf", sha256=SHA, size=48_000, pages=4
        )
        yield WORKER, rendered, self._contract
        letter = NotificationId(derived(self._contract, "letter"))
        told = RequestNotification(
            notification_id=letter,
            contact_id=self._contact,
            template="contract",
            facts={"reference": "K-2026"},
            about=self._contract,
            document_id=paper,
        )
        yield WORKER, told, None
        yield WORKER, NoteNotificationAttempt(number=1), letter
        yield WORKER, NoteNotificationSent(message_id=f"<{letter}@example.org>"), letter
        yield WORKER, NoteContractSent(notification_id=letter), self._contract
        yield ANA, RecordDownload(via="account", ip="192.0.2.7", user_agent="Firefox/145.0"), paper

    def _signed(self) -> Iterator[Step]:
        if self._random.random() < 0.3:
            yield ANA, self._copy(), self._contract
            yield BEN, RefuseSignedCopy(reason="Il manque la page 3."), self._contract
        yield ANA, self._copy(), self._contract
        yield BEN, AcceptSignedCopy(), self._contract
        yield WORKER, NoteSignature(contract_id=self._contract), self._loan

    def _copy(self) -> ReceiveSignedCopy:
        id = DocumentId(self._id())
        return ReceiveSignedCopy(
            document_id=id, key=f"signed/{id}.pdf", sha256="c1" * 32, size=900_000, media_type=PDF, pages=4
        )

    def _repaid(self) -> Iterator[Step]:
        for instalment in self._store.load(Servicing, self._servicing).instalments:
            self._day = instalment.due_on + timedelta(days=self._random.randrange(4))
            yield WORKER, MarkInstalmentDue(number=instalment.number), self._servicing
            yield from self._booked(self._servicing)
            if self._random.random() < 0.2:
                wrong = self._repayment(Money(1_00, "EUR"))
                yield CHLOE, wrong, self._servicing
                undone = ReverseRepayment(repayment_id=wrong.repayment_id, reason="Saisi deux fois.")
                yield CHLOE, undone, self._servicing
            yield CHLOE, self._repayment(instalment.total), self._servicing
            yield from self._booked(self._servicing)
        yield WORKER, NoteRepaid(on=self._day), self._loan
        quittance = DocumentId(derived(self._loan, "quittance"))
        kept = KeepDocument(
            about=self._loan,
            key=f"quittance/{quittance}.pdf",
            sha256=SHA,
            size=50_000,
            pages=1,
        )
        yield WORKER, kept, None

    def _repayment(self, amount: Money) -> RecordRepayment:
        id = RepaymentId(self._id())
        return RecordRepayment(
            repayment_id=id, amount=amount, value_date=self._day, method="transfer", reference="VIR 2026"
        )

    def _booked(self, stream: UUID) -> Iterator[Step]:
        """The entries of the journal for what has happened to a stream since the last time."""
        reference = self._store.load(Loan, self._loan).reference
        history = self._store.history(stream)
        for row in history[self._posted.get(stream, 0) :]:
            event = row.event()
            if isinstance(event, Loan.Disbursed):
                new = of_payout(event)
            elif event.aggregate is Servicing:
                _, new = of_servicing(self._store.told(Servicing, stream, row.version))
            else:
                continue
            for entry in entries(new, event, self._loan, reference, PCG):
                made = NewEntry(
                    posting_id=entry.id,
                    customer_id=self._customer,
                    entry_on=entry.entry_on,
                    movement=entry.movement,
                    about=entry.about,
                    cause=entry.cause,
                    label=entry.label,
                    lines=entry.lines,
                )
                yield WORKER, MakePostings(entries=[made]), None
        self._posted[stream] = len(history)

    def _id(self) -> UUID:
        """As a client chooses it: version 4."""
        return UUID(int=self._random.getrandbits(128), version=4)


def asker_of(who: UUID, on: date) -> Asker:
    return Asker(who, f"account:{who}", on, datetime.combine(on, time(12), UTC))
