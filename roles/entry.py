"""`manage.py entry`: one address before several `manage.py serve`. What it does: runtime/entry.py."""

from __future__ import annotations

import asyncio
import signal

from runtime import log
from runtime.entry import Address, Entry

READY = "/health/ready"


def run(listen: str, to: str) -> None:
    """Until SIGTERM or SIGINT.

    listen  ``0.0.0.0:8000``
    to      ``serve:8000``, several separated by commas
    """
    log.setup("entry", "info")
    entry = Entry(_address(listen), [_address(one) for one in to.split(",")], READY)
    asyncio.run(_run(entry))


async def _run(entry: Entry) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await entry.serve(stop)


def _address(said: str) -> Address:
    host, _, port = said.rpartition(":")
    return host, int(port)
