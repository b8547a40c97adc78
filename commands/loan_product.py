"""What can be asked of a loan product."""

from __future__ import annotations

from pydantic import model_validator

from aggregates.loan_product import LoanProduct, ProductWithdrawn
from aggregates.values import ProductId
from commands.fields import Amount, Code, Line, Months, Name, NewId, Rate
from eventstore import AlreadyExists, Ask, Claimed, Command


class LaunchLoanProduct(Command, on=LoanProduct, may="product.manage", rejects=(AlreadyExists, Claimed)):
    """Offer a loan with level monthly instalments: how much, how long, at what rate."""

    product_id: NewId[ProductId]
    code: Code
    title_fr: Name
    title_en: Name
    rate: Rate
    min_principal: Amount
    max_principal: Amount
    min_months: Months
    max_months: Months

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> LaunchLoanProduct:
        if self.min_principal.currency != self.max_principal.currency:
            raise ValueError("both amounts are of one currency")
        if self.min_principal > self.max_principal or self.min_months > self.max_months:
            raise ValueError("the lower limit is not above the upper one")
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
        )


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
