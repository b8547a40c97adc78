"""The mails that were sent, over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from api.deps import Cursor, Limit, Read
from api.described import shows
from api.routing import routes
from eventstore import Page
from projections.mail_log import MailLine, MailLog

router = routes("/mails", "mail")

Status = Annotated[
    Literal["requested", "attempted", "sent", "failed"] | None, Query(description="Only mails in this state.")
]


@router.get("", **shows(MailLog, "lines", may="mail.read"))
def mails(read: Read, status: Status = None, cursor: Cursor = None, limit: Limit = 50) -> Page[MailLine]:
    return read(MailLog).lines(status, cursor, limit)


@router.get("/about/{about}", **shows(MailLog, "of", may="mail.read", name="MailsAbout"))
def mails_about(about: UUID, read: Read) -> list[MailLine]:
    return read(MailLog).of(about)
