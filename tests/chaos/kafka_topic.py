"""What an operator, or an accident, does to a topic and to its groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event
from time import monotonic
from typing import Any, Literal, TypeVar
from uuid import UUID

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError, UnknownTopicOrPartitionError
from kafka.structs import OffsetAndMetadata

from runtime.kafka.connection import admin, clients, group_of, topic_of
from runtime.settings import Settings

CONSUMERS = ("projections", "reactions")
TWIN = "-twin"
"""End of the name of a group that is brought what another one is brought."""
ANSWERED = 20
"""Seconds for one send."""
INSISTENT = 60.0
"""Seconds for which brokers that were just struck are asked again."""

T = TypeVar("T")


class Topic:
    """Of one history of an installation."""

    def __init__(self, settings: Settings, incarnation: UUID) -> None:
        self._settings = settings
        self.name = topic_of(settings, incarnation)
        self.groups = [group_of(settings, incarnation, name) for name in CONSUMERS]
        self.twins = [group_of(settings, incarnation, name + TWIN) for name in CONSUMERS]

    def describe(self) -> dict[str, Any]:
        (found,) = self._insists(lambda client: client.describe_topics([self.name]))
        return dict(found)

    def leader(self) -> int:
        """The node that leads most partitions."""
        leaders = [partition["leader_id"] for partition in self.describe()["partitions"]]
        return max(set(leaders), key=leaders.count)

    def is_read_by(self, group: str) -> bool:
        """Whether the group has shared the partitions out among whoever is in it."""
        found = self._group(group)
        return bool(found.get("members")) and found["group_state"] == "Stable"

    def is_left(self) -> bool:
        """Whether nobody is in the groups: whoever could not say goodbye is in them until the session is over."""
        found = [self._group(group) for group in self.groups]
        return all(found) and not any(one["members"] for one in found)

    def empty(self) -> None:
        """Delete every record there is."""

        def done(client: KafkaAdminClient) -> None:
            ends = client.list_partition_offsets(dict.fromkeys(self._partitions(client), OffsetSpec.LATEST))
            client.delete_records({partition: end.offset for partition, end in ends.items()})

        self._insists(done)

    def delete(self) -> None:
        def done(client: KafkaAdminClient) -> None:
            with suppress(UnknownTopicOrPartitionError):
                client.delete_topics([self.name])

        self._insists(done)

    def double(self) -> None:
        """Have twice as many partitions."""
        wanted = 2 * len(self._insists(self._partitions))

        def done(client: KafkaAdminClient) -> None:
            if len(self._partitions(client)) < wanted:
                client.create_partitions({self.name: wanted})

        self._insists(done)

    def move_groups(self, where: Literal["beginning", "end"]) -> None:
        """Set what the groups believe to have read; nobody may be in them."""
        for group in self.groups:
            with self._read(group_id=group, enable_auto_commit=False) as (consumer, partitions):
                offsets = getattr(consumer, f"{where}_offsets")(partitions)
                consumer.commit({one: OffsetAndMetadata(offset, "", -1) for one, offset in offsets.items()})

    def repeat(self, limit: int) -> int:
        """Send its first records once more, each as it was; how many."""
        found = self.read(limit)
        with closing(KafkaProducer(acks="all", **clients(self._settings))) as producer:
            sent = [
                producer.send(
                    self.name, value=r.value, key=r.key, headers=list(r.headers), partition=r.partition
                )
                for r in found
            ]
            for one in sent:
                one.get(ANSWERED)
        return len(found)

    def read(self, limit: int | None = None) -> list[Any]:
        """Its records as they are there now, the oldest of each partition first."""
        found: list[Any] = []
        with self._read() as (consumer, partitions):
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            while any(consumer.position(one) < end for one, end in ends.items()):
                for batch in consumer.poll(timeout_ms=500).values():
                    found += batch
                if limit is not None and len(found) >= limit:
                    return found[:limit]
        return found

    @contextmanager
    def _read(self, **further: Any) -> Iterator[tuple[KafkaConsumer, list[TopicPartition]]]:
        """A consumer of every partition."""
        with closing(KafkaConsumer(**clients(self._settings), **further)) as consumer:
            known = sorted(consumer.partitions_for_topic(self.name) or ())
            partitions = [TopicPartition(self.name, number) for number in known]
            consumer.assign(partitions)
            yield consumer, partitions

    def _partitions(self, client: KafkaAdminClient) -> list[TopicPartition]:
        (found,) = client.describe_topics([self.name])
        return [TopicPartition(self.name, one["partition_index"]) for one in found["partitions"]]

    def _group(self, group: str) -> dict[str, Any]:
        """What the brokers say of it; nothing while they say nothing."""
        try:
            with closing(admin(self._settings)) as client:
                return dict(client.describe_groups([group])[group])
        except KafkaError:
            return {}

    def _insists(self, ask: Callable[[KafkaAdminClient], T]) -> T:
        """What brokers answer in the end. Raises KafkaError when they do not."""
        deadline = monotonic() + INSISTENT
        while True:
            try:
                with closing(admin(self._settings)) as client:
                    return ask(client)
            except KafkaError:
                if monotonic() > deadline:
                    raise
                Event().wait(0.2)


def in_step(topic: Topic, nodes: int) -> bool:
    """Whether every partition has all its copies up to date."""
    try:
        return all(len(one["isr_nodes"]) == nodes for one in topic.describe()["partitions"])
    except KafkaError:
        return False
