"""What each role holds in memory: after its start, and after it has worked. One run of the whole installation.

PSS counts a page that several processes share once, divided among them: the sum is what the machine gives away.
PostgreSQL is the sum over its processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psutil

from bench.figures import Figure
from bench.place import Place
from demo.cast import Cast
from demo.installation import Addresses, Installation
from demo.people import people

ROLES = ("serve", "project", "react", "clock")
CUSTOMER = {
    "nature": "person",
    "name": "Awa Koné",
    "address": "Rue des Jardins, Cocody\nAbidjan",
    "country": "CI",
    "language": "fr",
}
"""A customer of the demonstration."""


def measure(place: Place) -> list[Figure]:
    commands = place.pick(100, 2_000)
    with (
        place.step("memory of each role", 2) as done,
        _running(place.folder / "installation") as (house, reached),
    ):
        started = _all(house)
        done()
        _work(house.state, reached, commands)
        worked = _all(house)
    return [
        figure
        for name in started
        for figure in (
            Figure(f"{name}, started", "MiB", (started[name],)),
            Figure(
                f"{name}, after {commands} commands", "MiB", (worked[name],), over=f"{name}, started"
            ),
        )
    ]  # fmt: skip


@contextmanager
def _running(state: Path) -> Iterator[tuple[Installation, Addresses]]:
    state.mkdir()
    house = Installation(state)
    try:
        yield house, house.start()
    finally:
        house.stop()


def _work(state: Path, reached: Addresses, commands: int) -> None:
    """Customers are registered and looked at; every role sees each event."""
    with closing(Cast(reached, people(state))) as cast:
        desk = cast.advisor
        for _ in range(commands):
            customer = str(uuid4())
            desk.send("/api/v1/customers", {**CUSTOMER, "customer_id": customer})
            desk.read(f"/api/v1/customers/{customer}")
            desk.read("/api/v1/customers")


def _all(house: Installation) -> dict[str, float]:
    held = {role: _pss(psutil.Process(house.pid(role))) for role in ROLES}
    server = psutil.Process(house.pid("postgres"))
    return {**held, "postgres": sum(map(_pss, [server, *server.children(recursive=True)]))}


def _pss(process: psutil.Process) -> float:
    """MiB; 0 for a process that has just ended."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:"))) / 1024
