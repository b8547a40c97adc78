"""Who plays: the demonstration accounts at their desks, the mailbox, and whoever opens a link without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aggregates.values import Money
from demo.desk import Desk, until
from demo.doors import Doors
from demo.installation import Addresses
from demo.plan import Bounds

MORNING = time(9, 0)
"""When people begin to work, on the wall where the organisation is."""


@dataclass(frozen=True)
class Client:
    """A borrower: the desk, and who that is in the files."""

    desk: Desk
    customer_id: str
    contact_id: str
    email: str


class Cast:
    """Everybody, found by the names of their demonstration accounts."""

    def __init__(self, where: Addresses, doors: Doors) -> None:
        seen: dict[str, str] = {}

        def desk(account: str) -> Desk:
            return Desk(where.api, account, doors[account], seen)

        self.advisor, self.approver = desk("advisor"), desk("approver")
        self.accountant, self.admin = desk("accountant"), desk("admin")
        self.visitor = Desk(where.api, "somebody with a link")
        self.mails = Desk(where.mails, "mailbox")
        self.clients = {"Jean": self._client(desk("jean")), "Awa": self._client(desk("awa"))}
        self.zone = ZoneInfo(self.advisor.read("/api/v1/organisation")["time_zone"])

    def offers(self) -> dict[str, Bounds]:
        """What is lent, by currency."""
        return {line["currency"]: _bounds(line) for line in self.advisor.read("/api/v1/loan-products")}

    def today(self) -> date:
        """The business day that is open; waits while there is none."""
        return until("a business day is open", self._open_day)

    def wait_for(self, day: date) -> None:
        """Let time lapse to the morning of a day, and wait until that business day is open."""
        moment = datetime.combine(day, MORNING, self.zone).astimezone(UTC)
        self.admin.send_plain("/api/v1/clock/advance", {"to": moment.isoformat()})
        until(f"the business day {day} is open", lambda: self._open_day() == day, seconds=120.0)

    def repeats(self) -> int:
        """How many requests had to be sent again because nobody answered."""
        return sum(desk.repeats for desk in self._desks())

    def close(self) -> None:
        for desk in self._desks():
            desk.close()

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


def _bounds(line: dict[str, Any]) -> Bounds:
    currency = line["currency"]
    return Bounds(
        product_id=UUID(line["product_id"]),
        code=line["code"],
        currency=currency,
        rate=line["rate"],
        principal=(Money(line["min_principal"], currency), Money(line["max_principal"], currency)),
        months=(line["min_months"], line["max_months"]),
    )
