"""The judge of a run: each check is a small function over what was found, and every one of them can fail.

They trust nobody: the figures come from ``tests/oracle.py``, which has never seen the product's arithmetic, the read
models are compared with a fresh replay, the chains are computed again from the stored bytes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from aggregates.values import Money
from eventstore.compare import Comparison
from eventstore.verify import Chains
from tests import oracle


@dataclass(frozen=True)
class Verdict:
    """What a check found."""

    check: str
    holds: bool
    said: str
    """The figure when it holds, else the first thing that is wrong."""


@dataclass(frozen=True)
class Terms:
    """A loan as it was granted and paid out."""

    reference: str
    principal: int
    """Minor units of ``currency``."""
    currency: str
    rate: int
    """Basis points a year."""
    months: int
    value_date: date


class Entry(Protocol):
    """A line of the journal."""

    @property
    def posting_id(self) -> object: ...
    @property
    def account(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def debit(self) -> int: ...
    @property
    def credit(self) -> int: ...


class Balance(Protocol):
    """A line of the trial balance."""

    @property
    def account(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def debit(self) -> int: ...
    @property
    def credit(self) -> int: ...


# ── the books ──────────────────────────────────────────────────────────────


def imbalances(lines: Iterable[Entry | Balance]) -> dict[str, int]:
    """By currency, what was debited more than credited: 0 everywhere in books that balance."""
    rest: Counter[str] = Counter()
    for line in lines:
        rest[line.currency] += line.debit - line.credit
    return dict(rest)


def ledger_balances(journal: Sequence[Entry], trial: Sequence[Balance], currencies: set[str]) -> Verdict:
    """Nothing is debited that is not credited: in each currency, in the trial balance, and in every posting."""
    check = "ledger imbalance"
    for what, rest in (("journal", imbalances(journal)), ("trial balance", imbalances(trial))):
        if missing := currencies - set(rest):
            return Verdict(check, False, f"the {what} has nothing in {', '.join(sorted(missing))}")
        if wrong := {currency: amount for currency, amount in rest.items() if amount}:
            return Verdict(check, False, f"the {what} is out by {wrong}")
    postings: defaultdict[object, list[Entry]] = defaultdict(list)
    for line in journal:
        postings[line.posting_id].append(line)
    for id, lines in postings.items():
        if any(imbalances(lines).values()):
            return Verdict(check, False, f"posting {id} does not balance")
    return Verdict(check, True, ", ".join(f"0 {currency}" for currency in sorted(currencies)))


def trial_balance_sums_the_journal(journal: Sequence[Entry], trial: Sequence[Balance]) -> Verdict:
    """The query and the lines that it sums up say the same, account by account."""
    check = "trial balance = journal"
    debits, credits_ = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for line in journal:
        debits[line.account, line.currency] += line.debit
        credits_[line.account, line.currency] += line.credit
    stated = {(line.account, line.currency): (line.debit, line.credit) for line in trial}
    summed = {account: (debits[account], credits_[account]) for account in debits}
    wrong = sorted(a for a in stated.keys() | summed.keys() if stated.get(a) != summed.get(a))
    if wrong or not trial:
        return Verdict(check, False, f"they differ on {wrong[:3]}" if wrong else "the trial balance is empty")
    return Verdict(check, True, f"{len(journal)} lines on {len(trial)} accounts")


def books_are_as_the_oracle_says(
    loans: Sequence[tuple[Terms, Mapping[str, int]]], paid_from: str, trial: Sequence[Balance], today: date
) -> Verdict:
    """The balance of every account, computed a second time from the terms and from what came in.

    loans      each with what was received, by the account it came in on
    paid_from  the account that the principals left from
    """
    expected: Counter[tuple[str, str]] = Counter()
    for terms, received in loans:
        standing = oracle.standing(_schedule(terms), today, sum(received.values()))
        for account, amount in oracle.balances(terms.principal, standing, paid_from, dict(received)).items():
            expected[account, terms.currency] += amount
    found = {(line.account, line.currency): line.debit - line.credit for line in trial}
    wrong = [a for a in sorted(expected.keys() | found.keys()) if expected[a] != found.get(a, 0)]
    if wrong:
        said = f"account {wrong[0][0]} in {wrong[0][1]}: {found.get(wrong[0], 0)}, not {expected[wrong[0]]}"
        return Verdict("balances by the oracle", False, said)
    return Verdict("balances by the oracle", True, f"{len(found)} accounts")


def repaid_as_promised(terms: Terms, received: int) -> Verdict:
    """What came in is the principal and its interest, to the last unit, by the oracle's own arithmetic."""
    check = f"{terms.reference}: repaid = principal + interest"
    lines = _schedule(terms)
    promised, interest = oracle.total(lines), oracle.interest(lines)
    got, parts = (
        _written(terms, received),
        f"{_written(terms, terms.principal)} + {_written(terms, interest)}",
    )
    if promised != terms.principal + interest or received != promised:
        return Verdict(check, False, f"{got} received, {parts} expected")
    return Verdict(check, True, f"{got} = {parts} {terms.currency}")


