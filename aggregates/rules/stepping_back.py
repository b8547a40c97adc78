"""Stepping back after the payout: what has to come back, by when, and what each day until then costs.

    the money that left, without fees ──▶ one line, due on the last day of the clock, or once all of it is back

Interest is reckoned at the rate of the contract on what is still out: from the day it left to the day it comes back, at
most to the last day. Money that came back counts from its value date, as capital first: there is no interest on interest.
Fees that were kept or financed are given back, nothing else is asked for, and no penalty for any day to the last.

Source: Code de la consommation (FR), art. L. 312-26, cited 2026-11-22 after a commentary (Éditions Francis Lefebvre),
without its own text; Règlement d’application de la LPC (QC), RLRQ c. P-40.1, r. 3, art. 33 (« sans frais »), read 2026-11-22.
What each number means is in docs/decisions/0035-clocks-of-the-law.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from aggregates.rules.day_count import UNITS
from aggregates.rules.facts import Fact, GivenBack, Receipt, Refunded, Returned, Version
from aggregates.rules.pro_rata import earned, elapsed, nearest
from aggregates.rules.scheduled import Earlier, Scheduled
from aggregates.rules.servicing_terms import ServicingTerms
from aggregates.rules.terms import Drawdown
from aggregates.values import BasisPoints, Money


@dataclass(frozen=True, slots=True)
class Return:
    """What a client who stepped back has to return."""

    notified_on: date
    """The day the notice was sent."""
    due_on: date
    """The last day on which it may come back."""
    bears_interest: bool
    """Whether the law lets the lender ask for the interest until it is back."""
    drawn: Sequence[Drawdown]
    """That have left, oldest first; at least one."""
    kept_fee: Money | None = None
    """Up-front fees that were kept of the first; absent for nothing, like the interest."""
    kept_interest: Money | None = None

    @property
    def capital(self) -> Money:
        """What has left for the borrower: fees and interest that were kept of it have not."""
        kept = [each for each in (self.kept_fee, self.kept_interest) if each is not None]
        currency = self.drawn[0].amount.currency
        return Money.total((each.amount for each in self.drawn), currency) - Money.total(kept, currency)


def came_back(facts: Collection[Fact]) -> list[tuple[date, int]]:
    """What money did by its value date, in minor units: received, or sent back to the borrower below zero."""
    gone = {fact.receipt for fact in facts if isinstance(fact, Returned)}
    received = [(f.on, f.amount.minor) for f in facts if isinstance(f, Receipt) and f.number not in gone]
    return received + [(f.on, -f.amount.minor) for f in facts if isinstance(f, Refunded)]


def line_to_return(
    asked: Return, money: Iterable[tuple[date, int]], rate: BasisPoints, terms: ServicingTerms
) -> Scheduled:
    """The one line of the schedule: the capital and its interest, without any fee.

    money  what came back, by value date, in minor units; below zero what was sent to the borrower again
    rate   what the borrower is charged, basis points a year

    It is due on the last day, or on the day on which the money covers the capital with its interest so far.
    """
    end, capital, nothing = asked.due_on, asked.capital, Money.zero(terms.currency)
    left, back = _by_day(asked), Counter[date]()
    for day, amount in money:
        back[day] += amount
    rate = rate if asked.bears_interest else BasisPoints(0)
    start, out, whole, earlier = asked.drawn[0].on, 0, 0, list[Earlier]()
    for day in sorted(day for day in {*left, *back} if day < asked.due_on):
        if grown := earned(whole, start, day, end, terms.day_count):
            earlier.append(Earlier(Money(grown, terms.currency), start, day))
        out += left[day] - back[day]
        start = day
        whole = _interest(max(0, out), rate, start, end, terms)
        so_far = sum(each.amount.minor for each in earlier)
        if back[day] > 0 and _all_left(left, day) and -out >= so_far:
            end, whole = day, 0
            break
    interest = Money(whole, terms.currency) + Money.total((each.amount for each in earlier), terms.currency)
    return Scheduled(1, start, end, interest, capital, nothing, nothing, tuple(earlier))


def interest_a_day(asked: Return, rate: BasisPoints, terms: ServicingTerms) -> Money:
    """What a day costs while all of it is out, to the nearest minor unit: a 360th or a 365th of the year's."""
    days = 360 if terms.day_count == "30E/360" else 365
    of_a_year = asked.capital.minor * rate if asked.bears_interest else 0
    return Money(nearest(of_a_year, 10_000 * days), terms.currency)


def returned_by(
    asked: Return, chain: Sequence[Version], line: Scheduled, number: int, lent: Money
) -> Version:
    """The version that puts the line in place of every instalment.

    chain   the versions that stand, oldest first
    number  of the new version
    lent    principal of the schedule in force, with what was kept of it or added to it
    """
    before = chain[-1]
    on = max(asked.notified_on, before.on)
    is_first = all(version.why != "stepped-back" for version in chain)
    return Version(
        number,
        on,
        before.number,
        0,
        (line,),
        why="stepped-back",
        given_back=_given_back(asked, lent) if is_first else None,
    )


def _given_back(asked: Return, lent: Money) -> GivenBack | None:
    interest = asked.kept_interest or Money.zero(lent.currency)
    fees = lent - asked.capital - interest
    return GivenBack(fees, interest) if fees or interest else None


def _by_day(asked: Return) -> Counter[date]:
    """What left on which day, in minor units, without what was kept."""
    left: Counter[date] = Counter()
    for each in asked.drawn:
        left[each.on] += each.amount.minor
    for kept in (asked.kept_fee, asked.kept_interest):
        left[asked.drawn[0].on] -= kept.minor if kept else 0
    return left


def _all_left(left: Counter[date], day: date) -> bool:
    return max(left) <= day


def _interest(base: int, rate: BasisPoints, start: date, end: date, terms: ServicingTerms) -> int:
    """Of so much from one day to another, in minor units."""
    return nearest(base * rate * elapsed(start, end, terms.day_count), 10_000 * UNITS[terms.day_count])
