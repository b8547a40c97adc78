"""The figures of a run: one document for programs, tables for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from aggregates.values import Money
from demo.judge import Balance, Terms, Verdict
from demo.narrate import Narrator
from demo.plan import HABITS


@dataclass(frozen=True)
class LoanFigures:
    """One loan, as the API shows it at the end."""

    terms: Terms
    first_instalment: int
    """Minor units, like every amount here."""
    received: Mapping[str, int]
    """By account of the books."""
    habits: Mapping[str, int]
    """How many payments were on time, in part, late, ahead, or early: before their time, to save interest."""
    days: int
    """From the payout to the last cent."""


@dataclass(frozen=True)
class Figures:
    seed: int | None
    seconds: float
    loans: Sequence[LoanFigures]
    trial: Sequence[Balance]
    verdicts: Sequence[Verdict]
    documents: Sequence[str]
    repeats: int
    """Requests that were sent again because nobody answered."""
    ways: Sequence[Verdict] = ()
    """By what a cluster did its work; nothing where the store does all of it."""

    @property
    def good(self) -> bool:
        """Whether the judge is content with everything, and looked at all."""
        return bool(self.verdicts) and all(verdict.holds for verdict in (*self.verdicts, *self.ways))

    def document(self) -> dict[str, Any]:
        """For programs: amounts in minor units, by currency."""
        return {
            "good": self.good,
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "loans": [{**asdict(loan), "terms": _plain(loan.terms)} for loan in self.loans],
            "trial_balance": [_line(line) for line in self.trial],
            "checks": [asdict(verdict) for verdict in self.verdicts],
            "ways": [asdict(way) for way in self.ways],
            "documents": list(self.documents),
            "repeats": self.repeats,
        }

    def show(self, narrator: Narrator) -> None:
        """For people."""
        loans = [_loan_row(loan) for loan in self.loans]
        narrator.table("Loans", ("", "lent", "rate", "months", "instalment", "interest", "repaid"), loans)
        habits = [_habit_row(loan) for loan in self.loans]
        narrator.table("Payments", ("", *_WAYS, "in all", "days"), habits)
        books = [_book_row(line) for line in self.trial]
        narrator.table(
            "Trial balance", ("account", "debit", "credit", "balance"), [*books, *_sums(self.trial)]
        )
        narrator.table("The judge", ("check", "found", "holds"), [_check_row(one) for one in self.verdicts])
        if self.ways:
            narrator.table(
                "By what it ran", ("check", "found", "holds"), [_check_row(one) for one in self.ways]
            )


_WAYS = (*HABITS, "early")


def _plain(terms: Terms) -> dict[str, Any]:
    early = [{**asdict(one), "on": one.on.isoformat()} for one in terms.early]
    return {**asdict(terms), "value_date": terms.value_date.isoformat(), "early": early}


def _line(line: Balance) -> dict[str, Any]:
    return {"account": line.account, "currency": line.currency, "debit": line.debit, "credit": line.credit}


def _loan_row(loan: LoanFigures) -> tuple[str, ...]:
    terms, repaid = loan.terms, sum(loan.received.values())
    return (
        terms.reference,
        _money(terms.principal, terms.currency),
        f"{terms.rate / 100:g} %",
        str(terms.months),
        _money(loan.first_instalment, terms.currency),
        _money(repaid - terms.principal, terms.currency),
        _money(repaid, terms.currency),
    )


def _habit_row(loan: LoanFigures) -> tuple[str, ...]:
    counts = [loan.habits.get(way, 0) for way in _WAYS]
    return (loan.terms.reference, *(str(count) for count in (*counts, sum(counts), loan.days)))


def _check_row(verdict: Verdict) -> tuple[str, ...]:
    return (verdict.check, verdict.said, "yes" if verdict.holds else "NO")


def _book_row(line: Balance) -> tuple[str, ...]:
    amounts = (line.debit, line.credit, line.debit - line.credit)
    return (f"{line.account} {line.currency}", *(_money(amount, line.currency) for amount in amounts))


def _sums(trial: Sequence[Balance]) -> list[tuple[str, ...]]:
    debit, credit = Counter[str](), Counter[str]()
    for line in trial:
        debit[line.currency] += line.debit
        credit[line.currency] += line.credit
    return [
        (f"total {c}", *(_money(amount, c) for amount in (debit[c], credit[c], debit[c] - credit[c])))
        for c in sorted(debit)
    ]


def _money(minor: int, currency: str) -> str:
    whole, point, rest = Money(minor, currency).decimal().partition(".")
    return f"{int(whole):,}{point}{rest}".replace(",", " ") + f" {currency}"
