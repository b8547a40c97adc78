"""`manage.py relay`: ships the events to Kafka; one process does it, others stand by."""

from __future__ import annotations

import structlog

from eventstore import StoreFeed
from roles.process import process
from runtime import metrics
from runtime.figures import of_relay
from runtime.kafka.lease import AnotherHistory, Lease
from runtime.kafka.relay import Relay
from runtime.settings import Settings


def run(settings: Settings) -> int:
    """Until SIGTERM. Exit code: 1 when there is no broker to ship to, or when the database was restored meanwhile."""
    with process("relay", settings, connections=4, url=settings.projector_url) as this:
        if not settings.kafka_servers:
            structlog.get_logger().error("relay-without-kafka", cause="QUITTANCE_KAFKA_SERVERS is not set")
            return 1
        relay = Relay(settings, this.store, StoreFeed(this.store, this.bell), Lease(this.pool))
        of_relay(relay.shipping)
        try:
            relay.run(metrics.watched("relay", this.stop))
        except AnotherHistory as restored:
            structlog.get_logger().error("relay-ends", cause=str(restored), remedy="start it again")
            return 1
    return 0
