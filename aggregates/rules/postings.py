"""Which entries of the journal an event makes: a pure function, in double entry, on the French chart of accounts.

    money paid out              274 Prêts                         to  bank, cash
    interest fallen due         2768 Intérêts courus on prêts     to  762 Revenus des prêts
    money received              bank, cash, cheques               to  2768 interest, 274 principal, 468 advance
    an advance applied          468 advance                       to  2768 interest, 274 principal
    a repayment reversed        2768, 274, 468                    to  bank, cash, cheques
    others pay something else   by the differences on 2768, 274 and 468

Source: plan comptable général, règlement ANC 2014-03 as amended by ANC 2022-06 (in force since 1 January 2025),
list of accounts, read 2026-11-21. 274 and 762 are a lender's that is not a credit institution. 4191 is for orders
only, so money received before it is due is a subdivision of 468 « Divers comptes créditeurs ». A cheque received
waits in 5112 until the bank has it; a cheque we write leaves the bank at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from aggregates.loan import Loan
from aggregates.posting import Line
from aggregates.rules.allocation import Allocation
from aggregates.servicing import Servicing
from aggregates.values import LoanId, Method, Money, PostingId, derived
from eventstore import Aggregate


@dataclass(frozen=True, slots=True)
class AccountTitle:
    """What an account of the chart is called."""

    fr: str
    en: str


LOANS, INTEREST_DUE, INTEREST_EARNED, ADVANCES = "2748", "27684", "7626", "4681"
BANK, CASH, CHEQUES = "512", "530", "5112"

CHART: Final[dict[str, AccountTitle]] = {
    LOANS: AccountTitle("Autres prêts", "Other loans"),
    INTEREST_DUE: AccountTitle("Intérêts courus sur prêts", "Interest receivable on loans"),
    ADVANCES: AccountTitle(
        "Divers comptes créditeurs – avances sur échéances", "Sundry creditors – instalments paid ahead"
    ),
    CHEQUES: AccountTitle("Chèques à encaisser", "Cheques to be cashed"),
    BANK: AccountTitle("Banques", "Banks"),
    CASH: AccountTitle("Caisse", "Cash in hand"),
    INTEREST_EARNED: AccountTitle("Revenus des prêts", "Income from loans"),
}
"""Every account we post to, by its number."""

PAID_FROM: Final[dict[Method, str]] = {"transfer": BANK, "cash": CASH, "cheque": BANK}
RECEIVED_IN: Final[dict[Method, str]] = {"transfer": BANK, "cash": CASH, "cheque": CHEQUES}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be made in the journal."""

    id: PostingId
    movement: str
    """disbursement, interest-due, advance-applied, repayment, repayment-reversed or reallocation."""
    entry_on: date
    about: LoanId
    cause: str
    """The event, as ``stream:version``."""
    label: str
    lines: list[Line]


def posting_id(stream: UUID, version: int, movement: str) -> PostingId:
    """One entry of a movement for an event: making it again is recognised."""
    return PostingId(derived(stream, f"{version}:{movement}"))


def entries_for(event: Aggregate.Event, loan: LoanId, reference: str) -> list[Entry]:
    """The entries that an event makes, in their order; none for an event without a movement.

    loan       the loan it is about
    reference  the loan's, for the label
    """
    rule = _RULES.get(type(event))
    made = rule(event) if rule else []
    return [
        Entry(
            posting_id(event.originator_id, event.originator_version, movement),
            movement,
            on,
            loan,
            f"{event.originator_id}:{event.originator_version}",
            f"{label} – prêt {reference}",
            lines,
        )
        for movement, on, label, lines in made
        if lines
    ]


_Made = list[tuple[str, date, str, list[Line]]]


def _disbursement(e: Loan.Disbursed) -> _Made:
    lines = [_debit(LOANS, e.amount), _credit(PAID_FROM[e.method], e.amount)]
    return [("disbursement", e.value_date, "Déblocage des fonds", lines)]


def _fallen_due(e: Servicing.InstalmentFellDue) -> _Made:
    earned = [_debit(INTEREST_DUE, e.interest), _credit(INTEREST_EARNED, e.interest)]
    applied = [_debit(ADVANCES, _total(e.applied, e.interest)), *_paid(e.applied, e.interest, _credit)]
    return [
        ("interest-due", e.due_on, f"Intérêts de l’échéance {e.number}", _moved(earned)),
        ("advance-applied", e.due_on, f"Imputation de l’avance, échéance {e.number}", _moved(applied)),
    ]


def _received(e: Servicing.RepaymentReceived) -> _Made:
    lines = [
        _debit(RECEIVED_IN[e.method], e.amount),
        *_paid(e.allocations, e.amount, _credit),
        _credit(ADVANCES, e.advance),
    ]
    return [("repayment", e.value_date, "Remboursement reçu", _moved(lines))]


def _reversed(e: Servicing.RepaymentReversed) -> _Made:
    lines = [
        *_paid(e.allocations, e.amount, _debit),
        _debit(ADVANCES, e.advance),
        _credit(RECEIVED_IN[e.method], e.amount),
    ]
    return [("repayment-reversed", e.on, "Annulation d’un remboursement", _moved(lines))]


def _reallocated(e: Servicing.Reallocated) -> _Made:
    no_longer, now = e.changed()
    currency = now.advance.currency
    rest: Counter[str] = Counter()
    for paid, sign in ((no_longer, 1), (now, -1)):
        rest[INTEREST_DUE] += sign * sum(part.interest.minor for part in paid.allocations)
        rest[LOANS] += sign * sum(part.principal.minor for part in paid.allocations)
        rest[ADVANCES] += sign * paid.advance.minor
    lines = [
        _debit(account, Money(minor, currency)) if minor > 0 else _credit(account, Money(-minor, currency))
        for account, minor in rest.items()
    ]
    return [("reallocation", e.on, "Nouvelle imputation des remboursements", _moved(lines))]


_RULES: dict[type, Callable[[Any], _Made]] = {
    Loan.Disbursed: _disbursement,
    Servicing.InstalmentFellDue: _fallen_due,
    Servicing.RepaymentReceived: _received,
    Servicing.RepaymentReversed: _reversed,
    Servicing.Reallocated: _reallocated,
}

POSTED: Final = tuple(_RULES)
"""The events that make entries."""


def _paid(parts: Iterable[Allocation], like: Money, side: Callable[[str, Money], Line]) -> list[Line]:
    """What instalments received or gave back, summed by account."""
    parts = list(parts)
    interest = Money.total((part.interest for part in parts), like.currency)
    principal = Money.total((part.principal for part in parts), like.currency)
    return [side(INTEREST_DUE, interest), side(LOANS, principal)]


def _total(parts: Iterable[Allocation], like: Money) -> Money:
    return Money.total((part.total for part in parts), like.currency)


def _debit(account: str, amount: Money) -> Line:
    return Line(account, amount, Money.zero(amount.currency))


def _credit(account: str, amount: Money) -> Line:
    return Line(account, Money.zero(amount.currency), amount)


def _moved(lines: list[Line]) -> list[Line]:
    """Without the lines on which nothing moves."""
    return [line for line in lines if line.debit or line.credit]
