"""A whole installation inside this process, on a database of its own: API, read models, reactions, clock, mails.

The same code as the processes of `manage.py up`, each in a thread; its people are those of the demonstration data.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import workers
from access import desk
from access.desk import Access
from api import live
from api.platform import Platform
from demo.cast import Cast
from demo.evidence import READ_MODELS, Evidence
from demo.installation import Addresses
from demo.people import people
from demo.seed import seed
from eventstore import Keyring, Store, StoreFeed
from eventstore.feed import Doorbell
from eventstore.projector import Projector
from eventstore.read_models import ensure
from providers import from_settings
from runtime import database
from runtime.clock import Clock
from runtime.live.updates import running
from runtime.settings import Settings
from tests.api.house import served
from tests.conftest import Database, MailServer
from tests.connected import auditing, projecting
from tests.soon import soon
from workers import watch


@dataclass(frozen=True)
class Premises:
    """An installation that is open for business."""

    cast: Cast
    store: Store
    evidence: Evidence

    def settle(self) -> None:
        """Wait until everything that follows from what happened so far is done."""
        soon(lambda: self.evidence.waits_for() is None, 60)


@contextmanager
def premises(
    where: Database, mails: MailServer, folder: Path, port: int = 0, **further: Any
) -> Iterator[Premises]:
    """Open for business until the end of the block.

    port     of the API, where it has to be known before: browsers use passkeys at the public address alone
    further  settings
    """
    ensure(where.owner_url, list(READ_MODELS.values()))
    settings = Settings.load(
        state_dir=folder / "state",
        database_url=where.app_url,
        owner_url=where.owner_url,
        time_lapse=True,
        requests_per_minute=100_000,
        smtp_port=mails.smtp_port,
        **({"public_url": f"http://localhost:{port}"} if port else {}),
        **further,
    )
    with (
        database.pool(where.app_url, name="premises", size=16) as pool,
        database.pool(where.app_url, name="premises reads", size=8) as reads,
    ):
        keyring, bell = Keyring(pool, settings.kek()), Doorbell(where.app_url)
        store = Store(pool, keyring, settings.secret())
        store.after_append = bell.ring
        clock = Clock(pool)
        seed(store, settings, clock)
        access = desk.from_settings(settings, pool, clock, store, watch.business_date(store, clock).today)
        with _open_doors(store, reads, bell, settings, clock, access, port) as url:
            cast = Cast(Addresses(url, mails.page, settings.public_url), people(settings.state_dir))
            yield Premises(cast, store, Evidence(auditing(store), where.auditor_url))
            cast.close()
        bell.close()
        keyring.close()


@contextmanager
def _open_doors(
    store: Store, reads, bell: Doorbell, settings: Settings, clock: Clock, access: Access, port: int
) -> Iterator[str]:
    feed = StoreFeed(store, bell)
    outside = from_settings(settings, clock)
    today = watch.business_date(store, clock).today
    news = live.from_settings(settings, store, bell)
    platform = Platform(store, reads, clock, outside, settings, today, access, news)
    with running(news), served(platform, port=port) as url:
        outside = from_settings(settings.model_copy(update={"public_url": url}), clock)
        kinds = list(READ_MODELS.values())
        with _in_threads(
            lambda stop: Projector(*projecting(store), kinds, StoreFeed(store, bell)).run(stop),
            lambda stop: workers.react(store, feed, clock, outside, settings.database_url, stop),
            lambda stop: watch.run(store, clock, settings.database_url, stop),
        ):
            yield url
        outside.rendering.close()


@contextmanager
def _in_threads(*work: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=each, args=(stop,)) for each in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
