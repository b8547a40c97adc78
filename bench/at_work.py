"""The processes of an installation at work beside a measurement, each with its log in the folder of the run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psutil

from bench.place import ROOT
from runtime.settings import Settings


@contextmanager
def at_work(folder: Path, settings: Settings, verb: str) -> Iterator[psutil.Process]:
    """`manage.py <verb>` until the block ends, its log in the folder; one that was killed meanwhile is nobody's failure."""
    with (folder / f"{verb}.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), verb],
            cwd=ROOT, env={**os.environ, **settings.environment()}, stdin=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip
    try:
        yield psutil.Process(worker.pid)
    finally:
        worker.terminate()
        worker.wait(timeout=60)


def has_begun(folder: Path, verb: str, patience: float = 120.0) -> None:
    """Wait until it has said that it started. Raises TimeoutError."""
    log = folder / f"{verb}.log"
    until(lambda: b"started" in log.read_bytes(), f"manage.py {verb} has not begun", patience)


def until(look: Callable[[], object], otherwise: str, patience: float, pause: float = 0.05) -> None:
    """Look again and again until there is something. Raises TimeoutError with what it means that there is not."""
    deadline = monotonic() + patience
    while not look():
        if monotonic() > deadline:
            raise TimeoutError(f"{otherwise}; the logs are in the folder of the run")
        sleep(pause)


def used(process: psutil.Process) -> float:
    """Seconds of a processor so far, those of its children included."""
    family = [process, *process.children(recursive=True)]
    return float(sum(times.user + times.system for times in (each.cpu_times() for each in family)))
