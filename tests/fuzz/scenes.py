"""Scenes of operations that tests/walls/scenes.py has none for, and of one that fuzzing wants otherwise."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from tests.walls.calls import Call
from tests.walls.scenes import SCENES, Scene, Stock, call


def _open_account(stock: Stock) -> Call:
    account = uuid4()
    body = {"account_id": str(account), "roles": ["support"], "customers": [], "label": "À l'essai"}
    return call("OpenAccount", "admin", body=body, new=(account,))


def _opened(stock: Stock) -> dict[str, str]:
    asked = _open_account(stock)
    answer = stock.house.post("admin", "/accounts", asked.body)
    assert answer.status_code == 201, answer.text
    return {"account_id": asked.body["account_id"]}


def _issue_token(stock: Stock) -> Call:
    return call("IssueToken", "admin", path=_opened(stock), body={"token": uuid4().hex})


def _close_account(stock: Stock) -> Call:
    return call("CloseAccount", "admin", path=_opened(stock), body={"reason": "Un essai"})


def _policy(stock: Stock) -> Call:
    body = {"policy": "single-operator", "reason": "Une seule conseillère en août."}
    return call("ChangeFourEyesPolicy", "admin", body=body)


def _advance(stock: Stock) -> Call:
    """An hour: it is still to come when it is asked."""
    to = stock.house.platform.clock.now() + timedelta(hours=1)
    return call("AdvanceClock", "admin", body={"to": to.isoformat()})


FURTHER: dict[str, Scene] = {
    "OpenAccount": _open_account,
    "IssueToken": _issue_token,
    "CloseAccount": _close_account,
    "ChangeFourEyesPolicy": _policy,
    "AdvanceClock": _advance,
}

ALL = {**SCENES, **FURTHER}
