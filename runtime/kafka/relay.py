"""The relay: ships the events of the store to Kafka, in order of position, one process at a time.

    stand by ──lease taken──▶ ship ──acknowledged──▶ position moved, by the lease
        ▲                      │ the lease was lost
        └──────────────────────┘

It may send an event twice or after later ones: consumers know how far they are, and ``after`` tells them what they
missed. So nothing is waited for but acknowledgements, and while they are on their way the next events are read and sent.
"""

from __future__ import annotations

import threading
from contextlib import closing
from time import monotonic

import structlog

from eventstore import Store
from eventstore.faults import reach
from eventstore.feed import Feed
from runtime.kafka.connection import topic_of
from runtime.kafka.lease import Lease, Lost
from runtime.kafka.outlet import Outlet
from runtime.kafka.shipment import PATIENCE, Away, Shipment, Shipping
from runtime.kafka.wire import stamp_of
from runtime.settings import Settings

log = structlog.get_logger()

_MOVE = 0.05
"""Seconds between two moves at least: each is a write of its own, and only says where a successor begins."""
_GLANCE = 0.002
"""Seconds between two looks at what is in flight, while the bell is silent."""
_SHORTEST_WAIT, _LONGEST_WAIT = 0.01, 0.2
"""Seconds between two looks at the store: what the bell rang for may be behind another transaction for a moment."""
_STANDBY = 0.25
_AWAY = 0.5
"""Seconds to the next try while the database is away."""
_FAREWELL = 3.0
"""Seconds for which a relay that is stopped waits for what is in flight."""


class Relay:
    """Ships what is in the store while it holds the lease, and stands by while it does not.

    store     reads as the role ``projector``
    feed      its bell says that there is more
    patience  seconds without an acknowledgement until a producer is replaced
    """

    def __init__(
        self, settings: Settings, store: Store, feed: Feed, lease: Lease, patience: float = PATIENCE
    ) -> None:
        self._settings, self._store, self._feed, self._lease = settings, store, feed, lease
        self._patience = patience
        self.shipping = Shipping()
        self._renewed = self._moved = monotonic()
        self._looks_at, self._wait = 0.0, _SHORTEST_WAIT

    def run(self, stop: threading.Event) -> None:
        """Until ``stop`` is set, whatever happens to the brokers and to the database. Raises AnotherHistory."""
        with closing(self._feed):
            while not stop.is_set():
                try:
                    if self._lease.take():
                        self._lead(stop)
                    else:
                        stop.wait(_STANDBY)
                except Lost as lost:
                    log.warning("relay-steps-down", cause=str(lost))
                except Away as error:
                    log.warning("relay-waits", cause=type(error).__name__)
                    stop.wait(_AWAY)
                finally:
                    self.shipping.leading = False

    # ── while it leads ─────────────────────────────────────────────────────

    def _lead(self, stop: threading.Event) -> None:
        """Ship, until ``stop`` or until the lease is lost."""
        lease, told = self._lease, self.shipping
        assert lease.incarnation is not None, "a lease that was taken knows its history"
        self._renewed = self._moved = monotonic()
        outlet = Outlet(self._settings, topic_of(self._settings, lease.incarnation))
        stamp = stamp_of(self._settings, lease.incarnation)
        shipment = Shipment(self._store, outlet, stamp, lease.position, told, patience=self._patience)
        told.leading, told.epoch = True, lease.epoch
        log.info("relay-leads", epoch=lease.epoch, position=lease.position)
        with closing(shipment):
            while not stop.is_set():
                try:
                    self._round(shipment, stop)
                except Away as error:
                    log.warning("relay-waits", cause=type(error).__name__)
                    stop.wait(_AWAY)
            self._say_goodbye(shipment)

    def _round(self, shipment: Shipment, stop: threading.Event) -> None:
        self._stay(shipment)
        if not shipment.ready():
            stop.wait(_GLANCE * 10)
        elif shipment.is_full():
            shipment.wait(_MOVE)
            shipment.step(look=False)
        else:
            look = monotonic() >= self._looks_at
            if shipment.step(look):
                self._look_at_once()
            else:
                self._rest(shipment, look)

    def _stay(self, shipment: Shipment) -> None:
        """Move to what is acknowledged, or renew: whichever is due."""
        now = monotonic()
        if shipment.acknowledged > self._lease.position:
            if now - self._moved >= _MOVE:
                self._move(shipment)
        elif now - self._renewed >= self._lease.seconds / 3:
            self._lease.renew()
            self._renewed = now

    def _move(self, shipment: Shipment) -> None:
        reach("relay-acknowledged")
        self._lease.move(shipment.acknowledged)
        self._moved = self._renewed = monotonic()

    def _rest(self, shipment: Shipment, looked: bool) -> None:
        """Wait for the bell, a little longer each time that there was nothing; for what is in flight, a moment."""
        if looked:
            self._looks_at = monotonic() + self._wait
            self._wait = min(self._wait * 2, _LONGEST_WAIT)
        busy = shipment.in_flight() or shipment.acknowledged > self._lease.position
        if self._feed.wait(_GLANCE if busy else max(self._looks_at - monotonic(), 0)):
            self._look_at_once()

    def _look_at_once(self) -> None:
        self._looks_at, self._wait = 0.0, _SHORTEST_WAIT

    def _say_goodbye(self, shipment: Shipment) -> None:
        """A successor begins where this one ends, and at once."""
        until = monotonic() + _FAREWELL
        try:
            while shipment.in_flight() and monotonic() < until:
                shipment.wait(_MOVE)
                shipment.settle()
        except Exception as error:  # noqa: BLE001 - the successor sends it again
            log.warning("relay-ends-early", cause=type(error).__name__, in_flight=shipment.in_flight())
        if shipment.acknowledged > self._lease.position:
            self._move(shipment)
        self._lease.release()