def _written(terms: Terms, minor: int) -> str:
    return Money(minor, terms.currency).decimal()


def _schedule(terms: Terms) -> list[oracle.Month]:
    return oracle.schedule(terms.principal, terms.rate, terms.months, terms.value_date)


# ── what is read ───────────────────────────────────────────────────────────


def every_read_model_had_rows(registered: Iterable[str], seen: Mapping[str, int]) -> Verdict:
    """An empty table is equal to an empty replay: only what was filled was tried.

    seen  by read model, the most rows that were seen at once
    """
    registered = sorted(registered)
    empty = [name for name in registered if not seen.get(name)]
    if empty or not registered:
        return Verdict("read models with rows", False, f"never a row in {', '.join(empty) or 'any'}")
    return Verdict("read models with rows", True, f"{len(registered)} of {len(registered)}")


def nothing_differs(comparisons: Sequence[Comparison], registered: Iterable[str]) -> Verdict:
    """Every read model was replayed, and no row differs."""
    check = "rows that differ from a fresh replay"
    if missing := set(registered) - {found.read_model for found in comparisons}:
        return Verdict(check, False, f"not compared: {', '.join(sorted(missing))}")
    for found in comparisons:
        if found.differences:
            first = found.differences[0]
            where = (
                f"{found.read_model} {'/'.join(map(str, first.key))}: {', '.join(first.columns) or 'the row'}"
            )
            return Verdict(check, False, f"{sum(len(c.differences) for c in comparisons)}, first {where}")
        if found.parked:
            return Verdict(check, False, f"{found.parked} events are parked for {found.read_model}")
    rows, events = sum(c.rows for c in comparisons), sum(c.events for c in comparisons)
    return Verdict(check, True, f"0 of {rows:,}, {events:,} events folded again")


# ── what is stored ─────────────────────────────────────────────────────────


def chains_hold(chains: Chains) -> Verdict:
    """Every stream's chain, computed again, ends where the stored one does."""
    check = "streams with a whole chain"
    if chains.breaks:
        first = chains.breaks[0]
        return Verdict(check, False, f"stream {first.stream_id} version {first.version}: {first.what}")
    if not chains.events:
        return Verdict(check, False, "there is no event to verify")
    return Verdict(check, True, f"{chains.streams:,} streams, {chains.events:,} events")


def nothing_is_left_undone(waits_for: str | None, parked: Sequence[str]) -> Verdict:
    """Every reaction ran, every read model is at the end of the feed, nothing waits for a person.

    parked  the consumers of parked events
    """
    check = "left undone"
    if waits_for is not None:
        return Verdict(check, False, f"still to do: {waits_for}")
    if parked:
        return Verdict(check, False, f"{len(parked)} parked, first for {parked[0]}")
    return Verdict(check, True, "nothing")
