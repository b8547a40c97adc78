"""The demonstration data: one organisation, three products, two borrowers, an account for everybody who plays.

The ceilings that were published come from the table of this version, as an administrator imports it; no rate is made
up. So a loan for equipment is checked against the ceiling of its law from the first day. Consumer credit in France
waits until somebody enters the quarter, as in any house. The personal loan names no law, so that whoever looks around
can go from the request to the quittance on any day.

Seeding again adds nothing: every command has an id of its own. Everything that people chose since then stays. What
everybody signs in with is made at the first start and kept beside the store (demo/people.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID

from access.challenges import Challenges
from access.choosing import choose
from access.desk import NAME
from access.passkeys import Passkeys
from access.passwords import Passwords
from access.secrets import Secrets
from access.totp import Totp
from aggregates.account import Account, AccountClosed
from aggregates.legal_rates import NothingToImport
from aggregates.permissions import Role
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
from commands.index_rates import EnterIndexValue, ValueOfIndex
from commands.legal_rates import ImportLegalRates
from commands.loan_product import LaunchLoanProduct
from commands.organisation import EstablishOrganisation
from demo.authenticator import Authenticator
from demo.people import Held, Kind, Wanted, kept
from eventstore import AlreadyExists, Asker, Claimed, Command, CommandMismatch, Receipt, Store
from runtime.clock import Clock
from runtime.settings import Settings

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
    email: str
    password: str


@dataclass(frozen=True)
class _Player:
    label: str
    account_id: AccountId
    roles: tuple[Role, ...]
    name: str
    about: str
    email: str
    factor: Kind | None = None
    customers: tuple[CustomerId, ...] = ()


def _account(number: int) -> AccountId:
    return AccountId(UUID(f"acc00000-0000-4000-8000-{number:012d}"))


PLAYERS: Final = (
    _Player(
        "advisor", _account(1), ("advisor",), "Ana Ferreira", "Ana, conseillère : demandes et copies signées",
        "ana.ferreira@prets-du-fleuve.example", "app",
    ),
    _Player(
        "approver", _account(2), ("advisor",), "Ben Traoré", "Ben, second regard : accorde ou refuse",
        "ben.traore@prets-du-fleuve.example", "app",
    ),
    _Player(
        "accountant", _account(3), ("accountant",), "Chloé Martin", "Chloé, comptable : fonds et remboursements",
        "chloe.martin@prets-du-fleuve.example", "app",
    ),
    _Player(
        "admin", _account(4), ("admin",), "Administration", "Administration : organisation, produits, comptes",
        "administration@prets-du-fleuve.example", "passkey",
    ),
    _Player(
        "jean", _account(5), ("client",), "Jean Moreau", "Jean, client à Lyon, emprunte en EUR",
        "jean.moreau@example.org", customers=(JEAN,),
    ),
    _Player(
        "awa", _account(6), ("client",), "Awa Koné", "Awa, cliente à Abidjan, emprunte en XOF",
        "awa.kone@example.org", customers=(AWA,),
    ),
)  # fmt: skip

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
            law="umoa-microfinance",
        ),
    ),
    (
        "consumer credit",
        LaunchLoanProduct(
            product_id=ProductId(UUID("c0000000-0000-4000-8000-000000000001")),
            code="credit-conso",
            title_fr="Crédit à la consommation",
            title_en="Consumer credit",
            rate=BasisPoints(1_500),
            min_principal=Money(200_00, "EUR"),
            max_principal=Money(15_000_00, "EUR"),
            min_months=3,
            max_months=60,
            law="fr-consumer",
        ),
    ),
    ("published ceilings", ImportLegalRates()),
    (
        "index value",
        EnterIndexValue(
            index="EURIBOR-3M",
            says=ValueOfIndex(
                value=BasisPoints(212),
                from_on=date(2026, 4, 1),
                source="Valeur d’exemple : aucune publication de l’Euribor n’a été lue.",
            ),
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


def seed(store: Store, settings: Settings, clock: Clock) -> list[SeededAccount]:
    """Put the demonstration data into a store; returns the accounts.

    A start that was killed half way is finished by the next one.
    """
    rp_id = urlsplit(settings.public_url).hostname or ""
    held = kept(
        settings.state_dir, [Wanted(p.label, p.account_id, p.email, p.factor) for p in PLAYERS], rp_id
    )
    asker = Asker(SEED, SEEDER, clock.today(HOUSE.time_zone), clock.now())
    for name, command in (*FACTS, *_openings()):
        # What is there already, also in another form that people gave it since, is left as it is.
        with suppress(AccountClosed, AlreadyExists, Claimed, CommandMismatch, NothingToImport):
            store.send(command, asker, command_id=derived(SEED, name))
    with closing(Passwords()) as passwords:
        for one in PLAYERS:
            _Handing(store, settings, clock, passwords, asker).over(one, held[one.label])
    return [
        SeededAccount(one.label, one.roles, one.about, held[one.label].email, held[one.label].password)
        for one in PLAYERS
    ]


def _openings() -> Iterator[tuple[str, Command]]:
    for one in PLAYERS:
        yield (
            f"{one.label}'s account",
            OpenAccount(
                account_id=one.account_id,
                roles=list(one.roles),
                customers=list(one.customers),
                label=one.name,
                email=one.email,
            ),
        )


class _Handing:
    """Gives people what they sign in with, as they would choose it themselves; what they have since, they keep."""

    def __init__(
        self, store: Store, settings: Settings, clock: Clock, passwords: Passwords, asker: Asker
    ) -> None:
        self._store, self._asker, self._passwords = store, asker, passwords
        self._secrets = Secrets(store.pool, settings.keks())
        self._totp = Totp(self._secrets, clock, NAME)
        self._passkeys = Passkeys(self._secrets, Challenges(store.pool, clock), settings.public_url, NAME)

    def over(self, one: _Player, held: Held) -> None:
        account = self._store.load(Account, one.account_id)
        if account.status != "open":
            return
        if account.password is None:
            choose(account, held.password, self._secrets, self._passwords, lambda it: self._sent(it, account))
        if held.app is not None and not account.factors:
            app = self._totp.keep(account.id, held.app)
            self._sent(AddFactor(factor_id=FactorId(app), factor="totp", name="Téléphone"), account)
        if held.passkey is not None and not account.factors:
            options = self._passkeys.to_enrol(account.id, one.email, (), verify=True)
            made = Authenticator(self._passkeys.origin).enrol(held.passkey, options)
            key = self._passkeys.enrol(account.id, made, verify=True)
            self._sent(AddFactor(factor_id=FactorId(key), factor="webauthn", name="Clé"), account)

    def _sent(self, command: Command, account: Account) -> Receipt:
        return self._store.send(command, replace(self._asker, account=account.id), to=account.id)
