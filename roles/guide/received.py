"""What is paid on the loans of the guide, and what the rules make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Final

from aggregates.rules.facts import Fact, Receipt, Returned, Version
from aggregates.rules.life import standing
from aggregates.rules.reallocated import Reallocated, reallocated
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import Late, Order, ServicingTerms
from aggregates.rules.standing import Part, Standing
from aggregates.rules.terms import Fee, Insurance
from aggregates.values import BasisPoints, Money
from roles.guide.loans import HAND, euros

COMPONENTS: Final = {
    "penalty": "pénalité",
    "fee": "frais",
    "insurance": "assurance",
    "interest": "intérêts",
    "principal": "capital",
}


def first_version(lines: Sequence[Scheduled], payout_on: date) -> Version:
    return Version(1, payout_on, 0, 0, tuple(lines))


class Allocation:
    """A loan with every component, one instalment paid and two past due, and one receipt."""

    fee: Fee = Fee("frais de gestion", "per-instalment", fixed=euros(3))
    insurance: Insurance = Insurance(BasisPoints(60))
    late: Late = Late(BasisPoints(1_000))
    on_time: date = date(2026, 2, 15)
    receipt: Receipt = Receipt(2, date(2026, 4, 20), euros(500))

    @cached_property
    def version(self) -> Version:
        terms = replace(HAND.terms, fees=(self.fee,), insurance=self.insurance)
        return first_version(HAND.under(terms).lines, HAND.payout_on)

    @property
    def lines(self) -> tuple[Scheduled, ...]:
        return self.version.lines

    @property
    def facts(self) -> list[Fact]:
        return [Receipt(1, self.on_time, self.lines[0].total), self.receipt]

    def terms(self, order: Order | None = None) -> ServicingTerms:
        return ServicingTerms("EUR", late=self.late, order=order or Order())

    def standing(self, order: Order | None = None) -> Standing:
        return standing(self.terms(order), [self.version], self.facts, self.receipt.on)

    @cached_property
    def before(self) -> Standing:
        """On the day of the receipt, without it."""
        return standing(self.terms(), [self.version], self.facts[:1], self.receipt.on)

    @cached_property
    def after(self) -> Standing:
        return self.standing()

    @cached_property
    def parts(self) -> list[Part]:
        return self.paid_by(self.after)

    @cached_property
    def parts_by_component(self) -> list[Part]:
        """The same receipt where each component is paid of all instalments."""
        return self.paid_by(self.standing(Order(by="component")))

    def paid_by(self, now: Standing) -> list[Part]:
        return [part for part in now.parts if part.receipt == self.receipt.number]

    @property
    def late_numbers(self) -> list[int]:
        """The instalments that the receipt pays, oldest first."""
        return sorted({part.number for part in self.parts})

    @cached_property
    def steps(self) -> list[tuple[Part, Money, Money]]:
        """Each part, what was owed of it, and what is left of the receipt after it."""
        left, told = self.receipt.amount, []
        for part in self.parts:
            left -= part.amount
            unpaid = self.before.instalments[part.number - 1].unpaid
            told.append((part, getattr(unpaid, part.what), left))
        return told

    def days_late(self, number: int) -> int:
        return (self.receipt.on - self.lines[number - 1].due_on).days

    def penalty(self, number: int) -> Money:
        """Of an instalment, on the day of the receipt."""
        return self.before.instalments[number - 1].unpaid.penalty


class Waiting:
    """A receipt that is more than what is due: what is left waits for its instalment."""

    amount: Money = euros(400)

    @property
    def on(self) -> date:
        return HAND.costs.lines[0].due_on

    @property
    def next_on(self) -> date:
        return HAND.costs.lines[1].due_on

    def standing(self, on: date, order: Order | None = None) -> Standing:
        version = first_version(HAND.costs.lines, HAND.payout_on)
        terms = ServicingTerms("EUR", order=order or Order())
        return standing(terms, [version], [Receipt(1, self.on, self.amount)], on)

    @property
    def left(self) -> Money:
        return self.standing(self.on).unallocated

    @property
    def still_due(self) -> Money:
        """Of the next instalment on its day, when the money that waited has paid."""
        return self.standing(self.next_on).due.total

    @property
    def parts_in_advance(self) -> list[Part]:
        """The same receipt where money may pay what is to come."""
        ahead = Order(timings=("past_due", "due", "in_advance"))
        return [part for part in self.standing(self.on, ahead).parts if part.number == 2]


class LearntLate:
    """A receipt that becomes known after a later one, and another that comes back."""

    late: Late = Late(BasisPoints(1_000))
    known: Receipt = Receipt(2, date(2026, 4, 15), euros(300))
    learnt: Receipt = Receipt(3, date(2026, 3, 15), HAND.costs.lines[1].total)
    learnt_on: date = date(2026, 4, 30)

    @property
    def version(self) -> Version:
        return first_version(HAND.costs.lines, HAND.payout_on)

    @property
    def first(self) -> Receipt:
        return Receipt(1, HAND.costs.lines[0].due_on, HAND.costs.lines[0].total)

    def standing(self, *more: Fact) -> Standing:
        terms = ServicingTerms("EUR", late=self.late)
        return standing(terms, [self.version], [self.first, self.known, *more], self.learnt_on)

    @cached_property
    def before(self) -> Standing:
        return self.standing()

    @cached_property
    def after(self) -> Standing:
        return self.standing(self.learnt)

    @cached_property
    def changes(self) -> list[Reallocated]:
        return reallocated(self.before, self.after)

    @cached_property
    def returned(self) -> Standing:
        """When the receipt that was learnt late is returned after all."""
        return self.standing(self.learnt, Returned(4, self.learnt_on, self.learnt.number))
