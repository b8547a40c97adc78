"""`manage.py serve`: the HTTP API."""

from __future__ import annotations

import sys

import uvicorn

import projections  # noqa: F401 - every read model is known once this is imported
from access import desk
from api import live
from api.app import create_app
from api.platform import Platform
from api.server import Server
from providers import from_settings
from roles.process import process
from runtime import database, figures, metrics
from runtime.live.updates import running
from runtime.settings import Settings
from workers import watch

GRACE = 5
"""Seconds that requests have to end after SIGTERM."""


def run(settings: Settings) -> None:
    """Until SIGTERM; requests that are being answered are finished first."""
    with (
        process("serve", settings, connections=16) as this,
        database.pool(settings.database_url, name="serve reads", size=16) as reads,
    ):
        outside = from_settings(settings, this.clock)
        business_date = watch.business_date(this.store, this.clock).today
        access = desk.from_settings(settings, this.pool, this.clock, this.store, business_date)
        news = live.from_settings(settings, this.store, this.bell, metrics.watched)
        platform = Platform(this.store, reads, this.clock, outside, settings, business_date, access, news)
        figures.of_live(news)
        with running(news):
            _run(uvicorn.Config(
                create_app(platform), host=settings.http_host, port=settings.http_port, log_config=None, access_log=False,
                server_header=False, ssl_certfile=settings.http_tls_cert or None, ssl_keyfile=settings.http_tls_key or None, timeout_graceful_shutdown=GRACE,
                proxy_headers=False,  # uvicorn would believe whoever is on this machine; api/origin.py asks the settings
            ))  # fmt: skip
        access.log.close()


class _Server(Server):
    """Shows that its loop goes on."""

    async def on_tick(self, counter: int) -> bool:
        metrics.alive("answers")
        return await super().on_tick(counter)


def _run(config: uvicorn.Config) -> None:
    server = _Server(config)
    server.run()
    if not server.started:
        sys.exit(3)  # as uvicorn itself says that it could not begin
