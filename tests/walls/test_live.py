"""Live updates of another customer arrive nowhere: not while they happen, not for whoever comes back.

There is one wall here, the application's: the feed has no row policies. So it is taken away, piece by piece, and each
time that shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api import live
from tests.api.house import House, id_of
from tests.api.listening import Page, listening
from tests.conftest import Database
from tests.walls.attackers import ATTACKERS, EVERYBODYS, OTHER, VICTIM, Siege, besieged

OUTSIDERS = [attacker.name for attacker in ATTACKERS if attacker.role not in EVERYBODYS]


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    with besieged(database, tmp_path) as house:
        yield house


@pytest.fixture(autouse=True)
def long_connections(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The siege asks for an end of every answer; whoever listens here does not."""
    monkeypatch.setattr("api.viewers.LIVES", 3_600.0)


def heard(house: House, page: Page, sentinel: str) -> str:
    """Everything that was told until the last thing that happened, as text."""
    page.hears(lambda page: sentinel in page.ids())
    return str(page.messages)


def whole_story(house: House, name: str) -> None:
    """A loan from the request to a repayment, with letters, postings, a payee's money and an account that changes."""
    Siege(house).victim.loan  # noqa: B018 - made when it is asked for
    house.posts(name)
    house.writes_to(name)


def all_that_was_told(house: House) -> dict[str, str]:
    """What each outsider hears of the victim's whole story, live and again for whoever comes back."""
    begin = max(house.platform.store.lane_ends().values())
    told = {}
    with ExitStack() as open_pages:
        pages = {name: open_pages.enter_context(listening(house, name)) for name in (*OUTSIDERS, VICTIM)}
        whole_story(house, VICTIM)
        sentinel = str(house.requested(OTHER))
        for name, page in pages.items():
            if name == VICTIM:
                page.hears(lambda page: "Contract.Signed" in page.events())
            else:
                told[name] = heard(house, page, sentinel)
    for name in OUTSIDERS:
        with listening(house, name, after=begin) as page:
            told[f"{name}, later"] = heard(house, page, sentinel)
    return told


def marks(house: House) -> set[str]:
    stock = Siege(house).victim
    return {stock.customer, stock.contact, str(id_of(VICTIM))}


def leaks(house: House) -> set[str]:
    """Who was told anything of the victim's."""
    told = all_that_was_told(house)
    assert len(told) == 2 * len(OUTSIDERS)
    return {name for name, text in told.items() if any(mark in text for mark in marks(house))}


def test_nobody_is_told_of_what_is_not_theirs(house: House) -> None:
    assert leaks(house) == set()


def test_without_the_scope_everybody_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_is_in_scope", lambda identity, owner: True)
    # A client who comes back is read the lanes of its own customers alone.
    assert leaks(house) == {*OUTSIDERS, *(f"{name}, later" for name in OUTSIDERS if name != OTHER)}


def test_the_siege_sees_a_scope_that_is_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.viewers.LIVES", 0.2)
    siege = Siege(house)
    assert siege.of("Events") == []
    monkeypatch.setattr(live, "_is_in_scope", lambda identity, owner: True)
    assert {leak.attacker for leak in siege.without_control("Events")} >= set(OUTSIDERS) - {OTHER}


def test_staff_without_the_permission_is_told_nothing_of_a_kind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with the permission forgotten, it is."""
    with listening(house, "sam") as page:
        house.posts(OTHER)
        assert "Posting.Made" not in heard(house, page, str(house.requested(OTHER)))
    monkeypatch.setitem(live.SHOWN, "Posting", "self")
    with listening(house, "sam") as page:
        house.posts(OTHER)
        assert "Posting.Made" in heard(house, page, str(house.requested(OTHER)))
