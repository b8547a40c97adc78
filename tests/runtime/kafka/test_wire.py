"""The wire: a row of the store comes back from a message as it was, and what is none of ours is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from kafka.record.util import crc32c_c
from msgspec import structs

from eventstore import Recorded, Store
from runtime.kafka.stamp import SIZE, Stamp
from runtime.kafka.wire import Foreign, Message, decode, encode, handed_on, stamp_of
from runtime.secret_files import replace_key
from runtime.settings import Settings
from tests.runtime.household import BuildDoor, asker
from tests.runtime.kafka.shipping import append

HISTORY, KEY = uuid4(), bytes(range(32))
HERE = Stamp(HISTORY, KEY)
CODEC: Any = object()
"""A row carries it along; nothing is decoded here."""

INT2, INT4, INT8 = st.integers(-(2**15), 2**15 - 1), st.integers(1, 2**31 - 1), st.integers(1, 2**63 - 1)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1), timezones=st.timezones())
ROWS = st.fixed_dictionaries(
    {
        "stream_id": st.uuids(),
        "version": INT4,
        "position": INT8,
        "lane": st.integers(0, 63),
        "owner": st.none() | st.uuids() | st.just(UUID(int=0)),
        "kind": st.from_regex(r"[A-Z][A-Za-z]+\.[A-Z][A-Za-z]+", fullmatch=True) | st.text(),
        "schema": INT2,
        "state": st.binary() | st.just(b"{" + b" " * 524_286 + b"}"),
        "meta": st.binary(max_size=16_384),
        "recorded_at": MOMENTS,
        "link": st.binary(min_size=32, max_size=32),
        "codec": st.just(CODEC),
    }
).map(lambda fields: Recorded(**fields))


@dataclass
class Arrived:
    """What a consumer is given."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] = field(default_factory=list)


def through_kafka(message: Message) -> Any:
    """In the client's own bytes, as they stand in a batch."""
    batch = DefaultRecordBatchBuilder(2, 0, False, 1, 1, 0, 131_072)
    assert batch.append(0, None, *message) is not None
    (record,) = DefaultRecordBatch(bytes(batch.build()))
    return record


@given(row=ROWS, after=st.integers(0, 2**63 - 1))
@settings(max_examples=300, deadline=None)
def test_a_row_comes_back_exactly(row: Recorded, after: int) -> None:
    # Python never calls a moment of the hour that a clock goes through twice equal to one in another zone.
    exact = structs.replace(row, recorded_at=row.recorded_at.astimezone(UTC))
    assert decode(through_kafka(encode(row, after, HERE)), CODEC, HERE) == (exact, after)


def a_row() -> Recorded:
    at = datetime(2026, 5, 4, 12, 30, 15, 123_457, UTC)
    meta = b'{"by":"machine:clock","on":"2026-05-04"}'
    return Recorded(uuid4(), 3, 65_537, 5, uuid4(), "Loan.Approved", 2, b"{}", meta, at, bytes(32), CODEC)


def test_a_person_reads_kind_position_and_what_came_before() -> None:
    ((name, event),) = encode(a_row(), 65_000, HERE).headers
    readable = b'Loan.Approved 65537 after 65000 {"by":"machine:clock","on":"2026-05-04"}'
    assert (name, event[: len(readable)]) == ("event", readable)


def test_a_moment_is_kept_to_the_microsecond_in_every_time_zone() -> None:
    row, _ = decode(through_kafka(encode(a_row(), 0, HERE)), CODEC, HERE)
    assert row.recorded_at.isoformat() == "2026-05-04T12:30:15.123457+00:00"


def test_an_event_of_another_history_is_refused() -> None:
    with pytest.raises(Foreign, match="another history"):
        decode(through_kafka(encode(a_row(), 0, Stamp(uuid4(), KEY))), CODEC, HERE)


def test_an_event_in_a_form_of_newer_code_is_refused() -> None:
    key, value, ((name, event),) = encode(a_row(), 0, HERE)
    with pytest.raises(Foreign, match="form 3"):
        decode(Arrived(key, value, [(name, event[:-1] + b"\3")]), CODEC, HERE)


def in_form_1(row: Recorded, after: int) -> Message:
    """As the release before this one wrote it: without a stamp."""
    key, value, ((name, event),) = encode(row, after, HERE)
    return Message(key, value, [(name, event[: -SIZE - 1] + b"\1")])


def test_what_the_release_before_wrote_is_refused_because_nobody_has_stamped_it() -> None:
    with pytest.raises(Foreign, match="form 1"):
        decode(through_kafka(in_form_1(a_row(), 0)), CODEC, HERE)


# ── the stamp ──────────────────────────────────────────────────────────────


PLACES = st.sampled_from(["key", "value", "event"])


