"""Scenes that fuzzing wants otherwise than tests/walls/scenes.py: asked many hundred times, in any order."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

from aggregates.organisation import ORGANISATION_ID, NothingChanges, NothingProposed, Organisation
from commands.organisation import RefuseProposal
from tests.access.people import somebody
from tests.api.consumer import PRODUCT_IN_LAW, PRODUCT_OF_QUEBEC
from tests.api.house import PEOPLE, PRODUCT, House, id_of
from tests.walls.calls import Call
from tests.walls.scenes import SCENES, Scene, Stock
from tests.walls.stock import call, widened

FOR_EVERYBODY = {
    "ChangeFourEyesPolicy",
    "ChangeLimits",
    "ConfirmProposal",
    "RefuseProposal",
    "PullStopSwitch",
    "AskForRelease",
    "ReleaseStopSwitch",
}
"""Operations on what there is one of in the house; left alone, they stop what everybody else does."""

SHARED = (PRODUCT, PRODUCT_IN_LAW, PRODUCT_OF_QUEBEC)
"""Products that the loans of several scenes are made on."""

GROUND = {*(str(id_of(name)) for name in PEOPLE), *(str(each.product_id) for each in SHARED)}
"""What every scene stands on and nothing brings back: the people who ask, the products that are lent."""


def tidied(house: House) -> None:
    """Nothing is proposed, and money may leave, as often as somebody asks: a loan is paid out for many a request."""
    rules = house.platform.store.load(Organisation, ORGANISATION_ID)
    with suppress(NothingProposed):
        refusal = RefuseProposal(number=max(rules.proposals, 1), reason="Un essai seulement.")
        house.does(refusal, ORGANISATION_ID, id_of("admin"))
    with suppress(NothingChanges):
        widened(house)
    house.lets_money_leave()


# ── keys: an account has twenty at most ────────────────────────────────────


def _guest(stock: Stock) -> tuple[str, UUID]:
    """Somebody whom nobody else knows, by name and id."""
    name = uuid4().hex
    return f"account of {name}", somebody(stock.house, name, "client", password=None).account


_KEY = {"name": "Comptabilité", "permissions": ["loan.read"], "expires_on": "2199-12-31"}
"""However far time has lapsed here."""


def _issued(stock: Stock) -> tuple[str, UUID, str]:
    name, account = _guest(stock)
    answer = stock.house.post(name, "/me/keys", _KEY)
    assert answer.status_code == 200, answer.text
    return name, account, answer.json()["key_id"]


def _issue_key(stock: Stock) -> Call:
    return call("IssueKey", _guest(stock)[0], body=_KEY)


def _revoke_key(stock: Stock) -> Call:
    name, _, key = _issued(stock)
    return call("RevokeKey", name, path={"key_id": key})


def _revoke_key_of_another(stock: Stock) -> Call:
    _, account, key = _issued(stock)
    return call("RevokeKeyOfAnother", "admin", path={"account_id": str(account), "key_id": key})


def _advance(stock: Stock) -> Call:
    """An hour: it is still to come when it is asked."""
    to = stock.house.platform.clock.now() + timedelta(hours=1)
    return call("AdvanceClock", "admin", body={"to": to.isoformat()})


FURTHER: dict[str, Scene] = {
    "IssueKey": _issue_key,
    "RevokeKey": _revoke_key,
    "RevokeKeyOfAnother": _revoke_key_of_another,
    "AdvanceClock": _advance,
}

ALL = {**SCENES, **FURTHER}
