"""The ledger over HTTP: the journal of postings and the trial balance."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.deps import Cursor, Limit, Read
from api.described import shows
from api.routing import routes
from eventstore import Page
from projections.journal import Journal, JournalLine
from projections.trial_balance import AccountBalance, TrialBalance

router = routes("/ledger", "ledger")

AccountNumber = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{3,8}$", description="Number in the chart of accounts.", examples=["512"]),
]


@router.get("/journal", **shows(Journal, "lines", may="ledger.read"))
def journal(
    read: Read, account: AccountNumber = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[JournalLine]:
    return read(Journal).lines(account, cursor, limit)


@router.get("/journal/{about}", **shows(Journal, "of", may="ledger.read", name="JournalAbout"))
def journal_about(about: UUID, read: Read) -> list[JournalLine]:
    return read(Journal).of(about)


@router.get("/trial-balance", **shows(TrialBalance, "balances", may="ledger.read"))
def trial_balance(read: Read) -> list[AccountBalance]:
    return read(TrialBalance).balances()
