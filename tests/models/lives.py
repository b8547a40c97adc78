"""What became of a loan, by living every day of it again: written from ADR 0032 alone, sharing no code with it.

Slow and plain. Each day of the loan is gone through from the first version to the asked day, and every line of the
schedule, every receipt and every penalty is looked at on every one of them. Amounts are whole minor units.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from tests.models.days import after, ticks
from tests.models.facts import COMPONENTS, TIMINGS, Fact, Line, Rules, Version
from tests.models.owed import Money, Owed, Part, half_even, new


class Life:
    """The loan on the evening of a day, from what was known then."""

    def __init__(self, rules: Rules, versions: Iterable[Version], facts: Iterable[Fact], on: date) -> None:
        self.rules, self.on = rules, on
        known = list(facts)
        gone = {fact.receipt for fact in known if fact.what == "returned"}
        self.facts = [
            fact for fact in known if fact.on <= on and (fact.what != "receipt" or fact.number not in gone)
        ]
        gone |= {fact.receipt for fact in known if fact.what == "lifted"}
        self.grounds = {fact.number for fact in known if fact.what in ("receipt", "noticed")} - gone
        self.known = {version.number: version for version in versions}
        self.fallen = {number for number in self.known if not self.stands(number)}
        self.force: list[Owed] = []
        self.replaced: list[Owed] = []
        self.money: list[Money] = []
        self.claim = 0
        self.lost: dict[str, int] | None = None
        self.recovered = 0
        self.penalties_closed = False
        self.penalties = 0
        self.indemnities = 0
        self.current = 0
        self.took_effect: list[int] = []
        day = min((version.on for version in self.known.values() if version.number == 1), default=after(on))
        self.today = day
        while day <= on:
            self.today = day
            self.live()
            day = after(day)

    # ── which version ──────────────────────────────────────────────────────

    def stands(self, number: int) -> bool:
        version = self.known.get(number)
        if version is None:
            return False
        if version.rests_on is not None and version.rests_on not in self.grounds:
            return False
        return version.over == 0 or self.stands(version.over)

    def lines_of(self, number: int) -> list[tuple[int, Line]]:
        """The lines in force under a version, each with the version that brought it."""
        version = self.known[number]
        kept = self.lines_of(version.over)[: version.after] if version.over else []
        return [*kept, *((number, line) for line in version.lines)]

    # ── a day ──────────────────────────────────────────────────────────────

    def live(self) -> None:
        self.charge()
        evening = [n for n, one in self.known.items() if one.on == self.today and one.taken_in]
        evening = [n for n in evening if n not in self.fallen]
        self.change(until=min(evening, default=None))
        for money in self.queue():
            self.allocate(money)
        orders = {"receipt": 3, "refunded": 4, "written-off": 5}
        todays = [fact for fact in self.facts if fact.on == self.today and fact.what in orders]
        for fact in sorted(todays, key=lambda fact: (orders[fact.what], fact.number)):
            if fact.what == "receipt":
                self.receive(fact)
            elif fact.what == "refunded":
                self.refund(fact.amount)
            elif self.lost is None:
                self.write_off()
        if evening:
            self.change()
            for money in self.queue() if self.lost is None else []:
                self.allocate(money)

    def queue(self) -> list[Money]:
        return sorted(self.money, key=lambda money: (money.on, money.number))

    def is_paused(self) -> bool:
        if any(
            version.free_until is not None and self.today <= version.free_until
            for number, version in self.known.items()
            if number not in self.fallen
        ):
            return True
        return any(
            fact.what == "paused"
            and fact.on <= self.today
            and (fact.until is None or self.today <= fact.until)
            for fact in self.facts
        )

    def charge(self) -> None:
        """Penalties of today, on what was unpaid yesterday evening."""
        late = self.rules.late
        if self.lost is not None or self.penalties_closed or self.is_paused():
            return
        more: list[tuple[Owed, int]] = []
        for owed in self.force:
            base = sum(owed.unpaid[what] for what in late.base)
            if (self.today - owed.line.due_on).days <= late.grace_days or base <= 0:
                continue
            owed.sum_of_bases += base
            first_time = 0 if self.known[owed.version].at_once else late.fixed + self.share_of(owed)
            in_all = half_even(Fraction(owed.sum_of_bases * late.rate, 3_650_000))
            in_all += first_time if owed.once is None else owed.once
            if late.cap_each is not None:
                in_all = min(in_all, late.cap_each * owed.line.total // 10_000)
            owed.once = first_time if owed.once is None else owed.once
            more.append((owed, in_all - owed.charged))
        room = self.room()
        if room is not None and sum(amount for _, amount in more) > room:
            self.penalties_closed = True
        for owed, amount in sorted(more, key=lambda one: one[0].place):
            taken = min(amount, room) if self.penalties_closed and room is not None else amount
            room = None if room is None else room - taken
            owed.charged += taken
            owed.unpaid["penalty"] += taken
            self.penalties += taken

    def share_of(self, owed: Owed) -> int:
        """What of an instalment is asked for being late, the first time that it counts."""
        return sum(owed.unpaid[what] for what in COMPONENTS[1:]) * self.rules.late.share // 10_000

    def room(self) -> int | None:
        """What may still be charged over the life of the loan; None without a cap."""
        cap = self.rules.late.cap_all
        if cap is None:
            return None
        lent = sum(line.principal for line in self.known[1].lines)
        return cap * lent // 10_000 - self.penalties

    def change(self, until: int | None = None) -> None:
        """Versions of today take the place of the ones before; none does once the loan is given up.

        until  those from this number on take effect in the evening
        """
        if self.lost is not None:
            return
        for number in sorted(self.known):
            version = self.known[number]
            if until is not None and number >= until:
                continue
            if version.on == self.today and number > self.current and number not in self.fallen:
                self.current = number
                self.took_effect.append(number)
                self.keep(version)
                self.put(self.lines_of(number))
                if version.indemnity:
                    self.force[version.after].unpaid["penalty"] += version.indemnity
                    self.indemnities += version.indemnity

    def keep(self, version: Version) -> None:
        """What lines that are taken in have received is theirs under the new version, as far as they ask for it."""
        for line in version.lines[: version.taken_in]:
            here = new(version.number, line)
            (old,) = [owed for owed in self.force if owed.line.number == line.number]
            received = [
                (money, part)
                for money in self.money
                for part in money.parts
                if (part.version, part.number) == old.place and part.what in COMPONENTS[1:]
            ]
            for money, part in sorted(received, key=lambda one: (one[1].on, one[0].on, one[0].number)):
                kept = min(part.amount, here.unpaid[part.what])
                if kept:
                    here.unpaid[part.what] -= kept
                    money.parts.remove(part)
                    money.parts.append(replace(part, version=version.number, amount=kept))
                if kept and part.amount > kept:
                    money.parts.append(replace(part, amount=part.amount - kept))
            self.force.append(here)

    def put(self, lines: list[tuple[int, Line]]) -> None:
        places = {(version, line.number) for version, line in lines}
        for owed in self.force:
            if owed.place not in places:
                for money in self.money:
                    self.take_back(money, owed)
                self.replaced.append(owed)
        here = {owed.place: owed for owed in self.force if owed.place in places}
        self.force = [here.get((version, line.number)) or new(version, line) for version, line in lines]

    def take_back(self, money: Money, owed: Owed) -> None:
        """What a replaced line had received is free again; penalties stay paid."""
        for part in list(money.parts):
            if (part.version, part.number) == owed.place and part.what in COMPONENTS[1:]:
                money.parts.remove(part)
                money.left += part.amount

    # ── money ──────────────────────────────────────────────────────────────

    def receive(self, fact: Fact) -> None:
        money = Money(fact.number, fact.on, fact.amount, fact.amount)
        self.money.append(money)
        self.allocate(money)

    def timing(self, line: Line) -> str:
        if line.due_on < self.today:
            return "past_due"
        return "due" if line.due_on == self.today else "in_advance"

    def wanting(self) -> list[tuple[Owed, str]]:
        """What money pays today, in order."""
        order, found = self.rules.order, []
        old = sorted(self.replaced, key=lambda owed: owed.place)
        for timing in order.timings:
            lines = sorted(
                (owed for owed in self.force if self.timing(owed.line) == timing),
                key=lambda owed: owed.line.number,
            )
            if order.by == "instalment":
                if timing == "past_due":
                    found += [(owed, "penalty") for owed in old]
                found += [(owed, what) for owed in lines for what in order.components]
            else:
                for what in order.components:
                    if what == "penalty" and timing == "past_due":
                        found += [(owed, what) for owed in old]
                    found += [(owed, what) for owed in lines]
        return found

    def allocate(self, money: Money) -> None:
        self.claim -= money.spend(self.today, 0, 0, "claim", self.claim)
        if self.lost is not None:
            in_all = sum(self.lost.values())
            self.recovered += money.spend(self.today, 0, 0, "recovery", in_all - self.recovered)
            return
        if money.left:
            for owed, what in self.wanting():
                owed.unpaid[what] -= money.spend(self.today, *owed.place, what, owed.unpaid[what])

    def refund(self, amount: int) -> None:
        for money in reversed(self.queue()):
            amount -= money.spend(self.today, 0, 0, "refund", amount)
        self.claim += amount

    def write_off(self) -> None:
        lost = dict.fromkeys(COMPONENTS, 0)
        for owed in self.replaced:
            lost["penalty"] += owed.unpaid["penalty"]
        for owed in self.force:
            if owed.line.due_on <= self.today:
                for what, unpaid in owed.unpaid.items():
                    lost[what] += unpaid
            else:
                lost["principal"] += owed.line.principal
                for money in self.money:
                    self.take_back(money, owed)
        self.lost = lost
        for money in self.queue():
            self.allocate(money)

    # ── the standing of the evening ────────────────────────────────────────

    def balance(self, *timings: str) -> dict[str, int]:
        """Unpaid by component, of lines of these timings."""
        sums = dict.fromkeys(COMPONENTS, 0)
        if self.lost is not None:
            return sums
        for owed in self.force:
            if self.timing(owed.line) in timings:
                for what, unpaid in owed.unpaid.items():
                    sums[what] += unpaid
        if "past_due" in timings:
            sums["penalty"] += sum(owed.unpaid["penalty"] for owed in self.replaced)
        return sums

    def unpaid(self, owed: Owed) -> dict[str, int]:
        """Of one line: nothing once it is given up."""
        return owed.unpaid if self.lost is None else dict.fromkeys(COMPONENTS, 0)

    @property
    def unallocated(self) -> int:
        return sum(money.left for money in self.money)

    @property
    def parts(self) -> list[Part]:
        return sorted(part for money in self.money for part in money.parts)

    @property
    def days_past_due(self) -> int:
        if self.lost is not None:
            return 0
        late = [
            owed.line.due_on
            for owed in self.force
            if owed.line.due_on < self.today and any(owed.unpaid[what] for what in COMPONENTS[1:])
        ]
        return (self.today - min(late)).days if late else 0

    @property
    def is_active(self) -> bool:
        """Something is owed or will be, and nothing was given up."""
        return self.lost is None and (self.claim > 0 or any(self.balance(*TIMINGS).values()))

    @property
    def bucket(self) -> str:
        days = self.days_past_due
        if not days:
            return "current"
        return "1-30" if days < 31 else "31-60" if days < 61 else "61-90" if days < 91 else "90+"

    def provision(self, rates: dict[str, int]) -> int:
        principal = self.balance(*TIMINGS)["principal"]
        return half_even(Fraction(principal * rates[self.bucket], 10_000))

    @property
    def accrued(self) -> int:
        """Interest earned today on lines that are not due."""
        return 0 if self.lost is not None else sum(self.accrued_on(owed) for owed in self.force)

    def accrued_on(self, owed: Owed) -> int:
        line = owed.line
        if self.today >= line.due_on:
            return 0
        return self.of_its_period(owed) + sum(self.grown(*each) for each in line.earlier)

    def grown(self, amount: int, start: date, end: date) -> int:
        day, count = min(max(start, self.today), end), self.rules.count
        whole = ticks(start, end, count)
        if not whole:
            return amount if self.today > start else 0
        return half_even(Fraction(amount * ticks(start, day, count), whole))

    def of_its_period(self, owed: Owed) -> int:
        line = owed.line
        own = line.interest - sum(amount for amount, _, _ in line.earlier)
        if self.today <= line.starts_on:
            return 0
        followers = [one for one in self.known[owed.version].lines if one.number == line.number + 1]
        end = followers[0].starts_on if followers else line.due_on
        end = end if end > line.starts_on else line.due_on
        count = self.rules.count
        whole = ticks(line.starts_on, end, count)
        if not whole:
            return own
        return half_even(Fraction(own * ticks(line.starts_on, min(self.today, end), count), whole))
