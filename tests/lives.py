"""Loans whose life is told in a few words, for the rules of servicing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from aggregates.rules.amendments import HolidayInterest, with_holiday
from aggregates.rules.calendar import months_after
from aggregates.rules.early import quote, repay_in_part, settlement
from aggregates.rules.facts import Disbursed, Fact, Paused, Receipt, Refunded, Returned, Version, WrittenOff
from aggregates.rules.instalments import level_instalments
from aggregates.rules.life import standing
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import COMPONENTS, Late, Order, ServicingTerms
from aggregates.values import BasisPoints, Money
from tests.stories import eur

PAID_OUT = date(2026, 5, 6)


def due(month: int) -> date:
    """The day of instalment n of a loan paid out on PAID_OUT."""
    return months_after(PAID_OUT, month)


def line(
    number: int,
    starts_on: date,
    due_on: date,
    interest: int,
    principal: int,
    fee: int = 0,
    insurance: int = 0,
) -> Scheduled:
    """A line of a schedule in cents."""
    return Scheduled(number, starts_on, due_on, eur(interest), eur(principal), eur(fee), eur(insurance))


def level(
    principal: int, rate: int, months: int, on: date = PAID_OUT, fee: int = 0, insurance: int = 0
) -> Version:
    """The first version of a monthly annuity, in cents and basis points."""
    plan = level_instalments(eur(principal), BasisPoints(rate), months)
    lines = tuple(
        line(
            n,
            months_after(on, n - 1),
            months_after(on, n),
            part.interest.minor,
            part.principal.minor,
            fee,
            insurance,
        )
        for n, part in enumerate(plan, 1)
    )
    return Version(1, on, 0, 0, lines)


LOAN = level(5_000_00, 600, 24)
"""The vector of the rules of lending: 5,000 EUR at 6 % over 24 months, 221.60 each, interest 25.00, 24.02, …"""

OUT = Disbursed(1, PAID_OUT, eur(5_000_00))


def terms(**also: Any) -> ServicingTerms:
    return ServicingTerms("EUR", **also)


def random_terms(chance: Random) -> ServicingTerms:
    components = list(COMPONENTS)
    chance.shuffle(components)
    timings = ["past_due", "due", "in_advance"][: chance.choice([2, 2, 3])]
    chance.shuffle(timings)
    late = Late(
        BasisPoints(chance.choice([0, 300, 1_200, 2_000])),
        chance.choice(
            [("principal",), ("principal", "interest"), ("principal", "interest", "fee", "insurance")]
        ),
        grace_days=chance.choice([0, 0, 5]),
        fixed=chance.choice([None, eur(7_50)]),
        cap_each=chance.choice([None, BasisPoints(800)]),
        cap_all=chance.choice([None, BasisPoints(150)]),
        share=BasisPoints(chance.choice([0, 800])),
    )
    return terms(
        day_count=chance.choice(["30E/360", "ACT/365F", "ACT/ACT-ISDA"]),
        order=Order(tuple(components), tuple(timings), chance.choice(["instalment", "component"])),
        late=chance.choice([None, late, late]),
    )


def random_life(chance: Random, agreed: ServicingTerms) -> tuple[list[Version], list[Fact]]:
    """A loan of twelve months with receipts in part, early and late, returned ones, refunds, pauses, a loss; of changes
    an early repayment in part or in full, a new schedule, a tranche that leaves later, or a payment holiday."""
    loan = level(
        1_200_00, chance.choice([0, 900]), 12, fee=chance.choice([0, 1_00]), insurance=chance.choice([0, 50])
    )
    facts: list[Fact] = [Disbursed(1, PAID_OUT, eur(1_200_00))]

    def day() -> date:
        return date.fromordinal(PAID_OUT.toordinal() + chance.randrange(420))

    for number in range(10, 10 + chance.randrange(14)):
        facts.append(Receipt(number, chance.choice([day(), due(chance.randrange(1, 13))]), _amount(chance)))
    versions = [loan]
    change = chance.choice([None, None, "early", "early", "rescheduled", "rescheduled", "tranche", "holiday"])
    match change:
        case "early":
            versions.append(_repaid_early(chance, agreed, loan, facts))
        case "rescheduled":
            versions.append(_rescheduled(chance, loan, day()))
        case "tranche":
            versions.append(_tranche(chance, loan, day(), facts))
        case "holiday":
            versions.append(_holiday(chance, agreed, loan))
    receipts = [fact.number for fact in facts if isinstance(fact, Receipt)]
    for number in chance.sample(receipts, min(len(receipts), chance.randrange(3))):
        facts.append(Returned(40 + number, day(), number))
    for number in range(100, 100 + chance.randrange(3)):
        first = day()
        facts.append(Paused(number, first, chance.choice([None, date.fromordinal(first.toordinal() + 20)])))
    for number in range(110, 110 + chance.randrange(3)):
        facts.append(Refunded(number, day(), _amount(chance)))
    if chance.random() < 0.2:
        facts.append(WrittenOff(120, day()))
    return versions, facts


def _repaid_early(chance: Random, agreed: ServicingTerms, loan: Version, facts: list[Fact]) -> Version:
    on, receipt = due(chance.randrange(1, 8)), 90
    on = date.fromordinal(on.toordinal() + chance.randrange(20))
    now = standing(agreed, [loan], facts, on)
    offer = quote(agreed, now)
    if offer.total and chance.random() < 0.3:
        facts.append(Receipt(receipt, on, offer.total))
        return settlement(now, offer, receipt, 2)
    amount = now.owed_now + now.accrued + eur(200_00)
    part = repay_in_part(
        agreed,
        now,
        amount,
        chance.choice(["lower-instalment", "same-instalment", "same-principal"]),
        receipt,
        2,
    )
    facts.append(Receipt(receipt, on, amount))
    return part.version


def _tranche(chance: Random, loan: Version, on: date, facts: list[Fact]) -> Version:
    """300.00 more leave later: the instalments after that day repay them too."""
    facts.append(Disbursed(2, on, eur(300_00)))
    after = min(11, sum(scheduled.due_on <= on for scheduled in loan.lines))
    more = 300_00 // (12 - after)
    lines = [replace(each, principal=each.principal + eur(more)) for each in loan.lines[after:]]
    rest = 300_00 - more * len(lines)
    lines[-1] = replace(lines[-1], principal=lines[-1].principal + eur(rest))
    return Version(2, on, 1, after, tuple(lines), "tranche")


def _holiday(chance: Random, agreed: ServicingTerms, loan: Version) -> Version:
    """Two months without principal."""
    after = chance.randrange(1, 10)
    on = date.fromordinal(due(after).toordinal() + chance.randrange(20))
    days = [due(month) for month in range(after + 1, 15)]
    interest: HolidayInterest = chance.choice(["paid", "carried"])
    lines = with_holiday(loan.lines[after:], days[:2], days[2:], interest, agreed.day_count)
    return Version(2, on, 1, after, tuple(lines), "payment-holiday")


def _rescheduled(chance: Random, loan: Version, on: date) -> Version:
    """What is not kept is put into three instalments, late ones too; a little interest became principal."""
    after = chance.randrange(sum(scheduled.due_on <= on for scheduled in loan.lines) + 1)
    after, capitalised = min(after, 11), chance.choice([0, 5_00])
    left = sum(scheduled.principal.minor for scheduled in loan.lines[after:]) + capitalised
    first, days = on, [months_after(on, month) for month in (1, 2, 4)]
    lines = []
    for number, due_on in enumerate(days, after + 1):
        principal = left if due_on == days[-1] else left // 3
        lines.append(line(number, first, due_on, 4_00, principal, fee=50))
        first, left = due_on, left - principal
    return Version(2, on, 1, after, tuple(lines), "rescheduled", capitalised=eur(capitalised))


def _amount(chance: Random) -> Money:
    return eur(chance.choice([107_00, 105_00, 50_00, 300_00, 1, chance.randrange(1, 400_00)]))
