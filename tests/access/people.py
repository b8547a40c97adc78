"""People who sign in as people do: with an address, a password and what they hold in hand, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from aggregates.account import Account
from commands.account import ChoosePassword, OpenAccount
from demo.authenticator import Authenticator, code
from tests.api.house import House, id_of

PASSWORD = "un vélo cargo bleu nuit"


@dataclass
class Person:
    house: House
    account: UUID
    email: str
    password: str = PASSWORD
    key: Authenticator = field(default_factory=lambda: Authenticator(""))
    secret: str = ""
    """Of the authenticator app, once there is one."""
    codes: list[str] = field(default_factory=list)
    """For recovery."""
    said: dict[str, Any] = field(default_factory=dict)
    """The last session that was handed over."""

    # ── asking ─────────────────────────────────────────────────────────────

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """With the session that there is, if any."""
        answer = self.house.post(None, path, body, **{**self._bearer(), **headers})
        handed = answer.json() if answer.status_code == 200 else {}
        for said in (handed, handed.get("session") or {}):
            if "access_token" in said:
                self.said = said
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.house.get(None, path, **self._bearer())

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.said['access_token']}"} if self.said else {}

    # ── signing in ─────────────────────────────────────────────────────────

    def knocks(self, password: str | None = None) -> httpx.Response:
        """Address and password."""
        self.said = {}
        body = {"email": self.email, "password": password or self.password, "carrier": "bearer"}
        return self.post("/auth/sign-in", body)

    def goes_on(self, pending: str, **proof: Any) -> httpx.Response:
        """The second factor."""
        return self.post("/auth/sign-in/factor", {"pending": pending, "carrier": "bearer", **proof})

    def is_in(self) -> Person:
        """Signed in with everything that the account asks for."""
        answer = self.knocks().json()
        if answer["outcome"] == "factor-needed":
            answer = self.goes_on(answer["pending"], **self.proof(answer["passkey"])).json()
        assert answer["outcome"] == "signed-in", answer
        return self

    def steps_up(self) -> Person:
        options = self.post("/auth/step-up/options").json()["passkey"]
        proof = self.proof(options) if options or self.secret else {}
        answer = self.post("/auth/step-up", {"password": self.password, **proof})
        assert answer.status_code == 200, answer.text
        return self

    def proof(self, options: dict[str, Any] | None) -> dict[str, Any]:
        return {"passkey": self.key.get(options)} if options else {"code": self.shown()}

    def refreshes(self) -> Person:
        token, self.said = self.said["refresh_token"], {}
        assert self.post("/auth/refresh", {"refresh_token": token}).status_code == 200
        return self

    # ── in hand ────────────────────────────────────────────────────────────

    def now(self) -> datetime:
        return self.house.platform.clock.now()

    def shown(self) -> str:
        """What the app shows now."""
        return code(self.secret, self.now())

    def enrols_app(self) -> httpx.Response:
        begun = self.post("/me/factors/totp")
        if begun.status_code != 200:
            return begun
        self.secret = begun.json()["secret"]
        confirm = f"/me/factors/totp/{begun.json()['factor_id']}/confirm"
        return self.post(confirm, {"code": self.shown(), "name": "Téléphone"})

    def enrols_key(self) -> httpx.Response:
        begun = self.post("/me/factors/passkey/options")
        if begun.status_code != 200:
            return begun
        made = self.key.create(begun.json()["passkey"])
        return self.post("/me/factors/passkey", {"passkey": made, "name": "Clé bleue"})

    def writes_codes_down(self) -> Person:
        self.codes = self.post("/me/recovery-codes").json()["codes"]
        return self

    def state(self) -> Account:
        return self.house.platform.store.load(Account, self.account)


def somebody(house: House, name: str, *roles: str, password: str | None = PASSWORD) -> Person:
    """A new account with an address and a password, and no second factor yet."""
    account, email = id_of(f"account of {name}"), f"{name}@prets.example"
    customers = [id_of("awa customer")] if roles == ("client",) else []
    house.does(
        OpenAccount(
            account_id=account, roles=list(roles), customers=customers, label=name.title(), email=email
        )
    )
    if password is not None:
        secret, access = uuid4(), house.platform.access
        access.secrets.keep(secret, account, "password", access.passwords.hash(password).encode())
        house.does(ChoosePassword(secret_id=secret), account, account)
    return Person(house, account, email, key=Authenticator(house.platform.settings.public_url))


def later(house: House, **by: float) -> None:
    """Let time lapse."""
    clock = house.platform.clock
    clock.advance_to(clock.now() + timedelta(**by))
