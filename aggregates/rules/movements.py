"""What a loan does to the books: each movement a balanced double entry on roles, which a chart gives accounts.

    disbursement           loans                        to  bank, fees and interest kept
    interest-due           interest due                 to  interest earned
    fee-due                fees due                     to  fees earned
    insurance-due          insurance due                to  insurer
    penalty                penalties due                to  penalties earned
    interest-accrued       interest accrued             to  interest earned     at a month's end, reversed the day after
    repayment              bank                         to  what it paid, advances
    advance-applied        advances                     to  what it paid
    schedule-changed       what replaced instalments no longer owe, what became principal
    given-back             fees and interest earned     to  loans               kept or financed, when the client steps back
    refund                 advances                     to  bank
    write-off              losses                       to  everything that was owed
    recovery               bank, advances               to  recoveries
    provision              charge for provision         to  provision           and back when less is needed
    reallocation           the difference that a new fact makes to what is in the books already
    repayment-reversed     the same where the fact is that a repayment came to nothing

Roles become accounts in charts.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from aggregates.rules.facts import GivenBack
from aggregates.rules.servicing_terms import Component
from aggregates.values import Method, Money

Role = Literal[
    "loans", "interest_due", "interest_accrued", "fees_due", "insurance_due", "penalties_due",
    "advances", "insurer", "provision", "bank", "till", "cheques",
    "interest_earned", "fees_earned", "penalties_earned", "recoveries", "provision_released",
    "losses", "provision_charged",
]  # fmt: skip
"""What an account is for."""

Kind = Literal[
    "disbursement", "interest-due", "fee-due", "insurance-due", "penalty", "interest-accrued",
    "interest-accrued-reversed", "repayment", "advance-applied", "schedule-changed", "given-back", "refund", "write-off",
    "recovery", "provision", "reallocation", "repayment-reversed",
]  # fmt: skip

OWED_AS: Final[dict[Component, Role]] = {
    "penalty": "penalties_due",
    "fee": "fees_due",
    "insurance": "insurance_due",
    "interest": "interest_due",
    "principal": "loans",
}
PAID_FROM: Final[dict[Method, Role]] = {"transfer": "bank", "cash": "till", "cheque": "bank"}
RECEIVED_IN: Final[dict[Method, Role]] = {"transfer": "bank", "cash": "till", "cheque": "cheques"}
MONEY: Final = frozenset((*PAID_FROM.values(), *RECEIVED_IN.values()))


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry: what is debited, positive, and what is credited, negative; together nothing."""

    kind: Kind
    key: str
    """The same for the same movement of a loan, whatever else is known: ``repayment:7``."""
    on: date
    amounts: tuple[tuple[Role, Money], ...]
    corrects: tuple[str, ...] = ()
    """The keys of the movements that a reallocation brings up to date."""

    @property
    def moves_money(self) -> bool:
        """Whether money came or left: a bank, a till or a cheque is one of its sides."""
        return any(role in MONEY for role, _ in self.amounts)


class Books:
    """Where the movements of a loan are written down while its life is followed."""

    def __init__(self, currency: str, kept: bool = True) -> None:
        """``kept`` is false where only the standing is asked for, which is half the work."""
        self.currency, self.kept = currency, kept
        self.movements: list[Movement] = []

    def enter(self, kind: Kind, key: object, on: date, amounts: Iterable[tuple[Role, int]]) -> None:
        """Add a movement, unless nothing moves. Amounts in minor units, debits positive."""
        if not self.kept or not (moved := [amount for amount in amounts if amount[1]]):
            return
        sums = _summed(moved)
        if sum(sums.values()):
            raise ValueError(f"{kind} {key} does not balance: {sums}")
        if sides := _sides(sums, self.currency):
            self.movements.append(Movement(kind, f"{kind}:{key}", on, sides))

    def move(self, kind: Kind, key: object, on: date, debit: Role, credit: Role, minor: int) -> None:
        """The same for one amount from one role to another."""
        self.enter(kind, key, on, [(debit, minor), (credit, -minor)])


def balances(movements: Iterable[Movement]) -> Counter[Role]:
    """What stands on each role after the movements, in minor units, debits positive."""
    return _summed((role, amount.minor) for made in movements for role, amount in made.amounts)


def paid_out(
    amount: Money, kept_fee: Money | None, kept_interest: Money | None, method: Method
) -> list[tuple[Role, int]]:
    """What a payout moves: what was kept of it is earned. ``amount`` is what is lent, with what was kept."""
    fee = kept_fee.minor if kept_fee else 0
    interest = kept_interest.minor if kept_interest else 0
    return [
        ("loans", amount.minor),
        (PAID_FROM[method], fee + interest - amount.minor),
        ("fees_earned", -fee),
        ("interest_earned", -interest),
    ]


def given_back(given: GivenBack | None) -> list[tuple[Role, int]]:
    """What is not asked for after stepping back is not earned any more, and not lent; nothing for None."""
    if given is None:
        return []
    fees, interest = given.fees.minor, given.interest.minor
    return [("fees_earned", fees), ("interest_earned", interest), ("loans", -fees - interest)]


def to_enter(
    before: Sequence[Movement],
    after: Sequence[Movement],
    known_on: date,
    open_from: date,
    because: tuple[Kind, object],
) -> list[Movement]:
    """What has to be entered when more is known than the books say: nothing in them is changed.

    Money that came or left has an entry of its own, whenever it did so. Of what followed from it in months that are
    closed, the sum is entered: a payment that is learnt five years late would otherwise bring sixty entries of one day.

    before     the movements that are in the books
    after      those of the life as it is known now
    known_on   the day on which it became known
    open_from  the first day for which entries may still be made; earlier ones are made on it
    because    what the entry by differences is called, and what tells it from others of the loan: the event behind it
    returns    the new movements in their order, and one entry by differences for all else that came, changed or went
    """
    was = {movement.key: movement for movement in before}
    made, now, followed = list[Movement](), dict[str, Movement](), list[str]()
    for movement in after:
        now[movement.key] = movement
        if movement.key in was:
            continue
        if movement.on < open_from and not movement.moves_money:
            followed.append(movement.key)
        else:
            made.append(_moved_to(movement, max(movement.on, open_from)))
    changed = [key for key, old in was.items() if key not in now or now[key].amounts != old.amounts]
    changed += followed
    sums: Counter[Role] = Counter()
    for key in changed:
        sums.subtract(balances([was[key]] if key in was else []))
        sums.update(balances([now[key]] if key in now else []))
    currency = next((amount.currency for old in (*before, *after) for _, amount in old.amounts), None)
    if currency and (amounts := _sides(sums, currency)):
        kind, told_by = because
        made.append(Movement(kind, f"{kind}:{told_by}", known_on, amounts, corrects=tuple(changed)))
    return made


def _moved_to(movement: Movement, on: date) -> Movement:
    return Movement(movement.kind, movement.key, on, movement.amounts)


def _sides(sums: Counter[Role], currency: str) -> tuple[tuple[Role, Money], ...]:
    """What moves: debits before credits, each by role, so that equal movements look equal."""
    moved = sorted((minor < 0, role) for role, minor in sums.items() if minor)
    return tuple((role, Money(sums[role], currency)) for _, role in moved)


def _summed(amounts: Iterable[tuple[Role, int]]) -> Counter[Role]:
    sums: Counter[Role] = Counter()
    for role, minor in amounts:
        sums[role] += minor
    return sums
