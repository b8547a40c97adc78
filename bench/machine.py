"""What a run ran on: machine, versions, commit, date. Figures without it are rumours."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil
import psycopg

from bench import emmett
from bench.place import ROOT, Place


def described(place: Place) -> dict[str, str]:
    """In the words of the table: cpu, cores, memory, server, versions, commit, date."""
    with psycopg.connect(place.server.url("admin"), autocommit=True) as admin:
        row = admin.execute("SELECT current_setting('server_version'), current_date::text").fetchone()
    assert row is not None
    return {
        "cpu": _cpu(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "server": place.server.described,
        "postgresql": str(row[0]).split()[0],
        "python": platform.python_version(),
        "psycopg": version("psycopg"),
        "eventsourcing": version("eventsourcing"),
        "emmett": emmett.version(),
        "node": _said_by("node", "--version"),
        "commit": _said_by("git", "describe", "--always", "--dirty", cwd=ROOT),
        "date": str(row[1]),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _said_by(*command: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10, cwd=cwd)
    except OSError:
        return "not here"
    return done.stdout.strip() or "unknown"
