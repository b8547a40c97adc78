"""A lending house behind a real HTTP server: its people with their sessions; many lines, for every way a loan goes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import pikepdf
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from psycopg_pool import ConnectionPool

import providers
from access import desk
from aggregates.business_day import business_year_id
from aggregates.contract import contract_id
from aggregates.permissions import Role
from aggregates.posting import Line
from aggregates.rules.consents import present
from aggregates.stop_switch import STOP_SWITCH_ID, NotPulled
from aggregates.values import CustomerId, DocumentId, LoanId, Money, PostingId, derived
from api import live
from api.app import create_app
from api.platform import Platform
from api.server import Server
from commands.account import AddFactor, OpenAccount
from commands.business_day import BeginBusinessYear, OpenBusinessDay
from commands.contact import AddContact
from commands.contract import DraftContract, NoteContractSent, RecordRendering
from commands.customer import RegisterCustomer
from commands.loan import NoteSignature
from commands.loan_product import LaunchLoanProduct
from commands.notification import RequestNotification
from commands.organisation import EstablishOrganisation
from commands.posting import MakePostings, NewEntry
from commands.servicing import OpenServicing
from commands.stop_switch import AskForRelease, ReleaseStopSwitch
from eventstore import AlreadyExists, Asker, Command, Keyring, NotFound, Projection, Receipt, Store
from eventstore.projector import Projector
from eventstore.read_models import ensure
from providers.storage import key_for
from runtime.clock import Clock
from runtime.live.updates import running
from runtime.settings import Settings
from tests.connected import projecting
from tests.doors import Door
from tests.memory import differences_from_a_replay
from tests.soon import soon

MAY_4 = date(2026, 5, 4)
LESS = {
    "principal": {"amount": "4000.00", "currency": "EUR"},
    "months": 36,
    "reason": "Une mensualité plus basse tient mieux dans votre budget.",
}
"""A counter-offer to whoever asked for 5,000 EUR in 24 instalments."""
FAST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2id like ours with less memory: what is looked at is what a password opens, not how long that takes."""
KEK, SECRET = os.urandom(32), os.urandom(32)
"""Of every house of a run: its database may be the copy of one, with all that is sealed in it."""

PEOPLE = {
    "awa": ["client"],
    "jean": ["client"],
    "ana": ["advisor"],
    "ben": ["advisor"],
    "chloe": ["accountant"],
    "sam": ["support"],
    "admin": ["admin"],
    "max": ["admin"],
    "iris": ["auditor"],
}


def pdf(title: str) -> bytes:
    """A PDF of one empty page; another title makes other bytes."""
    made, written = pikepdf.new(), BytesIO()
    made.add_blank_page(page_size=(200, 200))
    made.docinfo["/Title"] = title
    made.save(written, deterministic_id=True)
    return written.getvalue()


def id_of(name: str) -> UUID:
    """An id that somebody could have chosen, the same for the same name."""
    return UUID(bytes=uuid5(UUID(int=0), name).bytes, version=4)


class Doors(dict[str, Door]):
    """The way in of everybody who has an account, by name; found when somebody first comes by."""

    def __init__(self, platform: Platform) -> None:
        super().__init__()
        self._of = platform

    def __missing__(self, name: str) -> Door:
        door = self[name] = Door(self._of.store, self._of.access, self._of.clock, id_of(name))
        return door


