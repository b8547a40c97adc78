"""What falls due when: the schedule of any loan, exact to the minor unit.

Every formula, rounding and order is in docs/decisions/0031-terms-and-schedules.md; whole numbers throughout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import gcd

from aggregates.rules.holidays import moved
from aggregates.rules.periods import Periods
from aggregates.rules.scheduled import Earlier, Scheduled
from aggregates.rules.terms import WHOLE, Drawdown, Fixing, Kind, Terms, UnsoundTerms
from aggregates.values import Money


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A schedule with what stands beside it."""

    lines: list[Scheduled]
    kept_interest: Money
    """Interest of the odd days that is kept from the payout."""
    borne: list[Money]
    """Interest that the third party bears, period by period."""


@dataclass(frozen=True, slots=True)
class YearTotals:
    """What falls due in a calendar year."""

    year: int
    interest: Money
    principal: Money
    fee: Money
    insurance: Money

    @property
    def total(self) -> Money:
        return self.interest + self.principal + self.fee + self.insurance


def schedule(
    terms: Terms,
    principal: Money,
    periods: int,
    payout_on: date,
    first_due_on: date | None = None,
    drawdowns: Sequence[Drawdown] = (),
    fixings: Sequence[Fixing] = (),
    holidays: Collection[date] = (),
) -> list[Scheduled]:
    """The lines of a loan, one for each period.

    principal     what is lent; financed fees come on top, and the principal parts sum to both
    periods       1 to 1,040, those in grace included
    payout_on     the day the first money leaves
    first_due_on  when agreed on; otherwise it follows from the terms
    drawdowns     when there are several: they sum to ``principal``, the first is on ``payout_on``
    fixings       published values of the index, for a variable rate
    holidays      proclaimed ones, beside those of the calendar's rule

    Raises UnsoundTerms, which names the field and says what would do.
    """
    return reckon(terms, principal, periods, payout_on, first_due_on, drawdowns, fixings, holidays).lines


def reckon(
    terms: Terms,
    principal: Money,
    periods: int,
    payout_on: date,
    first_due_on: date | None = None,
    drawdowns: Sequence[Drawdown] = (),
    fixings: Sequence[Fixing] = (),
    holidays: Collection[date] = (),
    undrawn: Money | None = None,
) -> Reckoned:
    """The same with what is kept at the payout and what a third party bears. Raises UnsoundTerms.

    undrawn  what of the principal has not left and may never: fees and insurance count it, interest and what is repaid
             do not; the drawdowns sum to the rest
    """
    terms.checked(principal.currency)
    if terms.grace_all + terms.grace_principal >= periods:
        raise UnsoundTerms("grace_principal", f"leave at least one of {periods} instalments without grace")
    left = principal if undrawn is None else principal - undrawn
    drawn = list(drawdowns) or [Drawdown(payout_on, left)]
    times = Periods(terms, periods, payout_on, first_due_on)
    _check_money(terms.kind, left, drawn, payout_on, times.boundaries[-2])
    financed = terms.charged("financed", principal)
    drawn[0] = Drawdown(payout_on, drawn[0].amount + financed)
    reckoning = _Reckoning(terms, principal + financed, drawn, sorted(fixings, key=lambda f: f.on), times)
    reckoned = reckoning.done(terms.charged("per-instalment", principal), holidays)
    if terms.charged("up-front", principal) + reckoned.kept_interest >= drawn[0].amount - financed:
        raise UnsoundTerms("fees", "keep less at the payout than what is paid out first")
    return reckoned


def by_year(lines: Iterable[Scheduled]) -> list[YearTotals]:
    """The totals of each calendar year in which something falls due, by due day, oldest first."""
    totals = []
    for year, of_year in groupby(lines, key=lambda line: line.due_on.year):
        parts = list(of_year)
        zero = Money.zero(parts[0].principal.currency)
        totals.append(
            YearTotals(
                year,
                sum((part.interest for part in parts), zero),
                sum((part.principal for part in parts), zero),
                sum((part.fee for part in parts), zero),
                sum((part.insurance for part in parts), zero),
            )
        )
    return totals


def _check_money(
    kind: Kind, principal: Money, drawn: Sequence[Drawdown], payout_on: date, last_starts: date
) -> None:
    if principal.minor <= 0:
        raise UnsoundTerms("principal", "lend more than nothing")
    if any(each.amount.currency != principal.currency for each in drawn):
        raise UnsoundTerms("drawdowns", f"write every amount in {principal.currency}")
    days = [each.on for each in drawn]
    if days != sorted(days) or days[0] != payout_on:
        raise UnsoundTerms("drawdowns", f"begin on the payout, {payout_on}, and go on day by day")
    if len(drawn) > 1 and days[-1] >= last_starts:
        raise UnsoundTerms("drawdowns", f"pay everything out before the last period, {last_starts}")
    if min(each.amount.minor for each in drawn) <= 0:
        raise UnsoundTerms("drawdowns", "pay out more than nothing each time")
    if sum(each.amount.minor for each in drawn) != principal.minor:
        raise UnsoundTerms("drawdowns", f"pay out {principal} in all")
    if len(drawn) > 1 and kind == "flat":
        raise UnsoundTerms("drawdowns", "flat interest is on one payout: pay out once")


