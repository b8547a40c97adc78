"""The carrier on a real broker: what it hands out, whose lanes it has, and that nobody ever waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import pytest
from kafka import KafkaProducer, TopicPartition

from eventstore import LANES, Recorded
from eventstore.feed import Carried
from runtime.embedded.kafka import Kafka
from runtime.kafka import carrier as carriers
from runtime.kafka import line as lines
from runtime.kafka.carrier import KafkaCarrier
from runtime.kafka.connection import admin, ensure_topic, group_of, opened, topic_of
from runtime.kafka.wire import encode, stamp_of
from runtime.settings import Settings
from tests.servers import QUICK, started
from tests.soon import soon

EVERY = frozenset(range(LANES))
MOMENT = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def settings(broker: Kafka, tmp_path: Path) -> Settings:
    return settings_on(broker, tmp_path)


def settings_on(kafka: Kafka, folder: Path, session: int = 30_000) -> Settings:
    """Of a member that is not taken for dead when the machine is busy."""
    return Settings.load(
        state_dir=folder, kafka_servers=kafka.servers, kafka_topic=f"test-{uuid4().hex[:12]}",
        kafka_partitions=6, kafka_session_ms=session,
    )  # fmt: skip


class Sender:
    """In place of a relay: what it sends is as a test wants it."""

    def __init__(self, settings: Settings, incarnation: UUID, partitions: int = 6) -> None:
        self.incarnation, self.topic = incarnation, topic_of(settings, incarnation)
        self.partitions, self._ends, self._settings = partitions, dict[int, int](), settings
        self._producer = opened(KafkaProducer, settings, linger_ms=0)

    def send(
        self, lane: int, position: int, after: int | None = None, incarnation: UUID | None = None
    ) -> None:
        """An event; the one before it in its lane is the last one sent there, if nothing else is said."""
        before = self._ends.get(lane, 0) if after is None else after
        self._ends[lane] = position
        row = Recorded(
            uuid4(), 1, position, lane, None, "Book.Read", 1, b"{}", b"{}", MOMENT, bytes(32), None
        )  # type: ignore[arg-type]
        key, value, headers = encode(row, before, stamp_of(self._settings, incarnation or self.incarnation))
        where = {"partition": lane % self.partitions}
        self._producer.send(self.topic, key=key, value=value, headers=headers, **where).get(timeout=10)

    def send_something_else(self, lane: int) -> None:
        self._producer.send(self.topic, value=b"hello", partition=lane % self.partitions).get(timeout=10)

    def close(self) -> None:
        self._producer.close()


@pytest.fixture
def sender(settings: Settings) -> Iterator[Sender]:
    incarnation = uuid4()
    ensure_topic(settings, topic_of(settings, incarnation))
    with closing(Sender(settings, incarnation)) as sender:
        yield sender


@contextmanager
def member(settings: Settings, incarnation: UUID) -> Iterator[KafkaCarrier]:
    group = group_of(settings, incarnation, "projections")
    carrier = KafkaCarrier(settings, incarnation, group, None)  # type: ignore[arg-type]
    try:
        yield carrier
    finally:
        carrier.close()


def has(carrier: KafkaCarrier, lanes: Callable[[int], bool]) -> Callable[[], bool]:
    """Whether the number of its lanes is as wanted; it takes part in its group only while something is taken."""
    return lambda: carrier.take(0.02, 100) is not None and lanes(len(carrier.lanes()))


def joined(*members: KafkaCarrier) -> None:
    """Each has lanes and the place in its partitions from which it reads."""
    for one in members:
        soon(has(one, bool), 90)


def taken(carrier: KafkaCarrier, count: int, limit: int = 1000) -> list[Carried]:
    """What it hands out until there are so many events."""
    found: list[Carried] = []

    def enough() -> bool:
        carried = carrier.take(0.05, limit)
        if carried.events:
            found.append(carried)
        return sum(len(one.events) for one in found) >= count

    soon(enough)
    return found


def positions(found: list[Carried]) -> list[int]:
    return [row.position for carried in found for row in carried.events]


def primed(carrier: KafkaCarrier, sender: Sender, at: int = 0) -> None:
    """It reads every partition: a group without offsets begins at the end, wherever that is when it gets there."""
    joined(carrier)
    found = set[int]()

    def reads_all() -> bool:
        nonlocal at
        for partition in range(sender.partitions):
            at += 1
            sender.send(partition, at)
        found.update(row.lane for row in carrier.take(0.2, 1000).events)
        return len(found) == sender.partitions

    soon(reads_all)
    while carrier.take(0.3, 1000).events:
        pass


def comes_at_last(carrier: KafkaCarrier, sender: Sender, lane: int, at: int, seconds: float = 90) -> None:
    """An event of the lane, of those from position ``at``: who begins at the end is sent another until it is there."""

    def comes() -> bool:
        nonlocal at
        sender.send(lane, at)
        at += 1
        return any(row.lane == lane for row in carrier.take(0.2, 1000).events)

    soon(comes, seconds)


# ── what is handed out ─────────────────────────────────────────────────────


def test_events_arrive_with_what_comes_before_them(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        for lane, position in [(0, 1001), (1, 1002), (0, 1003), (7, 1004)]:
            sender.send(lane, position)
        found = taken(carrier, 4)
        assert sorted(positions(found)) == [1001, 1002, 1003, 1004]
        lane_0 = [row.position for one in found for row in one.events if row.lane == 0]
        assert lane_0 == [1001, 1003]


def test_where_something_is_missing_a_new_batch_begins(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        sender.send(0, 1001)
        sender.send(0, 1005, after=1003)
        sender.send(0, 1007)
        soon(lambda: carrier._line is not None and len(carrier._line._waiting) == 3)
        first, second = carrier.take(1.0, 1000), carrier.take(1.0, 1000)
        assert [row.position for row in first.events] == [1001]
        assert [row.position for row in second.events] == [1005, 1007]
        assert second.after == {0: 1003}


def test_what_was_handed_out_is_not_handed_out_again(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        before = carrier.dropped
        for position, after in [(1001, None), (1002, 1001), (1001, 0), (1002, 1001), (1003, 1002)]:
            sender.send(0, position, after)
        assert positions(taken(carrier, 3)) == [1001, 1002, 1003]
        assert carrier.dropped == before + 2


def test_what_is_not_ours_is_dropped(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        assert carrier.foreign == 0
        sender.send(0, 1001, incarnation=uuid4())
        sender.send_something_else(0)
        sender.send(0, 1002, after=0)
        assert positions(taken(carrier, 1)) == [1002]
        assert carrier.foreign == 2


def test_no_more_is_handed_out_than_was_asked_for(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        for position in range(1001, 1021):
            sender.send(0, position)
        found = taken(carrier, 20, limit=3)
        assert positions(found) == list(range(1001, 1021))
        assert max(len(one.events) for one in found) <= 3


# ── whose lanes ────────────────────────────────────────────────────────────


def test_members_share_the_lanes_and_one_takes_over(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as first:
        soon(has(first, lambda lanes: lanes == LANES), 90)
        with member(settings, sender.incarnation) as second:
            both = [has(first, lambda n: 0 < n < LANES), has(second, lambda n: 0 < n < LANES)]
            soon(lambda: sum(shared() for shared in both) == 2, 90)
            assert first.lanes() | second.lanes() == EVERY
            assert not first.lanes() & second.lanes()
        soon(has(first, lambda lanes: lanes == LANES), 90)
        assert first.rebalances >= 2


def test_a_member_that_takes_nothing_any_more_gives_its_lanes_up(
    broker: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "ROOM", 1)
    monkeypatch.setattr(lines, "GIVES_UP", 4_000)
    settings, incarnation = settings_on(broker, tmp_path, session=4_000), uuid4()
    ensure_topic(settings, topic_of(settings, incarnation))
    with closing(Sender(settings, incarnation)) as sender, member(settings, incarnation) as stuck:
        primed(stuck, sender)
        sender.send(0, 1_000)
        line = stuck._line
        assert line is not None
        soon(lambda: line._waiting)
        with member(settings, incarnation) as other:
            soon(has(other, lambda lanes: lanes == LANES), 90)


def test_more_partitions_are_followed_while_it_runs(
    settings: Settings, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_NEWS", 300)
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        with closing(admin(settings)) as client:
            client.create_partitions({sender.topic: 12})
        with closing(Sender(settings, sender.incarnation, partitions=12)) as later:
            comes_at_last(carrier, later, 7, 10_001)
        assert carrier.lanes() == EVERY


def test_a_topic_that_is_missing_is_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_NEWS", 300)
    incarnation = uuid4()
    with member(settings, incarnation) as carrier:
        for _ in range(10):
            assert carrier.take(0.05, 100) == Carried([], {})
        assert carrier.lanes() == frozenset()
        ensure_topic(settings, topic_of(settings, incarnation))
        soon(has(carrier, lambda lanes: lanes == LANES), 90)


# ── where it begins again ──────────────────────────────────────────────────


def test_who_asks_for_a_place_anew_is_not_forgotten(
    broker: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leader of a group learns of the topic once it has its place, and asks anew: that poll may end meanwhile."""
    monkeypatch.setattr(lines, "_POLL", 2)
    for number in range(6):
        settings = settings_on(broker, tmp_path / str(number))
        incarnation = uuid4()
        ensure_topic(settings, topic_of(settings, incarnation))
        with member(settings, incarnation) as carrier:
            soon(has(carrier, bool))


