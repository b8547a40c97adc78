"""The embedded Valkey, and with it how every embedded server is started and ended."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import redis

from runtime.embedded import one_program, ports
from runtime.embedded.child import Child, ServerUnavailable
from runtime.embedded.valkey import Valkey
from tests.soon import soon

ROOT = Path(__file__).parents[3]


def test_it_forgets_everything_when_it_is_killed_and_keeps_its_address(valkey: Valkey) -> None:
    asked, url = redis.from_url(valkey.url), valkey.url
    asked.set("one", "1")
    valkey.kill()
    with pytest.raises(redis.ConnectionError):
        asked.get("one")
    valkey.start()
    assert valkey.url == url
    assert asked.get("one") is None


def test_what_is_running_is_not_started_again(valkey: Valkey) -> None:
    pid = valkey.pid
    valkey.start()
    assert valkey.pid == pid


def test_a_frozen_one_answers_nothing_until_it_is_woken(valkey: Valkey) -> None:
    asked = redis.from_url(valkey.url, socket_timeout=0.2)
    valkey.freeze()
    with pytest.raises(redis.TimeoutError):
        asked.ping()
    valkey.thaw()
    assert asked.ping()


def test_a_frozen_one_can_be_stopped(valkey: Valkey) -> None:
    valkey.freeze()
    valkey.stop()
    assert valkey.pid is None


def test_nothing_listens_beyond_the_loopback(valkey: Valkey) -> None:
    connections = psutil.Process(valkey.pid).net_connections("inet")
    assert {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_a_port_that_somebody_took_is_replaced(
    valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although somebody answers there, and as a Valkey would."""
    choices = [[valkey.port], ports.free_ports(1)]
    monkeypatch.setattr(one_program, "free_ports", lambda count: choices.pop(0))
    second = Valkey(tmp_path / "second", die_with_parent=True)
    second.start()
    assert second.port != valkey.port
    second.stop()


def test_a_port_that_was_asked_for_and_is_taken_is_said(valkey: Valkey, tmp_path: Path) -> None:
    with pytest.raises(ServerUnavailable, match="Address already in use"):
        Valkey(tmp_path / "second", valkey.port, die_with_parent=True).start()


def test_it_ends_with_who_started_it(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from runtime.embedded.valkey import Valkey;"
        "server = Valkey(Path(sys.argv[1]), die_with_parent=True); server.start();"
        "print(server.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "valkey")],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as starter:  # fmt: skip
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert psutil.pid_exists(pid)
        starter.kill()
    soon(lambda: not psutil.pid_exists(pid))


def test_who_does_not_listen_to_politeness_is_killed(tmp_path: Path) -> None:
    child = Child(["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"], tmp_path / "log")
    child.start()
    assert child.wait_until(lambda: "ready" in child.words(), 10)
    child.end(seconds=0.2)
    assert child.pid is None


def test_last_words_are_those_since_the_last_start(tmp_path: Path) -> None:
    child = Child(["sh", "-c", "cat no-such-file-$$; exit 1"], tmp_path / "log")
    child.start()
    assert not child.wait_until(lambda: False, 10)
    first = child.last_words()
    child.start()
    assert not child.wait_until(lambda: False, 10)
    assert "no-such-file" in first
    assert first not in child.last_words()


def test_free_ports_are_never_those_of_outgoing_connections() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(port < first for port in ports.free_ports(50))


def test_a_taken_port_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert not ports.is_free(taken.getsockname()[1])
