"""Processes that are kept alive between their turns, told over pipes when to begin: bench/worker.py says the words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.figures import Turn
from bench.place import ROOT

PYTHON = (sys.executable, "-m", "bench.worker")
AHEAD = 0.05
"""Seconds between the word and the beginning: everybody hears it before the first one keeps the cores busy."""


class WorkerFailed(Exception):
    """A worker ended or said what is no answer; what it wrote to standard error stands above."""


@dataclass(frozen=True)
class Shape:
    """So many processes with so many threads each; of Emmett, with so many promises each."""

    processes: int
    threads: int

    def __str__(self) -> str:
        return (
            f"{self.processes}×{self.threads}"
            if self.processes > 1
            else f"{self.threads} thread{'s' * (self.threads > 1)}"
        )


class Crew:
    """Workers that have opened and warmed up everything."""

    def __init__(self, workers: Sequence[subprocess.Popen[str]]) -> None:
        self._workers = workers

    def turn(self, contestant: str, seconds: float) -> Turn:
        """All of them write at once, for so long; rows per second of all together."""
        for worker in self._workers:
            _tell(worker, {"turn": contestant, "in": AHEAD, "seconds": seconds})
        answers = [_hear(worker) for worker in self._workers]
        stored = sum(answer["stored"] for answer in answers)
        return Turn.rate(stored, max(answer["seconds"] for answer in answers), stored=True)


@contextmanager
def working(shape: Shape, order: dict[str, Any], command: Sequence[str] = PYTHON) -> Iterator[Crew]:
    """A crew of this shape; one worker is ready before the next is started, because some make their tables."""
    workers: list[subprocess.Popen[str]] = []
    try:
        for number in range(shape.processes):
            worker = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
            workers.append(worker)
            _tell(worker, {**order, "threads": shape.threads, "number": number})
            _hear(worker)
        yield Crew(workers)
    finally:
        for worker in workers:
            _dismiss(worker)


def _tell(worker: subprocess.Popen[str], what: dict[str, Any]) -> None:
    assert worker.stdin is not None
    try:
        worker.stdin.write(json.dumps(what) + "\n")
        worker.stdin.flush()
    except BrokenPipeError:
        raise WorkerFailed(f"{worker.args!r} has ended") from None


def _hear(worker: subprocess.Popen[str]) -> dict[str, Any]:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    if not line.startswith("{"):
        raise WorkerFailed(f"{worker.args!r} said {line!r}")
    answer: dict[str, Any] = json.loads(line)
    return answer


def _dismiss(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.close()
        worker.wait(timeout=10)
    except (BrokenPipeError, subprocess.TimeoutExpired):
        worker.kill()
        worker.wait()
    worker.stdout.close()
