"""Who did something, told to whoever asks: staff see who it was, clients see whether it was they, or the lender."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from aggregates.permissions import is_staff
from api.auth import Identity
from api.platform import Platform
from eventstore import Reader
from projections.account_list import AccountLine, AccountList


class Actor(BaseModel):
    """Who did something. Clients are not told which account, program or person of the lender it was."""

    kind: Literal["staff", "client", "link", "machine"] = Field(
        description="`link`: whoever opened the link in a mail. `machine`: what follows from something else.",
        examples=["staff"],
    )
    you: bool = Field(description="Whether it was whoever asks.", examples=[False])
    account: UUID | None = Field(description="Absent for clients, links and machines.")
    label: str | None = Field(description="Who uses the account; told to staff.", examples=["Ana Ruiz"])
    worker: str | None = Field(
        description="Which part of the machine; told to staff.", examples=["render.draft_the_agreement"]
    )


class Actors:
    """Tells who stands behind ``meta.by``.

    said  every ``by`` that will be asked for: the accounts are read at once
    """

    def __init__(self, platform: Platform, identity: Identity, said: Iterable[str]) -> None:
        self._identity = identity
        ids = {UUID(by.removeprefix("account:")) for by in said if by.startswith("account:")}
        # In everybody's scope: whoever may see what was done may know whether a client or the lender did it.
        found = Reader(platform.reads).read(AccountList).these(ids) if ids else []
        self._accounts: dict[UUID, AccountLine] = {line.account_id: line for line in found}

    def of(self, by: str) -> Actor:
        kind, _, rest = by.partition(":")
        if kind == "account":
            return self._account(UUID(rest), by)
        if kind == "link":
            return Actor(kind="link", you=False, account=None, label=None, worker=None)
        worker = rest or None if is_staff(self._identity.roles) else None
        return Actor(kind="machine", you=False, account=None, label=None, worker=worker)

    def _account(self, id: UUID, by: str) -> Actor:
        line = self._accounts.get(id)
        told = is_staff(self._identity.roles)
        return Actor(
            kind="client" if line is not None and not is_staff(line.roles) else "staff",
            you=by == self._identity.who,
            account=id if told else None,
            label=line.label if told and line is not None else None,
            worker=None,
        )
