"""Supervision: what dies is started again, what survives a killed supervisor is ended, the database is adopted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runtime.embedded.postgres import Postgres
from runtime.supervise import AlreadyRunning, Role, Supervisor, alone, end_survivors, processes
from tests.soon import soon

ROOT = Path(__file__).parents[2]
WAITS = [sys.executable, "-c", "import signal; signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause(); signal.pause()",
]
SUPERVISES = """
import sys, threading
from pathlib import Path
from runtime.embedded.postgres import Postgres
from runtime.supervise import Role, Supervisor, alone
folder = Path(sys.argv[1])
with alone(folder):
    role = Role("waits", [sys.executable, "-c", "import signal; signal.pause()"])
    servers = {"postgres": Postgres(folder / "pg", durable=False)}
    Supervisor(folder, [role], {}, servers, print).run(threading.Event())
"""


class Running:
    """A supervisor of one round at a time, so that a test sees every step."""

    def __init__(self, folder: Path, *roles: Role) -> None:
        self.folder, self.said = folder, []
        self.server = Postgres(folder / "pg", die_with_parent=True, durable=False)
        self.supervisor = Supervisor(
            folder, roles, {}, {"postgres": self.server}, lambda name, what: self.said.append((name, what))
        )
        self.supervisor.look_after()

    said: list[tuple[str, str]]

    def round(self) -> dict[str, int]:
        self.supervisor.look_after()
        return processes(self.folder)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path, Role("waits", WAITS))
    yield running
    running.supervisor.stop()


def test_what_is_killed_is_started_again(running: Running) -> None:
    for name in ("waits", "postgres"):
        killed = processes(running.folder)[name]
        os.kill(killed, signal.SIGKILL)
        soon(lambda name=name, killed=killed: running.round().get(name, killed) != killed)
    assert [what for name, what in running.said if name == "waits"][1] == "killed by SIGKILL, again in 0.2 s"


def test_what_dies_at_once_is_started_less_and_less_often(tmp_path: Path) -> None:
    running = Running(tmp_path, Role("dies", [sys.executable, "-c", "raise SystemExit(3)"]))
    soon(lambda: running.round() and len([1 for _, what in running.said if "ended" in what]) >= 3)
    running.supervisor.stop()
    waits = [what.rpartition(" in ")[2] for _, what in running.said if "ended with code 3" in what]
    assert waits[:3] == ["0.2 s", "0.4 s", "0.8 s"]


def test_stop_ends_the_roles_in_their_order_and_the_database_last(tmp_path: Path) -> None:
    running = Running(tmp_path, Role("first", WAITS), Role("second", WAITS))
    running.supervisor.stop()
    assert [name for name, what in running.said if what == "stopped"] == ["first", "second", "postgres"]
    assert processes(tmp_path) == {}


def test_who_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.supervise.PATIENCE", 0.5)
    running = Running(tmp_path, Role("stubborn", STUBBORN))
    pid = processes(tmp_path)["stubborn"]
    soon(lambda: psutil.Process(pid).status() == psutil.STATUS_SLEEPING)
    running.supervisor.stop()
    assert not psutil.pid_exists(pid)


def test_a_folder_has_one_supervisor(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(AlreadyRunning, match=str(os.getpid())), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


def supervise_elsewhere(folder: Path) -> tuple[subprocess.Popen[bytes], dict[str, int]]:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISES, str(folder)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    soon(lambda: len(processes(folder)) == 2)
    return supervisor, processes(folder)


def test_a_killed_supervisor_takes_its_roles_along_and_leaves_the_database_to_the_next(
    tmp_path: Path,
) -> None:
    supervisor, before = supervise_elsewhere(tmp_path)
    supervisor.kill()
    supervisor.wait()
    soon(lambda: not psutil.pid_exists(before["waits"]))
    assert processes(tmp_path) == {"postgres": before["postgres"]}
    running = Running(tmp_path, Role("waits", WAITS))
    assert processes(tmp_path)["postgres"] == before["postgres"]
    running.supervisor.stop()


def test_a_role_that_survived_its_supervisor_is_ended_before_the_next_start(tmp_path: Path) -> None:
    survivor = subprocess.Popen(WAITS)
    (tmp_path / "run").mkdir()
    facts = {"waits": {"pid": survivor.pid, "since": psutil.Process(survivor.pid).create_time()}}
    (tmp_path / "run" / "processes.json").write_text(json.dumps(facts))
    end_survivors(tmp_path)
    survivor.wait()
    assert not psutil.pid_exists(survivor.pid)


def test_a_reused_pid_is_nobody_of_ours(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    facts = {"waits": {"pid": os.getpid(), "since": 1.0}}
    (tmp_path / "run" / "processes.json").write_text(json.dumps(facts))
    assert processes(tmp_path) == {}
    end_survivors(tmp_path)


def test_a_role_waits_for_its_turn_and_has_variables_and_a_folder_of_its_own(tmp_path: Path) -> None:
    place, may_start = tmp_path / "place", []
    place.mkdir()
    says = "import os, pathlib; pathlib.Path('said').write_text(os.environ['WORD'])"
    role = Role(
        "says", [sys.executable, "-c", says], {"WORD": "mot"}, place,
        again="never", may_start=lambda: bool(may_start),
    )  # fmt: skip
    running = Running(tmp_path, role)
    assert running.round().keys() == {"postgres"}
    assert role.ended is None
    may_start.append(True)
    soon(lambda: running.round() and role.ended == 0)
    assert (place / "said").read_text() == "mot"
    assert "says" not in running.round()
    running.supervisor.stop()


@pytest.mark.parametrize(("code", "comes_again"), [(0, False), (3, True)])
def test_on_failure_starts_again_what_failed_alone(tmp_path: Path, code: int, comes_again: bool) -> None:
    role = Role("ends", [sys.executable, "-c", f"raise SystemExit({code})"], again="on-failure")
    running = Running(tmp_path, role)
    soon(lambda: running.round() and (role.ended is not None or role.deaths > 0))
    assert (role.ended is None) == comes_again
    running.supervisor.stop()
