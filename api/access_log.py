"""Who looked at what, over HTTP: the whole log for who may read it, one's own data for everybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from access.log import Asked
from aggregates.permissions import SELF, is_staff
from api.auth import Identity, TheIdentity
from api.deps import Cursor, Limit
from api.described import offers
from api.platform import ThePlatform
from api.routing import routes
from commands.fields import Moment
from eventstore import BadCursor, Page

router = routes("", "access log")

Who = Annotated[
    str | None,
    Query(
        max_length=60, pattern=r"^[a-z]+(:[0-9a-f-]+)?$", description="Only looks of this account or link.",
        examples=["account:10a00000-0000-4000-8000-000000000001"],
    ),
]  # fmt: skip
Customer = Annotated[UUID | None, Query(description="Only looks at this customer's data.")]
Resource = Annotated[UUID | None, Query(description="Only looks at this thing.")]
Decision = Annotated[
    Literal["allow", "deny"] | None, Query(description="Only what was shown, or only what was refused.")
]
From = Annotated[Moment | None, Query(alias="from", description="Not before this moment.")]
To = Annotated[Moment | None, Query(alias="to", description="Before this moment.")]


class AccessEntry(BaseModel):
    """One look, or one refusal of it."""

    entry: int = Field(description="Counted from 1, without a gap.", examples=[4711])
    at: datetime
    day: date | None = Field(description="The business date.")
    who: str = Field(examples=["account:10a00000-0000-4000-8000-000000000001"])
    proof: str | None = Field(
        description="The session or the key.", examples=["session:10a00000-0000-4000-8000-000000000002"]
    )
    roles: list[str] = Field(description="At that moment.", examples=[["advisor"]])
    via: str = Field(description="cookie, bearer, key, link or none.", examples=["cookie"])
    action: str = Field(description="Operation id.", examples=["Loan"])
    kind: str = Field(examples=["loan"])
    resource: str | None = Field(examples=["10a00000-0000-4000-8000-000000000003"])
    customers: list[UUID] = Field(description="Whose data was shown.")
    decision: Literal["allow", "deny"]
    reason: str | None = Field(description="Type of the problem.", examples=["forbidden"])
    status: int = Field(examples=[200])
    request: str = Field(
        description="`X-Request-Id` of the answer.", examples=["0c9a1f6e52c14c2f9f3c0d0c2f0b7a11"]
    )
    network: str = Field(description="Of the client: /24, of IPv6 /48.", examples=["203.0.113.0/24"])


class LookAtMine(BaseModel):
    """One look at data of one's own."""

    at: datetime
    day: date | None = Field(description="The business date.")
    by: Literal["you", "client", "link", "staff"] = Field(
        description="`client`: somebody else who acts for the same customer. Staff is named by its roles, not by name."
    )
    roles: list[str] = Field(description="Of staff, at that moment.", examples=[["advisor"]])
    action: str = Field(description="Operation id.", examples=["Loan"])
    kind: str = Field(examples=["loan"])
    resource: str | None = Field(examples=["10a00000-0000-4000-8000-000000000003"])
    customers: list[UUID] = Field(description="Whose data was shown; yours among them only.")


@router.get("/access-log", **offers(
    "AccessLog",
    "Who looked at what, and was refused what, the latest first.\n\nReading it is recorded in it.",
    BadCursor, may="access.read", recorded=True,
))  # fmt: skip
def access_log(
    platform: ThePlatform, who: Who = None, customer_id: Customer = None, resource: Resource = None,
    decision: Decision = None, since: From = None, until: To = None, cursor: Cursor = None, limit: Limit = 50,
) -> Page[AccessEntry]:  # fmt: skip
    asked = Asked(
        who=who, customer=customer_id, resource=None if resource is None else str(resource), decision=decision,
        since=since, until=until,
    )  # fmt: skip
    found = platform.access.log.page(asked, cursor, limit)
    return Page(items=[AccessEntry(**row) for row in found.items], next=found.next)


@router.get("/me/access-log", **offers(
    "MyAccessLog",
    "Who looked at my data, the latest first.\n\nFor a client: at the data of its customers.",
    BadCursor, may=SELF,
))  # fmt: skip
def my_access_log(
    platform: ThePlatform, identity: TheIdentity, cursor: Cursor = None, limit: Limit = 50
) -> Page[LookAtMine]:
    asked = Asked(scope=_own(identity), decision="allow")
    found = platform.access.log.page(asked, cursor, limit)
    return Page(items=[_look(row, identity) for row in found.items], next=found.next)


def _own(identity: Identity) -> frozenset[UUID]:
    """Whose data is one's own: for staff not what they look after, only their own account's."""
    if identity.customers is None or is_staff(identity.roles):
        return frozenset({identity.account})
    return identity.customers


def _look(row: dict[str, Any], identity: Identity) -> LookAtMine:
    by: Literal["you", "client", "link", "staff"] = "staff"
    if row["who"] == identity.who:
        by = "you"
    elif row["via"] == "link":
        by = "link"
    elif not is_staff(row["roles"]):
        by = "client"
    return LookAtMine(
        by=by,
        roles=row["roles"] if by == "staff" else [],
        **{name: row[name] for name in ("at", "day", "action", "kind", "resource", "customers")},
    )
