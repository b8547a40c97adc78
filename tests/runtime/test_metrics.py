"""What a process shows of itself: figures that say nothing about anybody, and which of its loops stands still."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from eventstore import StoreFeed
from eventstore.projector import Projector
from eventstore.shares import LaneShares
from runtime import metrics
from runtime.jobs import JobRunner, Task, TryAgain, defer, job
from runtime.settings import Settings
from tests.api.house import opened
from tests.conftest import Database
from tests.connected import projecting
from tests.runtime.household import DoorIsOpen
from tests.soon import soon

ANYBODY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|@|/loans/[0-9]")
"""An id, an address of a person, an address of a thing."""


@pytest.fixture(autouse=True)
def loops(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Those of this test alone."""
    mine: dict[str, float] = {}
    monkeypatch.setattr(metrics, "_heard", mine)
    return mine


@pytest.fixture
def page() -> Iterator[str]:
    with metrics.listening("127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


def samples(page: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """All that is shown, by name and labels; parsed as Prometheus does."""
    families = text_string_to_metric_families(httpx.get(f"{page}/metrics").text)
    return {(one.name, frozenset(one.labels.items())): one.value for each in families for one in each.samples}


def value(page: str, name: str, **labels: str) -> float:
    return samples(page).get((name, frozenset(labels.items())), 0.0)


@contextmanager
def running(loop: str, run: Callable[[threading.Event], None]) -> Iterator[None]:
    """A loop on a thread of its own, watched; over with the block, whatever fails in it."""
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(metrics.watched(loop, stop),))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


# ── what is counted ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raised", "outcome"), [(None, "done"), (DoorIsOpen("open"), "refused"), (OSError(), "failed")]
)
def test_a_command_is_counted_however_it_ends(page: str, raised: Exception | None, outcome: str) -> None:
    labels = {"command": "OpenDoor", "outcome": outcome}
    before = value(page, "quittance_commands_total", **labels)
    with suppress(DoorIsOpen, OSError), metrics.command("OpenDoor"):
        if raised:
            raise raised
    assert value(page, "quittance_commands_total", **labels) == before + 1


def test_a_job_that_fails_once_and_waits_once_is_counted_three_times(page: str, database: Database) -> None:
    tries = iter([TryAgain(0, failed=False), TryAgain(0)])

    def do(failures: int, position: int) -> None:
        if (again := next(tries, None)) is not None:
            raise again

    with psycopg.connect(database.app_url) as connection:
        defer(connection, [job("measured", "a", position=1)])
    with running("jobs", JobRunner(database.app_url, [Task("measured", do)]).run):
        soon(lambda: value(page, "quittance_jobs_done_total", task="measured", outcome="done"))
    counted = {
        how: value(page, "quittance_jobs_done_total", task="measured", outcome=how)
        for how in ("waits", "failed", "done")
    }
    assert counted == {"waits": 1, "failed": 1, "done": 1}


def test_an_answer_is_counted_under_its_route_and_nobody_is_named(
    page: str, database: Database, tmp_path: Path
) -> None:
    with opened(database.app_url, database.owner_url, tmp_path) as house:
        house.get("ana", f"/loans/{uuid4()}")
        house.post("ana", f"/loans/{uuid4()}/approve")
        house.get(None, "/auth/somebody@example.org")
        with house.calling() as client:
            client.request("PROPFIND", "/loans")
    shown = samples(page)
    route = {"method": "GET", "route": "/api/v1/loans/{loan_id}", "status": "4xx"}
    assert shown["quittance_http_seconds_count", frozenset(route.items())] >= 1
    labels = {f"{name}={said}" for (_, pairs) in shown for name, said in pairs}
    assert {"route=none", "method=other", "command=ApproveLoan"} <= labels
    assert [label for label in labels if ANYBODY.search(label)] == []


def test_what_others_keep_is_read_when_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    registry, kept = CollectorRegistry(), metrics._Shown()
    registry.register(kept)
    monkeypatch.setattr(metrics, "REGISTRY", registry)
    monkeypatch.setattr(metrics, "_shown", kept)
    eaten = {"left": 3, "right": 0}
    metrics.shown("quittance_apples_total", "Eaten.", lambda: eaten["left"], side="left")
    metrics.shown("quittance_apples_total", "Eaten.", lambda: eaten["right"], side="right")
    metrics.shown("quittance_pears", "Left.", lambda: 7)
    with metrics.listening("127.0.0.1", 0) as port:
        page = f"http://127.0.0.1:{port}"
        eaten["right"] += 2
        assert value(page, "quittance_apples_total", side="left") == 3
        assert value(page, "quittance_apples_total", side="right") == 2
        assert value(page, "quittance_pears") == 7


# ── whether it goes on ─────────────────────────────────────────────────────


def health(page: str) -> tuple[int, dict[str, Any]]:
    answer = httpx.get(f"{page}/health")
    return answer.status_code, answer.json()


def test_a_loop_that_stands_still_is_named_until_it_goes_on(page: str, loops: dict[str, float]) -> None:
    stop = threading.Event()
    one, other = metrics.watched("projector", stop), metrics.watched("jobs", stop)
    assert health(page) == (200, {"status": "goes on", "loops": ["jobs", "projector"], "still": {}})
    loops["projector"] -= 2 * metrics.STANDS_STILL
    assert not other.is_set()
    assert value(page, "quittance_loop_silent_seconds", loop="projector") > metrics.STANDS_STILL
    assert value(page, "quittance_loop_silent_seconds", loop="jobs") < metrics.STANDS_STILL
    status, said = health(page)
    assert (status, said["status"], list(said["still"])) == (503, "stands still", ["projector"])
    assert 120 <= int(said["still"]["projector"].removesuffix(" s")) < 180
    assert not one.wait(0)
    assert health(page)[0] == 200


def test_a_loop_stops_when_everybody_does_and_may_stop_everybody() -> None:
    stop = threading.Event()
    one, other = metrics.watched("one", stop), metrics.watched("other", stop)
    one.set()
    assert stop.is_set()
    assert other.is_set()
    assert other.wait(0)


def test_the_loop_of_a_projector_is_heard_of_while_it_has_nothing_to_do(
    database: Database, tmp_path: Path, loops: dict[str, float]
) -> None:
    with (
        opened(database.app_url, database.owner_url, tmp_path) as house,
        closing(LaneShares(database.projector_url)) as shares,
    ):
        store, pool = projecting(house.platform.store)
        with running("projector", Projector(store, pool, [], StoreFeed(store), shares).run):
            first = loops["projector"]
            soon(lambda: loops["projector"] > first)


# ── where it is shown ──────────────────────────────────────────────────────


def test_nothing_listens_where_no_port_is_set(tmp_path: Path) -> None:
    with metrics.serve(Settings.load(state_dir=tmp_path), "project") as port:
        assert port == 0


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with metrics.listening("127.0.0.1", 0) as port:
        chosen = Settings.load(state_dir=tmp_path, metrics_port=port)
        with pytest.raises(metrics.PortTaken, match=f"metrics_port {port} on 127.0.0.1"):
            metrics.serve(chosen, "project").__enter__()


def test_other_pages_say_which_there_are(page: str) -> None:
    answer = httpx.get(f"{page}/")
    assert (answer.status_code, answer.text) == (404, "/metrics, /health\n")
