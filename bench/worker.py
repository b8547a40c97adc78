"""`python -m bench.worker`: a process that writes when it is told to; commands and answers are lines of JSON.

    ← {"contestants": ["raw", "send"], "threads": 8, "number": 0, "app_url": …, "owner_url": …}
    → {"ready": true}
    ← {"turn": "send", "in": 0.05, "seconds": 0.5}        begin so many seconds after hearing this
    → {"stored": 2113, "seconds": 0.501}                  until the last step that was begun in time has ended

It ends when its input ends. bench/emmett/worker.mjs speaks the same words.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from bench.writers import Opens, Step, Where
from bench.writers.bare import append, raw, raw_by_wire, read_and_append, statements
from bench.writers.library import library
from bench.writers.product import send, send_contended, send_read_first

WRITERS: dict[str, Opens] = {
    "raw": raw,
    "raw over libpq": raw_by_wire,
    "statements": statements,
    "append": append,
    "read and append": read_and_append,
    "library": library,
    "send": send,
    "send, read first": send_read_first,
    "send, contended": send_contended,
}
WARM = 30
"""Steps that each thread takes before the first turn: statements are prepared, codecs made, a stream is over."""


def main() -> None:
    """Until the input ends."""
    order = json.loads(sys.stdin.readline())
    with ExitStack() as stack, ThreadPoolExecutor(order["threads"]) as threads:
        where = Where(order["app_url"], order["owner_url"], order["threads"], order["number"], stack)
        steps = {name: WRITERS[name](where) for name in order["contestants"]}
        for opened in steps.values():
            list(threads.map(_warm, opened))
        _say({"ready": True})
        for line in sys.stdin:
            asked = json.loads(line)
            _say(turn(threads, steps[asked["turn"]], time.monotonic() + asked["in"], asked["seconds"]))


def turn(threads: ThreadPoolExecutor, steps: list[Step], at: float, seconds: float) -> dict[str, Any]:
    """Every thread takes its step again and again; the last one begins before the time is over."""
    done = list(threads.map(lambda step: _steps(step, at, at + seconds), steps))
    return {"stored": sum(count for count, _ in done), "seconds": max(ended for _, ended in done) - at}


def _steps(step: Step, at: float, until: float) -> tuple[int, float]:
    count, now = 0, time.monotonic()
    time.sleep(max(at - now, 0))
    while now < until:
        step()
        count += 1
        now = time.monotonic()
    return count, now


def _warm(step: Step) -> None:
    for _ in range(WARM):
        step()


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
