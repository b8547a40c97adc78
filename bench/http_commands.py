"""What HTTP, signing in, checking and telling cost: a real command of the API beside a bare route with one INSERT.

The command is the product's daily bread: the accountant records a repayment, which pays the oldest instalments.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import cycle
from uuid import UUID, uuid4

import psycopg

from bench.client import Request, drive, post
from bench.domain import EVENTS_A_STREAM
from bench.figures import Contestant, Figure, Turn
from bench.household import PAID_OUT, TOKEN, settled
from bench.place import ROOT, Place, count
from bench.writers import bare
from eventstore.kept import MOST
from roles import ports
from runtime.settings import Settings

Drive = Callable[[Sequence[Request], float], tuple[int, float]]
"""Keep a server busy with these requests for so many seconds: how many answers, and in what time."""

CONNECTIONS = 16
WARM = 0.5
"""Seconds of traffic before the first round."""
OTHERS = MOST * 3 // 2
"""Loans that are taken in turn where each is to be read first: one is long forgotten when its turn comes again."""


def measure(place: Place) -> list[Figure]:
    """Both servers are up all the time and are asked in turns, by the same client on as many connections."""
    database = place.database("http")
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(bare.TABLE)
    seconds, rounds = place.pick(0.8, 3.0), place.pick(5, 9)
    settings, loans = settled(place, database, ports.free(), loans=place.pick(500, 5_000) + OTHERS)
    others, loans = loans[:OTHERS], loans[OTHERS:]
    with ExitStack() as stack:
        command = stack.enter_context(_asked(place, "product", settings, requests("/api/v1", loans)))
        elsewhere = settings.model_copy(update={"http_port": ports.free()})
        route = stack.enter_context(_asked(place, "bare", elsewhere, requests("", loans)))
        who = {
            "bare route": ("bench.events", route, requests("", loans)),
            "command": ("store.events", command, requests("/api/v1", loans)),
            "command, read first": ("store.events", command, requests("/api/v1", others, each=1)),
        }
        contestants = [
            Contestant(
                name,
                partial(_turn, ask, asked, seconds),
                rows=partial(count, database.owner_url, table),
                unit="requests/s",
                over=None if name == "bare route" else "bare route",
            )
            for name, (table, ask, asked) in who.items()
        ]
        return place.interleave("http", contestants, rounds)


def _turn(ask: Drive, asked: Sequence[Request], seconds: float) -> Turn:
    return Turn.rate(*ask(asked, seconds), stored=True)


@contextmanager
def _asked(place: Place, what: str, settings: Settings, warming: Sequence[Request]) -> Iterator[Drive]:
    """A server in a process of its own, warmed up, and the way to keep it busy."""
    with served(place, what, settings):
        ask = partial(drive, settings.http_port)
        ask(warming, WARM)
        yield ask


@contextmanager
def served(place: Place, what: str, settings: Settings) -> Iterator[None]:
    """A server in a process of its own, until the block ends."""
    with (place.folder / f"{what}.log").open("wb") as log:
        # It writes a line about every command, as always: into a file, as a supervisor would keep it.
        server = subprocess.Popen(
            [sys.executable, "-m", "bench.serving", what],
            cwd=ROOT, env={**os.environ, **settings.environment()}, stdin=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip
    try:
        _until_it_listens(server, settings.http_port)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def requests(prefix: str, loans: Sequence[UUID], each: int = EVENTS_A_STREAM) -> list[Request]:
    """For each connection its share of the loans; ``each`` repayments in a row on one of them."""
    return [repayments(prefix, loans[number::CONNECTIONS], each) for number in range(CONNECTIONS)]


def repayments(prefix: str, loans: Sequence[UUID], each: int) -> Request:
    """One repayment of ten euros after the other, so many on each loan, then the next loan."""
    paid = (loan for loan in cycle(loans) for _ in range(each))

    def request() -> bytes:
        body = {
            "repayment_id": str(uuid4()),
            "amount": {"amount": "10.00", "currency": "EUR"},
            "value_date": str(PAID_OUT),
            "method": "transfer",
            "reference": "VIR 2026-01-05 DIOP A",
        }
        return post(f"{prefix}/loans/{next(paid)}/repayments", json.dumps(body).encode(), TOKEN)

    return request


def _until_it_listens(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 30
    while not _listens(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{server.args!r} does not listen; its last words are in its log")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
