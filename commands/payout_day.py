"""What every command that sends money to a customer looks at: where it goes, and what one account paid out today."""

from __future__ import annotations

from aggregates.payee import Payee, payee_id
from aggregates.payout_day import PayoutDay, payout_day_id
from aggregates.rules.limits import Allowance
from aggregates.values import AccountId, CustomerId, LoanId, Method, Money
from eventstore import Ask


def payee_for(ask: Ask, customer: CustomerId, method: Method) -> int | None:
    """The number of the payee in force, for a transfer to a customer who has one.

    Raises PayeeNotConfirmed, PayeeCoolingOff.
    """
    payee = ask.find(Payee, payee_id(customer)) if method == "transfer" else None
    return None if payee is None else payee.for_transfers(ask.now)


def count_payout(ask: Ask, loan: LoanId, amount: Money, allowed: Allowance) -> None:
    """Count what the asker paid out on this business day. Raises AboveLimit."""
    by = AccountId(ask.by)
    today = ask.also_or_begin(PayoutDay, payout_day_id(by, ask.on), lambda: PayoutDay.begin_for(by, ask.on))
    today.count(loan, amount, allowed)