@given(
    row=ROWS,
    after=st.integers(0, 2**63 - 1),
    place=PLACES,
    at=st.floats(0, 1, exclude_max=True),
    bit=st.integers(0, 7),
)
@settings(max_examples=300, deadline=None)
def test_a_message_of_which_one_bit_is_another_is_refused(
    row: Recorded, after: int, place: str, at: float, bit: int
) -> None:
    key, value, ((_, event),) = encode(row, after, HERE)
    parts = {"key": key, "value": value, "event": event}
    changed = bytearray(parts[place] or b"\0")  # a value without a byte gets one
    if parts[place]:
        changed[int(at * len(changed))] ^= 1 << bit
    parts[place] = bytes(changed)
    with pytest.raises(Foreign):
        decode(Arrived(parts["key"], parts["value"], [("event", parts["event"])]), CODEC, HERE)


def test_whichever_byte_of_a_message_is_another_it_is_refused() -> None:
    key, value, ((_, event),) = encode(a_row(), 65_000, HERE)
    whole = key + event + value
    assert len(whole) > 190
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 0xFF
        its_key, its_event, its_value = (
            changed[:16],
            changed[16 : 16 + len(event)],
            changed[16 + len(event) :],
        )
        with pytest.raises(Foreign):
            decode(Arrived(bytes(its_key), bytes(its_value), [("event", bytes(its_event))]), CODEC, HERE)


def test_bytes_that_move_from_one_part_to_another_are_noticed() -> None:
    key, value, ((name, event),) = encode(a_row(), 0, HERE)
    body, end = event[: -SIZE - 1], event[-SIZE - 1 :]
    for moved in (
        Arrived(key, body[-1:] + value, [(name, body[:-1] + end)]),
        Arrived(key, value[1:], [(name, body + value[:1] + end)]),
        Arrived(key + body[:1], value, [(name, body[1:] + end)]),
        Arrived(key[:-1], value, [(name, key[-1:] + event)]),
    ):
        with pytest.raises(Foreign):
            decode(moved, CODEC, HERE)


def test_who_does_not_have_the_key_stamps_in_vain() -> None:
    with pytest.raises(Foreign, match="no relay of ours"):
        decode(through_kafka(encode(a_row(), 0, Stamp(HISTORY, bytes(32)))), CODEC, HERE)


def test_the_key_follows_from_one_that_relay_and_consumers_have_and_is_another_when_that_is_replaced(
    tmp_path: Path,
) -> None:
    chosen = Settings.load(state_dir=tmp_path)
    row = a_row()
    message = encode(row, 0, stamp_of(chosen, HISTORY))
    assert decode(through_kafka(message), CODEC, stamp_of(chosen, HISTORY)) == (row, 0)
    replace_key(chosen.fleeting_file, bytes(32))
    with pytest.raises(Foreign, match="no relay of ours"):
        decode(through_kafka(message), CODEC, stamp_of(chosen, HISTORY))


OURS = encode(a_row(), 0, HERE)


@pytest.mark.parametrize(
    "stranger",
    [
        Arrived(b"key", b"value"),
        Arrived(None, b"value", [("event", b"")]),
        Arrived(None, *OURS[1:]),
        Arrived(b"key", *OURS[1:]),
        Arrived(OURS.key, None, OURS.headers),
        Arrived(OURS.key, OURS.value, [*OURS.headers, ("traceparent", b"00-1-1-0")]),
        Arrived(OURS.key, OURS.value, [("other", OURS.headers[0][1])]),
        Arrived(OURS.key, OURS.value, [("event", OURS.headers[0][1][40:])]),
        Arrived(OURS.key, OURS.value, [("event", None)]),  # type: ignore[list-item]
    ],
)
def test_what_somebody_else_wrote_is_refused(stranger: Arrived) -> None:
    with pytest.raises(Foreign):
        decode(stranger, CODEC, HERE)


@given(key=st.binary(), value=st.binary(), event=st.binary())
def test_no_bytes_break_the_reader(key: bytes, value: bytes, event: bytes) -> None:
    with pytest.raises(Foreign):
        decode(Arrived(key, value, [("event", event)]), CODEC, HERE)


def test_rows_that_are_handed_on_unread_become_the_same_messages(store: Store) -> None:
    append(store, books=3, times=3)
    for _ in range(3):
        store.send(BuildDoor(door_id=uuid4()), asker())
    read, unread = store.read_feed().events, store.read_on(0, 1000)
    assert {row.owner is None for row in read} == {True, False}
    assert [handed_on(row, 7, HERE) for row in unread] == [encode(row, 7, HERE) for row in read]


def test_checksums_are_made_by_the_extra() -> None:
    """In pure Python they take four to nine times as long as everything else together."""
    assert crc32c_c is not None
