"""Scenes of accounts: signing in, one's own account, and what administrators do with others'."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import httpx

from access.sessions import Device
from aggregates.account import Account
from aggregates.values import AccountId, FactorId
from commands.account import IDENTITY, WelcomeClient
from commands.notification import TellAccount
from demo.authenticator import code
from tests.access.people import Person, somebody
from tests.api.house import MAY_4, id_of
from tests.walls.calls import Call
from tests.walls.stock import Stock, call, looks, scene

BROWSER = Device("Firefox", "127.0.0.1")
SUBJECT = "subject-of-awa"
"""Who is at the browser at the provider of tests/access/openid_provider.py."""
PASSWORD = "une barque verte sur la Saône"


def _person(stock: Stock, *roles: str, password: str | None = None) -> Person:
    """Somebody new, who acts for nobody else's customer than the stock's."""
    name = uuid4().hex[:12]
    return somebody(stock.house, name, *(roles or ("support",)), password=password)


def _called(person: Person) -> str:
    """What the house calls the person's account."""
    return f"account of {person.email.partition('@')[0]}"


# ── nobody yet ─────────────────────────────────────────────────────────────


def _mailbox() -> str:
    return f"{uuid4().hex}@example.org"


@scene("SignUp")
def _sign_up(stock: Stock) -> Call:
    return call("SignUp", None, body={"email": _mailbox(), "name": "Léa Petit"})


@scene("ForgetPassword")
def _forget(stock: Stock) -> Call:
    return call("ForgetPassword", None, body={"email": _mailbox()})


@scene("ChoosePasswordByLink")
def _choose(stock: Stock) -> Call:
    person = _person(stock)
    link = stock.house.platform.outside.mailed.make("invitation", person.state(), uuid4())
    return call("ChoosePasswordByLink", None, body={"token": link.token, "password": PASSWORD})


@scene("ProveAddressByLink")
def _prove_by_link(stock: Stock) -> Call:
    person, letter = _person(stock), uuid4()
    told = TellAccount(
        notification_id=letter, account_id=AccountId(person.account), template="address-proof", to=_mailbox()
    )
    stock.house.does(told)
    link = stock.house.platform.outside.mailed.make("address-proof", person.state(), letter)
    return call("ProveAddressByLink", None, body={"token": link.token})


@scene("SignIn")
def _sign_in(stock: Stock) -> Call:
    person = _person(stock, password=PASSWORD)
    return call("SignIn", None, body={"email": person.email, "password": PASSWORD, "carrier": "bearer"})


def _pending(stock: Stock) -> tuple[Person, str]:
    """Somebody with an app, whose password was right."""
    person = _person(stock, password=PASSWORD)
    person.password = PASSWORD
    person.is_in().enrols_app()
    # The code that enrolled it was used: the app shows the next one half a minute later.
    now = stock.house.platform.clock.now()
    stock.house.platform.clock.advance_to(now + timedelta(seconds=31))
    return person, person.knocks().json()["pending"]


@scene("SignInWithFactor")
def _with_factor(stock: Stock) -> Call:
    person, pending = _pending(stock)
    body = {"pending": pending, "code": person.shown(), "carrier": "bearer"}
    return call("SignInWithFactor", None, body=body)


@scene("SecondFactors")
def _second_factors(stock: Stock) -> Call:
    return call("SecondFactors", None, body={"pending": _pending(stock)[1]})


@scene("PasskeyOptions")
def _passkey_options(stock: Stock) -> Call:
    return call("PasskeyOptions", None)


@scene("SignInWithPasskey")
def _with_passkey(stock: Stock) -> Call:
    person = _person(stock, password=PASSWORD)
    person.password = PASSWORD
    assert person.is_in().enrols_key().status_code == 200
    asked = stock.house.post(None, "/auth/passkey/options").json()["passkey"]
    body = {"passkey": person.key.get(asked), "carrier": "bearer"}
    return call("SignInWithPasskey", None, body=body)


@scene("RefreshSession")
def _refresh(stock: Stock) -> Call:
    access, account = stock.house.platform.access, _person(stock).state()
    opened = access.sessions.open(account, ("pwd", "otp", "mfa"), BROWSER)
    return call("RefreshSession", None, body={"refresh_token": opened.refresh_token})


