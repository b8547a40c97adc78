"""`python -m bench.live`: how long a change takes to an open page, and what pages that are open and idle cost.

By hand and not a section: the ADR of live updates quotes it. From the commit of a command, in this process, to the
message in the hands of a client of an API process; with one process, and with two and a Valkey between them.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from access import desk
from access.sessions import Device
from aggregates.account import Account
from bench.household import MACHINE, settled
from bench.place import ROOT, Place, opened
from commands.account import OpenAccount
from commands.customer import ChangeCustomerDetails, RegisterCustomer
from eventstore import Store
from eventstore.feed import Doorbell
from roles import ports
from roles.process import store_on
from runtime import database
from runtime.clock import Clock
from runtime.embedded.valkey import Valkey
from runtime.settings import Settings

TURNS = 300
"""Changes of one figure."""
IDLE = 500
"""Pages that are open in one process."""
AT_ONCE = 10
"""Of one account."""


@dataclass(frozen=True)
class Bench:
    """A house with a customer, and the accounts of clients who act for it."""

    settings: Settings
    store: Store
    customer: UUID
    tokens: list[str]

    def change(self, turn: int) -> float:
        """One change; the moment of its commit."""
        details = ChangeCustomerDetails(name=f"Awa Diop {turn}", address="8 rue de la République\n69002 Lyon")
        self.store.send(details, MACHINE, to=self.customer)
        return time.perf_counter()


@contextmanager
def peopled(place: Place) -> Iterator[Bench]:
    settings, _ = settled(place, place.database("live"), ports.free(), loans=1)
    bell = Doorbell(settings.database_url)
    with database.pool(settings.database_url, name="bench", size=4) as pool:
        store, clock, customer = store_on(pool, settings, bell), Clock(pool), uuid4()
        store.send(
            RegisterCustomer(customer_id=customer, nature="person", name="Awa Diop", address="8 rue X\n69002 Lyon",
                             country="FR", language="fr"), MACHINE,
        )  # fmt: skip
        access = desk.from_settings(settings, pool, clock, store)
        tokens = []
        for number in range(IDLE // AT_ONCE):
            account = uuid4()
            store.send(
                OpenAccount(account_id=account, roles=["client"], customers=[customer], label=f"{number}"),
                MACHINE,
            )
            session = access.sessions.open(
                store.load(Account, account), ("pwd",), Device("bench", "127.0.0.1")
            )
            tokens.append(access.tokens.mint(session.session))
        yield Bench(settings, store, customer, tokens)
        store.keyring.close()
        bell.close()


@contextmanager
def serving(settings: Settings, log: Path) -> Iterator[int]:
    """An API process; its id."""
    with log.open("ab") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "bench.serving", "product"],
            cwd=ROOT, env={**os.environ, **settings.environment()}, stdin=subprocess.DEVNULL, stderr=said,
        )  # fmt: skip
    try:
        yield server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


class Listener:
    """A client that notes when each version of the customer arrived."""

    def __init__(self, port: int, token: str) -> None:
        self.arrived: dict[int, float] = {}
        self._line = _connected(port, token)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with self._line.makefile("rb") as lines:
            for line in lines:
                if line.startswith(b'data: {"kind":"Customer"'):
                    self.arrived[json.loads(line[6:])["version"]] = time.perf_counter()

    def close(self) -> None:
        self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()


def latency(bench: Bench, listeners: dict[str, Listener], base: int) -> None:
    """Seconds from commit to message, for each listener."""
    committed: dict[int, float] = {}
    for turn in range(TURNS):
        committed[base + turn + 1] = bench.change(turn)
        time.sleep(0.02)
    time.sleep(2)
    for name, listener in listeners.items():
        waits = sorted(listener.arrived[version] - at for version, at in committed.items())
        p50, p99 = statistics.median(waits), waits[len(waits) * 99 // 100]
        print(f"{name}: {len(waits)} changes, p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms")


def measure(place: Place) -> None:
    with peopled(place) as bench, ExitStack() as held:
        log = place.folder / "serve.log"
        alone = bench.settings.model_copy(update={"http_port": ports.free()})
        with serving(alone, log) as pid:
            _soon(alone.http_port)
            listener = Listener(alone.http_port, bench.tokens[0])
            time.sleep(1)
            latency(bench, {"one process, no Redis": listener}, _version(bench))
            listener.close()
            _idle(bench, alone.http_port, pid)
        valkey = Valkey(place.folder / "valkey", die_with_parent=True)
        valkey.start()
        held.callback(valkey.stop)
        two = [
            alone.model_copy(update={"http_port": ports.free(), "redis_url": valkey.url}) for _ in range(2)
        ]
        for settings in two:
            held.enter_context(serving(settings, log))
            _soon(settings.http_port)
        listeners = {
            f"two processes and Redis, {name}": Listener(settings.http_port, bench.tokens[number])
            for number, (name, settings) in enumerate(zip(("the leader", "the other"), two, strict=True))
        }
        time.sleep(3)
        latency(bench, listeners, _version(bench))


def _version(bench: Bench) -> int:
    newest = bench.store.last(bench.customer)
    assert newest is not None
    return newest.version


def _idle(bench: Bench, port: int, pid: int) -> None:
    """Memory of one process before and after IDLE pages are open, and the processor time that they take."""
    before = _resident(pid)
    lines = [_connected(port, token) for token in bench.tokens for _ in range(AT_ONCE)]
    time.sleep(5)
    after, busy = _resident(pid), _busy(pid)
    time.sleep(20)
    share = (_busy(pid) - busy) / 20
    print(
        f"{len(lines)} idle pages: {before} MB before, {after} MB with them,"
        f" {(after - before) * 1024 / len(lines):.0f} kB each; {share:.1%} of a core"
    )
    for line in lines:
        line.close()


def _connected(port: int, token: str) -> socket.socket:
    """A page that is ready."""
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(
        f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    received = b""
    while b"event: ready" not in received:
        received += line.recv(65_536)
        assert received.startswith(b"HTTP/1.1 200"), received
    line.settimeout(None)
    return line


def _soon(port: int) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < until, "the API does not listen"
            time.sleep(0.1)


def _resident(pid: int) -> float:
    """Megabytes."""
    line = next(each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in each)
    return round(int(line.split()[1]) / 1024, 1)


def _busy(pid: int) -> float:
    """Seconds of a processor so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    with opened(None, full=False) as where:
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        measure(where)
