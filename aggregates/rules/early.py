"""Repaying before the time: what it costs to settle a loan on a day, and what a part of it changes.

Source of the fee's caps: directive (EU) 2023/2225, art. 29, and 2008/48/EC, art. 16 (1 %, 0.5 % in the last year,
never above the interest still to come), cited 2026-11-22 without its text. The numbers are settings of the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from aggregates.rules.calendar import months_after
from aggregates.rules.day_count import DayCount
from aggregates.rules.facts import Fact, Version
from aggregates.rules.life import standing
from aggregates.rules.pro_rata import earned, nearest
from aggregates.rules.scheduled import Earlier, Scheduled
from aggregates.rules.servicing_terms import EarlyFee, ServicingTerms
from aggregates.rules.standing import Standing
from aggregates.values import Money

Keeps = Literal["lower-instalment", "same-instalment", "same-principal"]
"""What an early repayment in part does: less each time, or the same each time and the end comes sooner: the same
whole instalment, or the same principal in each."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What settles a loan on one day."""

    on: date
    due: Money
    """Past due and due, with penalties and a claim."""
    principal: Money
    """Of the instalments after this day."""
    accrued: Money
    """Interest of the current period so far."""
    fee: Money
    credit: Money
    """Unallocated money and what was paid in advance: it counts."""

    @property
    def total(self) -> Money:
        owed = self.due + self.principal + self.accrued + self.fee - self.credit
        return max(owed, Money.zero(owed.currency))


@dataclass(frozen=True, slots=True)
class RepaidInPart:
    """How the amount of an early repayment in part is used, and the schedule that follows."""

    due: Money
    accrued: Money
    fee: Money
    principal: Money
    version: Version


def quotes(
    terms: ServicingTerms,
    versions: Iterable[Version],
    facts: Iterable[Fact],
    on: date,
    until: date,
    repaid_early: Money | None = None,
) -> list[Quote]:
    """What settles the loan on each day from ``on`` to ``until``, the last day of the quote, as far as is known.

    repaid_early  principal repaid early in the twelve months before; none unless given
    """
    versions, facts = list(versions), list(facts)
    days = (on + timedelta(days=day) for day in range((until - on).days + 1))
    return [quote(terms, standing(terms, versions, facts, day), repaid_early) for day in days]


def quote(terms: ServicingTerms, now: Standing, repaid_early: Money | None = None) -> Quote:
    """What settles the loan on the day of its standing.

    Raises ValueError when there is nothing to come: what is due is all that is owed.
    """
    ahead = to_come(now)
    principal = Money.total((line.principal for line in ahead), terms.currency)
    fee = _fee(terms.early, principal, ahead, now, repaid_early)
    return Quote(now.on, now.owed_now, principal, now.accrued, fee, now.unallocated + _paid_ahead(now))


def repaid_early(chain: Iterable[Version], on: date, currency: str) -> Money:
    """Principal that was repaid before its time in the twelve months before a day; ``chain`` is what stands."""
    since = months_after(on, -12)
    early = (v.lines[0].principal for v in chain if v.repays_early and since < v.on <= on)
    return Money.total(early, currency)


def settlement(now: Standing, offer: Quote, receipt: int, number: int) -> Version:
    """The version that a repayment in full makes: everything is due on its day; it rests on the receipt."""
    ahead = to_come(now)
    line = due_at_once(ahead[0], now, offer.principal, offer.fee)
    return Version(
        number, now.on, now.version, line.number - 1, (line,), why="repaid-in-full", rests_on=receipt
    )


def repay_in_part(
    terms: ServicingTerms,
    now: Standing,
    amount: Money,
    keeps: Keeps,
    receipt: int,
    number: int,
    repaid_early: Money | None = None,
) -> RepaidInPart:
    """Use an amount to repay principal before its time: what is due first, then interest so far, then the fee.

    now      the standing on the day of the receipt, without it
    amount   positive
    receipt  its number: the version rests on it
    number   of the new version

    Raises ValueError when nothing is left for principal, or when it would repay the whole loan.
    """
    ahead = to_come(now)
    owed = Money.total((line.principal for line in ahead), terms.currency)
    rest = amount - now.owed_now - now.accrued
    principal = _most(rest, lambda part: _fee(terms.early, part, ahead, now, repaid_early))
    if not principal:
        raise ValueError(
            f"{amount} leaves nothing for principal: {now.owed_now} is due, {now.accrued} accrued"
        )
    if principal >= owed:
        raise ValueError(f"{amount} repays the whole loan: ask for a quote in full")
    fee = _fee(terms.early, principal, ahead, now, repaid_early)
    first = due_at_once(ahead[0], now, principal, fee)
    later = _replanned(ahead, now, owed, owed - principal, keeps, first.number + 1, terms)
    lines = (first, *later)
    version = Version(
        number, now.on, now.version, first.number - 1, lines, why="repaid-in-part", rests_on=receipt
    )
    return RepaidInPart(now.owed_now, now.accrued, fee, principal, version)


