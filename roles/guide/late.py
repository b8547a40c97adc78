"""Loans of the guide that are late: days past due, penalties, provisions, the portfolio."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property

from aggregates.rules.arrears import AgingLine, AtRisk, aging, portfolio_at_risk
from aggregates.rules.buckets import BUCKETS, Bucket, Provisions
from aggregates.rules.costs import Costs
from aggregates.rules.facts import Fact, Paused, Receipt, Version
from aggregates.rules.life import standing
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import Late, ServicingTerms
from aggregates.rules.standing import Standing
from aggregates.rules.taking_in import with_arrears
from aggregates.values import BasisPoints, Money
from roles.guide.loans import HAND, euros
from roles.guide.received import first_version


class Lateness:
    """What lateness costs, day by day, with what stops it."""

    late: Late = Late(
        BasisPoints(1_000),
        grace_days=5,
        fixed=euros(2),
        cap_each=BasisPoints(200),
    )
    number: int = 2
    """The instalment that stays unpaid."""
    after: tuple[int, ...] = (5, 6, 30, 60, 90)
    """Days past due."""
    pause: Paused = Paused(9, date(2026, 3, 26), date(2026, 4, 4))

    @property
    def line(self) -> Scheduled:
        return HAND.costs.lines[self.number - 1]

    @property
    def cap(self) -> Money:
        share = self.line.total.minor * (self.late.cap_each or 0) // 10_000
        return Money(share, self.line.total.currency)

    @cached_property
    def rows(self) -> list[tuple[int, date, Money, Money]]:
        """Days past due, the day, the penalty, and the penalty with the pause."""
        return [
            (days, day, self._charged(day), self._charged(day, self.pause))
            for days in self.after
            for day in [self.line.due_on + timedelta(days=days)]
        ]

    def counted(self, days: int) -> int:
        """Days that bear penalties."""
        return max(0, days - self.late.grace_days)

    @property
    def paused_days(self) -> int:
        return (self.pause.until - self.pause.on).days + 1 if self.pause.until else 0

    def _charged(self, day: date, *more: Fact) -> Money:
        lines = HAND.costs.lines
        paid = Receipt(1, lines[0].due_on, lines[0].total)
        terms = ServicingTerms("EUR", late=self.late)
        now = standing(terms, [first_version(lines, HAND.payout_on)], [paid, *more], day)
        return now.instalments[self.number - 1].unpaid.penalty


class TakenIn:
    """The small loan, whose late instalments are repaid with those to come after an agreement."""

    on: date = date(2026, 4, 25)
    count: int = 6
    received: tuple[Receipt, ...] = (
        Receipt(1, HAND.costs.lines[0].due_on, HAND.costs.lines[0].total),
        Receipt(2, HAND.costs.lines[1].due_on, euros(100)),
    )

    @cached_property
    def before(self) -> Standing:
        return self._standing()

    @cached_property
    def version(self) -> Version:
        return with_arrears(self.before, HAND.rate, self.count, ServicingTerms("EUR"), 2)

    @cached_property
    def after(self) -> Standing:
        return self._standing(self.version)

    @property
    def new(self) -> list[Scheduled]:
        return list(self.version.lines[self.version.taken_in :])

    @property
    def late(self) -> list[int]:
        """Numbers of the instalments that are taken in."""
        return [line.number for line in self.version.lines[: self.version.taken_in]]

    @property
    def principal(self) -> Money:
        return Money.total((line.principal for line in self.new), "EUR")

    @property
    def earned(self) -> Money:
        """Interest that is earned and not paid: of what is late, and of the current period."""
        return self.before.past_due.interest + self.before.accrued

    def _standing(self, *versions: Version) -> Standing:
        first = first_version(HAND.costs.lines, HAND.payout_on)
        return standing(ServicingTerms("EUR"), [first, *versions], self.received, self.on)


class Arrears:
    """A loan that is paid late: its days past due, and the bucket of each day."""

    receipts: tuple[Receipt, ...] = (
        Receipt(1, date(2026, 2, 15), HAND.costs.lines[0].total),
        Receipt(2, date(2026, 6, 20), HAND.costs.lines[1].total),
        Receipt(3, date(2026, 7, 20), HAND.costs.lines[2].total),
        Receipt(4, date(2026, 8, 24), HAND.costs.lines[3].total),
    )
    until: date = date(2026, 9, 10)
    looked_at: tuple[date, ...] = (
        date(2026, 3, 15),
        date(2026, 3, 16),
        date(2026, 4, 14),
        date(2026, 4, 15),
        date(2026, 6, 14),
        date(2026, 6, 20),
        date(2026, 7, 20),
        date(2026, 8, 24),
    )
    provisions: Provisions = Provisions(
        BasisPoints(100), BasisPoints(500), BasisPoints(2_500), BasisPoints(5_000), BasisPoints(10_000)
    )

    def standing(self, on: date) -> Standing:
        terms = ServicingTerms("EUR", provisions=self.provisions)
        version = first_version(HAND.costs.lines, HAND.payout_on)
        return standing(terms, [version], self.receipts, on)

    @cached_property
    def rows(self) -> list[Standing]:
        return [self.standing(on) for on in self.looked_at]

    @cached_property
    def every_day(self) -> list[tuple[date, int]]:
        """Days past due at the end of each day."""
        first = HAND.payout_on
        days = (first + timedelta(days=n) for n in range((self.until - first).days + 1))
        return [(day, self.standing(day).days_past_due) for day in days]

    @property
    def most(self) -> int:
        return max(days for _, days in self.every_day)


class Portfolio:
    """Loans like the small one, paid to various points, on one day."""

    on: date = date(2026, 5, 20)
    loans: tuple[tuple[Money, int], ...] = (
        (euros(1_200), 4),
        (euros(6_000), 4),
        (euros(2_400), 3),
        (euros(3_600), 2),
        (euros(1_200), 1),
    )
    """Principal, and how many instalments were paid on their day."""
    months: int = 8
    provisions: Provisions = Arrears.provisions

    @cached_property
    def standings(self) -> list[Standing]:
        return [self._standing(principal, paid) for principal, paid in self.loans]

    @cached_property
    def aging(self) -> list[AgingLine]:
        return aging(self.standings, "EUR")

    @cached_property
    def at_risk(self) -> list[AtRisk]:
        return portfolio_at_risk(self.standings, "EUR")

    @property
    def outstanding(self) -> Money:
        return Money.total((now.outstanding for now in self.standings), "EUR")

    def _standing(self, principal: Money, paid: int) -> Standing:
        lines = Costs(HAND.terms, principal, self.months, HAND.payout_on).lines
        receipts = [Receipt(line.number, line.due_on, line.total) for line in lines[:paid]]
        terms = ServicingTerms("EUR", provisions=self.provisions)
        return standing(terms, [first_version(lines, HAND.payout_on)], receipts, self.on)


def rates_by_bucket(provisions: Provisions) -> dict[Bucket, BasisPoints]:
    return {bucket: provisions.rate(bucket) for bucket in BUCKETS}
