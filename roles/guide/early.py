"""A loan of the guide that is repaid before its time, in full or in part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Final

from aggregates.rules.calendar import months_after
from aggregates.rules.early import Keeps, Quote, RepaidInPart, quote, quotes, repay_in_part, settlement
from aggregates.rules.facts import Fact, Receipt, Version
from aggregates.rules.life import standing
from aggregates.rules.pro_rata import elapsed
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import EarlyFee, ServicingTerms
from aggregates.rules.standing import Standing
from aggregates.values import BasisPoints, Money
from roles.guide.loans import LONG, euros
from roles.guide.received import first_version

KEEPS: Final[dict[Keeps, str]] = {
    "lower-instalment": "échéance réduite",
    "same-instalment": "durée réduite",
}


class Early:
    """Repaying the longer loan before its time."""

    rule: EarlyFee = EarlyFee(rate=BasisPoints(200))
    on: date = date(2027, 7, 30)
    valid_days: int = 3
    late_on: tuple[date, date] = (date(2030, 3, 30), date(2030, 12, 30))
    """Other days: in the last year, and when little interest is left."""
    amount: Money = euros(4_000)

    @property
    def terms(self) -> ServicingTerms:
        return ServicingTerms("EUR", early=self.rule)

    @property
    def version(self) -> Version:
        return first_version(LONG.lines, LONG.payout_on)

    def facts(self, on: date) -> list[Fact]:
        """Every instalment paid on its day."""
        due = (line for line in LONG.lines if line.due_on <= on)
        return [Receipt(line.number, line.due_on, line.total) for line in due]

    def standing(self, on: date) -> Standing:
        return standing(self.terms, [self.version], self.facts(on), on)

    @cached_property
    def now(self) -> Standing:
        return self.standing(self.on)

    @property
    def current(self) -> Scheduled:
        """The instalment whose period it is."""
        return next(line for line in LONG.lines if line.due_on > self.on)

    @property
    def elapsed(self) -> int:
        """Of the current period, in the days of its day count."""
        return elapsed(self.current.starts_on, self.on, self.terms.day_count)

    @property
    def span(self) -> int:
        return elapsed(self.current.starts_on, self.current.due_on, self.terms.day_count)

    @property
    def accrued_exact(self) -> Fraction:
        """Minor units, before they are rounded."""
        return Fraction(self.current.interest.minor * self.elapsed, self.span)

    @cached_property
    def offers(self) -> list[Quote]:
        until = self.on + timedelta(days=self.valid_days)
        return quotes(self.terms, [self.version], self.facts(until), self.on, until)

    @property
    def offer(self) -> Quote:
        return self.offers[0]

    @cached_property
    def settled(self) -> Standing:
        """What is left when the amount of the quote arrives on its day."""
        number = len(LONG.lines) + 1
        version = settlement(self.now, self.offer, number, 2)
        facts = [*self.facts(self.on), Receipt(number, self.on, self.offer.total)]
        return standing(self.terms, [self.version, version], facts, self.on)

    @cached_property
    def limits(self) -> list[EarlyLimits]:
        return [EarlyLimits(self.rule, self.standing(on), self.terms) for on in (self.on, *self.late_on)]

    def in_part(self, keeps: Keeps) -> RepaidInPart:
        return repay_in_part(self.terms, self.now, self.amount, keeps, len(LONG.lines) + 1, 2)

    @property
    def part(self) -> RepaidInPart:
        """How the amount is used: the same whatever becomes of the instalments."""
        return self.in_part("lower-instalment")

    @property
    def ahead(self) -> list[Scheduled]:
        """The instalments to come without an early repayment."""
        return [line for line in LONG.lines if line.due_on > self.on]

    def interest_of(self, lines: Iterable[Scheduled]) -> Money:
        return Money.total((line.interest for line in lines), self.terms.currency)

    @cached_property
    def parts(self) -> dict[Keeps, RepaidInPart]:
        return {keeps: self.in_part(keeps) for keeps in KEEPS}


@dataclass(frozen=True)
class EarlyLimits:
    """The fee of one day, and each number that it may not pass."""

    rule: EarlyFee
    now: Standing
    terms: ServicingTerms

    @property
    def on(self) -> date:
        return self.now.on

    @property
    def fee(self) -> Money:
        return quote(self.terms, self.now).fee

    @property
    def principal(self) -> Money:
        return self.now.not_due.principal

    @property
    def is_last_year(self) -> bool:
        return self.now.instalments[-1].line.due_on <= months_after(self.on, 12)

    @property
    def cap(self) -> BasisPoints:
        return self.rule.cap_last_year if self.is_last_year else self.rule.cap

    @property
    def by_product(self) -> Money:
        return self._share(self.rule.rate)

    @property
    def by_cap(self) -> Money:
        return self._share(self.cap)

    @property
    def interest_left(self) -> Money:
        return self.now.not_due.interest - self.now.accrued

    def _share(self, rate: BasisPoints) -> Money:
        return Money(self.principal.minor * rate // 10_000, self.principal.currency)