_Rates = tuple[int, int]
"""The rate of a period, and what the borrower is charged of it."""


class _Reckoning:
    """One loan on its way through its periods. Amounts are minor units; weights are amount times units of time."""

    def __init__(
        self,
        terms: Terms,
        principal: Money,
        drawn: Sequence[Drawdown],
        fixings: Sequence[Fixing],
        times: Periods,
    ) -> None:
        self.terms, self.times, self.drawn, self.fixings = terms, times, drawn, fixings
        self.currency, self.principal = principal.currency, principal.minor
        self.days = times.boundaries
        self.count = len(self.days) - 1
        self.paying = terms.grace_all + 1
        self.amortising = terms.grace_all + terms.grace_principal + 1
        self.payout_on = drawn[0].on
        self.is_longer = self.payout_on < self.days[0]
        self.odd = self._odd_weight()

    def done(self, fee: Money, holidays: Collection[date]) -> Reckoned:
        weights, rates, parts = self._walk()
        kept, interest, put_off = self._interest(weights, rates)
        lines = [
            Scheduled(
                k,
                self._starts_on(k),
                moved(self.days[k], self.terms.business_days, self.terms.calendar, holidays),
                Money(interest[k - 1], self.currency),
                Money(parts[k - 1], self.currency),
                fee if k >= self.paying else Money.zero(self.currency),
                self._premium(k, weights[k - 1]),
                self._earlier(put_off[k - 1]),
            )
            for k in range(1, self.count + 1)
        ]
        borne = [self._borne(k, weights[k - 1], *rates[k - 1]) for k in range(1, self.count + 1)]
        return Reckoned(lines, Money(kept, self.currency), borne)

    # ── through the periods ────────────────────────────────────────────────

    def _walk(self) -> tuple[list[int], list[_Rates], list[int]]:
        """Of each period: what the interest is counted on, the rate and what is charged of it, the principal part."""
        weights, rates, parts = [], [], []
        level, owed, arrived = (0, 1), 0, 0
        rate, charged = int(self.terms.rate), -1
        for k in range(1, self.count + 1):
            opening = max(self.days[k - 1], self.payout_on)
            joined = sum(d.amount.minor for d in self.drawn[arrived:] if d.on <= opening)
            arrived += sum(d.on <= opening for d in self.drawn[arrived:])
            owed += joined
            rate = self._rate(k, rate)
            now = max(0, rate - self.terms.subsidy)
            weights.append(self._weight(k, owed))
            if k >= self.amortising and (k == self.amortising or now != charged or joined):
                level = self._level(k, owed, now, self._balloon(self.drawn[:arrived]))
            parts.append(self._part(k, owed, level, self._rounded(now * weights[-1])))
            owed -= parts[-1]
            rates.append((rate, now))
            charged = now
        return weights, rates, parts

    def _rate(self, k: int, rate: int) -> int:
        """In force in period k, when ``rate`` was in the one before."""
        variable = self.terms.variable
        if variable is None or k == 1 or (k - 1) % variable.reset_every:
            return rate
        known = [fixing.rate for fixing in self.fixings if fixing.on <= self.days[k - 1]]
        if not known:
            return rate
        return variable.rate_at(known[-1])

    def _weight(self, k: int, owed: int) -> int:
        """Of a regular period: what is owed at its start over its length, what is drawn in it over the rest."""
        opening = max(self.days[k - 1], self.payout_on)
        inside = (d for d in self.drawn if opening < d.on < self.days[k])
        return owed * self.times.units(k) + sum(
            d.amount.minor * self.times.between(d.on, self.days[k]) for d in inside
        )

    def _odd_weight(self) -> int:
        """Of the days by which the first period is longer than a regular one; negative where it is shorter."""
        start = self.days[0]
        if not self.is_longer:
            return -self.drawn[0].amount.minor * self.times.between(start, self.payout_on)
        return sum(d.amount.minor * self.times.between(d.on, start) for d in self.drawn if d.on < start)

    def _balloon(self, drawn: Sequence[Drawdown]) -> int:
        """The part of what was drawn that is due with the last row."""
        return self.terms.rounding.of(sum(each.amount.minor for each in drawn) * self.terms.balloon, WHOLE)

    def _level(self, k: int, owed: int, rate: int, balloon: int) -> tuple[int, int]:
        """What each remaining instalment pays (its principal, unless an annuity), before weights: a fraction.

        Source: with F the growth of each period, (owed·ΠF − balloon) / Σ w·Π of the F after it.
        """
        growth = self._growth(k, rate)
        one, steps = growth[0], self._steps(self.count)
        grown, worth, plain = owed, 0, 1
        for j, factor in enumerate(growth[1:], k):
            plain *= one
            grown *= factor
            worth = worth * factor + self._weighted(j, steps) * plain
        return (grown - balloon * plain) * WHOLE**steps, worth

    def _growth(self, k: int, rate: int) -> list[int]:
        """A whole, and what it grows to in each period from k on: without interest unless an annuity."""
        whole = WHOLE * self.times.units_a_year
        if self.terms.kind != "annuity":
            return [1] * (self.count - k + 2)
        factors = [whole + rate * self.times.units(j) for j in range(k, self.count + 1)]
        common = gcd(whole, *factors)
        return [whole // common, *(factor // common for factor in factors)]

    def _steps(self, k: int) -> int:
        return (k - self.amortising) // self.terms.step_every if self.terms.step_up else 0

    def _weighted(self, k: int, of: int) -> int:
        """The weight of row k, over a whole to the power of ``of`` steps."""
        steps = self._steps(k)
        return int((WHOLE + self.terms.step_up) ** steps * WHOLE ** (of - steps))

    def _part(self, k: int, owed: int, level: tuple[int, int], interest: int) -> int:
        """The principal part of row k."""
        if k == self.count:
            part = owed
        elif k < self.amortising or self.terms.kind == "bullet":
            return 0
        else:
            steps = self._steps(k)
            due = self.terms.rounding.of(level[0] * self._weighted(k, steps), level[1] * WHOLE**steps)
            part = due - interest if self.terms.kind == "annuity" else due
        if part <= 0 or (k < self.count and part >= owed):
            raise UnsoundTerms(
                "periods",
                f"instalment {k} would repay {Money(part, self.currency)} of {Money(owed, self.currency)}:"
                " the loan does not amortise, take fewer or equal instalments, a lower rate or a larger amount",
            )
        return part

    # ── interest, insurance, subsidy ───────────────────────────────────────

    def _interest(self, weights: Sequence[int], rates: Sequence[_Rates]) -> tuple[int, list[int], list[int]]:
        """What is kept at the payout, the interest of each row, and what of that is of the grace."""
        charged = [now for _, now in rates]
        odd, way = self._rounded(charged[0] * self.odd), self.terms.first_period
        kept = odd if self.is_longer and way == "at-payout" else 0
        with_first = way == "with-first" or (not self.is_longer and way != "spread")
        if self.terms.kind == "flat":
            length = sum(self.times.units(k) for k in range(1, self.count + 1))
            rows = self._spread(self._rounded(charged[0] * self.principal * length))
            rows[0] += odd if with_first else 0
        else:
            weights = [weights[0] + (self.odd if with_first else 0), *weights[1:]]
            rows = [self._rounded(now * weight) for now, weight in zip(charged, weights, strict=True)]
        grace = self.paying - 1
        later = self._spread(sum(rows[:grace]))
        apart = self._spread(odd if way == "spread" else 0)
        rows[:grace] = [0] * grace
        return kept, [max(0, sum(each)) for each in zip(rows, later, apart, strict=True)], later

    def _earlier(self, put_off: int) -> tuple[Earlier, ...]:
        """What of a row's interest was earned while nothing was paid."""
        if put_off <= 0:
            return ()
        grace = self._starts_on(1), self.days[self.paying - 1]
        return (Earlier(Money(put_off, self.currency), *grace),)

    def _spread(self, amount: int) -> list[int]:
        """Over the rows after the grace on all."""
        return [0] * (self.paying - 1) + self.terms.rounding.spread(amount, self.count - self.paying + 1)

    def _premium(self, k: int, weight: int) -> Money:
        insurance = self.terms.insurance
        if insurance is None:
            return Money.zero(self.currency)
        weight += self.odd if k == 1 else 0
        if insurance.of == "initial":
            weight = self.principal * self._units_from_payout(k)
        return Money(self._rounded(insurance.rate * weight), self.currency)

    def _borne(self, k: int, weight: int, rate: int, charged: int) -> Money:
        """What the third party bears of a period."""
        is_waived = self.is_longer and self.terms.first_period == "waived"
        if self.terms.kind == "flat":
            weight = self.principal * (self.times.units(k) if is_waived else self._units_from_payout(k))
        elif k == 1 and not is_waived:
            weight += self.odd
        return Money(self._rounded((rate - charged) * weight), self.currency)

    def _units_from_payout(self, k: int) -> int:
        return self.times.between(self.payout_on, self.days[1]) if k == 1 else self.times.units(k)

    def _rounded(self, basis_points: int) -> int:
        return self.terms.rounding.of(basis_points, WHOLE * self.times.units_a_year)

    def _starts_on(self, k: int) -> date:
        if k > 1:
            return self.days[k - 1]
        is_apart = self.is_longer and self.terms.first_period in ("at-payout", "waived")
        return self.days[0] if is_apart else self.payout_on
