"""A projector as a process of its own, for tests that kill it: ``python -m tests.eventstore.projecting URL``."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

from psycopg_pool import ConnectionPool

from eventstore import Keyring, Store
from eventstore.projector import Projector
from eventstore.shares import LaneShares
from tests.connected import projecting
from tests.eventstore.shelf import SHELF


def main(url: str) -> None:
    stop = threading.Event()

    def asked(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, asked)
    with ConnectionPool(url, kwargs={"autocommit": True}, min_size=1, max_size=6, open=True) as pool:
        store = Store(pool, Keyring(pool, os.urandom(32)), os.urandom(32))
        Projector(*projecting(store), SHELF, lanes=LaneShares(url), batch=50).run(stop)


if __name__ == "__main__":
    main(sys.argv[1])
