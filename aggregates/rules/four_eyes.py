"""The rule of four eyes: who may decide on what somebody asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from aggregates.values import AccountId


@dataclass(frozen=True, slots=True)
class Decider:
    """The account that decides, and what the rule needs to know about it."""

    account_id: AccountId
    customers: Collection[UUID] = ()
    """The customers the account acts for."""
    alone_because: str | None = None
    """The reason given for deciding alone; None unless the organisation's policy is single-operator."""

    def is_party(self, customer: UUID, *involved: UUID | None) -> bool:
        """Whether the account was involved already, or acts for the customer."""
        return self.account_id in involved or customer in self.customers
