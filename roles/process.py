"""What every process begins with: its log, a way to be stopped, its figures, and the store."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType

import structlog
from psycopg_pool import ConnectionPool

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from eventstore import Keyring, Store
from eventstore.feed import Doorbell
from eventstore.restoring import AnotherHistory
from runtime import database, log, metrics, priority
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
    role: str, settings: Settings, connections: int = 10, url: str | None = None, *, gives_way: bool = False
) -> Iterator[Process]:
    """Begin the process of a role: logs to standard error, stops on SIGTERM.

    connections  the most that its pool opens
    url          connection string; None: of the database role ``app``
    gives_way    nobody waits for it: the processor is others' first
    """
    if gives_way:
        priority.give_way()
    url = settings.database_url if url is None else url
    log.setup(role, settings.log_level)
    structlog.get_logger().info("started")
    stop = stop_signal()
    with _figures(settings, role):
        pool, bell = database.pool(url, name=role, size=connections), Doorbell(url)
        try:
            yield Process(settings, pool, store_on(pool, settings, bell), Clock(pool), bell, stop)
        except AnotherHistory as error:
            structlog.get_logger().error("ended", because=str(error))
            sys.exit(1)
        finally:
            bell.close()
            pool.close()
            structlog.get_logger().info("stopped")


@contextmanager
def _figures(settings: Settings, role: str) -> Iterator[None]:
    """What the process shows of itself. Ends it, saying why, when somebody else has the port."""
    with ExitStack() as held:
        try:
            held.enter_context(metrics.serve(settings, role))
        except metrics.PortTaken as error:
            sys.exit(str(error))
        yield


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
