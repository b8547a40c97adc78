"""Two requests that would cost more than their law allows: refused with their numbers, looked at again, taken back.

product under a law ──▶ request ──▶ no ceiling of this quarter: refused ──▶ quarter entered ──▶ above it: refused
                                                                              └──▶ the highest rate that would pass
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from aggregates.rules.law import CappedLaw
from aggregates.rules.published_rates import PUBLISHED
from aggregates.values import Money
from demo.borrowing import Borrowing, written
from demo.cast import Cast, bounds
from demo.desk import Unexpected
from demo.plan import Bounds, Plan

NOTE: Final = (
    "Exemple de démonstration : les chiffres du 1er trimestre 2026 repris pour le trimestre en cours"
)
"""Where the ceilings of a quarter come from that was not published when this was written."""
CONSUMER: Final = "credit-conso"
"""Code of the product under French consumer law that the demonstration data have."""


@dataclass
class Costly:
    """A request under a law with ceilings, at a rate that its product allows and its law does not."""

    cast: Cast
    law: CappedLaw
    code: str
    title_fr: str
    title_en: str
    rate: int
    """Basis points a year, nominal."""
    most: Money
    """The most that the product lends."""
    plan: Plan
    one: Borrowing = field(init=False)
    offer: Bounds = field(init=False)
    """The product, once it is found."""

    def find(self) -> None:
        """The product is one of the demonstration data, or an administrator offers it."""
        known = [
            line for line in self.cast.advisor.read("/api/v1/loan-products") if line["code"] == self.code
        ]
        self.offer = bounds(known[0]) if known else self._launched()
        self.one = Borrowing(self.cast, self.plan, self.offer, self.cast.ids)

    def _launched(self) -> Bounds:
        product, few = UUID(self.cast.ids.new()), Money(self.most.minor // 100, self.most.currency)
        self.cast.admin.send("/api/v1/loan-products", {
            "product_id": str(product), "code": self.code, "title_fr": self.title_fr, "title_en": self.title_en,
            "rate": self.rate, "min_principal": written(few), "max_principal": written(self.most),
            "min_months": 3, "max_months": 36, "law": self.law,
        })  # fmt: skip
        return Bounds(product, self.code, self.most.currency, self.rate, (few, self.most), (3, 36))

    @property
    def has_ceiling(self) -> bool:
        """Whether one is entered for this law, amount and day."""
        return self._check()["ceiling"] is not None

    def ask(self) -> str:
        """The client asks; returns what was asked for, in words."""
        self.one.ask()
        return f"{self.plan.borrower} asks for {self.plan.principal} over {self.plan.months} months at {_percent(self.rate)}"

    def is_refused(self, kind: str) -> dict[str, Any]:
        """An approval is refused for this reason and no other; returns the refusal. Raises Unexpected."""
        problem = self.cast.approver.refused(f"{self.one.path}/approve")
        if problem["type"] != kind:
            raise Unexpected(f"refused with {problem['type']}, not {kind}: {problem['detail']}")
        return problem

    def would_pass(self) -> str:
        """The highest rate that keeps below the ceiling, as the check says it; returns it in words. Raises Unexpected."""
        highest = self._check()["highest_rate"]
        below, above = self._check(highest), self._check(highest + 1)
        if any(each["refusal"] for each in below["questions"]) or below["apr"] > below["ceiling"]["rate"]:
            raise Unexpected(f"{highest} does not pass: {below}")
        if above["apr"] <= above["ceiling"]["rate"]:
            raise Unexpected(f"{highest} is not the highest: {above}")
        return f"{_percent(highest)} would cost {_percent(below['apr'])} and pass"

    def take_back(self) -> None:
        self.one.client.desk.send(f"{self.one.path}/withdraw")

    def _check(self, rate: int | None = None) -> dict[str, Any]:
        asked = {} if rate is None else {"rate": rate}
        found: dict[str, Any] = self.cast.approver.read(f"{self.one.path}/approval-check", **asked)
        return found


def costly(cast: Cast) -> list[Costly]:
    """A consumer in France, a client of a microfinance institution in West Africa."""
    kitchen = Plan("Jean", Money(5_000_00, "EUR"), 24, "Une nouvelle cuisine", {})
    stall = Plan("Awa", Money(500_000, "XOF"), 12, "Un étal au marché", {})
    return [
        Costly(cast, "fr-consumer", CONSUMER, "Crédit à la consommation", "Consumer credit", 15_00,
               Money(15_000_00, "EUR"), kitchen),
        Costly(cast, "umoa-microfinance", "microcredit", "Microcrédit", "Microcredit", 24_00,
               Money(2_000_000, "XOF"), stall),
    ]  # fmt: skip


def enter_the_quarter(cast: Cast) -> tuple[int, int]:
    """The register holds what was published; the administrator enters the quarter of the day, as an example.

    Returns how many rates were there, and how many are in force now.
    """
    before = cast.admin.read("/api/v1/legal-rates")
    for body in _quarter(cast.today()):
        cast.admin.send("/api/v1/legal-rates", body)
    lines = cast.admin.read("/api/v1/legal-rates")
    return len(before), sum(line["state"] == "in-force" for line in lines)


def _quarter(today: date) -> Iterator[dict[str, Any]]:
    """The bands of French consumer credit for the quarter of the day."""
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    last = (first + timedelta(days=92)).replace(day=1) - timedelta(days=1)
    for rate in PUBLISHED["fr-consumer"]:
        band = {"above": rate.band.above, "up_to": rate.band.up_to}
        amounts = {name: written(amount) for name, amount in band.items() if amount is not None}
        days = {"from_on": first.isoformat(), "until_on": last.isoformat()}
        yield {"law": "fr-consumer", "says": {"rate": rate.rate, "source": NOTE, **amounts, **days}}


def told(problem: dict[str, Any]) -> str:
    """The numbers of a refusal, in words."""
    figures = problem["figures"]
    return f"{_percent(figures['apr'])} a year, {_percent(figures['ceiling'])} allowed: {figures['source']}"


def _percent(basis_points: int) -> str:
    return f"{basis_points / 100:.2f} %"
