"""The judge of a run: each check is a small function over what was found, and every one of them can fail.

They trust nobody: the figures come from ``tests/oracle.py``, which has never seen the product's arithmetic, the read
models are compared with a fresh replay, the chains are computed again from the stored bytes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, Protocol

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


Keeps = Literal["same-instalment", "lower-instalment", "nothing"]
"""What becomes of the instalments to come when money comes before its time; nothing: the loan is settled."""

Pays = Mapping[tuple[int, str], int]
"""What a receipt pays, by instalment and part; minor units."""


@dataclass(frozen=True)
class Early:
    """Principal that was repaid before its time, on a day when nothing else was owed."""

    on: date
    amount: int
    """Everything that came, in minor units."""
    keeps: Keeps


@dataclass(frozen=True)
class Said:
    """What the API says on a day of each receipt, and of the account."""

    on: date
    pays: Mapping[tuple[str, date, int], Pays]
    """By id, value date and amount of the receipt."""
    account: Mapping[str, Any]

    @property
    def received(self) -> int:
        return sum(amount for _, _, amount in self.pays)


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
    early: tuple[Early, ...] = ()
    """What was repaid before its time, in that order."""

    @classmethod
    def said(cls, loan: Mapping[str, Any], early: Sequence[Early] = ()) -> Terms:
        """By what the API says of a loan that was paid out."""
        names = ("reference", "principal", "currency", "rate", "months")
        known = {name: loan[name] for name in names}
        return cls(**known, value_date=date.fromisoformat(loan["disbursed_on"]), early=tuple(early))


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
    loans: Sequence[tuple[Terms, Mapping[str, int]]],
    paid_from: str,
    trial: Sequence[Balance],
    today: date,
    apart: Mapping[str, int] | None = None,
) -> Verdict:
    """The balance of every account, computed a second time from the terms and from what came in.

    loans      each with what was received, by the account it came in on
    paid_from  the account that the principals left from
    apart      what a loan in euros beside them leaves on each account
    """
    expected = Counter({(account, "EUR"): amount for account, amount in (apart or {}).items()})
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
    return _versions(terms)[-1]


def _versions(terms: Terms) -> list[list[oracle.Month]]:
    """Every schedule that the loan had, the one agreed on first."""
    versions = [oracle.schedule(terms.principal, terms.rate, terms.months, terms.value_date)]
    for one in terms.early:
        versions.append(oracle.early(versions[-1], terms.value_date, one.on, one.amount, one.keeps))
    return versions


# ── money learnt late, and before its time ─────────────────────────────────


def late_money_counts_from_its_day(terms: Terms, before: Said, after: Said) -> Verdict:
    """Every receipt pays what it would pay had each been recorded on the day it came, and so does the account.

    before, after  what was said of a day without the receipt that was learnt late, and with it
    """
    check = f"{terms.reference}: learnt late = in time"
    lines = _versions(terms)[0]
    for said in (before, after):
        ids = list(said.pays)
        expected = oracle.paid_by(lines, [(on, amount) for _, on, amount in ids], said.on)
        for (id, on, amount), pays in zip(ids, expected, strict=True):
            if pays != said.pays[id, on, amount]:
                found = said.pays[id, on, amount]
                return Verdict(check, False, f"{_written(terms, amount)} of {on} pays {found}, not {pays}")
        standing = oracle.standing(lines, said.on, said.received)
        balances = {
            "principal_paid": standing.principal_paid,
            "interest_paid": standing.interest_paid,
            "advance": standing.advance,
            "overdue": standing.overdue,
            "days_past_due": oracle.days_late(lines, said.on, said.received),
        }
        if wrong := [name for name, amount in balances.items() if said.account[name] != amount]:
            return Verdict(check, False, f"{wrong[0]}: {said.account[wrong[0]]}, not {balances[wrong[0]]}")
    moved = [id for id, pays in before.pays.items() if after.pays.get(id) != pays]
    if not moved or len(after.pays) != len(before.pays) + 1:
        return Verdict(check, False, "nothing was learnt, or it moved nothing")
    return Verdict(check, True, f"{len(moved)} of {len(before.pays)} receipts pay something else")


def schedules_are_as_the_oracle_says(terms: Terms, versions: Sequence[Mapping[str, Any]]) -> Verdict:
    """Every version of the schedule is readable, and each line of each is what the oracle computes."""
    check = f"{terms.reference}: versions of the schedule"
    expected = _versions(terms)
    if len(versions) != len(expected):
        return Verdict(check, False, f"{len(versions)} can be read, {len(expected)} there were")
    for version, lines in zip(versions, expected, strict=True):
        found = [(at["number"], at["due_on"], at["interest"], at["principal"]) for at in version["lines"]]
        right = [(line.number, line.due_on.isoformat(), line.interest, line.principal) for line in lines]
        if found != right:
            at = next((pair for pair in zip(found, right, strict=False) if pair[0] != pair[1]), None)
            said = f"{at[0]}, not {at[1]}" if at else f"{len(found)} lines, not {len(right)}"
            return Verdict(check, False, f"version {version['number']}: {said}")
    return Verdict(check, True, " → ".join(f"{len(lines)} lines" for lines in expected))


def quote_is_as_the_oracle_says(terms: Terms, said: Mapping[str, Any]) -> Verdict:
    """What was quoted, part by part, is what the oracle computes, and what was paid is what was quoted.

    said  the quote for the day on which the loan was settled; the product asks no fee
    """
    check = f"{terms.reference}: quoted = paid"
    if not terms.early or terms.early[-1].keeps != "nothing":
        return Verdict(check, False, "the loan was not settled")
    *before, last = terms.early
    lines = _versions(replace(terms, early=tuple(before)))[-1]
    received = oracle.total(line for line in lines if line.due_on <= last.on)
    right = oracle.quote(lines, terms.value_date, last.on, received)
    expected = {
        "due": right.due,
        "principal": right.principal,
        "accrued": right.accrued,
        "fee": 0,
        "credit": right.credit,
    }
    found = {part["part"]: part["amount"] for part in said["parts"]}
    facts = (said["on"], said["valid_until"], said["interest_saved"], said["total"], last.amount)
    valid_until = right.valid_until.isoformat()
    if found != expected:
        return Verdict(check, False, f"{found}, not {expected}")
    if facts != (last.on.isoformat(), valid_until, right.saved, right.total, right.total):
        return Verdict(check, False, f"{facts}, not {right}")
    if not all(part["law"] for part in said["parts"]):
        return Verdict(check, False, "a part is without its law")
    return Verdict(check, True, f"{_written(terms, right.total)} {terms.currency}, valid until {valid_until}")


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