def to_come(now: Standing) -> list[Scheduled]:
    """Instalments after the day."""
    lines = [instalment.line for instalment in now.instalments if instalment.line.due_on > now.on]
    if not lines or now.written_off:
        raise ValueError(f"no instalment comes after {now.on}")
    return lines


def _paid_ahead(now: Standing) -> Money:
    paid = (
        instalment.line.total - instalment.unpaid.total
        for instalment in now.instalments
        if instalment.line.due_on > now.on
    )
    return Money.total(paid, now.claim.currency)


def due_at_once(current: Scheduled, now: Standing, principal: Money, fee: Money) -> Scheduled:
    """What an early repayment makes due at once."""
    return Scheduled(
        number=current.number,
        starts_on=min(current.starts_on, now.on),
        due_on=now.on,
        interest=now.accrued,
        principal=principal,
        fee=fee,
        insurance=Money.zero(principal.currency),
    )


def _fee(
    rule: EarlyFee, principal: Money, ahead: list[Scheduled], now: Standing, repaid_early: Money | None
) -> Money:
    """For repaying so much principal early; rounded down, so that no cap is ever passed by a cent."""
    currency = principal.currency
    before = repaid_early or Money.zero(currency)
    if rule.free_up_to is not None and principal + before <= rule.free_up_to:
        return Money.zero(currency)
    last_year = ahead[-1].due_on <= months_after(now.on, 12)
    rate = min(rule.rate, rule.cap_last_year if last_year else rule.cap)
    interest = sum(line.interest.minor for line in ahead) - now.accrued.minor
    owed = sum(line.principal.minor for line in ahead)
    saved = interest * principal.minor // owed if owed else 0
    return Money(max(0, min(principal.minor * rate // 10_000, saved)), currency)


def _most(money: Money, fee: Callable[[Money], Money]) -> Money:
    """The greatest principal that can be paid together with its fee, which never falls as principal grows."""
    low, high = 0, max(0, money.minor)
    while low < high:
        middle = (low + high + 1) // 2
        part = Money(middle, money.currency)
        low, high = (middle, high) if part + fee(part) <= money else (low, middle - 1)
    return Money(low, money.currency)


def _replanned(
    ahead: list[Scheduled],
    now: Standing,
    owed_then: Money,
    owed_now: Money,
    keeps: Keeps,
    number: int,
    terms: ServicingTerms,
) -> list[Scheduled]:
    """The instalments to come when less principal is owed: as many and smaller, or as big and fewer.

    Each amount is a multiple of the unit of the loan; the last one repays what is left.
    """
    rounding, lines, then, left = terms.rounding, [], owed_then.minor, owed_now.minor
    ratio = (owed_now.minor, owed_then.minor)
    accrued = {each.line.number: each.accrued.minor for each in now.instalments}
    for place, line in enumerate(ahead):
        # Between a contractual day and the business day after it two instalments have accrued, the first wholly; in
        # a time without instalments all those that ask for its interest have.
        interest_then = line.interest.minor - accrued[line.number]
        if keeps == "lower-instalment":
            interest = rounding.of(interest_then * ratio[0], ratio[1])
            principal = rounding.of((interest_then + line.principal.minor) * ratio[0], ratio[1]) - interest
        else:
            interest = rounding.of(interest_then * left, then) if then else rounding.of(interest_then, 1)
            # Of the first period a part was paid with the early repayment: what is kept is no multiple by itself.
            kept = rounding.of(interest_then + line.principal.minor, 1) - interest
            principal = kept if keeps == "same-instalment" else line.principal.minor
        principal = left if place == len(ahead) - 1 else max(0, min(principal, left))
        then, left = then - line.principal.minor, left - principal
        still = _still_earlier(line, now.on, interest, interest_then, terms.day_count)
        lines.append(_line(line, number + place, now.on, interest, principal, still))
        if keeps != "lower-instalment" and not left:
            break
    return lines


def _still_earlier(
    old: Scheduled, on: date, interest: int, then: int, count: DayCount
) -> tuple[Earlier, ...]:
    """What of the interest of a line is still of times before its period, where they go on after the day.

    interest  after the repayment; ``then`` would be without it
    """
    still = []
    for each in old.earlier if then else ():
        if each.ends_on > on:
            left, since = each.amount.minor, max(each.starts_on, on)
            if each.starts_on < on:
                left -= earned(left, each.starts_on, on, each.ends_on, count)
            if part := nearest(left * interest, then):
                still.append(Earlier(Money(part, old.interest.currency), since, each.ends_on))
    return tuple(still)


def _line(
    old: Scheduled, number: int, on: date, interest: int, principal: int, earlier: tuple[Earlier, ...]
) -> Scheduled:
    currency = old.principal.currency
    return Scheduled(
        number,
        max(old.starts_on, on),
        old.due_on,
        Money(interest, currency),
        Money(principal, currency),
        old.fee,
        old.insurance,
        earlier,
    )
