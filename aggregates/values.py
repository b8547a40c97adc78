"""The small words of the domain: money, rates, ids, references."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import total_ordering
from typing import Final, Literal, NewType
from uuid import UUID, uuid5

from aggregates.rules.law import Law
from eventstore import Rejected

AccessRequestId = NewType("AccessRequestId", UUID)
AccountId = NewType("AccountId", UUID)
ContactId = NewType("ContactId", UUID)
ContractId = NewType("ContractId", UUID)
CustomerId = NewType("CustomerId", UUID)
DocumentId = NewType("DocumentId", UUID)
FactorId = NewType("FactorId", UUID)
IndexRatesId = NewType("IndexRatesId", UUID)
KeyId = NewType("KeyId", UUID)
LegalRatesId = NewType("LegalRatesId", UUID)
LoanId = NewType("LoanId", UUID)
NotificationId = NewType("NotificationId", UUID)
OrganisationId = NewType("OrganisationId", UUID)
PayeeId = NewType("PayeeId", UUID)
PayoutDayId = NewType("PayoutDayId", UUID)
PostingId = NewType("PostingId", UUID)
ProductId = NewType("ProductId", UUID)
RepaymentId = NewType("RepaymentId", UUID)
SecretId = NewType("SecretId", UUID)
ServicingId = NewType("ServicingId", UUID)
StopSwitchId = NewType("StopSwitchId", UUID)
TokenId = NewType("TokenId", UUID)

BasisPoints = NewType("BasisPoints", int)
"""Hundredths of a percent a year: 950 is 9.50 %."""

Method = Literal["transfer", "cash", "cheque"]
"""How money moves by hand."""

EXPONENTS: Final = {"EUR": 2, "CAD": 2, "USD": 2, "CDF": 2, "XOF": 0, "XAF": 0, "GNF": 0}
"""How many decimals each currency we handle has. Source: ISO 4217, list one, read 2026-11-21."""

WHOLE_DIGITS: Final = 13
"""The most digits an amount may have before its decimals; fifteen digits of minor units fit a bigint."""


class ValueDateInvalid(Rejected):
    """The date is not possible."""


class DifferentCurrencies(ValueError):
    """Two amounts of different currencies were added or compared: a fault of the program, never a refusal."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units of one currency; never a float."""

    minor: int
    """Cents for EUR, francs for XOF."""
    currency: str
    """ISO 4217, one of EXPONENTS."""

    def __post_init__(self) -> None:
        if type(self.minor) is not int or self.currency not in EXPONENTS:
            raise ValueError(f"not an amount of money: {self.minor!r} {self.currency!r}")

    @classmethod
    def parse(cls, written: str, currency: str) -> Money:
        """Read ``"5000.00"``: ASCII digits, a point, at most as many decimals as the currency has; no sign.

        Raises ValueError, with what was expected, for anything else.
        """
        if currency not in EXPONENTS:
            raise ValueError(f"the currency is one of {', '.join(EXPONENTS)}")
        decimals = EXPONENTS[currency]
        fraction = rf"(?:\.([0-9]{{1,{decimals}}}))?" if decimals else "()"
        found = re.fullmatch(rf"(0|[1-9][0-9]{{0,{WHOLE_DIGITS - 1}}}){fraction}", written)
        if found is None:
            raise ValueError(f"an amount in {currency} is written like {Money(123456, currency).decimal()}")
        return cls(int(found[1] + (found[2] or "").ljust(decimals, "0")), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The sum; zero of ``currency`` when there are none."""
        return sum(amounts, cls.zero(currency))

    def decimal(self) -> str:
        """The amount as people and programs write it: ``5000.00`` for EUR, ``500000`` for XOF."""
        decimals = EXPONENTS[self.currency]
        digits = str(abs(self.minor)).rjust(decimals + 1, "0")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"

    def __str__(self) -> str:
        return f"{self.decimal()} {self.currency}"

    def __bool__(self) -> bool:
        return self.minor != 0

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise DifferentCurrencies(f"{self} and {other}")
        return other.minor


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The legal limit that a rate was checked against, with its source: the proof stays with the decision."""

    rate: BasisPoints
    country: str
    """ISO 3166, two letters; empty where the law is of several countries."""
    source: str
    """Text, article, date read."""
    from_on: date
    until_on: date | None = None
    """Last day on which it applies; None while it does."""
    law: Law = "unspecified"
    """The one that puts it; ceilings from before it was asked have none."""
    number: int | None = None
    """Of the rate in the register of that law."""
    above: Money | None = None
    """It is for amounts above this one; None: from nothing on."""
    up_to: Money | None = None
    """It is for amounts up to this one, which is within; None: however large."""


def derived(cause: UUID, name: str) -> UUID:
    """The id of what the system itself makes because of ``cause``: nobody outside can occupy it beforehand."""
    return uuid5(cause, name)


def foreign_id(id: UUID) -> UUID:
    """Let an id pass that was chosen outside. Raises ValueError unless it is a UUID of version 4 or 7."""
    if id.version not in (4, 7):
        raise ValueError("an id chosen by the asker is a UUID of version 4 or 7")
    return id


def reference(letter: str, year: int, number: int) -> str:
    """What people call a thing: ``L-2026-000123``."""
    return f"{letter}-{year}-{number:06d}"


def sibling(reference: str, letter: str) -> str:
    """The reference of the one contract (``K``), quittance (``Q``) or other paper of a loan: ``K-2026-000123``."""
    return letter + reference[1:]