@scene("BrowserReport")
def _report(stock: Stock) -> Call:
    reports = [{"type": "csp-violation", "body": {"effectiveDirective": "img-src"}}]
    return call("BrowserReport", None, body=reports, headers={"Content-Type": "application/reports+json"})


# ── through a provider ─────────────────────────────────────────────────────

looks("OpenIdProvider", "owner")
looks("StartOpenId", "owner", query=lambda _: {"return_to": "/loans"})


@scene("LinkOpenId")
def _link(stock: Stock) -> Call:
    return call("LinkOpenId", stock.name, body={"return_to": "/loans"})


@scene("FinishOpenId")
def _finish(stock: Stock) -> Call:
    """Signing in with an identity that is linked to an account; linked when the first scene needs it."""
    house = stock.house
    begun = house.get(None, "/auth/openid/start?return_to=/loans")
    if house.platform.store.claimed(IDENTITY, f"{house.platform.settings.oidc_issuer} {SUBJECT}") is None:
        linking = house.post(_called(_person(stock, "client")), "/me/openid/link", {"return_to": "/me"})
        back, cookie = _returning(linking.json()["url"], linking)
        answer = house.get(None, f"/auth/openid/callback?{back}", Cookie=cookie)
        assert answer.status_code == 302, answer.text
    back, cookie = _returning(begun.headers["location"], begun)
    return call("FinishOpenId", None, query=dict(parse_qsl(back)), headers={"Cookie": cookie})


def _returning(url: str, begun: httpx.Response) -> tuple[str, str]:
    """What the provider sends the browser back with, and the browser's cookie."""
    back = urlsplit(httpx.get(url).headers["location"])
    return back.query, begun.headers["set-cookie"].partition(";")[0]


# ── one's own account ──────────────────────────────────────────────────────

for operation in ("Me", "CsrfToken", "MySessions", "MyKeys", "Factors", "MyAccessLog"):
    looks(operation, "owner")
looks("AccessLog", "iris", query=lambda stock: {"customer_id": stock.customer})


@scene("SignOut")
def _sign_out(stock: Stock) -> Call:
    return call("SignOut", _called(_with_app(stock)))


@scene("RevokeSession")
def _revoke_session(stock: Stock) -> Call:
    account = stock.house.platform.store.load(Account, id_of(stock.name))
    opened = stock.house.platform.access.sessions.open(account, ("pwd", "mfa"), BROWSER)
    return call("RevokeSession", stock.name, path={"session_id": str(opened.session.id)})


@scene("RevokeOtherSessions")
def _revoke_others(stock: Stock) -> Call:
    return call("RevokeOtherSessions", stock.name)


@scene("StepUp")
def _step_up(stock: Stock) -> Call:
    return call("StepUp", _called(_person(stock, password=PASSWORD)), body={"password": PASSWORD})


@scene("StepUpOptions")
def _step_up_options(stock: Stock) -> Call:
    return call("StepUpOptions", stock.name)


@scene("ChangePassword")
def _change_password(stock: Stock) -> Call:
    person = _person(stock, password=PASSWORD)
    return call("ChangePassword", _called(person), body={"current": PASSWORD, "password": f"{PASSWORD} !"})


@scene("ProveAddress")
def _prove(stock: Stock) -> Call:
    return call("ProveAddress", _called(_person(stock)), body={"email": _mailbox()})


@scene("BecomeCustomer")
def _become(stock: Stock) -> Call:
    name = f"newcomer {uuid4().hex[:8]}"
    welcome = WelcomeClient(account_id=AccountId(id_of(name)), label="Léa", email=_mailbox(), language="fr")
    stock.house.does(welcome)
    customer = uuid4()
    body = {"customer_id": str(customer), "nature": "person", "name": "Léa Petit",
            "address": "1 rue des Quais\n69001 Lyon", "country": "FR", "language": "fr"}  # fmt: skip
    return call("BecomeCustomer", name, body=body, new=(customer,))


@scene("BeginTotp")
def _begin_totp(stock: Stock) -> Call:
    return call("BeginTotp", _called(_person(stock)))


@scene("ConfirmTotp")
def _confirm_totp(stock: Stock) -> Call:
    name = _called(_person(stock))
    begun = stock.house.post(name, "/me/factors/totp").json()
    now = stock.house.platform.clock.now()
    body = {"code": code(begun["secret"], now), "name": "Téléphone"}
    return call("ConfirmTotp", name, path={"factor_id": begun["factor_id"]}, body=body)


