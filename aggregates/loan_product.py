"""A loan product: what we lend, how much, how long, on which terms.

offered ──withdraw──▶ withdrawn        requests made before are still decided

Its terms count from a day on; those that were in force on a day can be read for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from aggregates.rules.acceleration import within_the_law
from aggregates.rules.apr import NoRate
from aggregates.rules.costs import Costs
from aggregates.rules.law import Law
from aggregates.rules.servicing_terms import Frequency
from aggregates.rules.terms import Drawdown, Fixing, Terms, UnsoundTerms
from aggregates.values import BasisPoints, Money, ProductId
from eventstore import Aggregate, Rejected, when


class ProductWithdrawn(Rejected):
    """The product is no longer offered."""


class OutsideProduct(Rejected):
    """The product does not lend this amount for this time."""


class AboveProductRate(Rejected):
    """The rate is above the product's."""


class RevisedTooLate(Rejected):
    """Terms are revised from today on or later: what was in force before stays as it was."""


@dataclass(frozen=True, slots=True)
class Revision:
    """Terms, and the first day on which they count."""

    from_on: date
    terms: Terms


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
    law: Law = "unspecified"
    terms: Terms | None = None
    revisions: list[Revision] = field(default_factory=list)
    """By their days, oldest first."""
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
        law: Law = "unspecified"
        """Under which its loans are made; products from before it was asked have none."""
        terms: Terms | None = None
        """Until they are revised; level monthly instalments at ``rate`` when absent."""

    class TermsRevised(Aggregate.Event):
        terms: Terms
        """Their rate is the most that an approval may grant from then on."""
        from_on: date

        def apply(self, product: LoanProduct) -> None:
            others = [each for each in product.revisions if each.from_on != self.from_on]
            product.revisions = sorted(
                [*others, Revision(self.from_on, self.terms)], key=lambda each: each.from_on
            )

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
        law: Law,
        terms: Terms | None = None,
    ) -> LoanProduct:
        """``terms`` have the rate ``rate``. Raises UnsoundTerms."""
        if terms is not None:
            within_the_law(terms.checked(min_principal.currency), law)
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
            law=law,
            terms=terms,
        )

    @when("offered", otherwise=ProductWithdrawn)
    def revise(self, terms: Terms, from_on: date, on: date) -> None:
        """Let other terms count from a day on; those that were to count from the same day never do."""
        if from_on < on:
            raise self.reject(RevisedTooLate, f"choose {on} or a later day")
        self.record(
            self.TermsRevised, terms=within_the_law(terms.checked(self.currency), self.law), from_on=from_on
        )

    @when("offered", otherwise=ProductWithdrawn)
    def withdraw(self, reason: str) -> None:
        self.record(self.Withdrawn, reason=reason)

    # ── what it says about a request ───────────────────────────────────────

    def terms_on(self, day: date) -> Terms:
        """The terms in force on a day; before the first ones, the first ones."""
        revised = [each.terms for each in self.revisions if each.from_on <= day]
        return revised[-1] if revised else self.terms or Terms(self.rate)

    @when("offered", otherwise=ProductWithdrawn)
    def admit(self, principal: Money, months: int, on: date) -> None:
        """Refuse what the product does not lend: currency, amount, months, or nothing to repay in some month."""
        self.plan(principal, self.terms_on(on).rate, months, on, on)

    def rate_for(self, asked: BasisPoints | None, on: date) -> BasisPoints:
        """The rate that an approval grants: the product's unless a lower one is named; 0 is a rate."""
        highest = self.terms_on(on).rate
        if asked is not None and asked > highest:
            raise self.reject(AboveProductRate, f"{asked / 100:.2f} % is above {highest / 100:.2f} %")
        return highest if asked is None else asked

    def plan(
        self,
        principal: Money,
        rate: BasisPoints,
        months: int,
        on: date,
        payout_on: date,
        drawdowns: Sequence[Drawdown] = (),
        fixings: Sequence[Fixing] = (),
    ) -> Costs:
        """What a loan under this product comes to. Raises OutsideProduct.

        on         the day whose terms count
        payout_on  the day the money would leave
        fixings    values of the index that are known, for a variable rate
        drawdowns  when there are several: there is a schedule after each of them, too
        """
        self.bound(principal, months)
        terms = self.terms_on(on)
        if terms.variable is not None and len(drawdowns) > 1:
            raise self.reject(OutsideProduct, "a loan with a variable rate leaves in one drawdown")
        try:
            plan = Costs(
                replace(terms, rate=rate), principal, months, payout_on, drawdowns=drawdowns, fixings=fixings
            ).checked()
            for several in range(1, len(drawdowns)):
                later = Money.total((each.amount for each in drawdowns[several:]), principal.currency)
                replace(plan, drawdowns=drawdowns[:several], undrawn=later).checked()
            return plan
        except (UnsoundTerms, NoRate) as error:
            raise self.reject(OutsideProduct, str(error)) from error

    def repaid_as_often(self, frequency: Frequency, on: date) -> None:
        """Refuse a request that counts its instalments otherwise than the terms of a day. Raises OutsideProduct."""
        often = self.terms_on(on).frequency
        if often != frequency:
            raise self.reject(OutsideProduct, f"it is repaid {often} now, not {frequency}: ask for it anew")

    def bound(self, principal: Money, periods: int) -> None:
        """Refuse a currency, an amount or a number of instalments beyond the product's. Raises OutsideProduct."""
        if principal.currency != self.currency:
            raise self.reject(OutsideProduct, f"it lends {self.currency}, not {principal.currency}")
        if not self.min_principal <= principal <= self.max_principal:
            raise self.reject(OutsideProduct, f"it lends from {self.min_principal} to {self.max_principal}")
        if not self.min_months <= periods <= self.max_months:
            raise self.reject(
                OutsideProduct, f"it lends for {self.min_months} to {self.max_months} instalments"
            )
