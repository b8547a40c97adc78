"""What is done to the broker, the relays, the groups and the store, each a small function with a name.

Whatever it is, a strike leaves everything as it found it: running, and asked to catch up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from runtime.kafka.lease import SECONDS as LEASE
from runtime.kafka.shipment import PATIENCE
from tests.chaos import kafka_child, kafka_topic
from tests.chaos.kafka_house import SESSION, House
from tests.chaos.kafka_restore import restored, restored_behind_sleepers

BEYOND = 1.5
"""Times the session that a process is asleep."""


@dataclass(frozen=True)
class Scale:
    """How much of it.

    away        seconds without a broker
    kills       of the only broker
    leaders     of three that are killed
    stuck       seconds for which the broker is frozen
    rebalances  of the groups
    every       seconds between two of them
    backlog     seconds of commands that nobody consumes
    lease       seconds for which a relay leads that says nothing
    patience    seconds for which a relay waits for a broker that says nothing
    haste       part of the usual time that consumers give a lane that stands still
    """

    away: float
    kills: int
    leaders: int
    stuck: float
    rebalances: int
    every: float
    backlog: float
    lease: float = LEASE
    patience: float = PATIENCE
    haste: float = 1.0


SHORT = Scale(
    away=2, kills=1, leaders=1, stuck=3, rebalances=2, every=1.5, backlog=1, lease=1.5, patience=2, haste=0.3
)
LONG = Scale(away=600, kills=20, leaders=6, stuck=150, rebalances=24, every=5, backlog=15)

Strike = Callable[[House, Scale, Random], None]


# ── the broker ───────────────────────────────────────────────────────────────


def broker_down(house: House, scale: Scale, random: Random) -> None:
    """For as long as it takes, while commands go on, and consumers without it."""
    house.kafka.kill()
    house.rest(scale.away)
    house.consume()
    house.kafka.start_node()


def begun_without_broker(house: House, scale: Scale, random: Random) -> None:
    """Consumers that are started while nobody can tell them what is theirs."""
    house.kafka.kill()
    house.stop(*house.consumers)
    house.start(*house.consumers)
    house.rest(scale.backlog)
    house.consume()
    house.kafka.start_node()


def broker_killed(house: House, scale: Scale, random: Random) -> None:
    """Killed and started again, at moments that nobody chooses."""
    for _ in range(scale.kills):
        house.rest(random.uniform(0.2, 2.0))
        house.kafka.kill()
        house.rest(random.uniform(0.0, 1.0))
        house.kafka.start_node()


def leader_killed(house: House, scale: Scale, random: Random) -> None:
    """Of three nodes the one that leads most partitions, when the others have caught up with it."""
    for _ in range(scale.leaders):
        topic = kafka_topic.Topic(house.settings, house.incarnation())
        house.until("every node in step", lambda: kafka_topic.in_step(topic, len(house.kafka.nodes)))  # noqa: B023
        node = topic.leader()
        house.kafka.kill(node)
        house.rest(random.uniform(3.0, 6.0))
        house.kafka.start_node(node)


def broker_frozen(house: House, scale: Scale, random: Random) -> None:
    """Connections stay and nothing answers: a producer that waits for ever."""
    house.kafka.freeze()
    house.rest(scale.stuck)
    house.kafka.thaw()


def topic_emptied(house: House, scale: Scale, random: Random) -> None:
    """Everything is deleted there before anybody has read it, as a retention that was set too short does."""
    asleep = house.consumers
    house.freeze(*asleep)
    house.rest(scale.backlog)
    kafka_topic.Topic(house.settings, house.incarnation()).empty()
    house.thaw(*asleep)


def topic_deleted(house: House, scale: Scale, random: Random) -> None:
    """And made anew by the relay: its offsets begin again, below those that the groups remember."""
    kafka_topic.Topic(house.settings, house.incarnation()).delete()
    house.rest(scale.backlog)


# ── the relay ────────────────────────────────────────────────────────────────


def relay_asleep(house: House, scale: Scale, random: Random) -> None:
    """The leader sleeps past its lease with sends that were not acknowledged; it wakes, and they arrive late."""
    leader, epoch = house.leader(), house.epoch()
    house.kafka.freeze()
    house.rest(1.5)  # more than five sends wait for an answer: those behind them wait in the relay
    house.freeze(leader)
    house.kafka.thaw()
    house.until("another relay leads", lambda: house.epoch() > epoch)
    house.rest(1.0)
    house.thaw(leader)
    house.rest(1.0)


def relay_killed(house: House, scale: Scale, random: Random) -> None:
    leader, epoch = house.leader(), house.epoch()
    house.kill(leader)
    house.start(leader)
    house.until("a relay leads", lambda: house.epoch() > epoch)


def late_sends(house: House, scale: Scale, random: Random) -> None:
    """A part of the topic is sent once more, behind everything that came after it."""
    kafka_topic.Topic(house.settings, house.incarnation()).repeat(1_000)


# ── the groups ───────────────────────────────────────────────────────────────


def consumers_killed(house: House, scale: Scale, random: Random) -> None:
    """One of each kind, without a word."""
    struck = [random.choice(house.of(role)) for role in ("projector", "reactor")]
    house.kill(*struck)
    house.rest(SESSION / 1_000 / 2)
    house.start(*struck)


def consumers_asleep(house: House, scale: Scale, random: Random) -> None:
    """One of each kind, beyond its session: its group has given its partitions away when it wakes."""
    struck = [random.choice(house.of(role)) for role in ("projector", "reactor")]
    house.freeze(*struck)
    house.rest(SESSION / 1_000 * BEYOND)
    house.thaw(*struck)


def rebalances(house: House, scale: Scale, random: Random) -> None:
    """Members that come, take their share, read nothing of it, and go without a word."""
    topic = kafka_topic.Topic(house.settings, house.incarnation())
    for number in range(scale.rebalances):
        group = topic.groups[number % 2]
        with house.beside(kafka_child.haunt, topic.name, group):
            house.rest(scale.every)


def twins(house: House, scale: Scale, random: Random) -> None:
    """A projector and a reactor that are brought what others are brought too: the positions decide who was first."""
    topic = kafka_topic.Topic(house.settings, house.incarnation())
    with (
        house.beside(kafka_child.twin, "projector"),
        house.beside(kafka_child.twin, "reactor"),
    ):
        house.until("the twins read", lambda: all(map(topic.is_read_by, topic.twins)))
        house.rest(3 * scale.backlog)


def offsets_ahead(house: House, scale: Scale, random: Random) -> None:
    """The groups believe that they have read what nobody read."""
    _with_offsets(house, scale, "end")


def offsets_behind(house: House, scale: Scale, random: Random) -> None:
    """The groups are given everything again."""
    _with_offsets(house, scale, "beginning")


def _with_offsets(house: House, scale: Scale, where: Literal["beginning", "end"]) -> None:
    house.stop(*house.consumers)
    house.rest(scale.backlog)
    topic = kafka_topic.Topic(house.settings, house.incarnation())
    house.until("nobody is in the groups", topic.is_left)
    topic.move_groups(where)
    house.rest(scale.backlog)
    house.start(*house.consumers)


def partitions_doubled(house: House, scale: Scale, random: Random) -> None:
    """With a backlog of everybody but one projector, who reads on; lanes move to other partitions."""
    absent = house.consumers[1:]
    house.stop(*absent)
    house.rest(scale.backlog)
    kafka_topic.Topic(house.settings, house.incarnation()).double()
    house.rest(scale.backlog)
    house.start(*absent)


def told_to_end(house: House, scale: Scale, random: Random) -> None:
    """Everybody ends politely and begins again: what was in hand is not lost, nor done again."""
    house.stop(*house.of("relay", "projector", "reactor"))
    house.start(*house.of("relay", "projector", "reactor"))


ONE_BROKER: tuple[Strike, ...] = (
    broker_down,
    begun_without_broker,
    broker_killed,
    broker_frozen,
    topic_emptied,
    topic_deleted,
    relay_asleep,
    relay_killed,
    late_sends,
    consumers_killed,
    consumers_asleep,
    rebalances,
    twins,
    offsets_ahead,
    offsets_behind,
    partitions_doubled,
    told_to_end,
    restored,
    restored_behind_sleepers,
)
THREE_BROKERS: tuple[Strike, ...] = (leader_killed,)


def named(*strikes: Strike) -> dict[str, Strike]:
    """As `--only` calls them."""
    return {strike.__name__.replace("_", "-"): strike for strike in strikes}


STRIKES = named(*ONE_BROKER, *THREE_BROKERS)
