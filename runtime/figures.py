"""What relay, projectors, reactors and live updates keep of themselves as plain numbers, shown to Prometheus under their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from eventstore.supply import Figures
from runtime.kafka.carrier import KafkaCarrier
from runtime.kafka.shipment import Shipping
from runtime.live.updates import Live
from runtime.metrics import shown


class Consumer(Protocol):
    """A projector or a reactor."""

    handled: int

    @property
    def figures(self) -> Figures: ...


def of_consumer(group: str, consumer: Consumer, carrier: KafkaCarrier | None) -> None:
    """What a consumer handled and, where brokers carry the events, what became of that.

    group    projections or reactions
    carrier  None: it reads from the store
    """

    def counted(name: str, about: str, read: Callable[[], float]) -> None:
        shown(f"quittance_{name}_total", about, read, group=group)

    counted("handled_events", "Events that were handled.", lambda: consumer.handled)
    if carrier is None:
        return
    figures = consumer.figures
    counted("carried_events", "Events that Kafka brought and somebody needed.", lambda: figures.carried)
    counted(
        "dropped_events", "Events brought again, or for others.", lambda: figures.dropped + carrier.dropped
    )
    counted("foreign_messages", "Messages that no relay of ours has stamped.", lambda: carrier.foreign)
    counted("gaps_filled", "Times that something was missing before an event.", lambda: figures.gaps)
    counted("gap_events", "Events read from the store instead, after a start too.", lambda: figures.read)
    counted(
        "lanes_starved", "Times that a lane was brought nothing of what was stored.", lambda: figures.starved
    )
    counted("lanes_orphaned", "Times that a lane of nobody was taken over.", lambda: figures.orphaned)
    counted("rebalances", "Times that the lanes were shared out anew.", lambda: carrier.rebalances)
    counted("consumers_replaced", "Connections that were thrown away.", lambda: carrier.replaced)


def of_relay(shipping: Shipping) -> None:
    """What this relay shipped; where the shipping is, whoever does it, is a figure of the database."""
    shown("quittance_relay_leading", "Whether this one ships.", lambda: shipping.leading)
    shown("quittance_relay_shipped_total", "Events acknowledged.", lambda: shipping.events)
    shown("quittance_relay_shipped_bytes_total", "Bytes of their states.", lambda: shipping.bytes)
    shown("quittance_relay_producers_replaced_total", "Producers thrown away.", lambda: shipping.replaced)


def of_live(live: Live) -> None:
    """Who is connected to this API process, and what following the feed for them costs it."""
    shown("quittance_live_connections", "Open pages that are told what changes.", lambda: live.hub.size)
    shown("quittance_live_shared", "Whether another process reads the feed for this.", lambda: live.is_shared)
    shown("quittance_live_reads_total", "Times that the feed was read for them.", lambda: live.follower.reads)
