"""The trial balance: what was debited and credited on each account, in each currency."""

from __future__ import annotations

from aggregates.posting import Posting
from eventstore import Projection, Table, on
from projections.line import Line


class TrialBalanceLine(Line):
    account: str
    """Number in the chart of accounts."""
    currency: str
    debit: int
    """Everything debited so far, in minor units of ``currency``."""
    credit: int
    """Everything credited so far, in minor units of ``currency``."""


class AccountBalance(TrialBalanceLine):
    balance: int
    """Debits less credits: positive on an account that is debited more, such as the bank."""


class TrialBalance(Projection):
    """Sums over every lane, so each posting adds its part and nothing is ever read back or overwritten."""

    key = ("account", "currency")
    laneless = True
    row = TrialBalanceLine
    ddl = """
        CREATE TABLE {table} (
            account  text NOT NULL,
            currency char(3) NOT NULL,
            debit    bigint NOT NULL,
            credit   bigint NOT NULL,
            PRIMARY KEY (account, currency)
        )"""

    @on(Posting.Made)
    def _made(self, e: Posting.Made, table: Table) -> None:
        for line in e.lines:
            table.add(
                {"account": line.account, "currency": line.debit.currency},
                debit=line.debit.minor,
                credit=line.credit.minor,
            )

    # ── what the screen asks ───────────────────────────────────────────────

    def balances(self) -> list[AccountBalance]:
        """What was debited and credited, by account and currency.

        The balances of each currency sum to zero.
        """
        return self.rows(
            "SELECT *, debit - credit AS balance FROM {table} ORDER BY account, currency", into=AccountBalance
        )
