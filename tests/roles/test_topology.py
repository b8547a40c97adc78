"""Who waits for whom: a container starts when what it needs is started, well or done, and every replica of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from roles.topology import Topology
from runtime.compose import Check, Condition, Service
from runtime.supervise import Supervisor
from tests.soon import soon

PYTHON = ("python", "-S", "-c")
WAITS = "import signal; signal.pause()"
WELL = "import pathlib, sys; sys.exit(not pathlib.Path('well').exists())"


def service(name: str, code: str = WAITS, replicas: int = 1, **needs: Condition) -> Service:
    check = Check((*PYTHON, WELL), interval=0.0, timeout=20.0, retries=1, patience=0.0, eagerly=0.0)
    again = "always" if code is WAITS else "never"
    return Service(name, None, PYTHON, (code,), {}, needs, check, again, replicas, 5.0, (), {})  # type: ignore[arg-type]


class Running:
    """The services, a round at a time."""

    def __init__(self, folder: Path, *services: Service) -> None:
        self.topology = Topology({one.name: one for one in services}, folder)
        self.app = folder / "app"
        self.supervisor = Supervisor(folder, self.topology.lay_out(), {}, {}, lambda name, what: None)

    def states(self) -> dict[str, str]:
        self.supervisor.look_after()
        self.topology.look()
        return {member.container.name: member.state for member in self.topology.members}

    def come_to(self, **states: str) -> bool:
        expected = {name.replace("_", "-"): state for name, state in states.items()}
        return soon(lambda: self.states() == expected)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(
        tmp_path,
        service("migrate", "pass"),
        service("serve", replicas=2, migrate="service_completed_successfully"),
        service("entry", serve="service_healthy"),
        service("beside", serve="service_started"),
    )
    yield running
    running.supervisor.stop()
    running.topology.close()


def test_each_starts_when_all_that_it_needs_is_as_it_needs_it(running: Running) -> None:
    assert running.come_to(migrate="done", serve_1="waits", serve_2="waits", entry="waits", beside="waits")
    assert running.states()["serve-1"] == "waits"  # held back: something is added to what migrate did
    running.topology.held_back = False
    ill = {"serve_1": "unhealthy", "serve_2": "unhealthy"}
    assert running.come_to(migrate="done", **ill, entry="waits", beside="unhealthy")
    assert not running.topology.is_well()
    (running.app / "well").touch()
    well = {"serve_1": "healthy", "serve_2": "healthy"}
    assert running.come_to(migrate="done", **well, entry="healthy", beside="healthy")
    assert running.topology.is_well()


def test_what_ran_once_and_failed_is_named_and_nobody_starts(tmp_path: Path) -> None:
    failing = Running(
        tmp_path,
        service("migrate", "raise SystemExit(3)"),
        service("serve", migrate="service_completed_successfully"),
    )
    failing.topology.held_back = False
    assert failing.come_to(migrate="ended with code 3", serve="waits")
    failed = failing.topology.failed()
    assert failed is not None
    assert failed.container.name == "migrate"
    failing.supervisor.stop()
    failing.topology.close()


def test_the_last_to_start_is_stopped_first(running: Running) -> None:
    assert [role.of for role in running.supervisor.roles] == ["beside", "entry", "serve", "serve", "migrate"]
