"""What can be asked of a loan product."""

from __future__ import annotations

from pydantic import Field, model_validator

from aggregates.loan_product import LoanProduct, ProductWithdrawn, RevisedTooLate
from aggregates.rules.law import LAWS, Law
from aggregates.rules.terms import UnsoundTerms
from aggregates.values import ProductId
from commands.fields import Amount, Code, Day, Line, Months, Name, NewId, Rate
from commands.terms import WrittenTerms
from eventstore import AlreadyExists, Ask, Claimed, Command


class LaunchLoanProduct(
    Command, on=LoanProduct, may="product.manage", rejects=(AlreadyExists, Claimed, UnsoundTerms)
):
    """Offer a loan: how much, how long, on which terms; level monthly instalments unless terms are given."""

    product_id: NewId[ProductId]
    code: Code
    title_fr: Name
    title_en: Name
    rate: Rate
    min_principal: Amount
    max_principal: Amount
    min_months: Months
    max_months: Months
    law: Law = Field("unspecified", description="Under which its loans are made.", examples=["fr-consumer"])
    terms: WrittenTerms | None = Field(None, description="At the same rate.")

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> LaunchLoanProduct:
        if self.min_principal.currency != self.max_principal.currency:
            raise ValueError("both amounts are of one currency")
        if self.min_principal > self.max_principal or self.min_months > self.max_months:
            raise ValueError("the lower limit is not above the upper one")
        if LAWS[self.law].ceilings_in not in (None, self.min_principal.currency):
            raise ValueError(f"the ceilings of {self.law} are in {LAWS[self.law].ceilings_in}")
        if self.terms is not None and self.terms.rate != self.rate:
            raise ValueError("the terms have the rate of the product")
        return self

    def create(self, ask: Ask) -> LoanProduct:
        ask.claim("product-code", self.code)
        return LoanProduct.launch(
            self.product_id,
            self.code,
            self.title_fr,
            self.title_en,
            self.rate,
            self.min_principal,
            self.max_principal,
            self.min_months,
            self.max_months,
            self.law,
            self.terms.said() if self.terms else None,
        )


class ReviseLoanProduct(
    Command,
    on=LoanProduct,
    may="product.manage",
    decides=LoanProduct.revise,
    rejects=(ProductWithdrawn, RevisedTooLate, UnsoundTerms),
):
    """Let other terms count from a day on. Loans that were approved before keep theirs."""

    terms: WrittenTerms
    from_on: Day | None = Field(None, description="The first day; today when left out.")

    def perform(self, product: LoanProduct, ask: Ask) -> None:
        product.revise(self.terms.said(), self.from_on or ask.on, ask.on)


class WithdrawLoanProduct(
    Command,
    on=LoanProduct,
    may="product.manage",
    decides=LoanProduct.withdraw,
    rejects=(ProductWithdrawn,),
):
    """Take no more requests for it. Requests made before are still decided."""

    reason: Line

    def perform(self, product: LoanProduct, ask: Ask) -> None:
        product.withdraw(self.reason)
