"""Of every kind of thing it is decided who is told live that it changed."""

from __future__ import annotations

import pytest

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from aggregates.permissions import ROLES
from api.app import openapi_document
from api.live import SHOWN
from eventstore import KINDS

NOT_OURS = ("tests", "bench", "library_example")
OURS = {kind: event for kind, event in KINDS.items() if not event.aggregate.__module__.startswith(NOT_OURS)}
AGGREGATES = {event.aggregate.__name__ for event in OURS.values()}
READ_BY = {
    operation["x-permission"]
    for methods in openapi_document()["paths"].values()
    for method, operation in methods.items()
    if method == "get"
}
"""Permissions that open a screen."""


@pytest.mark.parametrize("kind", sorted(AGGREGATES))
def test_a_kind_is_shown_to_whoever_may_read_it_or_to_nobody(kind: str) -> None:
    assert kind in SHOWN, "name the permission of its screen in api/live.py, or None"


def test_nothing_is_decided_that_is_not_there() -> None:
    assert {name for name in SHOWN if "." not in name} == AGGREGATES
    assert {name for name in SHOWN if "." in name} <= set(OURS)


@pytest.mark.parametrize(("name", "permission"), [each for each in SHOWN.items() if each[1]])
def test_what_shows_it_live_is_what_opens_its_screen(name: str, permission: str) -> None:
    assert permission in READ_BY
    assert any(permission in given for given in ROLES.values())


def test_what_no_screen_shows_is_told_to_nobody() -> None:
    """Requests of visitors, numbers, what was counted for somebody: each of them says something about a person."""
    assert {name for name, permission in SHOWN.items() if permission is None} == {
        "AccessRequest", "PayoutDay", "Series",
    }  # fmt: skip
