"""Jean's loan, told and over, in a store of the test's own: what the judge looks at, to be tampered with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from aggregates.posting import Posting
from aggregates.rules.charts import PCG
from aggregates.rules.movements import Movement
from aggregates.rules.postings import entries, of_payout, of_servicing
from aggregates.servicing import Servicing
from aggregates.values import AccountId, BasisPoints, RepaymentId
from demo.evidence import READ_MODELS, Evidence
from demo.judge import Terms
from eventstore import Aggregate, Keyring, Store
from tests.conftest import Database
from tests.kit import replay
from tests.projections.conftest import Screens
from tests.projections.test_business_days import told as days_opened
from tests.stories import (
    CHLOE,
    DUE,
    HOUSE,
    JEAN,
    JEAN_CONTACT,
    LOAN,
    MAY_6,
    _id,
    account_proposed,
    approved,
    attempted,
    contract_kept,
    contract_signed,
    disbursed,
    downloaded,
    drafted,
    eur,
    french_rate,
    index_begun,
    index_value,
    letter_requested,
    mail_sent,
    offer_holds,
    offer_taken,
    payee_begun,
    rates_begun,
    rendered,
    requested,
    switch_installed,
    switch_pulled,
)  # fmt: skip

TERMS = Terms("L-2026-000001", 500_000, "EUR", 600, 24, MAY_6)


@dataclass
class Told:
    """A story that is over."""

    evidence: Evidence
    owner_url: str
    last_day: date
    received: int
    """Minor units."""

    def tamper(self, *statements: str) -> None:
        """Do what only the owner of the tables could do, with every guard of theirs switched off."""
        with psycopg.connect(self.owner_url) as owner:
            owner.execute("SELECT set_config('quittance.scope', 'all', true)")
            for statement in statements:
                assert owner.execute(statement.encode()).rowcount != 0, statement


@pytest.fixture
def told(database: Database) -> Iterator[Told]:
    kwargs = {"autocommit": True}
    with ConnectionPool(database.app_url, kwargs=kwargs, min_size=2, max_size=8, open=True) as pool:
        keyring = Keyring(pool, os.urandom(32))
        store = Store(pool, keyring, os.urandom(32))
        screens = Screens(database.owner_url, store)
        screens.happened(*HOUSE, requested, approved, drafted, rendered, contract_kept, downloaded)
        screens.happened(letter_requested, attempted, mail_sent, contract_signed, disbursed)
        screens.happened(offer_holds, offer_taken)
        screens.happened(
            payee_begun,
            account_proposed,
            switch_installed,
            switch_pulled,
            rates_begun,
            french_rate,
            index_begun,
            index_value,
        )
        days_opened(screens)
        screens.follow(*READ_MODELS.values())
        yield _lived(screens, Evidence(store, database.owner_url))
        keyring.close()


def _lived(screens: Screens, evidence: Evidence) -> Told:
    """Every instalment falls due and is paid on its day."""
    loan = replay(requested, approved, contract_signed, disbursed)[0]
    servicing = Servicing.open(LOAN, JEAN, JEAN_CONTACT, eur(500_000), BasisPoints(600), MAY_6, DUE)
    payout = disbursed.event(4, LOAN, owner=JEAN)
    _entered(screens, payout, of_payout(payout), loan.reference)
    _recorded(screens, servicing, loan.reference, MAY_6)
    screens.follow(*READ_MODELS.values())
    evidence.look()
    received = 0
    for due in servicing.instalments:
        servicing.mark_due(due.number, due.due_on)
        id = RepaymentId(_id("4e", due.number))
        servicing.receive(id, due.total, due.due_on, "transfer", "VIR", AccountId(CHLOE), due.due_on)
        received += due.total.minor
        _recorded(screens, servicing, loan.reference, due.due_on)
    screens.follow(*READ_MODELS.values())
    evidence.look()
    return Told(evidence, screens.owner_url, servicing.instalments[-1].due_on, received)


def _recorded(screens: Screens, servicing: Servicing, reference: str, on: date) -> None:
    events = list(servicing.pending_events)
    screens.happened(servicing, on=on)
    for event in events:
        _, made = of_servicing(screens.store.told(Servicing, servicing.id, event.originator_version))
        _entered(screens, event, made, reference)


def _entered(screens: Screens, event: Aggregate.Event, made: list[Movement], reference: str) -> None:
    for entry in entries(made, event, LOAN, reference, PCG):
        screens.happened(Posting.make(entry.id, JEAN, entry.entry_on, entry.movement, entry.about, entry.cause,
                                      entry.label, entry.lines))  # fmt: skip
