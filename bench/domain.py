"""What is written in every contest: a parcel that is accepted once and scanned many times, about 150 bytes an event."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from eventstore import Aggregate, Ask, Asker, Command

TODAY = date(2026, 5, 4)
DEPOT = UUID("de900000-0000-4000-8000-000000000001")
SENDER = UUID("5e4de400-0000-4000-8000-000000000001")
REMARK = "left with the neighbour on the 2nd floor, signed"
EVENTS_A_STREAM = 20
"""Then the next stream begins: one command in twenty creates, nineteen change."""


class Parcel(Aggregate):
    customer_id: UUID
    sender: UUID
    remark: str
    grams: int = 0
    scans: int = 0

    class Accepted(Aggregate.Created, owner="customer_id"):
        customer_id: UUID
        sender: UUID
        remark: str

    class Scanned(Aggregate.Event):
        depot: UUID
        grams: int
        due: date
        remark: str

        def apply(self, parcel: Parcel) -> None:
            parcel.grams = self.grams
            parcel.scans += 1


class AcceptParcel(Command, on=Parcel, may="parcel.accept"):
    parcel_id: UUID
    customer_id: UUID
    sender: UUID = SENDER
    remark: str = REMARK

    def create(self, ask: Ask) -> Parcel:
        return Parcel.begin(
            Parcel.Accepted,
            self.parcel_id,
            customer_id=self.customer_id,
            sender=self.sender,
            remark=self.remark,
        )


class ScanParcel(Command, on=Parcel, may="parcel.scan"):
    depot: UUID = DEPOT
    grams: int
    due: date = TODAY
    remark: str = REMARK

    def perform(self, parcel: Parcel, ask: Ask) -> None:
        parcel.record(Parcel.Scanned, depot=self.depot, grams=self.grams, due=self.due, remark=self.remark)


ASKER = Asker(
    account=SENDER,
    who=f"account:{SENDER}",
    on=TODAY,
    now=datetime(2026, 5, 4, 12, tzinfo=UTC),
    permissions=frozenset({"parcel.accept", "parcel.scan"}),
    because=f"request:{SENDER.hex}",
    correlation=SENDER.hex,
)
"""A signed-in person, as a request of the API makes one."""
