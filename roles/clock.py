"""`manage.py clock`: opens and closes business days; one process does it, others stand by."""

from __future__ import annotations

from roles.process import process
from runtime import metrics, standing
from runtime.settings import Settings
from workers import watch


def run(settings: Settings) -> None:
    """Until SIGTERM."""
    with process("clock", settings, connections=4) as this:
        if settings.metrics_port:
            metrics.REGISTRY.register(standing.OfTheDatabase(this.pool, bool(settings.kafka_servers)))
        watch.run(this.store, this.clock, settings.database_url, metrics.watched("clock", this.stop))
