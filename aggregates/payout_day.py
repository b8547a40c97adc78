"""What one account paid out on one business day: the sum that its daily limit is held against.

A stream for each account and day, appended in the transaction of the payout itself, so that two payouts at once
cannot both be the last one that fits.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date

from aggregates.rules.limits import Allowance
from aggregates.values import AccountId, LoanId, Money, PayoutDayId, derived
from eventstore import Aggregate


def payout_day_id(account: AccountId, day: date) -> PayoutDayId:
    return PayoutDayId(derived(account, f"payouts:{day}"))


class PayoutDay(Aggregate):
    account_id: AccountId
    day: date
    paid: dict[str, Money] = field(default_factory=dict)
    """By currency."""

    # ── what can have happened ─────────────────────────────────────────────

    class Begun(Aggregate.Created, owner="account_id"):
        account_id: AccountId
        day: date

    class Counted(Aggregate.Event):
        loan_id: LoanId
        amount: Money

        def apply(self, day: PayoutDay) -> None:
            currency = self.amount.currency
            day.paid[currency] = day.paid.get(currency, Money.zero(currency)) + self.amount

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def begin_for(cls, account: AccountId, day: date) -> PayoutDay:
        return cls.begin(cls.Begun, payout_day_id(account, day), account_id=account, day=day)

    def count(self, loan_id: LoanId, amount: Money, allowed: Allowance) -> None:
        """Raises AboveLimit."""
        allowed.admit_today(self.paid.get(amount.currency, Money.zero(amount.currency)), amount)
        self.record(self.Counted, loan_id=loan_id, amount=amount)
