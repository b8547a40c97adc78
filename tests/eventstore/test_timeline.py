"""A stream told event by event: the changes are exact, small, and fold to the state at every version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from eventstore import Aggregate, Sealed
from eventstore.timeline import MASKED, Change, _differences, _Teller


@dataclass(frozen=True)
class Slip:
    due: date
    paid: int


class Membership(Aggregate):
    holder: UUID
    name: Sealed[str]
    slips: list[Slip] = field(default_factory=list)
    fines: dict[int, Slip] = field(default_factory=dict)

    class Issued(Aggregate.Created):
        holder: UUID
        name: Sealed[str]

    class Fined(Aggregate.Event):
        number: int
        slip: Slip

        def apply(self, membership: Membership) -> None:
            membership.fines[self.number] = self.slip

    class Renamed(Aggregate.Event):
        name: Sealed[str]

        def apply(self, membership: Membership) -> None:
            membership.name = self.name


MAY_4, MAY_5 = date(2026, 5, 4), date(2026, 5, 5)


def membership() -> Membership:
    return Membership.begin(Membership.Issued, uuid4(), holder=UUID(int=1), name=Sealed("Awa"))


def changes(membership: Membership, act: Any, opens: bool = True) -> list[Change]:
    teller = _Teller(lambda _: opens)
    was = teller.state(membership)
    act()
    return list(_differences(was, teller.state(membership)))


def test_what_is_new_is_told_whole_and_what_changes_in_it_by_its_path():
    one = membership()
    assert changes(one, lambda: one.record(Membership.Fined, number=3, slip=Slip(MAY_4, 0))) == [
        Change("fines", {}, {"3": {"due": "2026-05-04", "paid": 0}})
    ]
    assert changes(one, lambda: one.record(Membership.Fined, number=4, slip=Slip(MAY_5, 0))) == [
        Change("fines.4", None, {"due": "2026-05-05", "paid": 0})
    ]
    assert changes(one, lambda: one.record(Membership.Fined, number=3, slip=Slip(MAY_4, 7))) == [
        Change("fines.3.paid", 0, 7)
    ]
    assert changes(one, lambda: one.record(Membership.Fined, number=3, slip=Slip(MAY_4, 7))) == []


def test_a_sealed_value_that_may_not_be_read_shows_that_it_changed_and_nothing_else():
    one = membership()
    assert changes(one, lambda: one.record(Membership.Renamed, name=Sealed("Awa Sarr"))) == [
        Change("name", "Awa", "Awa Sarr")
    ]
    assert changes(one, lambda: one.record(Membership.Renamed, name=Sealed("A")), opens=False) == [
        Change("name", MASKED, MASKED)
    ]


def test_a_state_is_told_from_nothing_by_its_fields():
    teller = _Teller(lambda _: False)
    assert [(c.path, c.after) for c in _differences({}, teller.state(membership()))] == [
        ("holder", str(UUID(int=1))), ("name", MASKED), ("slips", []), ("fines", {}),
    ]  # fmt: skip
