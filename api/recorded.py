"""Who looks at what is recorded: a look at personal or money data before its answer leaves, a refusal without waiting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from access.limits import TooManyRequests
from access.log import AccessLog, Entry
from access.sign_in import PasswordWrong
from aggregates.account import BeyondOwnRights, OwnRoles
from aggregates.contract import OwnCopy
from aggregates.loan import OwnRequest, SamePersonAsApprover
from aggregates.organisation import OwnProposal
from aggregates.payee import SamePersonAsProposer
from aggregates.rules.limits import AboveLimit
from aggregates.stop_switch import MoneyStopped, OwnRelease
from api.origin import client_address
from api.permitted import Terms
from eventstore import Projection, Rejected
from eventstore.projection import Source
from providers.links.mailed import LinkSpent

DENIES = frozenset({401, 403, 404, 429})
"""Statuses that say somebody may not, or that what is named is not theirs."""

GUESSES = (PasswordWrong, LinkSpent)
"""Refusals that say so with another status: the present password of an open session, the token of a mailed link."""

INSIDERS = (
    AboveLimit, BeyondOwnRights, MoneyStopped, OwnCopy, OwnProposal, OwnRelease, OwnRequest, OwnRoles,
    SamePersonAsApprover, SamePersonAsProposer,
)  # fmt: skip
"""Refusals that say somebody who works here tried alone what takes another pair of eyes."""

SECRET = frozenset({"token"})
"""Parts of an address that open something: never recorded."""


@dataclass(frozen=True)
class About:
    """What a route's entries have in common."""

    action: str
    kind: str
    place: str | None
    """The part of the address that names the thing."""
    terms: Terms

    @classmethod
    def of(cls, path: str, settings: dict[str, Any], terms: Terms) -> About:
        places = [place for place in re.findall(r"\{(\w+)\}", path) if place not in SECRET]
        place = places[0] if places else None
        tags = settings.get("tags") or ["none"]
        kind = place.removesuffix("_id") if place else str(tags[0])
        return cls(settings.get("operation_id") or path, kind, place, terms)


@dataclass
class Seen:
    """What a request has been shown so far."""

    customers: set[UUID] = field(default_factory=set)
    resource: UUID | None = None


def seen(request: Request) -> Seen:
    """Of this request; who shows something adds to it."""
    known: Seen | None = request.scope.get("seen")
    if known is None:
        known = request.scope["seen"] = Seen()
    return known


class Noting:
    """A source of rows that notes whose they are."""

    def __init__(self, source: Source, seen: Seen) -> None:
        self._source, self._seen = source, seen

    def fetch(
        self, kind: type[Projection], query: str, values: dict[str, Any], led: bool = False
    ) -> list[dict[str, Any]]:
        rows = self._source.fetch(kind, query, values, led)
        self._note(kind, rows)
        return rows

    def stream(
        self, kind: type[Projection], query: str, values: dict[str, Any], counted: str, most: int
    ) -> Iterator[list[dict[str, Any]]]:
        for rows in self._source.stream(kind, query, values, counted, most):
            self._note(kind, rows)
            yield rows

    def _note(self, kind: type[Projection], rows: list[dict[str, Any]]) -> None:
        if kind.owner is not None:
            self._seen.customers.update(row[kind.owner] for row in rows if row.get(kind.owner) is not None)


@contextmanager
def denies_recorded(request: Request, about: About) -> Iterator[None]:
    """Notes what is refused inside."""
    try:
        yield
    except Rejected as refusal:
        if _is_telling(refusal) and not _is_flood(refusal):
            _log(request).note_soon(_entry(request, about, refusal.status, refusal.code()))
        raise


async def record(request: Request, about: About, response: Response) -> None:
    """Returns when the look is recorded. Raises NotRecorded."""
    if about.terms.recorded and response.status_code < 400:
        await _log(request).note(_entry(request, about, response.status_code, None))


async def record_more(request: Request) -> None:
    """The same for what is shown after the answer has begun; returns when it is recorded. Raises NotRecorded."""
    route = request.scope["route"]
    await _log(request).note(_entry(request, route.about, 200, None))


def _is_telling(refusal: Rejected) -> bool:
    return refusal.status in DENIES or isinstance(refusal, (*GUESSES, *INSIDERS))


def _is_flood(refusal: Rejected) -> bool:
    """Too many requests of one sender are counted, not recorded one by one: the log is not for filling disks."""
    return isinstance(refusal, TooManyRequests) and refusal.rule.startswith("api.")


def _log(request: Request) -> AccessLog:
    log: AccessLog = request.app.state.platform.access.log
    return log


def _entry(request: Request, about: About, status: int, reason: str | None) -> Entry:
    identity, shown = request.scope.get("identity"), seen(request)
    resource = shown.resource or (request.path_params.get(about.place) if about.place else None)
    return Entry(
        who=identity.who if identity else "nobody",
        proof=_proof(identity),
        roles=identity.roles if identity else (),
        via=request.scope.get("via", "none"),
        action=about.action,
        kind=about.kind,
        resource=None if resource is None else str(resource),
        customers=tuple(shown.customers) if reason is None else (),
        decision="allow" if reason is None else "deny",
        reason=reason,
        status=status,
        request=request.scope["request_id"],
        address=client_address(request),
    )


def _proof(identity: Any) -> str | None:
    if identity is None:
        return None
    if identity.key is not None:
        return f"key:{identity.key}"
    return f"session:{identity.session}" if identity.session is not None else None
