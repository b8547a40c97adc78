"""Who plays: the demonstration accounts at their desks, the mailbox, and whoever opens a link without signing in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from aggregates.values import Money
from demo.desk import Desk, until
from demo.ids import Ids
from demo.installation import Addresses
from demo.people import Held
from demo.person import Person
from demo.plan import Bounds
from demo.watch import Watch

MORNING = time(9, 0)
"""When people begin to work, on the wall where the organisation is."""


USUAL = ("pret-personnel", "credit-equipement")
"""Codes of the products that anybody borrows under on any day, one in each currency: demo/seed.py."""


@dataclass(frozen=True)
class Client:
    """A borrower: the desk, and who that is in the files."""

    desk: Desk
    customer_id: str
    contact_id: str
    email: str


class Cast:
    """Everybody, found by the names of their demonstration accounts.

    held  what each of them signs in with
    ids   what they choose beside the loans; None: something else each time
    """

    def __init__(self, where: Addresses, held: Mapping[str, Held], ids: Ids | None = None) -> None:
        self._where, self._seen, self.watch = where, dict[str, str](), Watch()
        self.ids = ids or Ids()
        self.persons = {name: self.person(each) for name, each in held.items()}

        def desk(account: str) -> Desk:
            return self.desk(account, self.persons[account])

        self.admin = desk("admin")
        # A passkey takes no clock: who has one says what time it is to those who show codes.
        self._set_watch(self.admin.read("/api/v1/clock"))
        self.advisor, self.approver, self.accountant = desk("advisor"), desk("approver"), desk("accountant")
        self.visitor = Desk(where.api, "somebody with a link", keys=self.ids)
        self.mails = Desk(where.mails, "mailbox")
        self.clients = {"Jean": self._client(desk("jean")), "Awa": self._client(desk("awa"))}
        self.zone = ZoneInfo(self.advisor.read("/api/v1/organisation")["time_zone"])

    def person(self, held: Held) -> Person:
        """Somebody of this time and place."""
        return Person(held, self._where.public, self.watch.now)

    def desk(self, who: str, auth: httpx.Auth) -> Desk:
        """Somebody's desk, beside the others."""
        return Desk(self._where.api, who, auth, self._seen, self.ids)

    def offers(self) -> dict[str, Bounds]:
        """What is lent in each currency where no law asks for a ceiling of the day or for time to pass."""
        found = map(bounds, self.advisor.read("/api/v1/loan-products"))
        return {offer.currency: offer for offer in found if offer.code in USUAL}

    def today(self) -> date:
        """The business day that is open; waits while there is none."""
        return until("a business day is open", self._open_day)

    def wait_for(self, day: date) -> None:
        """Let time lapse to the morning of a day, and wait until that business day is open."""
        moment = datetime.combine(day, MORNING, self.zone).astimezone(UTC)
        self._lapse(moment)
        until(f"the business day {day} is open", lambda: self._open_day() == day, seconds=120.0)

    def let_pass(self, minutes: int) -> None:
        """Let some minutes of the day go by."""
        self._lapse(self.watch.now() + timedelta(minutes=minutes))

    def repeats(self) -> int:
        """How many requests had to be sent again because nobody answered."""
        return sum(desk.repeats for desk in self._desks())

    def close(self) -> None:
        for desk in self._desks():
            desk.close()

    def _lapse(self, moment: datetime) -> None:
        self._set_watch(self.admin.send_plain("/api/v1/clock/advance", {"to": moment.isoformat()}))

    def _set_watch(self, said: dict[str, Any]) -> None:
        self.watch.set(datetime.fromisoformat(said["now"]))

    def _desks(self) -> list[Desk]:
        staff = [self.advisor, self.approver, self.accountant, self.admin, self.visitor, self.mails]
        return [*staff, *(client.desk for client in self.clients.values())]

    def _open_day(self) -> date | None:
        # Closed and opened are two events: between them the screen shows a day that nobody works on.
        line: dict[str, Any] | None = self.advisor.find("/api/v1/business-day")
        return date.fromisoformat(line["day"]) if line and line["status"] == "open" else None

    def _client(self, desk: Desk) -> Client:
        customer = until(f"the file of {desk.who}", lambda: next(desk.rows("/api/v1/customers"), None))
        contact = desk.read("/api/v1/contacts", customer_id=customer["customer_id"])[0]
        return Client(desk, customer["customer_id"], contact["contact_id"], contact["email"])


def bounds(line: dict[str, Any]) -> Bounds:
    currency = line["currency"]
    return Bounds(
        product_id=UUID(line["product_id"]),
        code=line["code"],
        currency=currency,
        rate=line["rate"],
        principal=(Money(line["min_principal"], currency), Money(line["max_principal"], currency)),
        months=(line["min_months"], line["max_months"]),
    )
