"""`manage.py up`: everything starts, says where to go, comes back after anything, and stops cleanly."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from demo.people import people
from projections.loan_book import LoanBook
from roles.up import ROLES
from runtime.supervise import processes
from tests.soon import soon

ROOT = Path(__file__).parents[2]
LONG = 90.0
"""Seconds that a start may take on a machine that does much else."""


class Installation:
    """One state folder, started and stopped as a person would."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.output = state.with_suffix(".out")
        self.up: subprocess.Popen[bytes] | None = None

    def start(self, *words: str, **environment: str) -> None:
        (self.state / "run" / "up.json").unlink(missing_ok=True)
        with self.output.open("ab") as output:
            self.up = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--state", str(self.state), "--with-parent", *(words or ("--port", "0"))],
                cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def arrived(self) -> dict[str, Any]:
        """Where to go, once everything answers."""
        assert self.up is not None
        soon(lambda: (self.state / "run" / "up.json").exists() or self.up.poll() is not None, LONG)  # type: ignore[union-attr]
        assert self.up.poll() is None, self.output.read_text()
        facts: dict[str, Any] = json.loads((self.state / "run" / "up.json").read_text())
        return facts

    def stop(self, number: int = signal.SIGINT) -> int:
        assert self.up is not None
        self.up.send_signal(number)
        return self.up.wait(LONG)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("up") / "state")
    installation.start()
    installation.arrived()
    yield installation
    if installation.up is not None and installation.up.poll() is None:
        installation.stop()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_everything_is_there(running: Installation) -> None:
    where = running.arrived()
    assert set(processes(running.state)) == {*ROLES, "postgres"}
    assert answers(f"{where['api']}/health/ready")
    assert answers(f"{where['api']}/docs")
    assert answers(where["mails"])


def test_it_says_where_to_go_and_who_plays(running: Installation) -> None:
    where, said = running.arrived(), running.output.read_text()
    assert f"{where['public']}/docs" in said
    assert where["accounts"]
    assert all(account in said for account in where["accounts"])
    for held in people(running.state).values():
        assert held.email in said
        assert held.password in said


def test_it_answers_to_its_name_and_to_its_number(running: Installation) -> None:
    where = running.arrived()
    assert where["public"].startswith("http://localhost:")
    assert answers(f"{where['public']}/password")
    assert answers(f"{where['public'].replace('localhost', '127.0.0.1')}/docs")


def signed_in(running: Installation, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "sign-in", *words, "--state", str(running.state)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("who", ["advisor", "admin", "awa"])
def test_curl_gets_a_token_of_everybody_and_the_same_one_a_minute_later(
    running: Installation, who: str
) -> None:
    api = running.arrived()["api"]
    first, second = (signed_in(running, who) for _ in range(2))
    assert (first.returncode, second.stdout) == (0, first.stdout), first.stderr
    bearer = {"Authorization": f"Bearer {first.stdout.strip()}"}
    me = httpx.get(f"{api}/api/v1/me", headers=bearer, timeout=5).json()
    assert not me["must_enrol"]
    kept = running.state / "run" / f"signed-in-{who}.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_one_time_code_is_for_who_has_an_app(running: Installation) -> None:
    assert re.fullmatch(r"[0-9]{6}\n", signed_in(running, "accountant", "--code").stdout)
    refused = signed_in(running, "jean", "--code")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "password only" in refused.stderr


def test_nobody_else_signs_in_like_this(running: Installation) -> None:
    assert "there are advisor," in signed_in(running, "somebody").stderr


@pytest.mark.parametrize("role", [*ROLES, "postgres"])
def test_what_is_killed_comes_back(running: Installation, role: str) -> None:
    killed = soon(lambda: processes(running.state).get(role))
    os.kill(killed, signal.SIGKILL)
    soon(lambda: processes(running.state).get(role, killed) != killed, LONG)
    soon(
        lambda: answers(f"{running.arrived()['api']}/health/ready") and answers(running.arrived()["mails"]),
        LONG,
    )


def test_status_shows_what_runs_and_how_far_it_is(running: Installation) -> None:
    def status() -> dict[str, Any]:
        command = [sys.executable, "manage.py", "status", "--json", "--state", str(running.state)]
        shown: dict[str, Any] = json.loads(
            subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout
        )
        return shown

    soon(lambda: "consumers" in status() and not any(status()["consumers"].values()), LONG)
    shown = status()
    assert shown["parked"] == 0
    assert shown["migrations"]["missing"] == []
    assert {"reactions", LoanBook.table_name()} <= set(shown["consumers"])
    assert set(shown["processes"]) == {*ROLES, "postgres"}


def test_a_second_one_on_the_same_state_says_who_is_there(running: Installation) -> None:
    assert running.up is not None
    again = Installation(running.state)
    command = [sys.executable, "manage.py", "up", "--state", str(again.state), "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=LONG)
    assert done.returncode == 1
    assert f"process {running.up.pid} already runs" in done.stdout
    assert running.up.poll() is None


def test_a_port_that_is_taken_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        installation = Installation(tmp_path / "state")
        installation.start("--port", str(port))
        assert installation.up is not None
        assert installation.up.wait(LONG) == 1
    said = installation.output.read_text()
    assert f"Port {port}" in said
    assert f"process {os.getpid()}" in said
    assert f"QUITTANCE_HTTP_PORT={port + 100}" in said


def test_after_a_clean_stop_nothing_is_left_and_it_starts_again_on_its_state(running: Installation) -> None:
    before = running.arrived()
    pids = [psutil.Process(pid) for pid in processes(running.state).values()]
    assert running.stop(signal.SIGTERM) == 0
    assert not any(process.is_running() for process in pids)
    assert processes(running.state) == {}

    running.start()
    assert running.arrived()["accounts"] == before["accounts"]


def test_after_kill_9_of_the_supervisor_the_next_start_takes_over(running: Installation) -> None:
    running.arrived()
    left = processes(running.state)
    running.stop(signal.SIGKILL)
    running.start()
    running.arrived()
    assert all(processes(running.state)[role] != left[role] for role in ROLES)
    assert running.stop(signal.SIGINT) == 0
