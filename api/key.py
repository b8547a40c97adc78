"""Keys of programs over HTTP: made by the account's person, shown once, revoked by them or by an administrator."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from access import keys
from aggregates.account import Account, BeyondOwnRights
from aggregates.permissions import SELF
from aggregates.values import KeyId, derived
from api.auth import TheIdentity
from api.deps import Cursor, Limit, Send
from api.described import asks, offers
from api.platform import ThePlatform
from api.routing import routes
from api.short_lists import page
from commands.account import IssueKey, NetworksOfKey, PermissionsOfKey, RevokeKey
from commands.fields import Day, Name
from eventstore import BadCursor, Page, Receipt

router = routes("", "key")


class NewKey(BaseModel):
    """A key for a program, within the rights of its account."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(description="What the program is called.", examples=["Comptabilité externe"])
    permissions: PermissionsOfKey = Field(examples=[["loan.read"]])
    networks: NetworksOfKey = Field(
        default_factory=list, description="Where it may be used from; anywhere when left out."
    )
    expires_on: Day = Field(description="Last day on which it works, UTC.", examples=["2027-05-04"])


class IssuedKey(BaseModel):
    key_id: UUID
    key: str = Field(
        description="Keep it: it is shown now and never again. `Authorization: Bearer qk_…`.",
        examples=["qk_EKAAAAAAQACAAAAAAAAAAR…"],
    )
    receipt: Receipt


class MyKey(BaseModel):
    key_id: UUID
    name: str
    permissions: list[str] = Field(examples=[["loan.read"]])
    networks: list[str] = Field(examples=[["203.0.113.0/24"]])
    expires_on: date
    last_used_at: datetime | None = Field(description="To the minute; absent: never.")


@router.get(
    "/me/keys", **offers("MyKeys", "The keys of this account that are not revoked.", BadCursor, may=SELF)
)
def my_keys(
    platform: ThePlatform, identity: TheIdentity, cursor: Cursor = None, limit: Limit = 50
) -> Page[MyKey]:
    account = platform.store.load(Account, identity.account)
    used = platform.access.key_uses.of(identity.account)
    lines = [
        MyKey(
            key_id=id,
            name=key.name.open(),
            permissions=sorted(key.permissions),
            networks=list(key.networks),
            expires_on=key.expires_on,
            last_used_at=used.get(id),
        )
        for id, key in account.keys.items()
    ]
    return page(lines, lambda line: (line.expires_on.isoformat(), str(line.key_id)), cursor, limit)


@router.post("/me/keys", **asks(IssueKey))
def issue_key(wanted: NewKey, send: Send, platform: ThePlatform, identity: TheIdentity) -> IssuedKey:
    # Staff who have not proved themselves with a second factor may look after themselves only: so may their keys.
    if beyond := set(wanted.permissions) - identity.permissions:
        raise BeyondOwnRights(f"this session lacks {', '.join(sorted(beyond))}")
    id = KeyId(derived(send.command_id, "key"))
    # The secret follows from the request's own id: a repetition, because the answer was lost, is answered alike.
    text, sha256 = keys.make(identity.account, id, platform.access.key_secrets.of(send.command_id))
    command = IssueKey(
        key_id=id, name=wanted.name, permissions=wanted.permissions, networks=wanted.networks,
        expires_on=wanted.expires_on, sha256=sha256,
    )  # fmt: skip
    return IssuedKey(key_id=id, key=text, receipt=send(command, to=identity.account))


@router.post("/me/keys/{key_id}/revoke", **asks(RevokeKey))
def revoke_key(key_id: UUID, send: Send, identity: TheIdentity) -> Receipt:
    return send(RevokeKey(key_id=KeyId(key_id)), to=identity.account)


@router.post(
    "/accounts/{account_id}/keys/{key_id}/revoke",
    **asks(RevokeKey, name="RevokeKeyOfAnother", may="account.manage"),
)
def revoke_key_of_another(account_id: UUID, key_id: UUID, send: Send) -> Receipt:
    return send(RevokeKey(key_id=KeyId(key_id)), to=account_id)
