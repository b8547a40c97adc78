"""The same row for every contestant: what `send` would store of a parcel, as ready-made values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

from bench.domain import ASKER, DEPOT, EVENTS_A_STREAM, REMARK, SENDER, TODAY, Parcel
from eventstore.aggregate import NO_LINK, lane_of
from eventstore.codec import Codec
from eventstore.session import Line, stamped

_CODEC = Codec(cast("Any", None))  # nothing of a parcel is sealed


META = stamped(
    ASKER.who,
    on=TODAY,
    because=ASKER.because,
    correlation=ASKER.correlation,
    command=f"ScanParcel {SENDER}",
)


def _states() -> tuple[bytes, bytes]:
    parcel = Parcel.begin(Parcel.Accepted, DEPOT, customer_id=SENDER, sender=SENDER, remark=REMARK)
    parcel.record(Parcel.Scanned, depot=DEPOT, grams=1234, due=TODAY, remark=REMARK)
    accepted, scanned = (_CODEC.encode(cast("Any", event)) for event in parcel.collect_events())
    return accepted, scanned


ACCEPTED, SCANNED = _states()
PAYLOAD = len("Parcel.Scanned") + len(SCANNED) + len(META) + 32
"""Bytes of kind, state, meta and link: what the other products' rows are filled up to."""


def rows() -> Iterator[Line]:
    """Without end: a stream of twenty events, then the next one. The links only look like links."""
    while True:
        stream, owner = uuid4(), uuid4()
        lane, previous = lane_of(owner), NO_LINK
        for version in range(1, EVENTS_A_STREAM + 1):
            link = stream.bytes + version.to_bytes(16)
            first = version == 1
            kind, state = ("Parcel.Accepted", ACCEPTED) if first else ("Parcel.Scanned", SCANNED)
            yield Line(stream, version, lane, owner, kind, 1, state, META, link, previous)
            previous = link
