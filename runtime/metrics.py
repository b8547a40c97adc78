"""Figures of this process, for Prometheus: what it did, how long it took, and whether its loops go on.

    counters of this file, attributes of other objects (``shown``), the database (standing.py) ─▶ /metrics
    ``watched`` ─▶ /health: 200 while every loop asks now and then whether it should stop, else 503 with its name

What is labelled comes from the code: commands, tasks, routes as they are declared. Never an id, never a person.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from time import monotonic
from typing import ClassVar, Literal, TypeAlias
from urllib.parse import urlsplit

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from eventstore import Rejected
from runtime.settings import Settings

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, of no use here
REGISTRY = CollectorRegistry()
"""All that /metrics shows."""

STANDS_STILL = 60.0
"""Seconds after which a loop that was not heard of stands still: a statement may take 30, and a connection 5."""

_ANSWERS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SLOWEST_READER = 10.0
"""Seconds for which a connection may say nothing."""

_process = Info("quittance_process", "Which role this process has.", registry=REGISTRY)
_commands = Counter(
    "quittance_commands",
    "Commands sent: done, refused by a rule, or failed because something was away.",
    ["command", "outcome"],
    registry=REGISTRY,
)
_jobs = Counter(
    "quittance_jobs_done",
    "Jobs of reactions and deadlines: done, failed and to be tried again, waiting for what is away, or given up.",
    ["task", "outcome"],
    registry=REGISTRY,
)
_http = Histogram(
    "quittance_http_seconds",
    "Seconds until an answer begins, by route as it is declared and by class of status.",
    ["method", "route", "status"],
    buckets=_ANSWERS,
    registry=REGISTRY,
)
ProcessCollector(registry=REGISTRY)

JobOutcome = Literal["done", "failed", "waits", "given-up"]
Labels: TypeAlias = tuple[tuple[str, str], ...]

# Looking up a child by its labels takes longer than counting: each is kept. What they are made from is bounded.
_command_counter = cache(_commands.labels)
_job_counter = cache(_jobs.labels)
_http_histogram = cache(_http.labels)


# ── what is counted here ───────────────────────────────────────────────────


@contextmanager
def command(name: str) -> Iterator[None]:
    """Count one command, however it ends."""
    try:
        yield
    except Rejected:
        _command_counter(name, "refused").inc()
        raise
    except Exception:
        _command_counter(name, "failed").inc()
        raise
    _command_counter(name, "done").inc()


def job(task: str, outcome: JobOutcome) -> None:
    """Count one run of a job."""
    _job_counter(task, outcome).inc()


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer.

    route  as it is declared (``/api/v1/loans/{loan_id}``); ``none`` when nothing answers to the address
    """
    known = method if method in _METHODS else "other"
    _http_histogram(known, route, f"{status // 100}xx").observe(seconds)


# ── what others keep ───────────────────────────────────────────────────────


