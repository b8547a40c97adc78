"""The ledger over HTTP: the journal of postings and the trial balance."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from api import columns
from api.asked import FromDay, ToDay
from api.deps import Cursor, Limit, Read
from api.described import shows
from api.export import MOST, Export, ToTakeAway, takes_away
from api.routing import routes
from eventstore import Page
from projections.journal import Journal, JournalFilter, JournalLine, Sort
from projections.trial_balance import AccountBalance, TrialBalance

router = routes("/ledger", "ledger")

AccountNumber = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{3,8}$", description="Number in the chart of accounts.", examples=["512"]),
]


Movement = Annotated[
    str | None,
    Query(pattern="^[a-z-]{1,40}$", description="What happened, in a word.", examples=["disbursement"]),
]
OfLoan = Annotated[UUID | None, Query(description="Only lines about this loan.")]
Sorted = Annotated[Sort, Query(description="The latest first, or the other way round without the minus.")]


async def journal_filter(
    account: AccountNumber = None, movement: Movement = None, about: OfLoan = None, entry_from: FromDay = None,
    entry_to: ToDay = None,
) -> JournalFilter:  # fmt: skip
    return JournalFilter(account, movement, about, entry_from, entry_to)


Which = Annotated[JournalFilter, Depends(journal_filter)]


@router.get("/journal", **shows(Journal, "lines", may="ledger.read"))
def journal(
    read: Read, which: Which, sort: Sorted = "-entry_on", cursor: Cursor = None, limit: Limit = 50
) -> Page[JournalLine]:
    return read(Journal).lines(which, sort, cursor, limit)


@router.get("/journal/export", **takes_away("ExportJournal", "The lines of the journal", may="ledger.read"))
def export_journal(read: Read, which: Which, answer: ToTakeAway, sort: Sorted = "-entry_on") -> Export:
    return answer("journal", columns.JOURNAL, read(Journal).export_of(which, sort, MOST))


@router.get("/journal/{about}", **shows(Journal, "of", may="ledger.read", name="JournalAbout"))
def journal_about(about: UUID, read: Read) -> list[JournalLine]:
    return read(Journal).of(about)


@router.get("/trial-balance", **shows(TrialBalance, "balances", may="ledger.read"))
def trial_balance(read: Read) -> list[AccountBalance]:
    return read(TrialBalance).balances()
