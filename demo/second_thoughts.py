"""A loan under the law of credit to consumers in France: its times pass day by day, and on the last one Jean steps back.

information confirmed ──▶ contract ──▶ signed ──▶ 7 days without payment ──▶ … 14 days to step back ──▶ stepped back
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from aggregates.values import Money
from demo import papers
from demo.borrowing import Borrowing
from demo.cast import Cast
from demo.desk import Unexpected, until
from demo.plan import Bounds, Plan

RATE: Final = 6_00
"""Basis points a year: well below the ceiling."""
LOCKED, FREE = 7, 14
"""Days without payment, days to step back; counted here a second time, on the calendar."""


@dataclass
class SecondThoughts:
    """One loan that Jean thinks better of."""

    cast: Cast
    offer: Bounds
    one: Borrowing = field(init=False)
    signed_on: date = field(init=False)

    def __post_init__(self) -> None:
        plan = Plan("Jean", Money(4_000_00, "EUR"), 24, "Une moto d’occasion", {})
        self.one = Borrowing(self.cast, plan, self.offer, self.cast.ids)

    def is_approved(self) -> str:
        """Asked for and approved; the contract waits. Returns what was asked for, in words. Raises Unexpected."""
        self.one.ask()
        self.cast.approver.send(f"{self.one.path}/approve", {"rate": RATE})
        loan = until("the loan is approved", lambda: self._loan("approved"))
        if not loan["needs_information"] or loan["contract_id"] is not None:
            raise Unexpected(f"a contract before the information: {loan}")
        return f"{self.one.plan.principal} over {self.one.plan.months} months, {self.one.reference}"

    def is_informed(self) -> None:
        """Jean opens what the law wants him to have read, by the link in his mail, and confirms it; then the contract
        comes."""
        desk = self.one.client.desk
        self.one.receive_information()
        (text,) = desk.read("/api/v1/consents", moment="approval")
        desk.send(f"{self.one.path}/information", {"version": text["version"], "language": "fr"})
        self.one.receive_contract()
        until("the offer holds", lambda: self._running() == ["offer"])

    def is_signed(self) -> None:
        self.one.hand_in(papers.signed(self.one.contract))
        self.one.accept_copy()
        self.signed_on = date.fromisoformat(self.one.read_loan()["signed_on"])
        until("the clocks run", lambda: self._running() == ["no-payment", "step-back"])

    def tries_to_pay(self) -> dict[str, Any]:
        """The accountant pays out too early; returns the refusal."""
        return self.cast.accountant.refused(f"{self.one.path}/disburse", self.one.payout())

    def days(self) -> Iterator[tuple[date, list[str]]]:
        """Each day to the last one to step back: the day, and the clocks that run on it.

        Raises Unexpected when a clock stops on another day than the calendar says.
        """
        ends_on = date.fromisoformat(self._clock("step-back")["ends_on"])
        if not timedelta(days=FREE) <= ends_on - self.signed_on <= timedelta(days=FREE + 4):
            raise Unexpected(f"signed on {self.signed_on}, free to step back until {ends_on}")
        day = self.signed_on
        while day < ends_on:
            day += timedelta(days=1)
            self.cast.wait_for(day)
            expected = (
                ["step-back"]
                if day > self.signed_on + timedelta(days=LOCKED)
                else ["no-payment", "step-back"]
            )
            until(f"the clocks of {day}", lambda: self._running() == expected)  # noqa: B023
            yield day, expected

    def steps_back(self) -> dict[str, Any]:
        """Jean steps back; returns the refusal of the payout that the accountant tries then."""
        self.one.client.desk.send(f"{self.one.path}/step-back", {})
        until("the loan has ended", lambda: self._loan("stepped-back"))
        if self._running():
            raise Unexpected(f"clocks that run on: {self._running()}")
        return self.tries_to_pay()

    def _loan(self, status: str) -> dict[str, Any] | None:
        loan = self.one.read_loan()
        return loan if loan["status"] == status else None

    def _clocks(self) -> list[dict[str, Any]]:
        clocks: list[dict[str, Any]] = self.one.client.desk.read(f"{self.one.path}/clocks")
        return clocks

    def _clock(self, name: str) -> dict[str, Any]:
        return next(clock for clock in self._clocks() if clock["name"] == name)

    def _running(self) -> list[str]:
        return [clock["name"] for clock in self._clocks() if clock["ended_on"] is None]