class _Shown(Collector):
    """Figures that other objects keep as plain attributes; read when somebody looks, so counting is an addition."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[str, dict[Labels, Callable[[], float]]]] = {}

    def add(self, name: str, about: str, read: Callable[[], float], labels: Mapping[str, str]) -> None:
        self._read.setdefault(name, (about, {}))[1][tuple(sorted(labels.items()))] = read

    def collect(self) -> Iterable[Metric]:
        for name, (about, series) in list(self._read.items()):
            yield family(name, about, {labels: read() for labels, read in list(series.items())})


_shown = _Shown()
REGISTRY.register(_shown)


def shown(name: str, about: str, read: Callable[[], float], **labels: str) -> None:
    """Show a figure that somebody else keeps.

    name  of a counter when it ends in ``_total``, else of a gauge
    read  called by whoever looks, in a thread of its own: quick, and never raises
    """
    _shown.add(name, about, read, labels)


def family(name: str, about: str, values: Mapping[Labels, float]) -> Metric:
    """A figure with its values, as a collector yields it; each with the same labels."""
    names = [label for label, _ in next(iter(values), ())]
    kind = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
    made: CounterMetricFamily | GaugeMetricFamily = kind(name, about, labels=names)
    for labels, value in values.items():
        made.add_metric([said for _, said in labels], value)
    return made


def by(label: str, values: Mapping[str, float]) -> dict[Labels, float]:
    """Values with one label."""
    return {((label, said),): value for said, value in values.items()}


# ── whether it goes on ─────────────────────────────────────────────────────


class _Watched(threading.Event):
    """Whether to stop, as one loop asks it."""

    def __init__(self, stop: threading.Event, note: Callable[[], None]) -> None:
        super().__init__()
        self._stop, self._note = stop, note

    def is_set(self) -> bool:
        self._note()
        return self._stop.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        self._note()
        return self._stop.wait(timeout)

    def set(self) -> None:
        self._stop.set()


_heard: dict[str, float] = {}
"""When each loop was heard of last."""


def alive(loop: str) -> None:
    """The loop goes on."""
    _heard[loop] = monotonic()


def watched(loop: str, stop: threading.Event) -> threading.Event:
    """The same event for one loop: a loop that goes on asks whether to stop, and each time it asks it is heard."""
    alive(loop)
    return _Watched(stop, lambda: alive(loop))


def standing_still(after: float = STANDS_STILL) -> dict[str, float]:
    """The loops that were not heard of for so many seconds, with how long."""
    now = monotonic()
    return {loop: now - heard for loop, heard in list(_heard.items()) if now - heard > after}


class _Loops(Collector):
    def collect(self) -> Iterable[Metric]:
        about = "Seconds since a loop was heard of last."
        yield family("quittance_loop_silent_seconds", about, by("loop", standing_still(after=-1.0)))


REGISTRY.register(_Loops())


# ── where it is shown ──────────────────────────────────────────────────────


class PortTaken(Exception):
    """Somebody else listens where the figures are to be shown."""


@contextmanager
def serve(settings: Settings, role: str) -> Iterator[int]:
    """Answer ``/metrics`` and ``/health`` on a thread; gives the port. Nowhere, and 0, when the setting is 0."""
    _process.info({"role": role})
    if settings.metrics_port == 0:
        yield 0
        return
    with listening(settings.metrics_host, settings.metrics_port) as port:
        yield port


@contextmanager
def listening(host: str, port: int) -> Iterator[int]:
    """The same on an address; port 0 is any free one. Raises PortTaken."""
    try:
        server = _Server((host, port), _Pages)
    except OSError as error:
        raise PortTaken(f"metrics_port {port} on {host}: {error.strerror}") from error
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingMixIn, TCPServer):
    """The library's own HTTP server asks the name service for its name before it listens."""

    allow_reuse_address = True
    daemon_threads = True


@dataclass(frozen=True)
class _Page:
    status: int
    media_type: str
    content: bytes


def _metrics() -> _Page:
    return _Page(200, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(REGISTRY))


def _health() -> _Page:
    still = {loop: f"{seconds:.0f} s" for loop, seconds in standing_still().items()}
    said = {"status": "stands still" if still else "goes on", "loops": sorted(_heard), "still": still}
    return _Page(503 if still else 200, "application/json", json.dumps(said).encode())


class _Pages(BaseHTTPRequestHandler):
    timeout = _SLOWEST_READER
    server_version, sys_version = "quittance", ""
    pages: ClassVar[dict[str, Callable[[], _Page]]] = {"/metrics": _metrics, "/health": _health}

    def do_GET(self) -> None:
        page = self.pages.get(urlsplit(self.path).path)
        said = page() if page else _Page(404, "text/plain", b"/metrics, /health\n")
        self.send_response(said.status)
        self.send_header("Content-Type", said.media_type)
        self.send_header("Content-Length", str(len(said.content)))
        self.end_headers()
        self.wfile.write(said.content)

    def log_message(self, format: str, *args: object) -> None:
        """Somebody looks every few seconds: that is not worth a line."""