def test_after_a_restart_it_begins_behind_what_is_done(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        for position in range(1001, 1006):
            sender.send(0, position)
        taken(carrier, 5)
        carrier.done({0: 1005})
    for position in range(1006, 1009):
        sender.send(0, position)
    with member(settings, sender.incarnation) as carrier:
        assert positions(taken(carrier, 3)) == [1006, 1007, 1008]


def test_what_was_handed_out_and_is_not_done_comes_again(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        sender.send(0, 1001)
        taken(carrier, 1)
        carrier.done({0: 1001})
        sender.send(0, 1002)
        taken(carrier, 1)
    with member(settings, sender.incarnation) as carrier:
        assert positions(taken(carrier, 1)) == [1002]


def test_what_is_emptied_is_gone_and_it_goes_on_behind_it(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        sender.send(0, 1001)
        taken(carrier, 1)
        carrier.done({0: 1001})
    sender.send(0, 1002)
    with closing(admin(settings)) as client:
        client.delete_records({TopicPartition(sender.topic, 0): -1})
    with member(settings, sender.incarnation) as carrier:
        joined(carrier)
        comes_at_last(carrier, sender, 0, 1003)


# ── nobody waits for it ────────────────────────────────────────────────────


def test_without_a_broker_nothing_comes_and_nothing_is_raised(tmp_path: Path) -> None:
    nowhere = Settings.load(state_dir=tmp_path, kafka_servers="127.0.0.1:1", kafka_topic="test-nowhere")
    with member(nowhere, uuid4()) as carrier:
        began = monotonic()
        for _ in range(10):
            assert carrier.take(0.02, 100) == Carried([], {})
            carrier.done({3: 7})
        assert carrier.lanes() == frozenset()
        assert monotonic() - began < 5.0


def test_a_line_that_hangs_is_replaced_and_leaves_its_group(
    settings: Settings, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "STUCK", 2.0)
    hangs = threading.Event()
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        assert carrier._line is not None
        carrier._line._decode = lambda record: hangs.wait()  # type: ignore[assignment,return-value]
        sender.send(0, 1001)
        soon(lambda: carrier.take(0.1, 100) is not None and carrier.replaced == 1)
        primed(carrier, sender, 2_000)
    hangs.set()


def test_a_line_that_fails_is_replaced(settings: Settings, sender: Sender) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        carrier.done(dict.fromkeys(range(6), 999))
        assert carrier._line is not None
        carrier._line._decode = None  # type: ignore[assignment]
        comes_at_last(carrier, sender, 0, 1001)
        assert carrier.replaced == 1


def test_a_line_that_brings_nothing_while_the_store_has_more_is_replaced(
    settings: Settings, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    with member(settings, sender.incarnation) as carrier:
        primed(carrier, sender)
        carrier.done({0: 2_000})  # as one says who found it in the store, after a start for example
        carrier._patience = 0.0
        assert carrier.replaced == 0
        carrier.done({0: 2_001})
        assert carrier.replaced == 1
        assert carrier._patience > 0.0 or carriers.STUCK > 0
        soon(has(carrier, lambda lanes: lanes == LANES), 90)


@pytest.mark.slow
def test_a_broker_that_is_killed_is_waited_for_with_the_lanes_one_has(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    kafka = started(Kafka(tmp_path_factory.mktemp("mortal"), die_with_parent=True, extra=QUICK))
    settings, incarnation = settings_on(kafka, tmp_path), uuid4()
    ensure_topic(settings, topic_of(settings, incarnation))
    with closing(Sender(settings, incarnation)) as sender, member(settings, incarnation) as carrier:
        primed(carrier, sender)
        kafka.kill()
        for _ in range(20):
            assert not carrier.take(0.1, 100).events
        assert carrier.lanes() == EVERY
        kafka.start_node()
        with closing(Sender(settings, incarnation)) as again:
            comes_at_last(carrier, again, 3, 5_001, 60)
    kafka.stop()
