"""Loans and lives that nobody thought of: drawn by lot from a seed, so each can be drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.models.deals import BY_MONTH, BY_WEEK, Deal, Fee, Index, Insurance
from tests.models.facts import COMPONENTS, Fact, Late, Line, Order, Rules, Version
from tests.models.schedules import Loan, Refused, Row

COUNTS = ("30E/360", "ACT/365F", "ACT/ACT-ISDA")
KINDS = ("annuity", "linear", "bullet", "flat")
FREQUENCIES = (*BY_MONTH, *BY_WEEK)


def often(lot: Random, one_in: int) -> bool:
    return lot.randrange(one_in) == 0


def later(lot: Random, day: date, least: int, most: int) -> date:
    return day + timedelta(days=lot.randint(least, most))


# ── loans ──────────────────────────────────────────────────────────────────


def a_deal(lot: Random, periods: int) -> Deal:
    kind, frequency = lot.choice(KINDS), lot.choice(FREQUENCIES)
    amortises = kind in ("annuity", "linear")
    grace = lot.choice([0, 0, lot.randrange(0, periods)])
    grace_principal = lot.choice([0, 0, lot.randrange(0, periods)]) if kind != "bullet" else 0
    if grace + grace_principal >= periods:
        grace = grace_principal = 0
    steps = amortises and often(lot, 5)
    index = None
    if kind != "flat" and often(lot, 4):
        floor, cap = lot.choice([0, 0, 150]), lot.choice([None, None, 900])
        index = Index(lot.randint(-200, 500), floor, cap, lot.randint(1, 6))
    rate = lot.choice([0, lot.randint(1, 700), lot.randint(1, 2_500)])
    return Deal(
        kind=kind,
        frequency=frequency,
        count=lot.choice(COUNTS),
        rate=rate,
        grace_all=grace,
        grace_principal=grace_principal,
        first_period=lot.choice(["with-first", "at-payout", "spread", "waived"]),
        step_up=lot.randint(1, 1_000) if steps else 0,
        step_every=lot.randint(1, 12) if steps else 1,
        balloon=lot.randint(1, 8_000) if kind != "bullet" and often(lot, 5) else 0,
        index=index,
        subsidy=lot.randint(0, rate) if often(lot, 4) else 0,
        fees=tuple(a_fee(lot) for _ in range(lot.choice([0, 0, 1, 2]))),
        insurance=an_insurance(lot) if often(lot, 3) else None,
        unit=lot.choice([1, 1, 1, 5, 10]),
        half=lot.choice(["even", "even", "up"]),
        business=lot.choice(["none", "following", "modified-following", "preceding"]),
        calendar=lot.choice([None, "FR", "CI", "CA-QC"]),
        due_day=a_due_day(lot, frequency),
        shortest_first=lot.choice([15, 15, 1, 25]),
    )


def a_fee(lot: Random) -> Fee:
    when = lot.choice(["up-front", "financed", "per-instalment"])
    return Fee(when, lot.choice([0, lot.randint(1, 5_000)]), lot.choice([0, lot.randint(1, 300)]))


def an_insurance(lot: Random) -> Insurance:
    return Insurance(lot.randint(1, 150), lot.choice(["initial", "outstanding"]), often(lot, 2))


def a_due_day(lot: Random, frequency: str) -> int | None:
    if often(lot, 2):
        return None
    if frequency in BY_WEEK:
        return lot.randint(1, 7)
    return lot.choice([lot.randint(1, 31), 29, 30, 31])


def a_day(lot: Random) -> date:
    day = date(2023, 1, 1) + timedelta(days=lot.randrange(4 * 365))
    return lot.choice([day, day, day.replace(day=28), (day.replace(day=28) + timedelta(days=3))])


def a_first_day(lot: Random, deal: Deal, payout_on: date) -> date | None:
    """Now and then a first day that somebody chose, on the due day where there is one."""
    if not often(lot, 3):
        return None
    day = later(lot, payout_on, 1, 100)
    if deal.due_day is None:
        return day
    while not is_due_day(deal, day):
        day += timedelta(days=1)
    return day


def is_due_day(deal: Deal, day: date) -> bool:
    assert deal.due_day is not None
    if deal.frequency in BY_WEEK:
        return day.isoweekday() == deal.due_day
    return day.day == deal.due_day or (day.day < deal.due_day and (day + timedelta(days=1)).day == 1)


def a_loan(lot: Random, longest: int = 36) -> Loan:
    periods = lot.randint(1, longest)
    deal = a_deal(lot, periods)
    payout_on = a_day(lot)
    principal = lot.randint(*lot.choice([(100_000, 10_000_000), (100_000, 10_000_000), (1_000, 20_000)]))
    loan = Loan(deal, principal, periods, payout_on, a_first_day(lot, deal, payout_on))
    days = sorted({later(lot, payout_on, 1, 200) for _ in range(lot.randint(1, 3))})
    days = [day for day in days if day < loan.edges[-2]]
    if days and deal.kind != "flat" and often(lot, 4):
        each = principal // (len(days) + 1)
        rest = principal - each * len(days)
        loan = replace(loan, drawdowns=((payout_on, rest), *((day, each) for day in days)))
    if deal.index:
        months = range(0, 48, lot.randint(1, 6))
        fixings = [(payout_on + timedelta(days=30 * month - 40), lot.randint(-50, 600)) for month in months]
        loan = replace(loan, fixings=tuple(fixings))
    holidays = [later(lot, payout_on, 1, 400) for _ in range(lot.choice([0, 0, 8]))]
    return replace(loan, holidays=tuple(holidays))


# ── lives ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Invented:
    """A life: what was agreed, what happened, and when each of it became known."""

    rules: Rules
    versions: tuple[Version, ...]
    facts: tuple[Fact, ...]
    learnt: dict[int, date]
    """By number of the fact: the day on which it became known, its own or a later one."""
    ends_on: date

    @property
    def begins_on(self) -> date:
        return self.versions[0].on


def some_rules(lot: Random) -> Rules:
    components, timings = list(COMPONENTS), ["past_due", "due"]
    lot.shuffle(components)
    lot.shuffle(timings)
    if often(lot, 3):
        timings.insert(lot.randint(0, 2), "in_advance")
    base = lot.sample(COMPONENTS[1:], lot.randint(1, 4))
    late = Late(
        rate=lot.choice([0, 300, 800, 1_500]),
        base=lot.choice([("principal",), tuple(base)]),
        grace_days=lot.choice([0, 0, 5, 15]),
        fixed=lot.choice([0, 0, 500]),
        cap_each=lot.choice([None, None, 200, 1_000]),
        cap_all=lot.choice([None, None, 50, 300]),
        share=lot.choice([0, 0, 800, 333]),
    )
    order = Order(
        lot.choice([COMPONENTS, tuple(components)]),
        lot.choice([("past_due", "due"), tuple(timings)]),
        lot.choice(["instalment", "component"]),
    )
    return Rules(order, lot.choice([late, late, late, Late()]), lot.choice(COUNTS))


def some_lines(lot: Random) -> tuple[date, tuple[Line, ...]]:
    """The payout day and the lines of some plain loan."""
    while True:
        deal = Deal(
            kind=lot.choice(KINDS),
            frequency=lot.choice([*FREQUENCIES, "monthly", "monthly"]),
            count=lot.choice(COUNTS),
            rate=lot.choice([0, lot.randint(1, 2_000)]),
            fees=lot.choice([(), (Fee("per-instalment", 150, 0),)]),
            insurance=lot.choice([None, Insurance(40, "outstanding", True)]),
            business=lot.choice(["none", "following"]),
            calendar="FR",
        )
        loan = Loan(deal, lot.randint(50_000, 2_000_000), lot.randint(2, 14), a_day(lot))
        try:
            rows = loan.plan().rows
        except Refused:
            continue
        return loan.payout_on, tuple(as_line(row) for row in rows)


def as_line(row: Row) -> Line:
    return Line(row.number, row.starts_on, row.due_on, row.interest, row.principal, row.fee, row.insurance)


def a_life(lot: Random) -> Invented:
    payout_on, lines = some_lines(lot)
    ends_on = later(lot, lines[-1].due_on, 0, 150)
    lent = sum(line.principal for line in lines)
    financed, kept = lot.choice([0, 0, lent // 50]), lot.choice([(0, 0), (lent // 100, 321)])
    versions = [Version(1, payout_on, 0, 0, lines, capitalised=financed)]
    facts = [Fact("disbursed", 1, payout_on, lent - financed, kept_fee=kept[0], kept_interest=kept[1])]
    facts += some_money(lot, lines, payout_on)
    number = len(facts)
    receipts = [fact for fact in facts if fact.what == "receipt"]
    for receipt in receipts:
        if often(lot, 9):
            number += 1
            facts.append(Fact("returned", number, later(lot, receipt.on, 0, 70), receipt=receipt.number))
    if often(lot, 2):
        versions += some_changes(lot, versions[0], facts, ends_on)
    if often(lot, 3):
        versions, facts = some_default(lot, versions, facts, ends_on)
        number = max(fact.number for fact in facts)
    for _ in range(lot.choice([0, 0, 1, 2])):
        number += 1
        start = later(lot, payout_on, 1, (ends_on - payout_on).days)
        until = lot.choice([None, later(lot, start, 0, 90)])
        facts.append(Fact("paused", number, start, until=until))
    for _ in range(lot.choice([0, 0, 1, 2])):
        number += 1
        day = later(lot, payout_on, 1, (ends_on - payout_on).days)
        facts.append(Fact("refunded", number, day, lot.randint(1, 60_000)))
    if often(lot, 6):
        number += 1
        facts.append(Fact("written-off", number, later(lot, lines[len(lines) // 2].due_on, 0, 200)))
    learnt = {fact.number: fact.on + timedelta(days=lot.choice([0, 0, 0, 1, 10, 60])) for fact in facts}
    learnt[1] = payout_on
    return Invented(some_rules(lot), tuple(versions), tuple(facts), learnt, ends_on)


def some_money(lot: Random, lines: Sequence[Line], payout_on: date) -> list[Fact]:
    """Receipts for most lines: whole, in part, for several at once; early, on the day, late, never."""
    receipts = []
    temper = lot.choice([(8, 0), (4, 20), (2, 120)])
    for line in lines:
        for _ in range(lot.choice([0, 1, 1, 1, 1, 2])):
            amount = lot.choice([line.total, line.total, line.total // 2, line.total * 2, 1, 12_345])
            day = line.due_on if not often(lot, temper[0]) else later(lot, line.due_on, -25, temper[1])
            if amount > 0:
                receipts.append((max(day, payout_on), amount))
    lot.shuffle(receipts)
    return [
        Fact("receipt", number, day, amount, method=lot.choice(["transfer", "transfer", "cash", "cheque"]))
        for number, (day, amount) in enumerate(receipts, 2)
    ]


def some_changes(lot: Random, first: Version, facts: Sequence[Fact], ends_on: date) -> list[Version]:
    """Other lines from a day on; some rest on a receipt, and fall when that came to nothing."""
    versions, over, day = [first], first, first.on
    returned = {fact.receipt for fact in facts if fact.what == "returned"}
    for number in range(2, lot.randint(3, 5)):
        day = later(lot, day, 0 if number > 2 else 1, 120)
        if day > ends_on:
            break
        lines = lines_in_force(versions, over)
        kept = [line for line in lines if line.due_on <= day]
        if often(lot, 2):
            kept = kept[: -lot.randint(1, 3)]
        gone = lines[len(kept) :]
        if not gone:
            continue
        receipts = [fact.number for fact in facts if fact.what == "receipt" and fact.on <= day]
        rests_on = lot.choice(receipts) if receipts and often(lot, 2) else None
        more = lot.choice([0, 0, 0, lot.randint(1, 5_000)])
        late = [line for line in gone if line.due_on <= day]
        taken_in = [smaller(lot, line) for line in late[: lot.choice([0, 1, len(late)])]]
        fewer = sum(line.principal for line in taken_in)
        after = [*kept, *taken_in]
        fresh = new_lines(
            lot, after, gone[len(taken_in) :], day, more, sum(x.principal for x in gone) - fewer
        )
        versions.append(
            Version(
                number,
                day,
                over.number,
                len(kept),
                (*taken_in, *fresh),
                rests_on,
                more,
                taken_in=len(taken_in),
            )
        )
        if rests_on not in returned or often(lot, 2):
            over = versions[-1]
    return versions[1:]


def some_default(
    lot: Random, versions: Sequence[Version], facts: Sequence[Fact], ends_on: date
) -> tuple[list[Version], list[Fact]]:
    """Notice is given, everything falls due at once, and now and then that is lifted; as the law of the models wants
    it or not: what a version says is what counts."""
    over = versions[-1]
    gone = {fact.receipt for fact in facts if fact.what == "returned"}
    lines = lines_in_force(versions, over)
    on = later(lot, max(over.on, lines[0].due_on), 1, 150)
    kept = [line for line in lines if line.due_on <= on]
    rest = lines[len(kept) :]
    if not rest or on > ends_on or over.rests_on in gone:
        return list(versions), list(facts)
    number = len(facts) + 1
    notice = Fact("noticed", number, on - timedelta(days=lot.choice([0, 1, 15])), until=on)
    told = [*facts, replace(notice, on=max(notice.on, versions[0].on))]
    starts_on = min(rest[0].starts_on, on)
    interest, principal = lot.randint(0, 3_000), sum(line.principal for line in rest)
    line = Line(len(kept) + 1, starts_on, on, interest, principal)
    cost = lot.choice([0, principal * 8 // 100])
    made = Version(over.number + 1, on, over.number, len(kept), (line,), number, at_once=True, indemnity=cost)
    if often(lot, 3):
        told.append(Fact("lifted", number + 1, later(lot, on, 0, 100), receipt=number))
    return [*versions, made], told


def some_put_off(lot: Random, interest: int, day: date, due: date) -> tuple[tuple[int, date, date], ...]:
    """Now and then a part of the interest is of another time than the period."""
    if not interest or not often(lot, 4):
        return ()
    start = later(lot, day, -90, 20)
    return ((lot.randint(1, interest), start, min(later(lot, start, 1, 120), max(due, start))),)


def lines_in_force(versions: Sequence[Version], version: Version) -> list[Line]:
    if not version.over:
        return list(version.lines)
    over = next(one for one in versions if one.number == version.over)
    return [*lines_in_force(versions, over)[: version.after], *version.lines]


def smaller(lot: Random, line: Line) -> Line:
    """The same instalment, asking for less."""

    def less(amount: int) -> int:
        return lot.choice([0, amount, lot.randint(0, amount)])

    interest, principal, fee = less(line.interest), less(line.principal), less(line.fee)
    return Line(line.number, line.starts_on, line.due_on, interest, principal, fee, less(line.insurance))


def new_lines(
    lot: Random, kept: Sequence[Line], gone: Sequence[Line], day: date, more: int, principal: int
) -> tuple[Line, ...]:
    """The principal of the lines that go and some more, in other parts and on other days."""
    number, left = len(kept), principal + more
    start = gone[0].starts_on if gone else day
    due = max([line.due_on for line in kept], default=start)
    lines: list[Line] = []
    parts = lot.randint(1, 8)
    for part in range(1, parts + 1):
        due = max(due, due if kept or lines else start) + timedelta(days=lot.choice([7, 30, 31, 45]))
        if part == 1 and often(lot, 2):
            due = max(due, day)
        principal = left if part == parts else lot.randint(0, left)
        interest = lot.choice([0, lot.randint(0, 20_000)])
        put_off = some_put_off(lot, interest, day, due)
        lines.append(Line(number + part, start, due, interest, principal, lot.choice([0, 150]), 0, put_off))
        left, start = left - principal, due
    return tuple(lines)
