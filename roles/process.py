"""What every process begins with: its log, a way to be stopped, and the store."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import structlog
from psycopg_pool import ConnectionPool

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from eventstore import Keyring, Store
from eventstore.feed import Doorbell
from runtime import database, log
from runtime.clock import Clock
from runtime.settings import Settings


@dataclass(frozen=True)
class Process:
    """A running process's own things; each is closed when the process ends."""

    settings: Settings
    pool: ConnectionPool
    store: Store
    clock: Clock
    bell: Doorbell
    """Rings when something is appended, here or in another process."""
    stop: threading.Event
    """Set by SIGTERM and SIGINT."""


@contextmanager
def process(
    role: str, settings: Settings, connections: int = 10, url: str | None = None
) -> Iterator[Process]:
    """Begin the process of a role: logs to standard error, stops on SIGTERM.

    connections  the most that its pool opens
    url          connection string; None: of the database role ``app``
    """
    url = settings.database_url if url is None else url
    log.setup(role, settings.log_level)
    structlog.get_logger().info("started")
    stop = stop_signal()
    pool, bell = database.pool(url, name=role, size=connections), Doorbell(url)
    try:
        yield Process(settings, pool, store_on(pool, settings, bell), Clock(pool), bell, stop)
    finally:
        bell.close()
        pool.close()
        structlog.get_logger().info("stopped")


def store_on(pool: ConnectionPool, settings: Settings, bell: Doorbell | None = None) -> Store:
    """The event store of this installation."""
    store = Store(pool, Keyring(pool, settings.keks()), settings.secret())
    if bell is not None:
        store.after_append = bell.ring
    return store


def stop_signal() -> threading.Event:
    """An event that SIGTERM, SIGINT and SIGHUP set; call it from the main thread."""
    stop = threading.Event()

    def asked(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, asked)
    return stop
