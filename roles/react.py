"""`manage.py react`: follows the feed, defers a job for each reaction, and runs the jobs."""

from __future__ import annotations

import workers
from eventstore import StoreFeed
from providers import from_settings
from roles.process import process
from runtime.kafka.carrier import carrier_for
from runtime.settings import Settings


def run(settings: Settings) -> None:
    """Until SIGTERM; what is being done is finished first.

    Raises AnotherHistory when the store is restored meanwhile.
    """
    with process("react", settings, connections=16, gives_way=True) as this:
        outside = from_settings(settings, this.clock)
        feed = StoreFeed(this.store, this.bell)
        carrier = carrier_for(settings, this.store, this.pool, "reactions")
        workers.react(this.store, feed, this.clock, outside, settings.database_url, this.stop, carrier)
