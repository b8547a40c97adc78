"""The demonstration data: one organisation, two products, two borrowers, and an account for everybody who plays.

Seeding again adds nothing: every command has an id of its own. Everything that people chose since then stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final
from uuid import NAMESPACE_URL, UUID

from aggregates.account import AccountClosed
from aggregates.permissions import Role, is_staff
from aggregates.values import (
    AccountId,
    BasisPoints,
    ContactId,
    CustomerId,
    FactorId,
    Money,
    ProductId,
    derived,
)
from commands.account import AddFactor, OpenAccount
from commands.contact import AddContact
from commands.customer import RegisterCustomer
from commands.loan_product import LaunchLoanProduct
from commands.organisation import EstablishOrganisation
from eventstore import AlreadyExists, Asker, Claimed, Command, CommandMismatch, Store
from runtime.clock import Clock

SEED: Final = derived(NAMESPACE_URL, "demonstration data")
"""Who asks, and what the ids of the commands are derived from."""
SEEDER: Final = "seed"
"""Who that is in the events."""

JEAN: Final = CustomerId(UUID("1ea00000-0000-4000-8000-000000000001"))
AWA: Final = CustomerId(UUID("a0a00000-0000-4000-8000-000000000001"))


@dataclass(frozen=True)
class SeededAccount:
    """An account to play with."""

    label: str
    """advisor, approver, accountant, admin, jean or awa."""
    roles: tuple[Role, ...]
    about: str
    """Who that is, and what for."""


@dataclass(frozen=True)
class _Player:
    label: str
    account_id: AccountId
    roles: tuple[Role, ...]
    name: str
    about: str
    customers: tuple[CustomerId, ...] = ()


def _account(number: int) -> AccountId:
    return AccountId(UUID(f"acc00000-0000-4000-8000-{number:012d}"))


PLAYERS: Final = (
    _Player(
        "advisor", _account(1), ("advisor",), "Ana Ferreira", "Ana, conseillère : demandes et copies signées"
    ),
    _Player("approver", _account(2), ("advisor",), "Ben Traoré", "Ben, second regard : accorde ou refuse"),
    _Player(
        "accountant",
        _account(3),
        ("accountant",),
        "Chloé Martin",
        "Chloé, comptable : fonds et remboursements",
    ),
    _Player(
        "admin", _account(4), ("admin",), "Administration", "Administration : organisation, produits, comptes"
    ),
    _Player("jean", _account(5), ("client",), "Jean Moreau", "Jean, client à Lyon, emprunte en EUR", (JEAN,)),
    _Player("awa", _account(6), ("client",), "Awa Koné", "Awa, cliente à Abidjan, emprunte en XOF", (AWA,)),
)

HOUSE: Final = EstablishOrganisation(
    legal_name="Prêts du Fleuve",
    legal_form="SAS au capital de 250 000 €",
    registration="RCS Lyon 912 345 678",
    registered_office="14 quai Saint-Antoine\n69002 Lyon",
    country="FR",
    time_zone="Europe/Paris",
    currency="EUR",
    languages=["fr", "en"],
    return_address="contrats@prets-du-fleuve.example",
    contact_line="contrats@prets-du-fleuve.example · +33 4 72 00 00 00",
)

FACTS: Final[tuple[tuple[str, Command], ...]] = (
    ("organisation", HOUSE),
    (
        "personal loan",
        LaunchLoanProduct(
            product_id=ProductId(UUID("9e000000-0000-4000-8000-000000000001")),
            code="pret-personnel",
            title_fr="Prêt personnel",
            title_en="Personal loan",
            rate=BasisPoints(600),
            min_principal=Money(1_000_00, "EUR"),
            max_principal=Money(30_000_00, "EUR"),
            min_months=6,
            max_months=60,
        ),
    ),
    (
        "equipment loan",
        LaunchLoanProduct(
            product_id=ProductId(UUID("e9000000-0000-4000-8000-000000000001")),
            code="credit-equipement",
            title_fr="Crédit équipement",
            title_en="Equipment loan",
            rate=BasisPoints(1_800),
            min_principal=Money(100_000, "XOF"),
            max_principal=Money(10_000_000, "XOF"),
            min_months=3,
            max_months=36,
        ),
    ),
    (
        "jean",
        RegisterCustomer(
            customer_id=JEAN,
            nature="person",
            name="Jean Moreau",
            address="8 rue de la République\n69002 Lyon",
            country="FR",
            language="fr",
        ),
    ),
    (
        "awa",
        RegisterCustomer(
            customer_id=AWA,
            nature="person",
            name="Awa Koné",
            address="Rue des Jardins, Cocody\nAbidjan",
            country="CI",
            language="fr",
        ),
    ),
    (
        "jean's contact",
        AddContact(
            contact_id=ContactId(UUID("1eac0000-0000-4000-8000-000000000001")),
            customer_id=JEAN,
            name="Jean Moreau",
            email="jean.moreau@example.org",
            phone="+33 6 12 34 56 78",
        ),
    ),
    (
        "awa's contact",
        AddContact(
            contact_id=ContactId(UUID("a0ac0000-0000-4000-8000-000000000001")),
            customer_id=AWA,
            name="Awa Koné",
            email="awa.kone@example.org",
            phone="+225 07 00 00 00 00",
        ),
    ),
)


def seed(store: Store, clock: Clock) -> list[SeededAccount]:
    """Put the demonstration data into a store; returns the accounts. How they are used: demo/doors.py.

    A start that was killed half way is finished by the next one.
    """
    asker = Asker(SEED, SEEDER, clock.today(HOUSE.time_zone), clock.now())
    for name, command, to in _steps():
        # What is there already, also in another form that people gave it since, is left as it is.
        with suppress(AccountClosed, AlreadyExists, Claimed, CommandMismatch):
            store.send(command, replace(asker, account=to or SEED), to=to, command_id=derived(SEED, name))
    return [SeededAccount(one.label, one.roles, one.about) for one in PLAYERS]


def _steps() -> Iterator[tuple[str, Command, UUID | None]]:
    for name, command in FACTS:
        yield name, command, None
    for one in PLAYERS:
        opened = OpenAccount(
            account_id=one.account_id, roles=list(one.roles), customers=list(one.customers), label=one.name
        )
        yield f"{one.label}'s account", opened, None
        if is_staff(one.roles):
            # Its session counts in full once the roles have the second factor that they ask for.
            passkey = FactorId(derived(one.account_id, "passkey"))
            yield (
                f"{one.label}'s passkey",
                AddFactor(factor_id=passkey, factor="webauthn", name="Clé"),
                one.account_id,
            )
