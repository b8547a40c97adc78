"""What a loan under any terms comes to: its schedule, what is kept at the payout, its totals, its annual rate."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from aggregates.rules.apr import Flow, NoRate, effective_rate, in_hundredths, years_between
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.schedules import Reckoned, YearTotals, by_year, reckon
from aggregates.rules.terms import MONTHS, Drawdown, Fixing, Terms
from aggregates.values import Money


@dataclass(frozen=True)
class Costs:
    """One loan, reckoned when it is asked. Everything raises UnsoundTerms where the terms do not hold."""

    terms: Terms
    principal: Money
    """What is lent, without financed fees."""
    periods: int
    payout_on: date
    first_due_on: date | None = None
    drawdowns: Sequence[Drawdown] = ()
    """When there are several."""
    fixings: Sequence[Fixing] = ()
    holidays: Collection[date] = ()
    undrawn: Money | None = None
    """What of the principal has not left and may never; then the lines speak of the rest alone."""

    def checked(self) -> Costs:
        """This loan, for which there is a schedule and an annual rate. Raises UnsoundTerms, NoRate."""
        _ = self.effective_rate
        return self

    @cached_property
    def reckoned(self) -> Reckoned:
        return reckon(
            self.terms, self.principal, self.periods, self.payout_on, self.first_due_on, self.drawdowns,
            self.fixings, self.holidays, self.undrawn,
        )  # fmt: skip

    @property
    def lines(self) -> list[Scheduled]:
        return self.reckoned.lines

    @property
    def drawn(self) -> Money:
        """What is lent of the principal, as far as these lines know."""
        return self.principal if self.undrawn is None else self.principal - self.undrawn

    @property
    def financed(self) -> Money:
        """Fees that are added to what is repaid."""
        return self.terms.charged("financed", self.principal)

    @property
    def up_front(self) -> Money:
        """Fees that are kept from the payout."""
        return self.terms.charged("up-front", self.principal)

    @property
    def kept_interest(self) -> Money:
        """Interest of the odd days of a first period, where it is charged at the payout."""
        return self.reckoned.kept_interest

    @property
    def kept(self) -> Money:
        """All that is kept from the first payout: fees, and interest of the odd days where they are charged there."""
        return self.up_front + self.kept_interest

    @property
    def interest(self) -> Money:
        """That the borrower pays, what is kept at the payout included."""
        return self._sum(line.interest for line in self.lines) + self.kept_interest

    @property
    def fees(self) -> Money:
        return self._sum(line.fee for line in self.lines) + self.up_front + self.financed

    @property
    def insurance(self) -> Money:
        return self._sum(line.insurance for line in self.lines)

    @property
    def borne(self) -> Money:
        """Interest that the third party pays."""
        return self._sum(iter(self.reckoned.borne))

    @property
    def cost(self) -> Money:
        """The total cost: interest, fees, and insurance that is required."""
        return self.interest + self.fees + (self.insurance if self._with_insurance else self._sum(iter(())))

    @property
    def total(self) -> Money:
        """All that the borrower pays, insurance of either kind included."""
        return self.drawn + self.interest + self.fees + self.insurance

    @cached_property
    def remaining(self) -> list[Money]:
        """Principal that the schedule has left after each line, of everything that is drawn in all."""
        parts = (line.principal for line in self.lines)
        return list(accumulate(parts, Money.__sub__, initial=self.drawn + self.financed))[1:]

    @cached_property
    def years(self) -> list[YearTotals]:
        return by_year(self.lines)

    @cached_property
    def effective_rate(self) -> Decimal:
        """As a fraction of one, not rounded. Raises NoRate."""
        return effective_rate(self.flows())

    @property
    def apr(self) -> int:
        """Annual percentage rate, hundredths of a percent. Raises NoRate."""
        return in_hundredths(self.effective_rate)

    @property
    def apr_or_none(self) -> int | None:
        """The same; None where there is none."""
        try:
            return self.apr
        except NoRate:
            return None

    def flows(self) -> list[Flow]:
        """What moves between lender and borrower, for the equation of the annual percentage rate."""
        drawn = list(self.drawdowns) or [Drawdown(self.payout_on, self.drawn)]
        return [
            *(Flow(self._years(each.on), -each.amount.minor) for each in drawn),
            Flow(self._years(self.payout_on), self.kept.minor),
            *(Flow(self._years(line.due_on), self._counted(line).minor) for line in self.lines),
        ]

    @property
    def _with_insurance(self) -> bool:
        return self.terms.insurance is not None and self.terms.insurance.is_required

    def _counted(self, line: Scheduled) -> Money:
        return line.total if self._with_insurance else line.total - line.insurance

    def _years(self, day: date) -> Fraction:
        return years_between(self.payout_on, day, "months" if self.terms.frequency in MONTHS else "weeks")

    def _sum(self, amounts: Iterator[Money]) -> Money:
        return Money.total(amounts, self.principal.currency)
