"""`manage.py project`: follows the feed and keeps the read models up to date."""

from __future__ import annotations

from contextlib import closing

from eventstore import StoreFeed
from eventstore.projector import Projector
from eventstore.shares import LaneShares
from roles.migrate import every_read_model
from roles.process import process
from runtime import metrics
from runtime.figures import of_consumer
from runtime.kafka.carrier import carrier_for
from runtime.settings import Settings


def run(settings: Settings) -> None:
    """Until SIGTERM; any number of these share the lanes.

    Raises AnotherHistory when the store is restored meanwhile.
    """
    url = settings.projector_url
    with process("project", settings, url=url) as this, closing(LaneShares(url)) as shares:
        feed = StoreFeed(this.store, this.bell)
        carrier = carrier_for(settings, this.store, this.pool, "projections")
        projector = Projector(this.store, this.pool, every_read_model(), feed, shares, carrier=carrier)
        of_consumer("projections", projector, carrier)
        projector.run(metrics.watched("projector", this.stop))
