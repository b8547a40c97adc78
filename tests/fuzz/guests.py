"""Scenes on somebody's own account: each with an account of its own, so nothing else loses its way in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from access.sessions import Device
from aggregates.account import Account
from commands.account import AddFactor, WelcomeClient
from demo.authenticator import Authenticator, code
from demo.doors import Door
from providers.links.mailed import Purpose
from tests.access.people import PASSWORD, Person, somebody
from tests.api.house import House
from tests.walls.calls import Call
from tests.walls.scenes import Scene, Stock, call

ELSEWHERE = Device("Firefox", "192.0.2.7")


@dataclass(frozen=True)
class Guest:
    """A client whom nobody else knows. ``house.calling`` knows the name."""

    house: House
    name: str
    person: Person

    @property
    def id(self) -> str:
        return str(self.person.account)

    def account(self) -> Account:
        return self.house.platform.store.load(Account, self.person.account)

    def gets_a_factor(self) -> str:
        factor = uuid4()
        self.house.does(
            AddFactor(factor_id=factor, factor="webauthn", name="Clé"),
            self.person.account,
            self.person.account,
        )
        return str(factor)

    def gets_a_key(self) -> str:
        answer = self.house.post(self.name, "/me/keys", key_of(self.house))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["key_id"])

    def signed_in_elsewhere(self) -> tuple[str, str]:
        """Another session, and its refresh token."""
        opened = self.house.platform.access.sessions.open(self.account(), ("pwd",), ELSEWHERE)
        return str(opened.session.id), opened.refresh_token

    def link(self, purpose: Purpose, letter: UUID) -> str:
        return self.house.platform.outside.mailed.make(purpose, self.account(), letter).token


def guest(stock: Stock, password: str | None = None) -> Guest:
    """Invited, with a password only where one is said."""
    name = f"guest-{uuid4().hex}"
    return _known(stock.house, name, somebody(stock.house, name, "client", password=password))


def _known(house: House, name: str, person: Person) -> Guest:
    of = house.platform
    house.doors[name] = Door(of.store, of.access, of.clock, person.account)
    return Guest(house, name, person)


def key_of(house: House) -> dict[str, object]:
    until = house.platform.clock.now().date() + timedelta(days=30)
    return {"name": "Comptabilité", "permissions": ["loan.read"], "expires_on": str(until)}


def _address() -> str:
    return f"{uuid4().hex}@example.org"


# ── getting in ─────────────────────────────────────────────────────────────


def _visit(operation: str, **more: str) -> Scene:
    return lambda stock: call(operation, stock.name, body={"email": _address(), **more})


def _choose_password(stock: Stock) -> Call:
    body = {"token": guest(stock).link("invitation", uuid4()), "password": PASSWORD}
    return call("ChoosePasswordByLink", stock.name, body=body)


def _prove_address(stock: Stock) -> Call:
    somebody = guest(stock)
    answer = stock.house.post(somebody.name, "/me/email", {"email": _address()})
    assert answer.status_code == 201, answer.text
    body = {"token": somebody.link("address-proof", UUID(answer.json()["id"]))}
    return call("ProveAddressByLink", stock.name, body=body)


def _sign_in(stock: Stock) -> Call:
    person = guest(stock, PASSWORD).person
    body = {"email": person.email, "password": PASSWORD, "carrier": "bearer"}
    return call("SignIn", stock.name, body=body)


def _with_a_passkey(stock: Stock) -> Person:
    person = guest(stock, PASSWORD).person.is_in()
    answer = person.enrols_key()
    assert answer.status_code == 200, answer.text
    return person


def _second_factors(stock: Stock) -> Call:
    pending = _with_a_passkey(stock).knocks().json()["pending"]
    return call("SecondFactors", stock.name, body={"pending": pending})


def _with_factor(stock: Stock) -> Call:
    person = _with_a_passkey(stock)
    asked = person.knocks().json()
    body = {"pending": asked["pending"], "carrier": "bearer", **person.proof(asked["passkey"])}
    return call("SignInWithFactor", stock.name, body=body)


def _with_passkey(stock: Stock) -> Call:
    person = _with_a_passkey(stock)
    options = stock.house.post(None, "/auth/passkey/options").json()["passkey"]
    body = {"carrier": "bearer", **person.proof(options)}
    return call("SignInWithPasskey", stock.name, body=body)


def _refresh(stock: Stock) -> Call:
    _, token = guest(stock).signed_in_elsewhere()
    return call("RefreshSession", stock.name, body={"refresh_token": token})


def _step_up(stock: Stock) -> Call:
    return call("StepUp", guest(stock, PASSWORD).name, body={"password": PASSWORD})


# ── one's own account ──────────────────────────────────────────────────────


def _own(operation: str) -> Scene:
    """By somebody whom nothing else here needs."""
    return lambda stock: call(operation, guest(stock).name)


def _confirm_app(stock: Stock) -> Call:
    somebody, of = guest(stock), stock.house.platform
    begun = of.access.factors.totp.begin(somebody.person.account, "Awa")
    body = {"code": code(begun.secret, of.clock.now()), "name": "Téléphone"}
    return call("ConfirmTotp", somebody.name, path={"factor_id": str(begun.factor_id)}, body=body)


def _add_passkey(stock: Stock) -> Call:
    somebody, of = guest(stock), stock.house.platform
    options = of.access.factors.passkeys.to_enrol(somebody.person.account, "Awa", [], False)
    made = Authenticator(of.settings.public_url).create(options)
    return call("AddPasskey", somebody.name, body={"passkey": made, "name": "Clé bleue"})


def _remove_factor(stock: Stock) -> Call:
    somebody = guest(stock)
    return call("RemoveFactor", somebody.name, path={"factor_id": somebody.gets_a_factor()})


def _change_password(stock: Stock) -> Call:
    body = {"current": PASSWORD, "password": f"{PASSWORD} {uuid4().hex}"}
    return call("ChangePassword", guest(stock, PASSWORD).name, body=body)


def _new_address(stock: Stock) -> Call:
    return call("ProveAddress", guest(stock).name, body={"email": _address()})


def _become_customer(stock: Stock) -> Call:
    account, customer, email = uuid4(), uuid4(), _address()
    welcome = WelcomeClient(account_id=account, label="Léa Petit", email=email, language="fr")
    stock.house.does(welcome)
    name = _known(stock.house, f"guest-{account.hex}", Person(stock.house, account, email)).name
    body = {"customer_id": str(customer), "nature": "person", "name": "Léa Petit", "address": "1 rue X\nLyon",
            "country": "FR", "language": "fr"}  # fmt: skip
    return call("BecomeCustomer", name, body=body, new=(customer,))


def _revoke_session(stock: Stock) -> Call:
    somebody = guest(stock)
    session, _ = somebody.signed_in_elsewhere()
    return call("RevokeSession", somebody.name, path={"session_id": session})


def _issue_key(stock: Stock) -> Call:
    return call("IssueKey", guest(stock).name, body=key_of(stock.house))


def _revoke_key(stock: Stock) -> Call:
    somebody = guest(stock)
    return call("RevokeKey", somebody.name, path={"key_id": somebody.gets_a_key()})


FURTHER_GUESTS: dict[str, Scene] = {
    "SignUp": _visit("SignUp", name="Léa Petit"),
    "ForgetPassword": _visit("ForgetPassword"),
    "ChoosePasswordByLink": _choose_password,
    "ProveAddressByLink": _prove_address,
    "SignIn": _sign_in,
    "SecondFactors": _second_factors,
    "SignInWithFactor": _with_factor,
    "SignInWithPasskey": _with_passkey,
    "RefreshSession": _refresh,
    "StepUp": _step_up,
    "ConfirmTotp": _confirm_app,
    "AddPasskey": _add_passkey,
    "RemoveFactor": _remove_factor,
    "ChangePassword": _change_password,
    "ProveAddress": _new_address,
    "BecomeCustomer": _become_customer,
    "RevokeSession": _revoke_session,
    "IssueKey": _issue_key,
    "RevokeKey": _revoke_key,
    **{
        name: _own(name)
        for name in (
            "StepUpOptions", "LinkOpenId", "Factors", "BeginTotp", "BeginPasskey", "MakeRecoveryCodes",
            "SignOut", "Me", "CsrfToken", "MySessions", "RevokeOtherSessions", "MyKeys",
        )
    },
}  # fmt: skip
