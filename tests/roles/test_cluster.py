"""`manage.py cluster`: what docker-compose.yml describes starts as processes, is well, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from demo.carriage import seen
from demo.clustered import settings_in
from runtime.embedded import jars
from runtime.supervise import processes
from tests.soon import soon

ROOT = Path(__file__).parents[2]
LONG = 240.0
"""Seconds that a start may take on a machine that does much else; thirty where it does nothing."""
SERVERS = {"postgres", "kafka", "valkey", "s3"}
ONE_EACH = ("serve", "relay", "project", "react", "clock")


class Cluster:
    """One of each, to be started and stopped as a person would."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.output = state.with_suffix(".out")
        words = [word for name in ONE_EACH for word in ("--scale", f"{name}=1")]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "cluster", "--state", str(state), "--port", "0", "--with-parent", *words],
                cwd=ROOT, stdout=output, stderr=output, start_new_session=True,
                env={**os.environ, "QUITTANCE_DATABASE_URL": "postgresql://app@elsewhere.example/other"},
            )  # fmt: skip

    def arrived(self) -> dict[str, Any]:
        facts = self.state / "run" / "cluster.json"
        soon(lambda: facts.exists() or self.process.poll() is not None, LONG)
        assert self.process.poll() is None, self.output.read_text()
        read: dict[str, Any] = json.loads(facts.read_text())
        return read


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    try:
        jars.java()
        jars.have()
    except (jars.NoJava, jars.NoJars) as error:
        pytest.skip(f"the cluster not tried: {error}")
    cluster = Cluster(tmp_path_factory.mktemp("cluster") / "state")
    yield cluster
    if cluster.process.poll() is None:
        cluster.process.send_signal(signal.SIGINT)
        cluster.process.wait(LONG)


@pytest.mark.slow
def test_the_whole_topology_starts_and_is_well(running: Cluster) -> None:
    where = running.arrived()
    assert set(processes(running.state)) == {*SERVERS, *ONE_EACH, "mail", "entry"}
    assert httpx.get(f"{where['api']}/health/ready", timeout=20).json()["ready"] is True
    assert httpx.get(where["mails"], timeout=20).status_code == 200
    said = running.output.read_text()
    assert said.count("healthy") == len(ONE_EACH) + 2
    assert "kafka:9092" in said  # what was replaced is shown


@pytest.mark.slow
def test_it_works_on_kafka_redis_and_s3(running: Cluster) -> None:
    running.arrived()
    told = settings_in(running.state)
    assert (told.profile, told.s3_bucket) == ("scale-out", "quittance-documents")
    assert told.kafka_servers.startswith("127.0.0.1:")
    facts = json.loads((running.state / "run" / "cluster.json").read_text())
    assert set(facts["figures"]) == set(ONE_EACH)
    # Nothing was done here yet: the words of a whole run, consumers and documents too, are those of `--compare`.
    works = {
        "the relay ships",
        "the processes of the API share Redis",
        "the API sees that events come by Kafka",
    }
    soon(lambda: works <= {each.check for each in seen(facts, told, ()).verdicts() if each.holds})
    assert stat.S_IMODE((running.state / "environment").stat().st_mode) == 0o600


@pytest.mark.slow
def test_after_ctrl_c_nothing_is_left(running: Cluster) -> None:
    running.arrived()
    family = psutil.Process(running.process.pid).children(recursive=True)
    assert len(family) > len(ONE_EACH)
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(LONG) == 0, running.output.read_text()
    soon(lambda: not any(process.is_running() for process in family))
    assert processes(running.state) == {}


def test_a_service_that_is_not_there_cannot_be_scaled(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "cluster", "--state", str(tmp_path / "state"), "--port", "0"]
    command += ["--scale", "web=2"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=LONG)
    assert (done.returncode, done.stdout) == (1, "there is no service web\n")
