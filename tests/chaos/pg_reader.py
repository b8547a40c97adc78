"""Tailing readers as a process of their own: ``python -m tests.chaos.pg_reader URL FOLDER SEED``.

Each keeps its place in memory, as far as the pages reached, and never notices that the server was another one in
between. At SIGTERM they read to the end and write down what they saw.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from eventstore import LANES, Store, Unavailable
from roles.process import stop_signal
from tests.chaos.pg_writer import store_at

READERS: dict[str, Sequence[int] | None] = {
    "all": None,
    "even": range(0, LANES, 2),
    "odd": range(1, LANES, 2),
}
"""By name, the lanes that one follows; None: all of them."""
READING = "reading"
"""The file that says that the readers have begun."""
PAUSE = 0.01
"""Seconds to the next look when there was nothing, or nobody answered."""

Seen = tuple[int, int, str, int]
"""Position, lane, stream and version of one event."""


def follow(store: Store, lanes: Sequence[int] | None, stop: threading.Event) -> list[Seen]:
    """Everything that came by, in the order in which it came; ends after ``stop`` when nothing more comes."""
    seen: list[Seen] = []
    after = 0
    while True:
        last = stop.is_set()
        try:
            batch = store.read_feed(after, lanes, 500)
        except Unavailable:
            store.pool.check()
            stop.wait(PAUSE)
            continue
        seen += [(row.position, row.lane, str(row.stream_id), row.version) for row in batch.events]
        after = batch.through
        if not batch.events:
            if last:
                return seen
            stop.wait(PAUSE)


def main(url: str, folder: str, seed: int) -> None:
    stop = stop_signal()
    with store_at(url, seed, size=4) as store, ThreadPoolExecutor(len(READERS)) as pool:
        following = {name: pool.submit(follow, store, lanes, stop) for name, lanes in READERS.items()}
        Path(folder, READING).touch()
        for name, reading in following.items():
            Path(folder, f"reader-{name}.json").write_text(json.dumps(reading.result()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
