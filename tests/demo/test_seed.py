"""The demonstration data: complete at the first start, untouched by the next ones."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg_pool import ConnectionPool

from access import desk
from aggregates.account import Account
from aggregates.contact import Contact
from aggregates.customer import Customer
from aggregates.loan_product import LoanProduct
from aggregates.organisation import ORGANISATION_ID, Organisation
from demo.doors import Doors
from demo.seed import AWA, FACTS, JEAN, PLAYERS, SEED, seed
from eventstore import Asker, Keyring, Store
from runtime.clock import Clock
from runtime.settings import Settings


@pytest.fixture
def store(database) -> Iterator[Store]:
    kwargs = {"autocommit": True}
    with ConnectionPool(database.app_url, kwargs=kwargs, min_size=1, max_size=4, open=True) as pool:
        keyring = Keyring(pool, os.urandom(32))
        yield Store(pool, keyring, os.urandom(32))
        keyring.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(state_dir=tmp_path)


def recorded(store: Store) -> int:
    return len(store.read_feed(limit=1_000).events)


def test_everybody_can_sign_in(store: Store, settings: Settings):
    accounts = seed(store, Clock(store.pool))
    assert [account.label for account in accounts] == [
        "advisor",
        "approver",
        "accountant",
        "admin",
        "jean",
        "awa",
    ]
    access = desk.from_settings(settings, store.pool, Clock(store.pool), store)
    doors = Doors(store, access, Clock(store.pool))
    for player in PLAYERS:
        opened, token = doors[player.label].opened()
        assert opened.session.account_id == access.tokens.read(token).account == player.account_id
        assert not store.load(Account, player.account_id).must_enrol()


def test_the_house_its_products_and_its_borrowers_are_there(store: Store):
    seed(store, Clock(store.pool))
    assert store.load(Organisation, ORGANISATION_ID).legal_name == "Prêts du Fleuve"
    assert [store.load(Customer, who).name.open() for who in (JEAN, AWA)] == ["Jean Moreau", "Awa Koné"]
    assert [store.load(Customer, who).reference[-6:] for who in (JEAN, AWA)] == ["000001", "000002"]
    products = [command.product_id for _, command in FACTS if command.target is LoanProduct]
    assert [store.load(LoanProduct, id).currency for id in products] == ["EUR", "XOF"]
    contacts = [command for _, command in FACTS if command.target is Contact]
    assert [store.load(Contact, c.contact_id).email.open() for c in contacts] == [c.email for c in contacts]


def test_the_next_start_adds_nothing(store: Store):
    first = seed(store, Clock(store.pool))
    before = recorded(store)
    assert seed(store, Clock(store.pool)) == first
    assert recorded(store) == before


def test_a_start_that_was_killed_half_way_is_finished(store: Store):
    clock = Clock(store.pool)
    asker = Asker(SEED, "seed", clock.today("Europe/Paris"), clock.now())
    store.send(FACTS[1][1], asker)
    accounts = seed(store, clock)
    assert [account.label for account in accounts] == [player.label for player in PLAYERS]
    assert store.load(Account, PLAYERS[0].account_id).status == "open"