@dataclass(frozen=True)
class House:
    platform: Platform
    url: str

    # ── who calls ──────────────────────────────────────────────────────────

    @contextmanager
    def calling(self, name: str | None = None, **headers: str) -> Iterator[httpx.Client]:
        """A client that is signed in as one of PEOPLE; None: as nobody."""
        auth = self.doors[name] if name else None
        with httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, auth=auth, timeout=30) as client:
            yield client

    @cached_property
    def doors(self) -> Doors:
        return Doors(self.platform)

    def token(self, name: str) -> str:
        """An access token of one of PEOPLE, good for a minute at least."""
        return self.doors[name].opened()[1]

    def session(self, name: str) -> UUID:
        """The session that ``calling`` uses."""
        return self.doors[name].opened()[0].session.id

    def post(self, name: str | None, path: str, body: Any = None, **headers: str) -> httpx.Response:
        with self.calling(name, **headers) as client:
            return client.post(path, json={} if body is None else body)

    def get(self, name: str | None, path: str, **headers: str) -> httpx.Response:
        with self.calling(name, **headers) as client:
            return client.get(path)

    # ── what happens behind ────────────────────────────────────────────────

    def does(self, command: Command, to: UUID | None = None, account: UUID | None = None) -> Receipt:
        """A command that is not asked over HTTP."""
        asker = Asker(
            account or id_of("machine"), "test", self.platform.business_date(), self.platform.clock.now()
        )
        return self.platform.store.send(command, asker, to)

    def settle(self) -> None:
        """Every read model has everything that happened so far."""
        while self._projector.step():
            pass

    @cached_property
    def _projector(self) -> Projector:
        """One for all the times: a new one reads where each of its tables is, lane by lane."""
        return Projector(*projecting(self.platform.store), list(Projection.registry.values()))

    def hires(self, name: str, role: Role, portfolio: list[UUID] | None = None) -> None:
        """A further member of staff, with a passkey; ``calling`` knows the name from now on."""
        account = OpenAccount(account_id=id_of(name), roles=[role], label=name.title(), portfolio=portfolio)
        self.does(account)
        passkey = AddFactor(factor_id=id_of(f"{name} passkey"), factor="webauthn", name="Clé")
        self.does(passkey, id_of(name), account=id_of(name))

    def opens_the_day(self) -> None:
        """The first business day; nothing the second time."""
        with suppress(AlreadyExists):
            self.does(BeginBusinessYear(year=MAY_4.year))
        self.does(OpenBusinessDay(on=MAY_4), business_year_id(MAY_4.year))

    def writes_to(self, name: str) -> None:
        """A letter to a customer's contact."""
        self.does(
            RequestNotification(
                notification_id=id_of(f"letter to {name}"),
                contact_id=id_of(f"{name} contact"),
                template="disbursed",
                facts={"reference": "L-2026-000001"},
                about=id_of(f"{name} customer"),
            )
        )

    def posts(self, name: str) -> None:
        """An entry in the journal about a customer."""
        one, nothing = Money(100, "EUR"), Money.zero("EUR")
        entry = NewEntry(
            posting_id=PostingId(uuid4()),
            customer_id=CustomerId(id_of(f"{name} customer")),
            entry_on=MAY_4,
            movement="repayment",
            about=uuid4(),
            cause=f"{uuid4()}:1",
            label="Remboursement",
            lines=[Line("512", one, nothing), Line("411", nothing, one)],
        )
        self.does(MakePostings(entries=[entry]))

    def lets_money_leave(self) -> None:
        """Two people release the stop switch, if somebody has pulled it."""
        with suppress(NotFound, NotPulled):
            self.does(AskForRelease(reason="Rien d'autre à voir."), STOP_SWITCH_ID, id_of("chloe"))
            self.does(ReleaseStopSwitch(), STOP_SWITCH_ID, id_of("admin"))

    # ── how far a loan is ──────────────────────────────────────────────────

    def requested(self, name: str = "awa", loan: UUID | None = None) -> UUID:
        """A loan that a client has asked for."""
        loan = loan or uuid4()
        answer = self.post(name, "/loans", request_of(name, loan))
        assert answer.status_code == 201, answer.text
        return loan

    def approved(self, name: str = "awa", **conditions: Any) -> UUID:
        loan = self.requested(name)
        assert self.post("ben", f"/loans/{loan}/approve", conditions).status_code == 200
        return loan

    def begun(self, name: str = "awa") -> UUID:
        """A loan of 5,000.00 of which 3,000.00 have left; the rest is planned for two weeks later."""
        loan = self.ready(name, self.approved(name, drawdowns=IN_PARTS))
        paid = {"value_date": str(MAY_4), "method": "cash", "reference": "REÇU-1"}
        assert self.post("chloe", f"/loans/{loan}/disburse", paid).status_code == 200
        self.does(OpenServicing(loan_id=LoanId(loan)))
        return loan

    def counter_offered(self, name: str = "awa") -> UUID:
        """A loan for which less was offered than was asked for."""
        loan = self.requested(name)
        answer = self.post("ben", f"/loans/{loan}/counter-offer", LESS)
        assert answer.status_code == 200, answer.text
        return loan

    def sent(self, name: str = "awa", content: bytes = b"") -> UUID:
        """A loan whose contract was sent to the client; returns the contract."""
        return self.contract_of(self.approved(name), content)

    def contract_of(self, loan: UUID, content: bytes = b"") -> UUID:
        """What the workers make of an approved loan."""
        contract = contract_id(LoanId(loan))
        template = DraftContract(
            loan_id=LoanId(loan), template="contract/loan_agreement", template_sha256="0" * 64
        )
        self.does(template)
        document = DocumentId(derived(contract, "document"))
        content = content or pdf("contract")
        facts = self.platform.outside.checking.check(content)
        key = key_for("contract", contract, facts.sha256, facts.media_type)
        self.platform.outside.storage.put(key, content)
        rendering = RecordRendering(
            document_id=document, key=key, sha256=facts.sha256, size=facts.size, pages=1
        )
        self.does(rendering, contract)
        self.does(NoteContractSent(notification_id=derived(contract, "mail")), contract)
        return contract

    def ready(self, name: str = "awa", approved: UUID | None = None) -> UUID:
        """A loan whose contract is signed: its money may leave, as soon as the law lets it."""
        loan = approved or self.approved(name)
        contract = self.contract_of(loan)
        assert self.upload(name, contract, pdf(f"signed {contract}")).status_code == 200
        assert self.post("ana", f"/contracts/{contract}/signed-copy/accept").status_code == 200
        self.does(NoteSignature(contract_id=contract), loan)
        return loan

    def disbursed(self, serviced: bool = True, name: str = "awa", method: str = "transfer") -> UUID:
        """A loan whose money left; its servicing may not be open yet."""
        loan = self.ready(name)
        paid = {"value_date": str(MAY_4), "method": method, "reference": "VIR-1"}
        assert self.post("chloe", f"/loans/{loan}/disburse", paid).status_code == 200
        if serviced:
            self.does(OpenServicing(loan_id=loan))
        return loan

    def upload(
        self, name: str, contract: UUID, content: bytes, called: str = "copie signée.pdf", **headers: str
    ) -> httpx.Response:
        with self.calling(name, **headers) as client:
            files = {"file": (called, content, "application/pdf")}
            return client.post(f"/contracts/{contract}/signed-copy", files=files)


