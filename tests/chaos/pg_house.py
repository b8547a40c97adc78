"""A lending house over HTTP whose connections are opened as an installation opens them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import providers
from access import desk
from api import live
from api.platform import Platform
from eventstore import Keyring, Projection, Store
from eventstore.read_models import ensure
from runtime import database
from runtime.clock import Clock
from runtime.live.updates import running
from runtime.settings import Settings
from tests.api.house import MAY_4, House, served, settle_in


@contextmanager
def housed(app_url: str, owner_url: str, folder: Path) -> Iterator[House]:
    """Like ``opened`` of tests/api/house.py, which opens plain connections."""
    ensure(owner_url, list(Projection.registry.values()))
    settings = Settings.load(
        state_dir=folder,
        database_url=app_url,
        owner_url=owner_url,
        time_lapse=True,
        requests_per_minute=10_000_000,
    )
    with (
        database.pool(app_url, name="writes", size=6) as writes,
        database.pool(app_url, name="reads", size=6) as reads,
    ):
        keyring, clock = Keyring(writes, os.urandom(32)), Clock(reads)
        outside = providers.from_settings(settings, clock)
        store = Store(writes, keyring, os.urandom(32))
        access = desk.from_settings(settings, writes, clock, store)
        news = live.from_settings(settings, store)
        platform = Platform(store, reads, clock, outside, settings, lambda: MAY_4, access, news)
        with running(news), served(platform) as url:
            house = House(platform, url)
            settle_in(house)
            yield house
        keyring.close()
