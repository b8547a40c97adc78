"""Repayments as people handle them: money that arrived or leaves by hand, and what of one is said anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from aggregates.rules.reallocated import Reallocated, Share
from aggregates.rules.shares import Paid
from aggregates.values import AccountId, Method, Money, RepaymentId


@dataclass(frozen=True, slots=True)
class Repayment:
    """What the page remembers of a repayment."""

    amount: Money
    method: Method
    reversed: bool = False
    number: int = 0
    """Of the fact, from 1 in the order in which they were learnt."""
    by: AccountId | None = None
    """Who recorded it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a repayment paid as it was known, and what it pays as it is known now."""

    repayment_id: RepaymentId
    before: list[Share]
    after: list[Share]


@dataclass(frozen=True, slots=True)
class Leaving:
    """Money that goes back to the borrower by hand."""

    amount: Money
    value_date: date
    """The day it left."""
    method: Method
    reference: str
    """Of the transfer, the receipt or the cheque."""
    payee: int | None = None
    """Number of the customer's payee that a transfer went to; absent where none is on file."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money that arrived by hand."""

    repayment_id: RepaymentId
    amount: Money
    value_date: date
    """The day it arrived."""
    method: Method
    reference: str
    """Of the transfer, the receipt or the cheque."""
    keeps_overpayment: bool = False
    """What is more than is owed is kept for the borrower; refused unless it is said."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What money would do if it were recorded."""

    paid: Paid
    """What it would pay itself."""
    others: int
    """Of so many repayments it would change what they pay."""
    overpaid: Money
    """How much more would wait beyond all that is owed; never below zero."""


def moved(changes: Iterable[Reallocated], repayments: Mapping[RepaymentId, Repayment]) -> list[Moved]:
    """What receipts pay otherwise than was said, by the repayments that they are of."""
    ids = {repayment.number: id for id, repayment in repayments.items()}
    return [
        Moved(ids[change.receipt], list(change.before), list(change.after))
        for change in changes
        if change.before != change.after
    ]
