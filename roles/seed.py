"""The demonstration data of a first start, where nobody but this machine's user can come."""

from __future__ import annotations

import json

from demo.seed import SEEDER, SeededAccount, seed
from roles.process import store_on
from runtime import database
from runtime.clock import Clock
from runtime.settings import Settings


def seed_if_new(settings: Settings) -> list[SeededAccount]:
    """Seed an empty store, or finish what a killed start began; none for an installation with data of its own."""
    if not settings.demonstrates():
        return []
    with database.pool(settings.database_url, name="seed", size=4) as pool:
        store = store_on(pool, settings)
        first = store.read_feed(limit=1).events
        if not first or json.loads(first[0].meta)["by"] == SEEDER:
            return seed(store, settings, Clock(pool))
    return []
