"""A lending house with loans to repay, for whoever asks its API: an organisation, an accountant, paid-out loans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from access import keys
from aggregates.business_day import business_year_id
from aggregates.rules.schedules import schedule
from aggregates.rules.terms import Terms
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import AccountId, BasisPoints, ContactId, CustomerId, KeyId, LoanId, Money, RepaymentId
from bench.domain import ASKER
from bench.place import Database, Place
from commands.account import IssueKey, OpenAccount
from commands.business_day import BeginBusinessYear, OpenBusinessDay
from commands.servicing import RecordRepayment
from demo.seed import HOUSE
from eventstore import Ask, Asker, Command, Store
from roles.process import store_on
from runtime import database
from runtime.clock import Clock
from runtime.settings import Settings

PAID_OUT = date(2026, 1, 5)
ACCOUNTANT, KEY = AccountId(UUID(int=0x274 << 96, version=4)), KeyId(UUID(int=0x275 << 96, version=4))
TOKEN, _SHA256 = keys.make(ACCOUNTANT, KEY, b"known to everybody: a benchmark.".ljust(32, b"."))
MACHINE = Asker(ASKER.account, "bench", PAID_OUT, ASKER.now)


ISSUED = IssueKey(
    key_id=KEY, name="Bench", permissions=["repayment.record"], expires_on=date(2199, 12, 31), sha256=_SHA256
)


class OpenServicings(Command, on=Servicing):
    """Many loans begin their schedule at once; the product opens one at each payout."""

    loans: list[UUID]

    def create(self, ask: Ask) -> Servicing:
        opened = [_opened(LoanId(loan)) for loan in self.loans]
        for each in opened[1:]:
            ask.add(each)
        return opened[0]


def settled(place: Place, at: Database, port: int, loans: int) -> tuple[Settings, Sequence[UUID]]:
    """A house in a fresh database, the settings of its processes, and so many loans that are being repaid."""
    settings = Settings.load(
        state_dir=place.folder / at.name, database_url=at.app_url, owner_url=at.owner_url, http_port=port,
        projector_url=at.projector_url, auditor_url=at.auditor_url,
        requests_per_minute=10_000_000,  # one account asks for everybody
    )  # fmt: skip
    ids = [uuid4() for _ in range(loans)]
    with database.pool(at.app_url, name="bench", size=2) as pool:
        store = store_on(pool, settings)
        store.send(HOUSE, MACHINE)
        store.send(OpenAccount(account_id=ACCOUNTANT, roles=["accountant"], label="Chloé"), MACHINE)
        store.send(ISSUED, replace(MACHINE, account=ACCOUNTANT), to=ACCOUNTANT)
        for at_once in range(0, loans, 500):
            store.send(OpenServicings(loans=ids[at_once : at_once + 500]), MACHINE)
        _open_the_day(store, Clock(pool).now().date())
        store.keyring.close()
    return settings, ids


def repay(store: Store, loans: Sequence[UUID]) -> None:
    """The first instalment of each, recorded by hand."""
    for loan in loans:
        command = RecordRepayment(
            repayment_id=RepaymentId(uuid4()), amount=Money(22_160, "EUR"), value_date=PAID_OUT,
            method="transfer", reference="VIR 2026-01-05 DIOP A",
        )  # fmt: skip
        store.send(command, MACHINE, to=servicing_id(LoanId(loan)))


def _open_the_day(store: Store, today: date) -> None:
    """A house at work has an open business day: looking for one that is not there takes longer."""
    asker = replace(MACHINE, on=today)
    store.send(BeginBusinessYear(year=today.year), asker)
    store.send(OpenBusinessDay(on=today), asker, to=business_year_id(today.year))


def _opened(loan: LoanId) -> Servicing:
    principal, rate = Money(500_000, "EUR"), BasisPoints(600)
    return Servicing.open(
        loan,
        CustomerId(uuid4()),
        ContactId(uuid4()),
        principal,
        rate,
        PAID_OUT,
        schedule(Terms(rate), principal, 24, PAID_OUT),
    )
