"""One consumer of the brokers, polled by a thread of its own.

    poll ─▶ decoded ─▶ kept, as many as there is room for ─▶ taken by whoever works
                                                        ◀─ offsets, now and then

Whatever fails or hangs in the library does so in there: nobody else waits for it. A line that has ended, or that gives
no sign of life, is thrown away and replaced (carrier.py).
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, NamedTuple

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.structs import MemberState

from eventstore import LANES, Recorded
from runtime.kafka.connection import opened
from runtime.kafka.wire import Foreign
from runtime.settings import Settings

logger = logging.getLogger(__name__)

ROOM, BYTES = 4_000, 32_000_000
"""Messages, and bytes of them, that wait at most; one poll may bring more. While there is no room it does not poll: a
process that takes nothing is no member of the group any more after GIVES_UP, and its lanes go to those who do."""
GIVES_UP = 60_000
"""Milliseconds between two polls after which the group goes on without us; also what a rebalance waits for us."""
_AT_ONCE = 2_000
"""Messages of one poll."""
_POLL = 100
"""Milliseconds of a poll that finds nothing."""
_FETCH = 250
"""Milliseconds that a broker keeps a question open while it has nothing."""
_NEWS = 5_000
"""Milliseconds between two looks at the topic: when it appears, and how many partitions it has."""
_COMMIT = 1.0
"""Seconds between two notes of where to begin after a restart."""
_ENDS_WITHIN = 2_000
_SHARED_WITHIN = 2.5 * GIVES_UP / 1000
"""Seconds without a place in the group after which a line ends: the longest rebalance and as much again."""

Decode = Callable[[Any], tuple[Recorded, int]]
"""Of a message the event, and the position of the one before it in its lane. Raises Foreign."""


class Brought(NamedTuple):
    """A message that has come."""

    row: Recorded
    after: int
    partition: int
    next: int
    """Where to begin when this one is done."""


class Line:
    """Begins at once; ``ended`` when it is over.

    group   whose members share the partitions
    """

    def __init__(self, settings: Settings, topic: str, group: str, decode: Decode) -> None:
        self._settings, self._topic, self._group, self._decode = settings, topic, group, decode
        self._waiting: deque[Brought] = deque()
        self._heavy = 0
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._to_commit: dict[int, int] = {}
        self._committed = monotonic()
        self._consumer: Any = None
        self.lanes: frozenset[int] | None = None
        """Those of the partitions that are ours; None before the group has said so for the first time."""
        self.foreign = self.joined = 0
        """Messages that were none of ours; how often the group was shared out anew."""
        self.last_foreign = ""
        """Why the last of those was none."""
        self.sign_of_life = self._placed = monotonic()
        self.ended = False
        self._thread = threading.Thread(target=self._run, name=f"kafka-line-{group}", daemon=True)
        self._thread.start()

    def take(self, limit: int, timeout: float) -> list[Brought]:
        """What has come, in the order of each partition; waits while there is nothing."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self.ended, timeout)
            taken = [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]
            self._heavy -= sum(len(one.row.state) for one in taken)
            self._changed.notify_all()
        return taken

    def done(self, offsets: Mapping[int, int]) -> None:
        """Where to begin after a restart, by partition."""
        with self._changed:
            self._to_commit.update(offsets)

    def end(self, wait: float = 0.0) -> None:
        """Leave the group, so that others have its lanes.

        wait  seconds for it to be over
        """
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(wait)

    def abandon(self) -> None:
        """The same for one whose thread hangs: its consumer would stay in the group, and whoever closes it may hang."""
        self._stop.set()
        if self._consumer is not None:
            threading.Thread(target=self._put_away, args=(self._consumer,), daemon=True).start()

    # ── the thread ─────────────────────────────────────────────────────────

    def _run(self) -> None:
        try:
            self._consumer = consumer = self._opened()
            consumer.subscribe([self._topic])
            while not self._stop.is_set():
                self._round(consumer)
        except Exception as error:  # noqa: BLE001 - whatever it is, another line is tried
            logger.info("a line of %s has ended: %s: %s", self._group, type(error).__name__, error)
        finally:
            self.ended = True
            with self._changed:
                self._changed.notify_all()
            if self._consumer is not None:
                self._put_away(self._consumer)

    def _opened(self) -> Any:
        """Raises what the library raises when no broker answers."""
        session = self._settings.kafka_session_ms
        return opened(
            KafkaConsumer,
            self._settings,
            group_id=self._group,
            # Of those that the library has it moves least. Its cooperative one remembers partitions that it has lost,
            # and then nobody gets them; nor would it gain, as nothing is fetched while a group is being shared out.
            partition_assignment_strategy=[StickyPartitionAssignor],
            session_timeout_ms=session,
            heartbeat_interval_ms=min(session // 4, 3_000),
            max_poll_interval_ms=max(GIVES_UP, session),
            enable_auto_commit=False,
            auto_offset_reset="latest",
            allow_auto_create_topics=False,
            metadata_max_age_ms=_NEWS,
            fetch_min_bytes=1,
            fetch_max_wait_ms=_FETCH,
            max_poll_records=_AT_ONCE,
            metrics_enabled=False,
        )

    def _round(self, consumer: Any) -> None:
        self.sign_of_life = monotonic()
        if not self._has_room():
            return
        self._insist(consumer)
        found = consumer.poll(timeout_ms=_POLL)
        self._notice(consumer)
        brought = [one for records in found.values() for record in records if (one := self._read(record))]
        if brought:
            with self._changed:
                self._waiting.extend(brought)
                self._heavy += sum(len(one.row.state) for one in brought)
                self._changed.notify_all()
        self._commit(consumer)

    def _insist(self, consumer: Any) -> None:
        """Ask for a place until the group has given it.

        A leader that has seen new partitions asks anew and forgets at the end of a poll that it waits for the answer:
        it is then in no group, without a heartbeat, for ever. The library of Java had the same (KAFKA-9815); kafka-python
        3.0.12 has it, and nothing public that asks again.
        """
        coordinator = consumer._coordinator
        if coordinator.rejoining:
            coordinator.request_rejoin()

    def _has_room(self) -> bool:
        with self._changed:
            return self._changed.wait_for(
                lambda: (len(self._waiting) < ROOM and self._heavy < BYTES) or self._stop.is_set(),
                _POLL / 1000,
            )

    def _notice(self, consumer: Any) -> None:
        """Which lanes are ours now, before anything of them is handed out."""
        group = consumer.group_metadata()
        if group.state != MemberState.STABLE:
            if monotonic() - self._placed > _SHARED_WITHIN:
                raise TimeoutError(f"no place in the group for {_SHARED_WITHIN:.0f} s")
            return  # what was ours is ours until the group has decided
        self._placed = monotonic()
        ours = {assigned.partition for assigned in consumer.assignment()}
        if ours and max(ours) >= len(consumer.partitions_for_topic(self._topic)):
            consumer.topics()  # the leader of the group knows of partitions that we have not heard of
        count = len(consumer.partitions_for_topic(self._topic)) if ours else 0
        self.joined = max(self.joined, group.generation_id)
        self.lanes = frozenset(lane for lane in range(LANES) if count and lane % count in ours)

    def _read(self, record: Any) -> Brought | None:
        try:
            row, after = self._decode(record)
        except Foreign as why:
            self.last_foreign = str(why)
            self.foreign += 1
            return None
        return Brought(row, after, record.partition, record.offset + 1)

    def _commit(self, consumer: Any) -> None:
        """A hint, so nobody waits for the answer: what is lost of it is brought again, and dropped."""
        if monotonic() - self._committed < _COMMIT:
            return
        self._committed = monotonic()
        if offsets := self._offsets(consumer):
            consumer.commit_async(offsets)

    def _offsets(self, consumer: Any) -> dict[Any, Any]:
        with self._changed:
            noted, self._to_commit = self._to_commit, {}
        ours = consumer.assignment()
        offsets = {TopicPartition(self._topic, partition): next for partition, next in noted.items()}
        return {one: OffsetAndMetadata(next, "", -1) for one, next in offsets.items() if one in ours}

    def _put_away(self, consumer: Any) -> None:
        with suppress(Exception):
            if offsets := self._offsets(consumer):
                consumer.commit(offsets, timeout_ms=_ENDS_WITHIN)
        with suppress(Exception):
            consumer.close(timeout_ms=_ENDS_WITHIN)
