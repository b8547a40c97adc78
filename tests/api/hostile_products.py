"""Products of every kind, drawn by lot: schedules, frequencies, graces, fees, insurance, lateness, currencies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from aggregates.values import Money
from tests.api.hostile_world import World

UNITS = {"EUR": 100, "CAD": 100, "XOF": 500}
"""Minor units of what a loan is counted in."""


@dataclass
class Offering:
    """Whoever launches products by lot."""

    world: World
    lot: Random
    products: list[dict[str, Any]] = field(default_factory=list)

    # ── what is offered ────────────────────────────────────────────────────

    def id(self) -> UUID:
        return UUID(int=self.lot.getrandbits(128), version=4)

    def some(self, currency: str, minor: int) -> dict[str, str]:
        return {"amount": Money(minor, currency).decimal(), "currency": currency}

    def launches(self) -> None:
        """A product of any kind; what contradicts itself is refused, and that is well."""
        lot, currency = self.lot, self.lot.choice(["EUR", "EUR", "EUR", "XOF", "CAD"])
        unit = UNITS[currency]
        rate = lot.choice([0, 1, 600, 600, 900, 1_990, 2_400, 10_000])
        kind = lot.choice(["annuity", "annuity", "linear", "bullet", "flat"])
        frequency = lot.choice(["monthly", "monthly", "monthly", "weekly", "fortnightly", "quarterly"])
        terms: dict[str, Any] = {"rate": rate, "kind": kind, "frequency": frequency}
        maybe: dict[str, Callable[[], Any]] = {
            "day_count": lambda: lot.choice(["30E/360", "ACT/365F", "ACT/360", "ACT/ACT-ISDA"]),
            "due_day": lambda: lot.randint(1, 7) if frequency in ("weekly", "fortnightly") else lot.choice([1, 5, 28, 31]),
            "first_period": lambda: lot.choice(["with-first", "at-payout", "spread", "waived"]),
            "grace_all": lambda: lot.choice([1, 2, 5]),
            "grace_principal": lambda: lot.choice([1, 2]),
            "balloon": lambda: lot.choice([1_000, 5_000, 9_999]),
            "subsidy": lambda: lot.choice([rate, rate // 2]),
            "fees": lambda: [
                {"title": "Frais", "when": when, "share": lot.choice([0, 100]), "fixed": self.some(currency, lot.choice([1, 500]))}
                for when in lot.sample(["up-front", "financed", "per-instalment"], lot.randint(1, 3))
            ],
            "insurance": lambda: {"rate": lot.choice([36, 500]), "of": lot.choice(["initial", "outstanding"])},
            "late": lambda: {
                "rate": lot.choice([0, 1_200, 10_000]),
                "base": lot.choice([["principal"], ["principal", "interest"], ["fee", "insurance", "interest", "principal"]]),
                "grace_days": lot.choice([0, 5]),
                **({"fixed": self.some(currency, 750)} if lot.random() < 0.5 else {}),
                **({"cap_each": 800} if lot.random() < 0.3 else {}),
                **({"cap_all": 150} if lot.random() < 0.3 else {}),
            },
            "early": lambda: {"rate": lot.choice([50, 300]), **({"free_up_to": self.some(currency, 500 * unit)} if lot.random() < 0.5 else {})},
            "order": lambda: {
                "components": lot.sample(["penalty", "fee", "insurance", "interest", "principal"], 5),
                "timings": lot.choice([["past_due", "due"], ["due", "past_due"], ["past_due", "due", "in_advance"], ["in_advance", "due", "past_due"]]),
                "by": lot.choice(["instalment", "component"]),
            },
            "rounding": lambda: {"unit": lot.choice([5, 100]), "mode": lot.choice(["half-even", "half-up"])},
            "business_days": lambda: lot.choice(["following", "modified-following", "preceding"]),
            "variable": lambda: {"index": "EURIBOR-3M", "margin": lot.choice([-50, 250]), "reset_every": lot.choice([1, 3]), "cap": 2_000},
        }  # fmt: skip
        for name, value in maybe.items():
            if lot.random() < 0.25:
                terms[name] = value()
        product = {
            "product_id": str(self.id()),
            "code": f"p{lot.getrandbits(60)}",
            "title_fr": "Prêt du sort",
            "title_en": "Loan of the lot",
            "rate": rate,
            "min_principal": self.some(currency, 100 * unit),
            "max_principal": self.some(currency, 9_000 * unit),
            "min_months": 1,
            "max_months": 40,
            "terms": terms,
        }
        if self.world.ask("admin", "/loan-products", product, "launch").is_success:
            self.products.append(product)

    def enters_an_index(self) -> None:
        says = {
            "value": self.lot.choice([-60, 0, 212, 2_500]),
            "from_on": str(self.world.day.on - timedelta(days=self.lot.choice([0, 30, 400]))),
            "source": "Le sort, ce matin",
        }
        self.world.ask("admin", "/index-rates", {"index": "EURIBOR-3M", "says": says}, "index")
