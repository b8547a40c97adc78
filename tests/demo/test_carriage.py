"""A cluster that did its work without Kafka, Redis or S3 is told from one that used them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from demo.carriage import Carriage, seen
from runtime.embedded.s3 import S3Server
from tests.providers.buckets import in_a_bucket, settings_of

SHARED = {
    "redis": ("ok", "answers: processes count tries together and one follows the feed for all"),
    "events": ("ok", "events come by Kafka, all of them"),
}
WELL = Carriage(
    carried={
        "projections": {"project-1": 300, "project-2": 0, "project-3": 41},
        "reactions": {"react-1": 90},
    },
    read={"projections": {"project-1": 12}, "reactions": {"react-1": 3}},
    shipped={"relay-1": 0, "relay-2": 400},
    behind=0,
    ready={"serve-1": SHARED, "serve-2": SHARED},
    kept=frozenset({"a.pdf", "b.pdf"}),
    stored=frozenset({"a.pdf", "b.pdf", "incoming/c"}),
)


def broken(carriage: Carriage) -> list[str]:
    return [verdict.check for verdict in carriage.verdicts() if not verdict.holds]


def test_a_cluster_that_used_all_three_is_well() -> None:
    assert broken(WELL) == []
    said = {verdict.check: verdict.said for verdict in WELL.verdicts()}
    assert said["projections come by Kafka"] == "341 brought to 2 of 3 processes, 12 read from the store"


@pytest.mark.parametrize(
    ("carriage", "check"),
    [
        (replace(WELL, carried={"reactions": {"react-1": 90}}), "projections come by Kafka"),
        (replace(WELL, carried={**WELL.carried, "reactions": {"react-1": 0}}), "reactions come by Kafka"),
        (replace(WELL, read={"projections": {"project-1": 342}}), "projections come by Kafka"),
        (replace(WELL, shipped={"relay-1": 0}), "the relay ships"),
        (replace(WELL, behind=1), "the relay ships"),
        (replace(WELL, behind=None), "the relay ships"),
        (replace(WELL, kept=frozenset()), "documents are in S3"),
        (replace(WELL, stored=frozenset({"a.pdf"})), "documents are in S3"),
    ],
)  # fmt: skip
def test_what_was_not_used_is_told(carriage: Carriage, check: str) -> None:
    assert broken(carriage) == [check]


@pytest.mark.parametrize(
    ("name", "status", "words", "check"),
    [
        ("redis", "degraded", "does not answer", "the processes of the API share Redis"),
        ("redis", "ok", "none is set: this process counts tries", "the processes of the API share Redis"),
        ("events", "ok", "events come from the store", "the API sees that events come by Kafka"),
        ("events", "degraded", "events come from the store: 12 s", "the API sees that events come by Kafka"),
    ],
)
def test_one_process_without_it_is_enough(name: str, status: str, words: str, check: str) -> None:
    alone = {**SHARED, name: (status, words)}
    assert broken(replace(WELL, ready={"serve-1": SHARED, "serve-2": alone})) == [check]


def test_an_api_that_nobody_asked_shares_nothing() -> None:
    assert len(broken(replace(WELL, ready={}))) == 2


# ── asked ────────────────────────────────────────────────────────────────────

KEY = f"contracts/00000000-0000-4000-8000-000000000001/{'0' * 64}.pdf"
PAGES = {
    "/project": b"""# TYPE quittance_carried_events_total counter
quittance_carried_events_total{group="projections"} 7.0
# TYPE quittance_gap_events_total counter
quittance_gap_events_total{group="projections"} 2.0
""",
    "/relay": b"# TYPE quittance_relay_shipped_total counter\nquittance_relay_shipped_total 9.0\n",
    "/clock": b"# TYPE quittance_relay_lag_events gauge\nquittance_relay_lag_events 3.0\n",
    "/ready": b'{"checks": [{"name": "redis", "status": "degraded", "detail": "does not answer"}]}',
}


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(PAGES[self.path])

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_everybody_is_asked(address: str, s3_server: S3Server) -> None:
    storage = in_a_bucket(s3_server)
    storage.put(KEY, b"%PDF")
    names = {"project-1": "project", "relay-1": "relay", "clock": "clock"}
    facts = {
        "figures": {name: f"{address}/{path}" for name, path in names.items()},
        "ready": {"serve-1": f"{address}/ready"},
    }
    found = seen(facts, settings_of(s3_server, s3_bucket=storage.bucket), [KEY])
    assert (found.carried, found.read) == (
        {"projections": {"project-1": 7}},
        {"projections": {"project-1": 2}},
    )
    assert (found.shipped, found.behind) == ({"relay-1": 9}, 3)
    assert found.ready == {"serve-1": {"redis": ("degraded", "does not answer")}}
    assert (found.kept, KEY in found.stored) == ({KEY}, True)
