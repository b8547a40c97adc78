"""A loan product: what we lend, how much, how long, at what rate.

offered ──withdraw──▶ withdrawn        requests made before are still decided
"""

from __future__ import annotations

from typing import Literal

from aggregates.rules.instalments import Instalment, level_instalments
from aggregates.values import BasisPoints, Money, ProductId
from eventstore import Aggregate, Rejected, when


class ProductWithdrawn(Rejected):
    """The product is no longer offered."""


class OutsideProduct(Rejected):
    """The product does not lend this amount for this time."""


class AboveProductRate(Rejected):
    """The rate is above the product's."""


class LoanProduct(Aggregate):
    code: str
    title_fr: str
    title_en: str
    currency: str
    rate: BasisPoints
    min_principal: Money
    max_principal: Money
    min_months: int
    max_months: int
    status: Literal["offered", "withdrawn"] = "offered"

    # ── what can have happened ─────────────────────────────────────────────

    class Launched(Aggregate.Created):
        code: str
        """Ours, unique: ``pret-personnel``."""
        title_fr: str
        title_en: str
        currency: str
        rate: BasisPoints
        """Nominal, a year; also the most that an approval may grant."""
        min_principal: Money
        max_principal: Money
        min_months: int
        max_months: int

    class Withdrawn(Aggregate.Event):
        reason: str

        def apply(self, product: LoanProduct) -> None:
            product.status = "withdrawn"

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def launch(
        cls,
        id: ProductId,
        code: str,
        title_fr: str,
        title_en: str,
        rate: BasisPoints,
        min_principal: Money,
        max_principal: Money,
        min_months: int,
        max_months: int,
    ) -> LoanProduct:
        return cls.begin(
            cls.Launched,
            id,
            code=code,
            title_fr=title_fr,
            title_en=title_en,
            currency=min_principal.currency,
            rate=rate,
            min_principal=min_principal,
            max_principal=max_principal,
            min_months=min_months,
            max_months=max_months,
        )

    @when("offered", otherwise=ProductWithdrawn)
    def withdraw(self, reason: str) -> None:
        self.record(self.Withdrawn, reason=reason)

    # ── what it says about a request ───────────────────────────────────────

    @when("offered", otherwise=ProductWithdrawn)
    def admit(self, principal: Money, months: int) -> None:
        """Refuse what the product does not lend: currency, amount, months, or nothing to repay in some month."""
        self.plan(principal, self.rate, months)

    def rate_for(self, asked: BasisPoints | None) -> BasisPoints:
        """The rate that an approval grants: the product's unless a lower one is named; 0 is a rate."""
        if asked is not None and asked > self.rate:
            raise self.reject(AboveProductRate, f"{asked / 100:.2f} % is above {self.rate / 100:.2f} %")
        return self.rate if asked is None else asked

    def plan(self, principal: Money, rate: BasisPoints, months: int) -> list[Instalment]:
        """The instalments of a loan under this product. Raises OutsideProduct."""
        if principal.currency != self.currency:
            raise self.reject(OutsideProduct, f"it lends {self.currency}, not {principal.currency}")
        if not self.min_principal <= principal <= self.max_principal:
            raise self.reject(OutsideProduct, f"it lends from {self.min_principal} to {self.max_principal}")
        if not self.min_months <= months <= self.max_months:
            raise self.reject(OutsideProduct, f"it lends for {self.min_months} to {self.max_months} months")
        try:
            return level_instalments(principal, rate, months)
        except ValueError as error:
            raise self.reject(OutsideProduct, str(error)) from error
