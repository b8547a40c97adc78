"""What happens next by itself, one file per verb; the only code that touches the outside, through ``providers/``.

Importing this package makes every reaction known; the list is written out so that it can be read.
"""

from __future__ import annotations

import threading

from eventstore import Store
from eventstore.feed import Feed
from providers import Outside
from runtime import reactor
from runtime.acting import Acting
from runtime.clock import Clock
from runtime.deadlines import DueWork
from runtime.kafka.carrier import KafkaCarrier
from workers import admit, notify, post, render, service, sign, sweep, watch

__all__ = ["admit", "notify", "post", "react", "render", "service", "sign", "sweep", "watch"]


def react(
    store: Store,
    feed: Feed,
    clock: Clock,
    outside: Outside,
    url: str,
    stop: threading.Event,
    carrier: KafkaCarrier | None = None,
) -> None:
    """The process `manage.py react`: follow the feed and do what follows, until ``stop`` is set.

    outside  the providers
    url      connection string of the role ``app``, for the connections of the job queue
    carrier  what brings the events, if they are not read from the feed
    """
    today = watch.business_date(store, clock)
    acting = Acting(store, clock, today, outside)
    due_work = DueWork(acting, watch.deadlines_of(store), today)
    reactor.run(store, feed, url, acting, due_work, stop, carrier)
