"""Scenes that fuzzing wants otherwise than tests/walls/scenes.py: asked many hundred times, in any order."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

from aggregates.organisation import ORGANISATION_ID, NothingChanges, NothingProposed, Organisation
from aggregates.rules.limits import STARTING_LIMITS, Limit
from aggregates.values import Money
from commands.organisation import ChangeLimits, ConfirmProposal, RefuseProposal, RoleLimit
from tests.access.people import somebody
from tests.api.house import House, id_of
from tests.walls.calls import Call
from tests.walls.scenes import SCENES, Scene, Stock
from tests.walls.stock import call

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


def tidied(house: House) -> None:
    """Nothing is proposed, and money may leave, as often as somebody asks: a loan is paid out for many a request."""
    rules = house.platform.store.load(Organisation, ORGANISATION_ID)
    with suppress(NothingProposed):
        refusal = RefuseProposal(number=max(rules.proposals, 1), reason="Un essai seulement.")
        house.does(refusal, ORGANISATION_ID, id_of("admin"))
    with suppress(NothingChanges):
        wide = ChangeLimits(limits=[_wide(one) for one in STARTING_LIMITS], reason="Un essai seulement.")
        house.does(wide, ORGANISATION_ID, id_of("admin"))
        number = house.platform.store.load(Organisation, ORGANISATION_ID).proposals
        house.does(ConfirmProposal(number=number), ORGANISATION_ID, id_of("max"))
    house.lets_money_leave()


def _wide(limit: Limit) -> RoleLimit:
    """As it is at the start, for a thousand times as many payouts on a day."""
    daily = None if limit.daily is None else Money(limit.daily.minor * 1_000, limit.daily.currency)
    return RoleLimit(operation=limit.operation, role=limit.role, each=limit.each, daily=daily)


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
