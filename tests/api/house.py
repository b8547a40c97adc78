"""A lending house behind a real HTTP server: its people with their tokens, and the ways a loan is brought along."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import pikepdf
import uvicorn
from fastapi import FastAPI
from psycopg_pool import ConnectionPool

import providers
from aggregates.business_day import business_year_id
from aggregates.contract import contract_id
from aggregates.values import DocumentId, LoanId, derived
from api.app import create_app
from api.platform import Platform
from commands.account import IssueToken, OpenAccount
from commands.business_day import BeginBusinessYear, OpenBusinessDay
from commands.contact import AddContact
from commands.contract import DraftContract, NoteContractSent, RecordRendering
from commands.customer import RegisterCustomer
from commands.loan import NoteSignature
from commands.loan_product import LaunchLoanProduct
from commands.organisation import EstablishOrganisation
from commands.servicing import OpenServicing
from eventstore import Asker, Command, Keyring, Projection, Receipt, Store
from eventstore.projector import Projector
from eventstore.read_models import ensure
from providers.storage import key_for
from runtime.clock import Clock
from runtime.settings import Settings
from tests.memory import differences_from_a_replay
from tests.soon import soon

MAY_4 = date(2026, 5, 4)

PEOPLE = {
    "awa": ["client"],
    "jean": ["client"],
    "ana": ["advisor"],
    "ben": ["advisor"],
    "chloe": ["accountant"],
    "sam": ["support"],
    "admin": ["admin"],
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


@dataclass(frozen=True)
class House:
    platform: Platform
    url: str

    # ── who calls ──────────────────────────────────────────────────────────

    @contextmanager
    def calling(self, name: str | None = None, **headers: str) -> Iterator[httpx.Client]:
        """A client that signs in as one of PEOPLE; None: without a token."""
        token = {"Authorization": f"Bearer {token_of(name)}"} if name else {}
        with httpx.Client(base_url=f"{self.url}/api/v1", headers={**token, **headers}, timeout=30) as client:
            yield client

    def post(self, name: str | None, path: str, body: Any = None, **headers: str) -> httpx.Response:
        with self.calling(name, **headers) as client:
            return client.post(path, json={} if body is None else body)

    def get(self, name: str | None, path: str, **headers: str) -> httpx.Response:
        with self.calling(name, **headers) as client:
            return client.get(path)

    # ── what happens behind ────────────────────────────────────────────────

    def does(self, command: Command, to: UUID | None = None, account: UUID | None = None) -> Receipt:
        """A command that is not asked over HTTP."""
        asker = Asker(account or id_of("machine"), "test", MAY_4, self.platform.clock.now())
        return self.platform.store.send(command, asker, to)

    def opens_the_day(self) -> None:
        """The day of all requests is a business day."""
        self.does(BeginBusinessYear(year=MAY_4.year))
        self.does(OpenBusinessDay(on=MAY_4), business_year_id(MAY_4.year))

    def settle(self) -> None:
        """Every read model has everything that happened so far."""
        projector = Projector(self.platform.store, self.platform.reads, list(Projection.registry.values()))
        while projector.step():
            pass

    # ── how far a loan is ──────────────────────────────────────────────────

    def requested(self, name: str = "awa", loan: UUID | None = None) -> UUID:
        """A loan that a client has asked for."""
        loan = loan or uuid4()
        answer = self.post(name, "/loans", request_of(name, loan))
        assert answer.status_code == 201, answer.text
        return loan

    def approved(self, name: str = "awa") -> UUID:
        loan = self.requested(name)
        assert self.post("ben", f"/loans/{loan}/approve").status_code == 200
        return loan

    def sent(self, name: str = "awa", content: bytes = b"") -> UUID:
        """A loan whose contract was sent to the client; returns the contract."""
        loan = self.approved(name)
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

    def ready(self, name: str = "awa") -> UUID:
        """A loan whose signed contract was accepted: its money may leave."""
        contract = self.sent(name)
        loan: UUID = self.platform.store.history(contract)[0].event().loan_id
        assert self.upload(name, contract, pdf("signed")).status_code == 200
        assert self.post("ana", f"/contracts/{contract}/signed-copy/accept").status_code == 200
        self.does(NoteSignature(contract_id=contract), loan)
        return loan

    def disbursed(self, name: str = "awa", serviced: bool = True) -> UUID:
        """A loan whose money left; its servicing may not be open yet."""
        loan = self.ready(name)
        paid = {"value_date": str(MAY_4), "method": "transfer", "reference": "VIR-1"}
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


def token_of(name: str) -> str:
    return f"token-of-{name}".ljust(40, "x")


def request_of(name: str, loan: UUID, amount: str = "5000.00") -> dict[str, Any]:
    return {
        "loan_id": str(loan),
        "customer_id": str(id_of(f"{name} customer")),
        "contact_id": str(id_of(f"{name} contact")),
        "product_id": str(id_of("personal loan")),
        "principal": {"amount": amount, "currency": "EUR"},
        "months": 24,
        "purpose": "Un vélo cargo pour les livraisons",
    }


@contextmanager
def opened(app_url: str, owner_url: str, folder: Path, **chosen: Any) -> Iterator[House]:
    """A house in a database of its own, with its people, serving HTTP."""
    ensure(owner_url, list(Projection.registry.values()))
    settings = Settings.load(
        state_dir=folder, database_url=app_url, owner_url=owner_url, time_lapse=True, **chosen
    )
    kwargs = {"autocommit": True}
    with (
        ConnectionPool(app_url, kwargs=kwargs, min_size=1, max_size=10, timeout=10, open=True) as writes,
        ConnectionPool(app_url, kwargs=kwargs, min_size=1, max_size=10, timeout=10, open=True) as reads,
        ConnectionPool(app_url, kwargs=kwargs, min_size=1, max_size=4, timeout=10, open=True) as keys,
    ):
        keyring = Keyring(keys, os.urandom(32))
        clock = Clock(reads)
        outside = providers.from_settings(settings, clock)
        platform = Platform(
            Store(writes, keyring, os.urandom(32)), reads, clock, outside, settings, lambda: MAY_4
        )
        with served(platform) as url:
            house = House(platform, url)
            settle_in(house)
            yield house
            assert differences_from_a_replay(platform.store) == []
        keyring.close()


@contextmanager
def served(platform: Platform, app: FastAPI | None = None) -> Iterator[str]:
    """The API on a port of its own."""
    config = uvicorn.Config(
        app or create_app(platform),
        port=0,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    soon(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def settle_in(house: House) -> None:
    """The organisation, a product, two customers, and everybody's account."""
    house.does(
        EstablishOrganisation(
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
    )
    house.does(PRODUCT)
    for name in ("awa", "jean"):
        _customer(house, name)
    for name, roles in PEOPLE.items():
        customers = [id_of(f"{name} customer")] if roles == ["client"] else []
        house.does(OpenAccount(account_id=id_of(name), roles=roles, customers=customers, label=name.title()))
        house.does(IssueToken(token=token_of(name)), id_of(name))


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
