"""An instalment on its way through its life: what is left of it, who paid what of it, what its lateness has cost.

Only life.py and penalties.py hold these; they change while a life is followed and never leave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from aggregates.rules.day_count import DayCount
from aggregates.rules.facts import Version
from aggregates.rules.movements import OWED_AS, Kind, Role
from aggregates.rules.pro_rata import earned
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.servicing_terms import COMPONENTS, Component, ServicingTerms
from aggregates.rules.standing import Balance, InstalmentStanding, Part, What
from aggregates.values import Money

PENALTY, FEE, INSURANCE, INTEREST, PRINCIPAL = range(5)
"""Where each component stands in a list of five, as in COMPONENTS."""

_FALLS_DUE: Final[dict[Component, tuple[Kind, Role]]] = {
    "fee": ("fee-due", "fees_earned"),
    "insurance": ("insurance-due", "insurer"),
    "interest": ("interest-due", "interest_earned"),
}
"""As which movement, and whose it is then: ours, or the insurer's."""


class Paid:
    """A part of a receipt; nothing is left of it once it is released."""

    __slots__ = ("amount", "line", "on", "receipt", "what")

    def __init__(self, receipt: int, on: date, line: Line | None, what: What, amount: int) -> None:
        self.receipt, self.on, self.line, self.what, self.amount = receipt, on, line, what, amount

    def told(self, currency: str) -> Part:
        version, number = (self.line.version, self.line.scheduled.number) if self.line else (0, 0)
        return Part(self.receipt, self.on, version, number, self.what, Money(self.amount, currency))


class Line:
    """An instalment of a version; amounts in minor units."""

    __slots__ = (
        "base_days",
        "bears_once",
        "cap",
        "charged",
        "ends_on",
        "fell_due",
        "left",
        "once",
        "parts",
        "scheduled",
        "version",
    )

    def __init__(
        self,
        version: int,
        scheduled: Scheduled,
        ends_on: date,
        cap_each: int | None,
        bears_once: bool = True,
    ) -> None:
        self.version, self.scheduled = version, scheduled
        self.ends_on = ends_on
        """Where its interest period ends."""
        self.left = [0, *(getattr(scheduled, what).minor for what in COMPONENTS[1:])]
        """Unpaid, by component."""
        self.parts: list[Paid] = []
        self.fell_due = False
        self.charged = 0
        """Penalties so far."""
        self.base_days = 0
        """What bore them, times the days it did."""
        self.bears_once = bears_once
        """Whether lateness costs something once, beside each day."""
        self.once = 0
        """What it has cost so."""
        self.cap = None if cap_each is None else scheduled.total.minor * cap_each // 10_000

    @property
    def due_on(self) -> date:
        return self.scheduled.due_on

    def owes(self) -> bool:
        """Anything but penalties."""
        return any(self.left[FEE:])

    def earned_by(self, day: date, count: DayCount) -> int:
        """Of its interest, while it is to come: that of its period, and of the time before it, until a day."""
        before, own = 0, self.scheduled.interest.minor
        for each in self.scheduled.earlier:
            own -= each.amount.minor
            before += earned(each.amount.minor, each.starts_on, day, each.ends_on, count)
        return before + earned(own, self.scheduled.starts_on, day, self.ends_on, count)

    def told(self, to_come_on: date | None, terms: ServicingTerms) -> InstalmentStanding:
        """How it stands; ``to_come_on`` is the day, None where it is not to come."""
        accrued = 0 if to_come_on is None else self.earned_by(to_come_on, terms.day_count)
        unpaid = Balance.of(self.left, terms.currency)
        return InstalmentStanding(self.version, self.scheduled, unpaid, Money(accrued, terms.currency))

    def take_over(self, gone: Line) -> None:
        """Keep what the line in whose place this one stands has received, as far as this one asks for it."""
        received, gone.parts = gone.parts, []
        for part in received:
            component = COMPONENTS.index(part.what) if part.what in OWED_AS else PENALTY
            kept = 0 if component == PENALTY else min(part.amount, self.left[component])
            if kept < part.amount:
                rest = Paid(part.receipt, part.on, gone, part.what, part.amount - kept) if kept else part
                gone.parts.append(rest)
            if kept:
                part.line, part.amount = self, kept
                self.left[component] -= kept
                self.parts.append(part)

    def release(self) -> list[Paid]:
        """Let go of what it received, but for penalties; returns what was let go, with its amounts."""
        let_go = [part for part in self.parts if part.amount and part.what != "penalty"]
        self.parts = [part for part in self.parts if part.what == "penalty"]
        return let_go

    def entries_due(self) -> list[tuple[Kind, list[tuple[Role, int]]]]:
        """What falling due does to the books: it is owed, and it is earned or somebody else's."""
        return [
            (kind, [(OWED_AS[what], amount), (earned, -amount)])
            for what, (kind, earned) in _FALLS_DUE.items()
            if (amount := getattr(self.scheduled, what).minor)
        ]

    def entries_undone(self) -> list[tuple[Role, int]]:
        """What takes it out of the books again, if it is in them: what it received becomes an advance."""
        if not self.fell_due:
            return []
        undone = [(role, -amount) for _, entries in self.entries_due() for role, amount in entries]
        for part in self.parts:
            if part.what in OWED_AS and part.what != "penalty":
                undone += [(OWED_AS[part.what], part.amount), ("advances", -part.amount)]
        return undone


def lines_of(version: Version, cap_each: int | None) -> list[Line]:
    """The lines that a version brings; the interest period of each ends where the next one starts."""
    starts: Sequence[date] = [line.starts_on for line in version.lines[1:]]
    return [
        Line(
            version.number,
            line,
            end if end > line.starts_on else line.due_on,
            cap_each,
            bears_once=version.why != "accelerated",
        )
        for line, end in zip(version.lines, [*starts, date.min], strict=True)
    ]
