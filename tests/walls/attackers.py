"""Everybody who tries: the other customer, and staff of every role whose portfolio is the other customer alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from aggregates.permissions import ROLES, permissions_of
from tests.access.openid_provider import CLIENT, SECRET, running
from tests.api.house import House, id_of, opened
from tests.api.listening import brief_connections
from tests.conftest import Database
from tests.walls.calls import Call, variants
from tests.walls.scenes import SCENES, Stock
from tests.walls.stock import widened

VICTIM: Final = "awa"
OTHER: Final = "jean"

EVERYBODYS: Final = {"admin": "max", "auditor": "iris"}
"""Roles whose members look after everybody, with one of each: they try only what their role does not permit."""

THE_BOOKS: Final = ("ExportJournal", "Journal", "JournalAbout", "TrialBalance")
"""The house's own books: whoever may read the ledger reads it whole, whatever the portfolio."""


TRIED: Final = Counter[str]()
"""Requests of attackers by operation, of the whole run: for the last line of `manage.py idor`."""


@dataclass(frozen=True)
class Attacker:
    """Somebody who is signed in and has nothing to do with the victim."""

    name: str
    """An account of the house, see tests/api/house.py."""
    role: str

    @property
    def permissions(self) -> frozenset[str]:
        return permissions_of([self.role])


ATTACKERS: Final = tuple(
    Attacker(EVERYBODYS.get(role) or (OTHER if role == "client" else f"{OTHER}'s {role}"), role)
    for role in ROLES
)


@contextmanager
def besieged(database: Database, folder: Path) -> Iterator[House]:
    """A house with the attackers' accounts, a provider of identities, and no limit that a siege would meet."""
    with running() as provider, brief_connections():
        chosen = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        with opened(
            database.app_url, database.owner_url, folder, requests_per_minute=1_000_000, **chosen
        ) as house:
            provider.now = house.platform.clock.now
            _hire(house)
            widened(house)
            yield house


def _hire(house: House) -> None:
    for attacker in ATTACKERS:
        if attacker.role != "client" and attacker.role not in EVERYBODYS:
            house.hires(attacker.name, attacker.role, portfolio=[id_of(f"{OTHER} customer")])


@dataclass(frozen=True)
class Leak:
    """Somebody saw or did what is not theirs."""

    attacker: str
    operation: str
    what: str
    status: int


class Siege:
    """Tries every variant of a call, then lets the owner do the same thing."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.victim, self.other = Stock(house, VICTIM), Stock(house, OTHER)
        self.tried = 0
        """Requests of attackers."""

    def of(self, operation: str) -> list[Leak]:
        """Every attacker's every variant, then the owner's turn."""
        leaks, theirs = self._attacked(operation)
        self._control(theirs)
        return leaks

    def without_control(self, operation: str) -> list[Leak]:
        """The same where a leak is expected: the owner's request would come too late then."""
        return self._attacked(operation)[0]

    def _attacked(self, operation: str) -> tuple[list[Leak], Call]:
        make = SCENES[operation]
        theirs = make(self.victim)
        if theirs.operation.is_public:  # it asks nobody who they are: what is in the request proves itself
            return [], theirs
        if not theirs.ids():  # nothing in it is anybody's: each makes a request of their own
            leaks = [leak for attacker in ATTACKERS for leak in self._by(attacker, None, make(self.victim))]
            return leaks, make(self.victim)
        own = make(self.other)
        self.house.settle()
        return [leak for attacker in ATTACKERS for leak in self._by(attacker, own, theirs)], theirs

    def _by(self, attacker: Attacker, own: Call | None, theirs: Call) -> Iterator[Leak]:
        if attacker.role in EVERYBODYS and theirs.operation.permission in attacker.permissions:
            return
        self.house.doors.pop(attacker.name, None)  # they may have signed themselves out
        with self.house.calling(attacker.name) as client:
            for what, tried in variants(own, theirs) if own else [("everything", theirs)]:
                self.tried += 1
                TRIED[tried.operation.id] += 1
                answer = tried.send(client)
                assert answer.status_code < 500, (attacker, what, str(tried), answer.text)
                if self._is_leak(tried, attacker, answer):
                    yield Leak(attacker.name, tried.operation.id, what, answer.status_code)

    def _is_leak(self, call: Call, attacker: Attacker, answer: httpx.Response) -> bool:
        if answer.status_code >= 400:
            return self.shows_the_victim(answer.text, call)
        if call.operation.is_public or call.operation.id in THE_BOOKS:
            return False
        if call.operation.permission is not None and call.operation.permission not in attacker.permissions:
            return True
        if call.operation.changes:
            return bool(call.ids())
        return self.shows_the_victim(answer.text, call)

    def shows_the_victim(self, text: str, call: Call) -> bool:
        """Whether an answer says anything of the victim that the asker had not said."""
        said = set(call.ids().values())
        return any(mark in text for mark in self._marks() - said)

    def _marks(self) -> set[str]:
        stock = self.victim
        known = {stock.customer, stock.contact, f"{VICTIM.title()} Diop", f"{VICTIM}@example.org"}
        made = {value for name, value in vars(stock).items() if name in ("loan", "contract", "document")}
        return known | made

    def _control(self, call: Call) -> None:
        """The same request in the right hands."""
        self.house.settle()
        with self.house.calling(call.by) as client:
            answer = call.send(client)
        assert answer.status_code in (200, 201, 202, 204, 302), (str(call), answer.text)
        if (
            not call.operation.changes
            and not call.operation.is_public
            and re.search(r"\{", call.operation.path)
        ):
            assert answer.content, str(call)
