"""Events by Kafka for whoever consumes: sooner and for less than the store gives them, and never more than a hint.

    brokers ─▶ line.py ─▶ ours, new, and in each lane without a gap ─▶ eventstore/from_carrier.py

Nothing here is lost by failing: what does not come is read from the store. So nothing raises, and nobody waits.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from functools import partial
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from eventstore import Recorded, Store, restoring
from eventstore.codec import Codec
from eventstore.feed import Carried
from runtime.kafka.connection import group_of, topic_of
from runtime.kafka.line import Brought, Line
from runtime.kafka.stamp import Stamp
from runtime.kafka.wire import decode, stamp_of
from runtime.settings import Settings

logger = logging.getLogger(__name__)

STUCK = 60.0
"""Seconds without a sign of life, or without an event while the consumer finds new ones in the store, after which a
line is replaced. The second is no proof: the relay may be away. So that patience doubles each time, up to _LONGEST."""
_LONGEST = 1_800.0
WARN_AGAIN = 60.0
"""Seconds between two lines about messages that are none of ours."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0
"""Seconds between the end of a line and the next one."""


class KafkaCarrier:
    """A member of a consumer group. Connects at the first ``take``.

    incarnation  the history whose events are wanted
    group        whose members share the lanes
    """

    def __init__(self, settings: Settings, incarnation: UUID, group: str, codec: Codec) -> None:
        self.incarnation = incarnation
        self._line_of = partial(Line, settings, topic_of(settings, incarnation), group)
        self._decode = partial(_decoded, codec, stamp_of(settings, incarnation))
        self._group = group
        self._line: Line | None = None
        self._next_line, self._pause = 0.0, _SHORTEST_PAUSE
        self._lanes: frozenset[int] = frozenset()
        self._waiting: deque[Brought] = deque()
        self._last: dict[int, int] = {}
        """By lane of ours, the position of what was handed out last."""
        self._handed: dict[int, Brought] = {}
        """By partition, the last one handed out that is not done."""
        self._hungry: float | None = None
        self._patience = STUCK
        self._counted = (0, 0)
        self.rebalances = self.replaced = self.dropped = self.foreign = 0
        """How often the lanes were shared out anew; lines thrown away; messages for others, or brought again; and
        those that no relay of ours has stamped, see wire.py."""
        self._warned = -WARN_AGAIN

    def lanes(self) -> frozenset[int]:
        """What the group gave us last: while the brokers are away nobody takes it from us."""
        line = self._line
        if line is not None and line.lanes is not None and line.lanes != self._lanes:
            self._share(line.lanes)
        return self._lanes

    def take(self, timeout: float, limit: int) -> Carried:
        if not self._waiting:
            self._fill(timeout, limit)
        lanes = self.lanes()
        events: list[Recorded] = []
        after: dict[int, int] = {}
        ends: dict[int, int] = {}
        while self._waiting and len(events) < limit:
            brought = self._waiting[0]
            row = brought.row
            if row.lane not in lanes or row.position <= self._last.get(row.lane, 0):
                self.dropped += 1
            elif row.lane in ends and brought.after != ends[row.lane]:
                break  # something is missing before this one: it begins what is handed out next
            else:
                after.setdefault(row.lane, brought.after)
                ends[row.lane] = self._last[row.lane] = row.position
                events.append(row)
                self._handed[brought.partition] = brought
            self._waiting.popleft()
        if events:
            self._hungry, self._patience = None, STUCK
        return Carried(events, after)

    def done(self, ends: Mapping[int, int]) -> None:
        self._notice_hunger(ends)
        over = [one for one in self._handed.values() if one.row.position <= ends.get(one.row.lane, 0)]
        for one in over:
            del self._handed[one.partition]
        if over and self._line is not None:
            self._line.done({one.partition: one.next for one in over})

    def close(self) -> None:
        """Leave the group, so that others have these lanes at once."""
        line, self._line, self._next_line = self._line, None, float("inf")
        if line is not None:
            line.end(wait=2.5)

    # ── the line ───────────────────────────────────────────────────────────

    def _fill(self, timeout: float, limit: int) -> None:
        line = self._line
        if line is None:
            if monotonic() < self._next_line:
                sleep(min(timeout, max(self._next_line - monotonic(), 0.0)))
                return
            line = self._line = self._line_of(self._decode)
            self._counted = (0, 0)
        self._waiting.extend(line.take(limit, timeout))
        self._count(line)
        if line.lanes is not None:
            self._pause = _SHORTEST_PAUSE
        if monotonic() - line.sign_of_life > STUCK:
            line.abandon()
            self._replace()
        elif line.ended:
            self._replace()

    def _count(self, line: Line) -> None:
        foreign, joined = self._counted
        if line.foreign > foreign:
            self._note_foreign(line.foreign - foreign, line.last_foreign)
        self.rebalances += 1 if joined and line.joined > joined else 0
        self._counted = (line.foreign, line.joined)

    def _note_foreign(self, count: int, cause: str) -> None:
        """A line a minute, however many there are: whoever may write to the topic does not fill our logs, too."""
        self.foreign += count
        if monotonic() - self._warned >= WARN_AGAIN:
            self._warned = monotonic()
            logger.warning("%s dropped %d messages so far: %s", self._group, self.foreign, cause)

    def _replace(self) -> None:
        """Another line begins after a pause. What this one has brought is kept."""
        if self._pause == _SHORTEST_PAUSE:
            logger.warning("nothing comes from Kafka for %s: it is tried again and again", self._group)
        self._line, self._next_line = None, monotonic() + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        self.replaced += 1
        self._handed.clear()

    def _share(self, lanes: frozenset[int]) -> None:
        """Of lanes that are not ours any more others know what was handed out."""
        self._lanes = lanes
        self._last = {lane: position for lane, position in self._last.items() if lane in lanes}

    def _notice_hunger(self, ends: Mapping[int, int]) -> None:
        """Somebody who finds again and again in the store what was not brought here has a line that is broken."""
        if all(end <= self._last.get(lane, 0) for lane, end in ends.items() if lane in self._lanes):
            return
        now = monotonic()
        if self._hungry is None:
            self._hungry = now
        elif now - self._hungry > self._patience and self._line is not None:
            self._hungry, self._patience = None, min(self._patience * 2, _LONGEST)
            self._line.end()
            self._replace()


def carrier_for(settings: Settings, store: Store, pool: ConnectionPool, name: str) -> KafkaCarrier | None:
    """What brings the events to those who do this work; None where the store itself is the feed.

    name  of the work: ``projections``, ``reactions``
    """
    if not settings.kafka_servers:
        return None
    with pool.connection() as connection:
        incarnation = restoring.incarnation(connection).incarnation
    return KafkaCarrier(settings, incarnation, group_of(settings, incarnation, name), store.codec)


def _decoded(codec: Codec, stamp: Stamp, record: Any) -> tuple[Recorded, int]:
    return decode(record, codec, stamp)
