"""Where messages go out: one producer at a time, opened and thrown away in threads of their own, because both may hang.

A producer whose sent batch has expired hangs for ever at the next send, and closing it raises; so it is replaced long
before a batch expires, and what it had not acknowledged is sent again by the next one.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import structlog
from kafka import KafkaProducer

from runtime.kafka.connection import LARGEST, ensure_topic, opened
from runtime.kafka.wire import Message
from runtime.settings import Settings

log = structlog.get_logger()

LINGER = 5
"""Milliseconds for which a batch waits to be joined by more."""
_BATCH = 131_072
"""Bytes of a batch of one partition: the library's own 16 kB halve what is sent in a second."""
_EXPIRES = 120_000
"""Milliseconds: see above."""
_LOOKS_AGAIN = 5_000
"""Milliseconds after which partitions that were added, and a topic that is gone, are noticed."""
_BLOCKS = 1_000
"""Milliseconds for which a send may wait for a topic that is gone."""
_SHORTEST, _LONGEST = 0.1, 2.0
"""Seconds between two tries to reach a broker."""


class Outlet:
    """Sends messages of one topic, which is made when it is missing.

    ``open`` and ``partitions`` are looked at between batches; whatever ``send`` raises, ``replace`` is the answer.
    """

    def __init__(self, settings: Settings, topic: str) -> None:
        self._settings, self._topic = settings, topic
        self._producer: Any = None
        self._opening: threading.Thread | None = None
        self._closed = threading.Event()
        self.replaced = 0
        """Producers that were thrown away before their time."""

    def open(self) -> bool:
        """Whether there is a producer; begins to make one when there is none."""
        if self._producer is None and self._opening is None and not self._closed.is_set():
            self._opening = threading.Thread(target=self._open, name="relay-opening", daemon=True)
            self._opening.start()
        return self._producer is not None

    def partitions(self) -> int:
        """Of the topic, as the brokers said a few seconds ago. Raises KafkaError when it is gone."""
        return len(self._producer.partitions_for(self._topic))

    def send(self, message: Message, partition: int) -> Any:
        """A future; ``is_done`` and then ``exception`` say what became of it."""
        key, value, headers = message
        return self._producer.send(self._topic, value, key, headers, partition)

    def replace(self) -> None:
        """Throw the producer away with everything that it has not sent; ``open`` makes another."""
        self.replaced += 1
        self._throw_away()

    def close(self) -> None:
        self._closed.set()
        self._throw_away()

    # ── both may hang ──────────────────────────────────────────────────────

    def _open(self) -> None:
        pause = 0.0
        while not self._closed.wait(pause):
            try:
                producer = self._reached()
            except Exception as error:  # noqa: BLE001 - the library raises what it likes while brokers come and go
                if not pause:
                    log.warning("kafka-away", cause=type(error).__name__, topic=self._topic)
                pause = min(max(pause * 2, _SHORTEST), _LONGEST)
            else:
                self._producer, self._opening = producer, None
                break
        if self._closed.is_set():
            self._throw_away()

    def _reached(self) -> KafkaProducer:
        partitions = ensure_topic(self._settings, self._topic)
        log.info("kafka-reached", topic=self._topic, partitions=partitions)
        producer = opened(
            KafkaProducer, self._settings, acks="all", enable_idempotence=True, linger_ms=LINGER, batch_size=_BATCH,
            delivery_timeout_ms=_EXPIRES, max_request_size=LARGEST, max_block_ms=_BLOCKS,
            metadata_max_age_ms=_LOOKS_AGAIN, allow_auto_create_topics=False, metrics_enabled=False,
        )  # fmt: skip
        try:
            producer.partitions_for(self._topic)
        except BaseException:
            _end(producer)
            raise
        return producer

    def _throw_away(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            threading.Thread(target=_end, args=(producer,), name="relay-closing", daemon=True).start()


def _end(producer: Any) -> None:
    """``close`` waits for what was not sent, raises when that takes too long, and leaves the sender running."""
    with suppress(Exception):
        producer._sender.force_close()
    with suppress(Exception):
        producer.close(timeout=5)
