"""How a file is told: its events in order, with who and why, and only what whoever asks may read of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Final, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from aggregates.permissions import is_staff
from api import by_position
from api.actors import Actor, Actors
from api.auth import Identity
from api.platform import Platform
from api.recorded import Seen
from eventstore import KINDS, NotFound, Page, Recorded
from eventstore.chain import Break, first_break
from eventstore.timeline import Step, told

Part = TypeVar("Part")

DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
"""An example."""

FORMULA: Final = (
    "link(n) = SHA-256( link(n-1) ‖ stream, 16 bytes ‖ version, 4 bytes ‖ SHA-256(event) ‖ shape, 2 bytes"
    " ‖ lane, 1 byte ‖ owner, 16 bytes, zeros without one ‖ meta_sha256 ‖ state_sha256 )"
)
"""eventstore/chain.py, in the words of the answer."""

_ADDRESS = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9][0-9]{0,8})")
"""Of an event: ``stream:version``. What answers to a request or to a date says something else."""

OPENED_WITH: Final[dict[str, str]] = {
    "Contact": "customer.read",
    "Contract": "customer.read",
    "Contract.reason": "contract.read",
    "Customer": "customer.read",
    "Loan": "loan.read",
    "Payee": "payee.read",
    "Servicing": "repayment.read",
}
"""By aggregate, or by field where one of them is for others: the permission that reads its sealed values."""

EVENTS: Final[list[JsonValue]] = [kind for kind in KINDS if kind.partition(".")[0] in OPENED_WITH]
"""Everything that can stand in a file."""

TOLD_TO_CLIENTS: Final[dict[str, frozenset[str]]] = {
    "Contact": frozenset({"name", "email", "phone"}),
    "Contract": frozenset({
        "reference", "language", "borrower", "borrower_address", "principal", "rate", "months", "instalments",
        "planned_payout_on", "drafted_on", "status", "document_id", "sha256", "pages", "copy_id", "copy_sha256",
        "signed_on", "reason", "terms",
    }),
    "Customer": frozenset({"reference", "nature", "name", "address", "country", "language"}),
    "Loan": frozenset({
        "reference", "principal", "months", "purpose", "status", "rate", "instalments", "planned_payout_on", "reason",
        "signed_on", "value_date", "amount", "method", "repaid_on", "terms", "kept_fee", "kept_interest", "drawdowns",
        "drawn", "number", "cancelled", "until", "apr", "cost", "total", "requested", "requested_principal",
        "requested_months", "accepted_on", "declined_on", "written_off_on", "recovered_on",
    }),
    "Payee": frozenset({"number", "destination", "holder", "iban", "bic", "operator", "phone", "usable_at", "reason"}),
    "Servicing": frozenset({
        "principal", "rate", "value_date", "instalments", "status", "fallen_due", "paid", "held", "repayments",
        "number", "due_on", "interest", "applied", "amount", "method", "reference", "allocations", "advance", "reason",
        "repaid_on", "total", "lines", "terms", "financed", "fee", "fees", "insurance", "indexed", "first_reset_on", "reset_on",
        "value", "was", "next_on", "instalment", "resets",
        "drawn", "given_on", "until", "past_due", "late_since", "accelerated_on", "overdue", "indemnity", "lifted_on",
        "written_off_on", "recovered_on", "first_day", "last_day", "month_end",
    }),
}  # fmt: skip
"""By aggregate: the fields that a client is told. What their lists and papers show them anyway, and nothing of who at
the lender decided, why alone, or against which limit."""


class Said(BaseModel):
    """A field of an event."""

    field: str = Field(examples=["rate"])
    value: JsonValue = Field(
        description="Money is `{minor, currency}`, rates are basis points. `{masked: true}`: not for whoever asks;"
        " `{erased: true}`: the person was erased.",
        examples=[950],
    )


class StateChange(BaseModel):
    """A path of the state that an event changed."""

    field: str = Field(
        description="`status`; inside a value that has parts, `paid.3.interest`.", examples=["status"]
    )
    before: JsonValue = Field(description="Null where there was nothing.", examples=["requested"])
    after: JsonValue = Field(description="Null where nothing is left.", examples=["approved"])


class Cause(BaseModel):
    """The event that a machine answered to."""

    event: str | None = Field(
        description="What happened; absent where it is not known.", examples=["Contract.Signed"]
    )
    id: UUID
    version: int = Field(ge=1, examples=[5])


class HistoryEntry(BaseModel):
    """One event of a file."""

    number: int = Field(ge=1, description="Place in the file, from 1.", examples=[2])
    position: str = Field(description="Place in the store.", examples=["4295098369"])
    kind: str = Field(description="Of the stream.", examples=["Loan"])
    id: UUID = Field(description="Of the stream.")
    version: int = Field(ge=1, description="Of the stream, with this event.", examples=[2])
    event: str = Field(examples=["Loan.Approved"], json_schema_extra={"enum": EVENTS})
    on: date = Field(description="The business date.")
    at: datetime = Field(description="When it was recorded, by the database's clock, which never lapses.")
    by: Actor
    command: str | None = Field(description="What was asked; told to staff.", examples=["ApproveLoan"])
    cause: Cause | None = Field(description="What a machine answered to; told to staff.")
    fields: list[Said] = Field(description="What the event says.")
    changes: list[StateChange] = Field(
        description="Folded over the events of one stream up to a version, they are its state there."
    )
    link: str = Field(
        description="The hash that this event and everything before it in its stream come to, hex.",
        pattern="^[0-9a-f]{64}$",
        examples=[DIGEST],
    )  # fmt: skip


class FileStream(BaseModel):
    """One stream of a file, and whether it is what was written."""

    kind: str = Field(examples=["Loan"])
    id: UUID
    version: int = Field(ge=1, examples=[5])
    verified: bool = Field(
        description="Whether its chain, recomputed now from the stored bytes, is the stored one.",
        examples=[True],
    )
    broken_at: int | None = Field(
        description="The first version that is not what was written.", examples=[None]
    )


class Related(BaseModel):
    """Another file."""

    kind: str = Field(examples=["Contract"])
    id: UUID


class History(Page[HistoryEntry]):
    """A part of a file, oldest first, and what the whole file is made of."""

    streams: list[FileStream]
    related: list[Related] = Field(description="Files with a history of their own.")


class Link(BaseModel):
    """What one event adds to the chain of its stream: digests, never what they are of."""

    version: int = Field(ge=1, examples=[2])
    event: str = Field(examples=["Loan.Approved"])
    shape: int = Field(ge=1, description="Version of the event's shape.", examples=[1])
    lane: int = Field(ge=0, le=63, examples=[17])
    owner: UUID | None = Field(description="The customer whose stream it is.")
    meta_sha256: str = Field(examples=[DIGEST])
    state_sha256: str = Field(
        description="Of the stored bytes: personal fields as ciphertext.", examples=[DIGEST]
    )
    link: str = Field(examples=[DIGEST])


class Chain(FileStream):
    """One stream with every link of its chain, oldest first."""

    links: list[Link]


class Proof(BaseModel):
    """What it takes to recompute the chains of a file without trusting whoever answers."""

    formula: str = Field(
        examples=[FORMULA],
        description="`‖` joins bytes; numbers are big-endian. The link before the first event is 32 zero bytes.",
    )
    streams: list[Chain]


class File:
    """Streams that are told together. The scope is asked of the database once more, stream by stream."""

    def __init__(self, platform: Platform, identity: Identity, shown: Seen, streams: Sequence[UUID]) -> None:
        self._platform, self._identity = platform, identity
        self._streams = [rows for id in streams if (rows := platform.store.history(id, identity.customers))]
        self._rows = sorted((row for rows in self._streams for row in rows), key=lambda row: row.position)
        self._known = {rows[0].stream_id: rows for rows in self._streams}
        shown.customers |= {row.owner for row in self._rows if row.owner is not None}

    def page(self, cursor: str | None, limit: int, related: list[Related]) -> History:
        after = 0 if cursor is None else by_position.read("history", cursor)
        behind = [row for row in self._rows if row.position > after]
        wanted, more = behind[:limit], len(behind) > limit
        return History(
            items=self._entries(wanted, len(self._rows) - len(behind)),
            next=by_position.written("history", wanted[-1].position) if more else None,
            streams=[_checked(rows, first_break(rows)) for rows in self._streams],
            related=related,
        )

    def proof(self) -> Proof:
        return Proof(formula=FORMULA, streams=[_chain(rows) for rows in self._streams])

    def _entries(self, rows: Sequence[Recorded], before: int) -> list[HistoryEntry]:
        steps = {step.row.position: step for step in self._told(rows)}
        metas = {row.position: row.event().meta for row in rows}
        actors = Actors(self._platform, self._identity, {meta.by for meta in metas.values()})
        entries = []
        for number, row in enumerate(rows, start=before + 1):
            step, meta = steps[row.position], metas[row.position]
            entries.append(HistoryEntry(
                number=number, position=str(row.position), kind=_kind(row), id=row.stream_id, version=row.version,
                event=row.kind, on=meta.on, at=row.recorded_at, by=actors.of(meta.by),
                command=self._asked(meta.command), cause=self._cause(meta.because),
                fields=[Said(field=name, value=value) for name, value in self._shown(row, step.says.items())],
                changes=[
                    StateChange(field=change.path, before=change.before, after=change.after)
                    for _, change in self._shown(row, ((change.field, change) for change in step.changes))
                ],
                link=row.link.hex(),
            ))  # fmt: skip
        return entries

    def _told(self, wanted: Sequence[Recorded]) -> Iterator[Step]:
        for rows in self._streams:
            versions = [row.version for row in wanted if row.stream_id == rows[0].stream_id]
            if versions:
                yield from told(rows[: versions[-1]], self._opens(_kind(rows[0])), versions[0] - 1)

    def _opens(self, kind: str) -> Callable[[str], bool]:
        def opens(field: str) -> bool:
            return OPENED_WITH.get(f"{kind}.{field}", OPENED_WITH[kind]) in self._identity.permissions

        return opens

    def _shown(self, row: Recorded, parts: Iterable[tuple[str, Part]]) -> list[tuple[str, Part]]:
        if is_staff(self._identity.roles):
            return list(parts)
        return [(field, part) for field, part in parts if field in TOLD_TO_CLIENTS[_kind(row)]]

    def _asked(self, command: str | None) -> str | None:
        return command.partition(" ")[0] if command and is_staff(self._identity.roles) else None

    def _cause(self, because: str | None) -> Cause | None:
        address = _ADDRESS.fullmatch(because or "")
        if address is None or not is_staff(self._identity.roles):
            return None
        id, version = UUID(address[1]), int(address[2])
        kind = next((row.kind for row in self._stream(id) if row.version == version), None)
        return Cause(event=kind, id=id, version=version)

    def _stream(self, id: UUID) -> Sequence[Recorded]:
        """Also one that is not of this file; empty where whoever asks may not see it."""
        if id not in self._known:
            try:
                self._known[id] = self._platform.store.history(id, self._identity.customers)
            except NotFound:
                self._known[id] = []
        return self._known[id]


def _kind(row: Recorded) -> str:
    return row.kind.partition(".")[0]


def _checked(rows: Sequence[Recorded], broken: Break | None) -> FileStream:
    first = rows[0]
    return FileStream(
        kind=_kind(first), id=first.stream_id, version=len(rows), verified=broken is None,
        broken_at=None if broken is None else broken.version,
    )  # fmt: skip


def _chain(rows: Sequence[Recorded]) -> Chain:
    links = [
        Link(
            version=row.version, event=row.kind, shape=row.schema, lane=row.lane, owner=row.owner,
            meta_sha256=sha256(row.meta).hexdigest(), state_sha256=sha256(row.state).hexdigest(), link=row.link.hex(),
        )
        for row in rows
    ]  # fmt: skip
    return Chain(**_checked(rows, first_break(rows)).model_dump(), links=links)
