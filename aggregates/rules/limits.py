"""How much one account may decide on: limits for each role and currency, and what they add up to for somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from aggregates.permissions import Role
from aggregates.values import Money
from eventstore import Rejected

Operation = Literal["loan.approve", "loan.disburse"]
"""What a limit is about; named like the permission it narrows."""


class AboveLimit(Rejected):
    """The amount is above what this account may decide."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a role may decide in one currency. Where a role has no limit in a currency, it may decide nothing."""

    operation: Operation
    role: Role
    each: Money
    """The most for one loan."""
    daily: Money | None = None
    """The most that one account pays out on one business day; absent for approvals."""

    def is_for(self, operation: Operation, roles: Collection[str], currency: str) -> bool:
        return self.operation == operation and self.role in roles and self.each.currency == currency


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one account may decide in one currency."""

    each: Money
    daily: Money | None

    def admit(self, amount: Money) -> None:
        """Raises AboveLimit, which says the limit."""
        if amount > self.each:
            raise AboveLimit(f"{amount} is above the limit of {self.each} for one loan")

    def admit_today(self, before: Money, amount: Money) -> None:
        """The same for what the account paid out since the morning."""
        if self.daily is not None and before + amount > self.daily:
            raise AboveLimit(f"{amount} after {before} today is above the limit of {self.daily} a day")


def allowance(
    limits: Iterable[Limit], operation: Operation, roles: Collection[str], currency: str
) -> Allowance:
    """The highest that any of the roles has; nothing at all where none has one."""
    own = [limit for limit in limits if limit.is_for(operation, roles, currency)]
    each = max((limit.each for limit in own), default=Money.zero(currency))
    daily = [limit.daily for limit in own if limit.daily is not None]
    return Allowance(each, max(daily) if own and len(daily) == len(own) else None)


_ONE_LOAN: Final = {"EUR": 50_000_00, "CAD": 50_000_00, "USD": 50_000_00, "CDF": 150_000_000_00,
                    "XOF": 30_000_000, "XAF": 30_000_000, "GNF": 500_000_000}  # fmt: skip
"""About 50,000 euros each, in minor units."""
_LOANS_A_DAY: Final = 5


def _starting() -> Iterable[Limit]:
    for currency, minor in _ONE_LOAN.items():
        each = Money(minor, currency)
        yield Limit("loan.approve", "advisor", each)
        yield Limit("loan.disburse", "advisor", each, Money(minor * _LOANS_A_DAY, currency))
        yield Limit("loan.disburse", "accountant", each, Money(minor * _LOANS_A_DAY, currency))


STARTING_LIMITS: Final = tuple(_starting())
"""What a house begins with, written into its first event: nobody ever decides without a limit."""
