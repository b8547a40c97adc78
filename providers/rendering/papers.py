"""What each paper says: plain facts, checked to agree with each other before anything is printed.

Each class belongs to the template of the same purpose in ``templates/``; a sample of its facts lies beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import ClassVar, Literal, TypeAlias

from aggregates.rules.costs import Costs
from aggregates.rules.facts import Why
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.terms import Drawdown, Fee, Fixing, Terms
from aggregates.values import BasisPoints, Money

Language = Literal["fr", "en"]
"""A template in French has the name of its paper; in English the same with ``.en``."""


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
class Instalments:
    """The lines of a schedule as a table prints them: with their sums, and what each leaves to repay."""

    lines: Sequence[Scheduled]
    """In order of their numbers; at least one."""

    @property
    def has_fees(self) -> bool:
        """Whether any line has a fee: a column of nothing is not printed."""
        return self.fee.minor > 0

    @property
    def has_insurance(self) -> bool:
        return self.insurance.minor > 0

    @property
    def interest(self) -> Money:
        return self._sum(self.lines, "interest")

    @property
    def principal(self) -> Money:
        return self._sum(self.lines, "principal")

    @property
    def fee(self) -> Money:
        return self._sum(self.lines, "fee")

    @property
    def insurance(self) -> Money:
        return self._sum(self.lines, "insurance")

    @property
    def total(self) -> Money:
        return self._sum(self.lines, "total")

    @cached_property
    def rows(self) -> list[tuple[Scheduled, Money]]:
        """Each line with the principal that is still to repay after it."""
        left, rows = self.principal, []
        for line in self.lines:
            left -= line.principal
            rows.append((line, left))
        return rows

    @property
    def years(self) -> list[tuple[int, list[tuple[Scheduled, Money]], Instalments]]:
        """By calendar year of the due day, oldest first: its rows, and its sums."""
        years = [(year, list(rows)) for year, rows in groupby(self.rows, key=lambda row: row[0].due_on.year)]
        return [(year, rows, Instalments(lines=[line for line, _ in rows])) for year, rows in years]

    def _sum(self, lines: Sequence[Scheduled], part: str) -> Money:
        return Money.total((getattr(line, part) for line in lines), lines[0].principal.currency)


@dataclass(frozen=True, kw_only=True)
class Lent:
    """A loan before its money has left, as its papers put it: on its terms, from the day the payout is planned for."""

    principal: Money
    """Without financed fees."""
    terms: Terms
    instalments: Sequence[Scheduled]
    """Oldest first, as they were approved."""
    planned_payout_on: date
    """What the indicative due dates are counted from."""
    drawdowns: Sequence[Drawdown] = ()
    """On which days so much of the principal leaves; empty where all of it does at once."""
    fixings: Sequence[Fixing] = ()
    """Published values of the index that the instalments were reckoned from; empty where the rate stays."""

    @cached_property
    def plan(self) -> Costs:
        return Costs(
            self.terms,
            self.principal,
            len(self.instalments),
            self.planned_payout_on,
            drawdowns=self.drawdowns,
            fixings=self.fixings,
        )

    @property
    def assumed(self) -> Fixing | None:
        """The value of the index that resets to come are reckoned with: the newest there was.

        A consumer is told what an annual rate assumes (Directive 2008/48/EC, art. 10(2)(g)).
        """
        return max(self.fixings, key=lambda fixing: fixing.on, default=None) if self.terms.variable else None

    @property
    def apr(self) -> int:
        """Annual percentage rate, hundredths of a percent."""
        return self.plan.apr

    @cached_property
    def table(self) -> Instalments:
        return Instalments(lines=self.instalments)

    @property
    def runs(self) -> list[tuple[int, Money]]:
        """How many instalments after one another are of the same amount, and the amount."""
        totals = (line.total for line in self.instalments)
        return [(len(list(same)), total) for total, same in groupby(totals)]

    @property
    def least_and_most(self) -> tuple[Money, Money]:
        totals = sorted((line.total for line in self.instalments), key=lambda total: total.minor)
        return totals[0], totals[-1]

    @property
    def counts_twelfths(self) -> bool:
        """Whether the interest of each period is a twelfth of the year's on what is left."""
        terms = self.terms
        by_month = terms.frequency == "monthly" and terms.day_count == "30E/360"
        return by_month and terms.kind != "flat" and terms.variable is None

    @property
    def follows_payout(self) -> bool:
        """Whether instalments fall due on the day of the payout, month after month, whatever day of the week it is."""
        terms = self.terms
        return terms.frequency == "monthly" and terms.due_day is None and terms.business_days == "none"

    @property
    def fees(self) -> list[tuple[Fee, Money]]:
        """Each fee with what it comes to: once, or with each instalment."""
        currency = self.principal.currency
        return [(fee, Money(self.terms.amount(fee, self.principal), currency)) for fee in self.terms.fees]

    def __post_init__(self) -> None:
        if self.plan.lines != list(self.instalments):
            raise ValueError(f"{type(self).__name__}: the instalments are not those of the terms")


