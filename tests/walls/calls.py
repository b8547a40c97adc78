"""One request to one operation: which ids are in it and where, and the same request with somebody else's in their place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from api.app import openapi_document
from api.routing import PREFIX

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

Place = tuple[str, ...]
"""Where an id stands: ``("path", "loan_id")``, ``("body", "contacts", "0")``."""


@dataclass(frozen=True)
class Operation:
    """A route as the OpenAPI document shows it."""

    id: str
    method: str
    path: str
    permission: str | None
    is_public: bool

    @property
    def changes(self) -> bool:
        return self.method != "get"


def operations() -> dict[str, Operation]:
    """Every route of the API there is, by its operation id."""
    found = {}
    for path, methods in openapi_document()["paths"].items():
        for method, operation in methods.items():
            if path.startswith(PREFIX):
                found[operation["operationId"]] = Operation(
                    operation["operationId"],
                    method,
                    path.removeprefix(PREFIX),
                    operation.get("x-permission"),
                    "security" not in operation,
                )
    return found


OPERATIONS = operations()


@dataclass(frozen=True)
class Call:
    """A request that ``by`` gets a 2xx for; everything in it belongs to one customer.

    by   somebody of the house; None: nobody, the request proves itself
    new  ids that the asker chooses and nobody has yet: not somebody else's
    """

    operation: Operation
    by: str | None
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    file: bytes | None = None
    new: frozenset[str] = frozenset()
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, client: httpx.Client) -> httpx.Response:
        address = re.sub(r"\{(\w+)\}", lambda place: self.path[place[1]], self.operation.path)
        if self.file is not None:
            files = {"file": ("copie.pdf", self.file, "application/pdf")}
            return client.post(address, files=files, headers=self.headers)
        # A question has no body; a command always has one.
        body = {"json": {} if self.body is None else self.body} if self.operation.changes else {}
        return client.request(self.operation.method, address, params=self.query, headers=self.headers, **body)

    def ids(self) -> dict[Place, str]:
        """Every id of something that is there already, by where it stands."""
        everything = {"path": self.path, "query": self.query, "body": self.body}
        return {
            place: value
            for place, value in _leaves(everything)
            if _UUID.fullmatch(value) and value not in self.new
        }

    def with_id(self, place: Place, id: str) -> Call:
        """The same with another id in one place."""
        everything = deepcopy({"path": self.path, "query": self.query, "body": self.body})
        holder: Any = everything
        for step in place[:-1]:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        last = place[-1]
        holder[int(last) if isinstance(holder, list) else last] = id
        return replace(self, **everything)

    def __str__(self) -> str:
        return f"{self.operation.id} {self.path} {self.query} {json.dumps(self.body)}"


def variants(own: Call, foreign: Call) -> Iterator[tuple[str, Call]]:
    """What somebody may try: the other's request as it is, and one's own with a single id of the other's in it."""
    yield "everything", foreign
    ids = foreign.ids()
    if len(ids) > 1:
        for place, id in ids.items():
            yield " ".join(place), own.with_id(place, id)


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _leaves(inside, (*place, str(name)))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from _leaves(inside, (*place, str(number)))
    elif isinstance(value, str):
        yield place, value
