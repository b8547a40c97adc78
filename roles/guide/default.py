"""Loans of the guide that end otherwise: due at once after a notice, or given back because the client stepped back."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property

from aggregates.rules.acceleration import AtOnce, at_once
from aggregates.rules.facts import Receipt
from aggregates.rules.life import standing
from aggregates.rules.pro_rata import elapsed
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import Acceleration, ServicingTerms
from aggregates.rules.stepping_back import Return, line_to_return
from aggregates.rules.terms import Drawdown
from aggregates.values import BasisPoints, Money
from roles.guide.loans import HAND
from roles.guide.received import first_version


class DueAtOnce:
    """The small loan, of which all but the first instalment stays unpaid."""

    terms: Acceleration = Acceleration(BasisPoints(800))
    noticed_on: date = date(2026, 3, 16)
    on: date = date(2026, 4, 20)

    @property
    def until(self) -> date:
        """The last day to pay."""
        return self.noticed_on + timedelta(days=self.terms.notice_days)

    @cached_property
    def owed(self) -> AtOnce:
        terms = ServicingTerms("EUR", acceleration=self.terms)
        lines = HAND.costs.lines
        paid = Receipt(1, lines[0].due_on, lines[0].total)
        return at_once(terms, standing(terms, [first_version(lines, HAND.payout_on)], [paid], self.on))

    @property
    def late(self) -> list[int]:
        """Numbers of the instalments whose day is over and that are not paid."""
        return [line.number for line in HAND.costs.lines[1:] if line.due_on < self.on]

    @property
    def to_come(self) -> list[int]:
        return [line.number for line in HAND.costs.lines if line.due_on > self.on]

    @property
    def outstanding(self) -> Money:
        """The base of the indemnity: the capital of every instalment that is not paid."""
        return Money.total((line.principal for line in HAND.costs.lines[1:]), "EUR")


class GivenBack:
    """The small loan, from which the client steps back a few days after the payout."""

    days: tuple[int, ...] = (0, 5, 20, 30)
    """From the notice to the day on which the money is back."""
    limit: int = 30

    @property
    def notified_on(self) -> date:
        return HAND.payout_on + timedelta(days=10)

    @property
    def asked(self) -> Return:
        last = self.notified_on + timedelta(days=self.limit)
        return Return(self.notified_on, last, True, [Drawdown(HAND.payout_on, HAND.principal)])

    @cached_property
    def rows(self) -> list[tuple[int, date, int, Scheduled]]:
        """Days since the notice, the day, the days of interest by the day count, and what is to come back then."""
        return [
            (days, day, elapsed(HAND.payout_on, day, HAND.terms.day_count), self._line(day))
            for days in self.days
            for day in [self.notified_on + timedelta(days=days)]
        ]

    def _line(self, day: date) -> Scheduled:
        """A payment of twice the capital is enough to end it on its day, whatever the interest."""
        terms = ServicingTerms("EUR", day_count=HAND.terms.day_count)
        return line_to_return(self.asked, [(day, 2 * HAND.principal.minor)], HAND.rate, terms)
