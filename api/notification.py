"""The mails that were sent, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from aggregates.notification import MailTemplate
from api import asked, columns
from api.asked import FromDay, Named, OfCustomer, ToDay, Words
from api.auth import TheIdentity
from api.deps import Cursor, Limit, Read
from api.described import shows
from api.export import MOST, Export, ToTakeAway, takes_away
from api.routing import routes
from eventstore import Page
from projections.customer_file import CustomerFile
from projections.mail_log import MailEntry, MailFilter, MailLine, MailLog, Sort

router = routes("/mails", "mail")

STATES = ("requested", "attempted", "sent", "failed")
Status = Annotated[str | None, asked.states(STATES, "Only mails in this state.")]
OfTemplate = Annotated[
    MailTemplate | None, Query(description="Only mails of this template.", examples=["contract"])
]
Sorted = Annotated[Sort, Query(description="The latest first, or the other way round without the minus.")]


async def mail_filter(
    identity: TheIdentity, status: Status = None, template: OfTemplate = None, customer_id: OfCustomer = None,
    requested_from: FromDay = None, requested_to: ToDay = None, q: Words = "",
) -> MailFilter:  # fmt: skip
    asked.needs_names(identity, q)
    return MailFilter(asked.several(status), template, customer_id, requested_from, requested_to, q)


Which = Annotated[MailFilter, Depends(mail_filter)]


@router.get("", **shows(MailLog, "lines", CustomerFile, may="mail.read"))
def mails(
    read: Read, which: Which, named: Named, sort: Sorted = "-requested_on", cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MailEntry]:  # fmt: skip
    return read(MailLog).lines(which, sort, cursor, limit, named)


@router.get("/export", **takes_away("ExportMails", "The mails", may="mail.read"))
def export_mails(
    read: Read, which: Which, named: Named, answer: ToTakeAway, sort: Sorted = "-requested_on"
) -> Export:
    return answer("mails", columns.MAILS, read(MailLog).export_of(which, sort, named, MOST))


@router.get("/about/{about}", **shows(MailLog, "of", may="mail.read", name="MailsAbout"))
def mails_about(about: UUID, read: Read) -> list[MailLine]:
    return read(MailLog).of(about)
