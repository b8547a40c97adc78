"""What each paper says: plain facts, checked to agree with each other before anything is printed.

Each class belongs to the template of the same purpose in ``templates/``; a sample of its facts lies beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar, Literal, TypeAlias

from aggregates.rules.costs import Costs
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.terms import Terms
from aggregates.values import BasisPoints, Money


@dataclass(frozen=True, kw_only=True)
class Lender:
    """The organisation's legal identity, as it was when the paper was decided."""

    legal_name: str
    legal_form: str
    """``SAS au capital de 100 000 €``."""
    registration: str
    """``RCS Paris 123 456 789``, ``RCCM CI-ABJ-2026-B-00123``."""
    registered_office: str
    """Lines separated by newlines; without the country."""
    country: str
    """ISO 3166, two letters: the law that the paper follows."""
    contact_line: str = ""
    """One line for the letterhead: telephone, e-mail, site."""
    return_address: str = ""
    """Where signed copies may be sent besides the portal; lines separated by newlines."""


@dataclass(frozen=True, kw_only=True)
class Borrower:
    name: str
    address: str
    """Lines separated by newlines."""
    reference: str = ""
    """``C-2026-000123``."""
    kind: Literal["person", "company"] | None = None
    """None when it is not known: the wording then fits both."""


@dataclass(frozen=True, kw_only=True)
class LoanAgreement:
    """The contract that people sign. Language: French."""

    template: ClassVar = "contract/loan_agreement"

    reference: str
    """``K-2026-000123``; printed on every page."""
    loan_reference: str
    """``L-2026-000123``."""
    drafted_on: date
    lender: Lender
    borrower: Borrower
    principal: Money
    terms: Terms
    instalments: Sequence[Scheduled]
    """Oldest first, as they were approved."""
    planned_payout_on: date
    """What the indicative due dates are counted from."""
    purpose: str = ""
    """What the money is for, in the borrower's words."""

    def __post_init__(self) -> None:
        if self.plan.lines != list(self.instalments):
            raise ValueError(f"{self.reference}: the instalments are not those of the terms")

    @cached_property
    def plan(self) -> Costs:
        return Costs(self.terms, self.principal, len(self.instalments), self.planned_payout_on)

    @property
    def rate(self) -> BasisPoints:
        return self.terms.rate

    @property
    def schedule(self) -> Sequence[Scheduled]:
        return self.instalments

    @property
    def remaining(self) -> list[Money]:
        """Principal still owed after each instalment."""
        return self.plan.remaining

    @property
    def months(self) -> int:
        return len(self.instalments)

    @property
    def interest(self) -> Money:
        """What the loan costs: all interest, and nothing else is charged."""
        return self.plan.interest

    @property
    def total(self) -> Money:
        return self.plan.total

    @property
    def apr(self) -> int:
        """Hundredths of a percent."""
        return self.plan.apr


@dataclass(frozen=True, kw_only=True)
class Repayment:
    """A payment that counts: what was reversed is not listed."""

    value_date: date
    amount: Money
    method: Literal["transfer", "cash", "cheque"]
    reference: str = ""
    """As the bank or the receipt names it."""


@dataclass(frozen=True, kw_only=True)
class FinalQuittance:
    """The receipt for everything: principal and interest are paid, nothing is owed any more. Language: French."""

    template: ClassVar = "quittance/final"

    reference: str
    """``Q-2026-000123``; printed on every page."""
    contract_reference: str
    loan_reference: str
    contract_on: date
    """The day on the contract."""
    lender: Lender
    borrower: Borrower
    principal: Money
    interest: Money
    disbursed_on: date
    repaid_on: date
    """Value date of the payment that settled the loan."""
    issued_on: date
    repayments: Sequence[Repayment]
    """Oldest first; they add up to principal and interest."""

    def __post_init__(self) -> None:
        paid = Money.total((repayment.amount for repayment in self.repayments), self.principal.currency)
        if paid != self.total:
            raise ValueError(f"{self.reference}: {paid} was paid, {self.total} was owed")

    @property
    def total(self) -> Money:
        return self.principal + self.interest


Paper: TypeAlias = LoanAgreement | FinalQuittance
