"""The life of a loan, followed through the days on which something happens, in the lines that every fact of it takes.

    standing   how it stands at the end of a day
    movements  what it did to the books until then

It is a function of what is known. Between two such days nothing changes but penalties, which grow evenly: the work is linear in the age of the loan.
Every rule is in docs/decisions/0032-servicing-by-facts.md.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from aggregates.rules.buckets import bucket_of
from aggregates.rules.facts import (
    Disbursed,
    Fact,
    Lifted,
    Noticed,
    Paused,
    Receipt,
    Refunded,
    Returned,
    Version,
    WrittenOff,
)
from aggregates.rules.movements import (
    OWED_AS,
    PAID_FROM,
    RECEIVED_IN,
    Books,
    Kind,
    Movement,
    Role,
    given_back,
    paid_out,
)
from aggregates.rules.owed import FEE, PENALTY, PRINCIPAL, Line, Paid, lines_of
from aggregates.rules.penalties import Pauses, Penalties
from aggregates.rules.pro_rata import nearest
from aggregates.rules.servicing_terms import COMPONENTS, ServicingTerms
from aggregates.rules.standing import Balance, Standing, Waiting, What
from aggregates.rules.versions import grounds, standing_versions
from aggregates.values import Money

_ORDER: Final[dict[type, int]] = {Disbursed: 0, Paused: 1, Receipt: 3, Refunded: 4, WrittenOff: 5}
"""Of facts on one day; versions are 2."""


def standing(terms: ServicingTerms, versions: Iterable[Version], facts: Iterable[Fact], on: date) -> Standing:
    """How the loan stands at the end of a day.

    versions  those that are known, in any order
    facts     those that are known, in any order
    on        not before the first version

    Raises ValueError for what cannot be true together.
    """
    return _Walk(terms, versions, facts, on, keeps_books=False).follow().standing()


def movements(
    terms: ServicingTerms, versions: Iterable[Version], facts: Iterable[Fact], on: date
) -> list[Movement]:
    """What the loan did to the books until the end of a day, oldest first. Raises ValueError like ``standing``."""
    return _Walk(terms, versions, facts, on).follow().books.movements


def life(
    terms: ServicingTerms, versions: Iterable[Version], facts: Iterable[Fact], on: date
) -> tuple[Standing, list[Movement]]:
    """Both at once, for the price of one."""
    walk = _Walk(terms, versions, facts, on).follow()
    return walk.standing(), walk.books.movements


class _Walk:
    def __init__(
        self,
        terms: ServicingTerms,
        versions: Iterable[Version],
        facts: Iterable[Fact],
        until: date,
        keeps_books: bool = True,
    ) -> None:
        facts, versions = list(facts), list(versions)
        if len({fact.number for fact in facts}) != len(facts):
            raise ValueError("two facts have the same number")
        standing = grounds(facts)
        facts = [
            f
            for f in facts
            if not isinstance(f, Returned | Noticed | Lifted)
            and not (isinstance(f, Receipt) and f.number not in standing)
        ]
        self.terms, self.until = terms, until
        self.received = {fact.number: fact.on for fact in facts if isinstance(fact, Receipt)}
        self.chain = standing_versions(versions, standing)
        if not self.chain or until < self.chain[0].on:
            raise ValueError(f"there is no schedule on {until}")
        if early := [fact.number for fact in facts if fact.on < self.chain[0].on]:
            raise ValueError(f"facts before the loan began: {early}")
        self.fallen = tuple(sorted({v.number for v in versions} - {v.number for v in self.chain}))
        self.facts: dict[date, list[Fact]] = {}
        for fact in sorted(facts, key=lambda fact: (_ORDER[type(fact)], fact.number)):
            self.facts.setdefault(fact.on, []).append(fact)
        self.changes: dict[date, list[Version]] = {}
        for version in self.chain:
            self.changes.setdefault(version.on, []).append(version)
        pauses = Pauses.of(facts, self.chain)
        lent = sum(line.principal.minor for line in self.chain[0].lines)
        self.penalties = Penalties(terms.late, pauses, lent) if terms.late else None
        self.books = Books(terms.currency, keeps_books)
        self.version = 0
        self.lines: list[Line] = []
        """In force, by number."""
        self.puts_off = False
        """Whether one of them asks for interest of before its period."""
        self.due = 0
        """How many of them have fallen due."""
        self.open: list[Line] = []
        """Those that fell due and are not wholly paid."""
        self.replaced: list[Line] = []
        """Of earlier versions, with penalties that are not paid."""
        self.pool: dict[int, int] = {}
        """Unallocated money, by receipt."""
        self.parts: list[Paid] = []
        self.claim = self.recovered = 0
        self.lost: list[int] | None = None
        """By component, once it is written off."""
        self.unbooked_penalties = self.booked_accrual = self.booked_provision = 0
        self.indemnified_on: date | None = None

    # ── day by day ─────────────────────────────────────────────────────────

    def follow(self) -> _Walk:
        before = self.chain[0].on
        for day in self._days():
            if self.penalties:
                self.unbooked_penalties += self.penalties.charge(self.open, before, day)
            at_once, in_the_evening = _by_time(self.changes.get(day, []))
            self._take_effect(at_once, day, f"{day}")
            for fact in self.facts.get(day, ()):
                match fact:
                    case Disbursed():
                        self._pay_out(fact)
                    case Receipt():
                        self._receive(fact)
                    case Refunded():
                        self._refund(fact)
                    case WrittenOff() if self.lost is None:
                        self._write_off(fact)
            if in_the_evening:
                self._take_effect(in_the_evening, day, f"{day}:evening")
            self._close(day)
            before = day
        return self

    def _take_effect(self, versions: Iterable[Version], day: date, key: str) -> None:
        """``key`` is that of what advances pay then."""
        if self.lost is None:
            for version in versions:
                self._change_schedule(version)
            self._apply_waiting(day, self._fall_due(day), key)

    def _days(self) -> list[date]:
        """Every day on which something happens, the ends of months and their morrows, and the last one."""
        first = self.chain[0].on
        days = {self.until, *self.facts, *self.changes}
        days.update(line.due_on for version in self.chain for line in version.lines)
        for month in range(first.year * 12 + first.month, self.until.year * 12 + self.until.month + 1):
            begins = date(month // 12, month % 12 + 1, 1)
            days.update((begins - timedelta(days=1), begins))
        return sorted(day for day in days if first <= day <= self.until)

    # ── versions, and what falls due ───────────────────────────────────────

    def _change_schedule(self, version: Version) -> None:
        gone, entries = self.lines[version.after :], list[tuple[Role, int]]()
        cap = self.terms.late.cap_each if self.terms.late else None
        new = lines_of(version, cap)
        for line, taken_in in zip(gone, new[: version.taken_in], strict=False):
            taken_in.take_over(line)
        for line in gone:
            entries += line.entries_undone()
            self._release(line)
            line.left[FEE:] = [0, 0, 0, 0]
        self.replaced += [line for line in gone if any(line.left)]
        self.replaced.sort(key=lambda line: (line.version, line.scheduled.number))
        self.open = [line for line in self.open if line.scheduled.number <= version.after]
        self.lines = self.lines[: version.after] + new
        self.puts_off = any(line.scheduled.earlier for line in self.lines)
        self.due = min(self.due, version.after)
        for line in new[: version.taken_in]:
            # It fell due before, and is owed on: in the books it only asks for less.
            self.due, line.fell_due = line.scheduled.number, True
            self.open += [line] if any(line.left) else []
            entries += [entry for _, due in line.entries_due() for entry in due]
        self.version = version.number
        if version.indemnity:
            self.lines[version.after].left[PENALTY] = version.indemnity.minor
            self.unbooked_penalties += version.indemnity.minor
            self.indemnified_on = version.on
        if version.capitalised:
            source: Role = "interest_earned" if version.over else "fees_earned"
            entries += [("loans", version.capitalised.minor), (source, -version.capitalised.minor)]
        self.books.enter("schedule-changed", version.number, version.on, entries)
        self.books.enter("given-back", version.number, version.on, given_back(version.given_back))

    def _release(self, line: Line) -> None:
        for part in line.release():
            self.pool[part.receipt] = self.pool.get(part.receipt, 0) + part.amount
            part.amount = 0

    def _fall_due(self, day: date) -> list[tuple[Role, int]]:
        """Returns what was paid in advance of what falls due now."""
        paid: list[tuple[Role, int]] = []
        while self.due < len(self.lines) and self.lines[self.due].due_on <= day:
            line = self.lines[self.due]
            self.due += 1
            line.fell_due = True
            if any(line.left):
                self.open.append(line)
            for kind, entries in line.entries_due():
                self.books.enter(kind, f"{line.version}:{line.scheduled.number}", day, entries)
            paid += [(OWED_AS[part.what], -part.amount) for part in line.parts if part.what in OWED_AS]
        return paid

    # ── money ──────────────────────────────────────────────────────────────

    def _apply_waiting(self, day: date, paid: list[tuple[Role, int]], key: str) -> None:
        """Let unallocated money pay what it can; ``paid`` is what advances have paid already today."""
        first_new = len(self.parts)
        for receipt in self._waiting():
            self.pool[receipt] = self._allocate(
                receipt, self._pay_claim(receipt, self.pool[receipt], day), day
            )
        self._drop_empty()
        paid = paid + self._paid_since(first_new)
        applied = -sum(amount for _, amount in paid)
        self.books.enter("advance-applied", key, day, [("advances", applied), *paid])

    def _waiting(self) -> list[int]:
        """The receipts with unallocated money, oldest first."""
        return sorted(self.pool, key=lambda receipt: (self.received[receipt], receipt))

    def _receive(self, fact: Receipt) -> None:
        first_new = len(self.parts)
        left = self._pay_claim(fact.number, fact.amount.minor, fact.on)
        pay = self._allocate if self.lost is None else self._recover
        self.pool[fact.number] = pay(fact.number, left, fact.on)
        self._drop_empty()
        paid = self._paid_since(first_new)
        kept = fact.amount.minor + sum(amount for _, amount in paid)
        entries = [(RECEIVED_IN[fact.method], fact.amount.minor), *paid, ("advances", -kept)]
        self.books.enter("repayment" if self.lost is None else "recovery", fact.number, fact.on, entries)

    def _allocate(self, receipt: int, money: int, day: date) -> int:
        """Let money pay in the agreed order; returns what is left of it."""
        for line, component in self._in_order(day) if money else ():
            if part := min(money, line.left[component]):
                line.left[component] -= part
                money -= part
                self._note(receipt, day, line, COMPONENTS[component], part)
                if not money:
                    break
        self.open = [line for line in self.open if any(line.left)]
        self.replaced = [line for line in self.replaced if any(line.left)]
        return money

    def _in_order(self, day: date) -> Iterator[tuple[Line, int]]:
        order = self.terms.order
        components = [COMPONENTS.index(what) for what in order.components]
        for timing in order.timings:
            match timing:
                case "past_due":
                    lines = self.replaced + [line for line in self.open if line.due_on < day]
                case "due":
                    lines = [line for line in self.open if line.due_on == day]
                case "in_advance":
                    lines = self.lines[self.due :]
            if order.by == "instalment":
                yield from ((line, component) for line in lines for component in components)
            else:
                yield from ((line, component) for component in components for line in lines)

    def _pay_claim(self, receipt: int, money: int, day: date) -> int:
        if part := min(money, self.claim):
            self.claim -= part
            self._note(receipt, day, None, "claim", part)
        return money - part

    def _pay_out(self, fact: Disbursed) -> None:
        entries = paid_out(fact.amount, fact.kept_fee, fact.kept_interest, fact.method)
        self.books.enter("disbursement", fact.number, fact.on, entries)

    def _refund(self, fact: Refunded) -> None:
        left = fact.amount.minor
        for receipt in reversed(self._waiting()):
            if part := min(left, self.pool[receipt]):
                left -= part
                self.pool[receipt] -= part
                self._note(receipt, fact.on, None, "refund", part)
        self._drop_empty()
        self.claim += left
        out = PAID_FROM[fact.method]
        self.books.move("refund", fact.number, fact.on, "advances", out, fact.amount.minor)

    def _write_off(self, fact: WrittenOff) -> None:
        for line in self.lines[self.due :]:
            self._release(line)
            line.left = [0, 0, 0, 0, line.scheduled.principal.minor]
        owed = [*self.replaced, *self.lines]
        self.lost = [sum(line.left[component] for line in owed) for component in range(len(COMPONENTS))]
        for line in owed:
            line.left = [0, 0, 0, 0, 0]
        self.open, self.replaced = [], []
        self._book_penalties(fact.on)
        given_up = [(OWED_AS[what], -lost) for what, lost in zip(COMPONENTS, self.lost, strict=True)]
        self.books.enter("write-off", fact.number, fact.on, [("losses", sum(self.lost)), *given_up])
        for receipt in self._waiting():
            left = self._pay_claim(receipt, self.pool[receipt], fact.on)
            self.pool[receipt] = self._recover(receipt, left, fact.on)
        self._drop_empty()
        key = f"waiting:{fact.number}"
        self.books.move("recovery", key, fact.on, "advances", "recoveries", self.recovered)

    def _recover(self, receipt: int, money: int, day: date) -> int:
        part = min(money, sum(self.lost or ()) - self.recovered)
        if part:
            self.recovered += part
            self._note(receipt, day, None, "recovery", part)
        return money - part

    def _note(self, receipt: int, day: date, line: Line | None, what: What, amount: int) -> None:
        part = Paid(receipt, day, line, what, amount)
        self.parts.append(part)
        if line is not None:
            line.parts.append(part)

    def _drop_empty(self) -> None:
        self.pool = {receipt: left for receipt, left in self.pool.items() if left}

    # ── the books ──────────────────────────────────────────────────────────

    def _paid_since(self, first: int) -> list[tuple[Role, int]]:
        """What the newest parts paid that is in the books as owed; what they paid in advance is not."""
        paid: list[tuple[Role, int]] = []
        for part in self.parts[first:]:
            if part.what == "recovery":
                paid.append(("recoveries", -part.amount))
            elif part.line and part.line.fell_due and part.what in OWED_AS:
                paid.append((OWED_AS[part.what], -part.amount))
        return paid

    def _close(self, day: date) -> None:
        """At the end of the day, in the books alone."""
        if not self.books.kept:
            return
        month_ends = day.day == monthrange(day.year, day.month)[1]
        is_charged = day == self.indemnified_on or any(p.what == "penalty" for p in self._parts_of(day))
        if month_ends or is_charged:
            self._book_penalties(day)
        if self.booked_accrual:
            accrued, self.booked_accrual = self.booked_accrual, 0
            kind: Kind = "interest-accrued-reversed"
            self.books.move(kind, day, day, "interest_earned", "interest_accrued", accrued)
        if month_ends:
            self.booked_accrual = accrued = self._accrued(day)
            self.books.move("interest-accrued", day, day, "interest_accrued", "interest_earned", accrued)
            self._book_provision(day)

    def _parts_of(self, day: date) -> Iterator[Paid]:
        for part in reversed(self.parts):
            if part.on != day:
                break
            yield part

    def _book_penalties(self, day: date) -> None:
        charged, self.unbooked_penalties = self.unbooked_penalties, 0
        self.books.move("penalty", day, day, "penalties_due", "penalties_earned", charged)

    def _book_provision(self, day: date) -> None:
        needed = self._provision(day)
        more, self.booked_provision = needed - self.booked_provision, needed
        role: Role = "provision_charged" if more > 0 else "provision_released"
        self.books.move("provision", day, day, role, "provision", more)

    # ── how it stands ──────────────────────────────────────────────────────

    def _accrued(self, day: date) -> int:
        total = 0
        for line in self.lines[self.due :]:
            if self.lost is not None or (line.scheduled.starts_on >= day and not self.puts_off):
                break
            total += line.earned_by(day, self.terms.day_count)
        return total

    def _days_past_due(self, day: date) -> int:
        late = (line for line in self.open if line.due_on < day and line.owes())
        oldest = next(late, None)
        return (day - oldest.due_on).days if oldest else 0

    def _provision(self, day: date) -> int:
        outstanding = sum(line.left[PRINCIPAL] for line in (*self.open, *self.lines[self.due :]))
        rate = self.terms.provisions.rate(bucket_of(self._days_past_due(day)))
        return nearest(outstanding * rate, 10_000)

    def standing(self) -> Standing:
        currency, day = self.terms.currency, self.until

        def balance(lines: Collection[Line]) -> Balance:
            return Balance.of([sum(line.left[c] for line in lines) for c in range(len(COMPONENTS))], currency)

        return Standing(
            on=day,
            version=self.version,
            fallen=self.fallen,
            rescheduled=any(version.puts_off and version.on <= day for version in self.chain),
            past_due=balance([*self.replaced, *(line for line in self.open if line.due_on < day)]),
            due=balance([line for line in self.open if line.due_on == day]),
            not_due=balance(self.lines[self.due :]),
            accrued=Money(self._accrued(day), currency),
            instalments=tuple(
                line.told(None if at < self.due or self.lost is not None else day, self.terms)
                for at, line in enumerate(self.lines)
            ),
            parts=tuple(part.told(currency) for part in self.parts if part.amount),
            waiting=tuple(
                Waiting(receipt, Money(self.pool[receipt], currency)) for receipt in self._waiting()
            ),
            claim=Money(self.claim, currency),
            days_past_due=self._days_past_due(day),
            provision=Money(self._provision(day), currency),
            written_off=None if self.lost is None else Balance.of(self.lost, currency),
            recovered=Money(self.recovered, currency),
        )


def _by_time(versions: Sequence[Version]) -> tuple[Sequence[Version], Sequence[Version]]:
    """Those of a day that take effect before its money, and those after it: one that takes arrears in was agreed on with
    what had come by then, and what is built on it comes later."""
    first = next((at for at, version in enumerate(versions) if version.taken_in), len(versions))
    return versions[:first], versions[first:]