def request_of(name: str, loan: UUID, amount: str = "5000.00", by_staff: bool = False) -> dict[str, Any]:
    on_paper = {"signed_on": str(MAY_4)} if by_staff else {}
    return {
        "loan_id": str(loan),
        "customer_id": str(id_of(f"{name} customer")),
        "contact_id": str(id_of(f"{name} contact")),
        "product_id": str(id_of("personal loan")),
        "principal": {"amount": amount, "currency": "EUR"},
        "months": 24,
        "purpose": "Un vélo cargo pour les livraisons",
        "consents": [{**text, **on_paper} for text in AGREED],
    }


IN_PARTS = [
    {"on": str(MAY_4), "amount": {"amount": "3000.00", "currency": "EUR"}},
    {"on": str(MAY_4 + timedelta(days=14)), "amount": {"amount": "2000.00", "currency": "EUR"}},
]
AGREED = [{"consent": text.consent, "version": text.version, "language": "fr"} for text in present()]


@contextmanager
def opened(
    app_url: str, owner_url: str, folder: Path, today: Callable[[], date] = lambda: MAY_4, **chosen: Any
) -> Iterator[House]:
    """A house in a database of its own, with its people, serving HTTP; they move in unless they live there already.

    today  the business date
    """
    ensure(owner_url, list(Projection.registry.values()))
    settings = Settings.load(
        state_dir=folder, database_url=app_url, owner_url=owner_url, time_lapse=True,
        **{"requests_per_minute": 1_000_000, **chosen},
    )  # fmt: skip
    kwargs = {"autocommit": True}
    with (
        ConnectionPool(app_url, kwargs=kwargs, min_size=1, max_size=10, timeout=10, open=True) as writes,
        ConnectionPool(app_url, kwargs=kwargs, min_size=1, max_size=10, timeout=10, open=True) as reads,
        ConnectionPool(app_url, kwargs=kwargs, min_size=1, max_size=4, timeout=10, open=True) as keys,
    ):
        keyring = Keyring(keys, KEK)
        clock = Clock(reads)
        outside = providers.from_settings(settings, clock)
        store = Store(writes, keyring, SECRET)
        access = desk.from_settings(settings, writes, clock, store, today, FAST)
        news = live.from_settings(settings, store)
        platform = Platform(store, reads, clock, outside, settings, today, access, news)
        with running(news), served(platform) as url:
            house = House(platform, url)
            if not store.history(id_of("iris")):
                settle_in(house)
            yield house
            assert differences_from_a_replay(platform.store) == []
        keyring.close()