@scene("BeginPasskey")
def _begin_passkey(stock: Stock) -> Call:
    return call("BeginPasskey", _called(_person(stock)))


@scene("AddPasskey")
def _add_passkey(stock: Stock) -> Call:
    person = _person(stock)
    asked = stock.house.post(_called(person), "/me/factors/passkey/options").json()["passkey"]
    body = {"passkey": person.key.create(asked), "name": "Clé bleue"}
    return call("AddPasskey", _called(person), body=body)


def _with_app(stock: Stock, apps: int = 1) -> Person:
    person = _person(stock)
    for _ in range(apps):
        assert _confirm_on(stock, person).status_code == 200
    return person


def _confirm_on(stock: Stock, person: Person) -> Any:
    begun = stock.house.post(_called(person), "/me/factors/totp").json()
    person.secret = begun["secret"]
    shown = code(begun["secret"], stock.house.platform.clock.now())
    path = f"/me/factors/totp/{begun['factor_id']}/confirm"
    answer = stock.house.post(_called(person), path, {"code": shown, "name": "Téléphone"})
    stock.house.doors.pop(_called(person), None)  # after its first factor an account goes on in a new session
    return answer


@scene("RemoveFactor")
def _remove_factor(stock: Stock) -> Call:
    person = _with_app(stock, apps=2)
    factor = next(iter(person.state().factors))
    return call("RemoveFactor", _called(person), path={"factor_id": str(factor)})


@scene("MakeRecoveryCodes")
def _codes(stock: Stock) -> Call:
    return call("MakeRecoveryCodes", _called(_with_app(stock)))


@scene("IssueKey")
def _issue_key(stock: Stock) -> Call:
    body = {
        "name": "Comptabilité",
        "permissions": ["loan.read"],
        "expires_on": str(MAY_4 + timedelta(days=900)),
    }
    return call("IssueKey", stock.name, body=body)


def _key(stock: Stock) -> str:
    answer = stock.house.post(stock.name, "/me/keys", _issue_key(stock).body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["key_id"])


@scene("RevokeKey")
def _revoke_key(stock: Stock) -> Call:
    return call("RevokeKey", stock.name, path={"key_id": _key(stock)})


# ── what administrators do ─────────────────────────────────────────────────


@scene("OpenAccount")
def _open(stock: Stock) -> Call:
    account = uuid4()
    body = {"account_id": str(account), "roles": ["client"], "customers": [stock.customer], "label": "Léa Petit",
            "email": _mailbox()}  # fmt: skip
    return call("OpenAccount", "admin", body=body, new=(account,))


def _of_another(operation: str, body: Any = None) -> None:
    def made(stock: Stock) -> Call:
        return call(operation, "admin", path={"account_id": str(_person(stock).account)}, body=body)

    scene(operation)(made)


_of_another("InviteAgain")
_of_another("ChangeRoles", {"roles": ["advisor"]})
_of_another("CloseAccount", {"reason": "Partie"})
_of_another("Sessions")
_of_another("RevokeSessions")


@scene("ChangeAccountCustomers")
def _customers(stock: Stock) -> Call:
    account, wanted = _person(stock, "client").account, {"customers": [stock.customer]}
    return call("ChangeAccountCustomers", "admin", path={"account_id": str(account)}, body=wanted)


@scene("ChangePortfolio")
def _portfolio(stock: Stock) -> Call:
    account, wanted = _person(stock).account, {"portfolio": [stock.customer]}
    return call("ChangePortfolio", "admin", path={"account_id": str(account)}, body=wanted)


@scene("RemoveFactorOfAnother")
def _remove_of_another(stock: Stock) -> Call:
    person = _with_app(stock)
    factor: FactorId = next(iter(person.state().factors))
    path = {"account_id": str(person.account), "factor_id": str(factor)}
    return call("RemoveFactorOfAnother", "admin", path=path)


@scene("RevokeKeyOfAnother")
def _revoke_of_another(stock: Stock) -> Call:
    path = {"account_id": str(UUID(str(id_of(stock.name)))), "key_id": _key(stock)}
    return call("RevokeKeyOfAnother", "admin", path=path)