@dataclass(frozen=True, kw_only=True)
class LoanAgreement(Lent):
    """The contract that people sign. Language: French."""

    template: ClassVar = "contract/loan_agreement"
    language: ClassVar[Language] = "fr"

    reference: str
    """``K-2026-000123``; printed on every page."""
    loan_reference: str
    """``L-2026-000123``."""
    drafted_on: date
    lender: Lender
    borrower: Borrower
    purpose: str = ""
    """What the money is for, in the borrower's words."""


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
    """The receipt for everything: all that was owed is paid, nothing is owed any more. Language: French."""

    template: ClassVar = "quittance/final"
    language: ClassVar[Language] = "fr"

    reference: str
    """``Q-2026-000123``; printed on every page."""
    contract_reference: str
    loan_reference: str
    contract_on: date
    """The day on the contract."""
    lender: Lender
    borrower: Borrower
    principal: Money
    """With what became principal later: financed fees, interest that the law let be added."""
    interest: Money
    charges: Money
    """Fees, insurance and penalties."""
    overpaid: Money
    """What was received beyond that: it was given back, or waits to be."""
    disbursed_on: date
    repaid_on: date
    """Value date of the payment that settled the loan."""
    issued_on: date
    stepped_back_on: date | None = None
    """The day the borrower gave notice; absent where the loan was repaid as agreed."""
    repayments: Sequence[Repayment]
    """Oldest first; they add up to what was owed and what was overpaid."""

    def __post_init__(self) -> None:
        received = Money.total((repayment.amount for repayment in self.repayments), self.principal.currency)
        if received != self.total + self.overpaid or self.overpaid < Money.zero(received.currency):
            raise ValueError(
                f"{self.reference}: {received} was paid, {self.total} was owed, {self.overpaid} was too much"
            )

    @property
    def total(self) -> Money:
        """What was owed and is paid."""
        return self.principal + self.interest + self.charges


@dataclass(frozen=True, kw_only=True)
class AmortisationSchedule:
    """What is repaid and when: one version of the schedule of a loan that was paid out."""

    template: ClassVar = "schedule/amortisation"

    language: Language
    reference: str
    """``T-2026-000123-2``: the last number is the version's, followed by ``R1`` where it is in force again; printed on
    every page."""
    loan_reference: str
    contract_reference: str
    version: int
    """From 1."""
    why: Why
    """Why there is this version."""
    in_force_on: date
    """The day from which it counts."""
    issued_on: date
    lender: Lender
    borrower: Borrower
    principal: Money
    """What was lent."""
    capitalised: Money
    """What became principal without being paid out: financed fees, interest that the law let become principal."""
    rate: BasisPoints
    """As it was agreed; the lines say what each period costs."""
    apr: int | None
    """Of the contract, hundredths of a percent; None where it was not kept."""
    disbursed_on: date
    lines: Sequence[Scheduled]
    """All of them, those that had fallen due before this version included."""
    restored_on: date | None = None
    """The day on which it was known to be in force again; None while no version after it fell with its money."""
    unchanged: int = 0
    """How many of the first lines are those of the version before."""
    early: Sequence[int] = ()
    """Numbers of the lines that are early repayments."""

    def __post_init__(self) -> None:
        repaid, owed = self.instalments.principal, self.principal + self.capitalised
        if repaid != owed:
            raise ValueError(f"{self.reference}: the lines repay {repaid}, the principal is {owed}")

    @cached_property
    def instalments(self) -> Instalments:
        return Instalments(lines=self.lines)


@dataclass(frozen=True, kw_only=True)
class PrecontractInformation(Lent):
    """What the law wants a consumer to have read before the contract, about this very loan."""

    template: ClassVar = "information/precontract"

    language: Language
    reference: str
    """``I-2026-000123``; printed on every page."""
    loan_reference: str
    issued_on: date
    lender: Lender
    borrower: Borrower
    offer_days: int | None
    """How long the conditions hold once the contract is sent: calendar days; None where nothing says so, like the others."""
    no_payment_days: int | None
    """After the signature, in which no money moves."""
    step_back_days: int | None
    """After the signature, in which the borrower may step back."""


Paper: TypeAlias = PrecontractInformation | LoanAgreement | FinalQuittance | AmortisationSchedule