@contextmanager
def served(platform: Platform, app: FastAPI | None = None, port: int = 0) -> Iterator[str]:
    """The API, on any free port unless one was chosen."""
    config = uvicorn.Config(
        app or create_app(platform),
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
    )
    server = Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    soon(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def settle_in(house: House) -> None:
    """The organisation, a product, two customers, and everybody's account."""
    asker = Asker(id_of("machine"), "test", MAY_4, house.platform.clock.now())
    asked = uuid5(id_of("admin"), ESTABLISHED)
    house.platform.store.send(ORGANISATION, asker, command_id=asked)
    house.does(PRODUCT)
    for name in ("awa", "jean"):
        _customer(house, name)
    for name, roles in PEOPLE.items():
        customers = [id_of(f"{name} customer")] if roles == ["client"] else []
        house.does(OpenAccount(account_id=id_of(name), roles=roles, customers=customers, label=name.title()))
        if roles != ["client"]:
            passkey = AddFactor(factor_id=id_of(f"{name} passkey"), factor="webauthn", name="Clé")
            house.does(passkey, id_of(name), account=id_of(name))


def _customer(house: House, name: str) -> None:
    customer = id_of(f"{name} customer")
    house.does(
        RegisterCustomer(
            customer_id=customer,
            nature="person",
            name=f"{name.title()} Diop",
            address="8 rue de la République\n69002 Lyon",
            country="FR",
            language="fr",
        )
    )
    house.does(
        AddContact(
            contact_id=id_of(f"{name} contact"),
            customer_id=customer,
            name=f"{name.title()} Diop",
            email=f"{name}@example.org",
        )
    )


ORGANISATION = EstablishOrganisation(
    legal_name="Prêts du Fleuve",
    legal_form="SAS au capital de 250 000 €",
    registration="RCS Lyon 912 345 678",
    registered_office="14 quai Saint-Antoine\n69002 Lyon",
    country="FR",
    time_zone="Europe/Paris",
    currency="EUR",
    languages=["fr", "en"],
    return_address="contrats@prets-du-fleuve.example",
    contact_line="contrats@prets-du-fleuve.example",
)
ESTABLISHED = "established"
"""The idempotency key under which the administrator asked for it: who asks again gets the same answer."""

PRODUCT = LaunchLoanProduct.model_validate(
    {
        "product_id": str(id_of("personal loan")),
        "code": "pret-personnel",
        "title_fr": "Prêt personnel",
        "title_en": "Personal loan",
        "rate": 600,
        "min_principal": {"amount": "1000.00", "currency": "EUR"},
        "max_principal": {"amount": "30000.00", "currency": "EUR"},
        "min_months": 6,
        "max_months": 60,
    }
)
