"""What stands in the books of a loan on the evening of a day, by role: read off the life, not off any entry.

Written from ADR 0032 alone, sharing no code with the product. Debits are positive, amounts whole minor units.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tests.models.days import is_last_of_month
from tests.models.facts import COMPONENTS, Fact, Rules, Version
from tests.models.lives import Life

RECEIVED_IN = {"transfer": "bank", "cash": "till", "cheque": "cheques"}
PAID_FROM = {"transfer": "bank", "cash": "till", "cheque": "bank"}


class Books(Life):
    """A life, with what is entered of it at month ends."""

    def __init__(
        self,
        rules: Rules,
        versions: Iterable[Version],
        facts: Iterable[Fact],
        on: date,
        provisions: dict[str, int],
    ) -> None:
        self.provisions = provisions
        self.entered = self.provided = self.charged = self.released = 0
        self.earned = dict.fromkeys(COMPONENTS, 0)
        super().__init__(rules, versions, facts, on)

    def live(self) -> None:
        super().live()
        month_ends = is_last_of_month(self.today)
        was_written_off = any(fact.what == "written-off" and fact.on == self.today for fact in self.facts)
        paid_penalties = any(
            part.what == "penalty" and part.on == self.today for money in self.money for part in money.parts
        )
        default = any(
            self.known[number].indemnity and self.known[number].on == self.today
            for number in self.took_effect
        )
        if month_ends or was_written_off or paid_penalties or default:
            self.entered = self.penalties + self.indemnities
        if month_ends:
            change = self.provision(self.provisions) - self.provided
            self.provided += change
            self.charged += max(change, 0)
            self.released += max(-change, 0)
        if self.lost is None or was_written_off:
            for what in COMPONENTS[1:4]:
                self.earned[what] = sum(
                    getattr(owed.line, what) for owed in self.force if owed.line.due_on <= self.today
                )

    def roles(self) -> dict[str, int]:
        """What stands on each role; roles with nothing are left out."""
        due, ahead = self.balance("past_due", "due"), self.balance("in_advance")
        paid_penalties = sum(part.amount for part in self.parts if part.what == "penalty")
        lost = self.lost or {}
        books = {
            "loans": due["principal"] + self.whole_principal_ahead(),
            "interest_due": due["interest"],
            "fees_due": due["fee"],
            "insurance_due": due["insurance"],
            "penalties_due": self.entered - paid_penalties - lost.get("penalty", 0),
            "penalties_earned": -self.entered,
            "interest_earned": -self.earned["interest"],
            "fees_earned": -self.earned["fee"],
            "insurer": -self.earned["insurance"],
            "advances": -self.unallocated - self.paid_ahead(ahead) + self.claim,
            "losses": sum(lost.values()),
            "recoveries": -self.recovered,
            "provision": -self.provided,
            "provision_charged": self.charged,
            "provision_released": -self.released,
        }
        if is_last_of_month(self.today):
            books["interest_accrued"] = self.accrued
            books["interest_earned"] -= self.accrued
        self.add_cash(books)
        books["fees_earned"] -= self.known[1].capitalised
        books["interest_earned"] -= sum(
            self.known[number].capitalised for number in self.took_effect if number > 1
        )
        return {role: amount for role, amount in books.items() if amount}

    def whole_principal_ahead(self) -> int:
        if self.lost is not None:
            return 0
        return sum(owed.line.principal for owed in self.force if owed.line.due_on > self.today)

    def paid_ahead(self, unpaid: dict[str, int]) -> int:
        """Allocated to lines that have not fallen due."""
        if self.lost is not None:
            return 0
        whole = sum(owed.line.total for owed in self.force if owed.line.due_on > self.today)
        return whole - sum(unpaid[what] for what in COMPONENTS[1:])

    def add_cash(self, books: dict[str, int]) -> None:
        for fact in self.facts:
            if fact.what == "receipt":
                place, amount = RECEIVED_IN[fact.method], fact.amount
            elif fact.what == "refunded":
                place, amount = PAID_FROM[fact.method], -fact.amount
            elif fact.what == "disbursed":
                kept = fact.kept_fee + fact.kept_interest
                place, amount = PAID_FROM[fact.method], kept - fact.amount
                books["fees_earned"] -= fact.kept_fee
                books["interest_earned"] -= fact.kept_interest
            else:
                continue
            books[place] = books.get(place, 0) + amount
