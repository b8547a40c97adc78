"""Emmett for PostgreSQL from npm: installed once beside the repository's other scratch files, driven over pipes."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.domain import DEPOT, REMARK, SENDER
from bench.place import ROOT, Database, parts
from bench.rows import META, PAYLOAD

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "worker.mjs")
CACHE = ROOT / "var" / "bench" / "npm"
TABLE = "public.emt_messages"


class NotInstalled(Exception):
    """Emmett cannot take part: the message says why."""


def version() -> str:
    """As package.json pins it."""
    wanted: str = json.loads((HERE / "package.json").read_text())["dependencies"][
        "@event-driven-io/emmett-postgresql"
    ]
    return wanted


def command() -> list[str]:
    """The program to start. Installs it when it is not there; raises NotInstalled without node, npm or a network."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotInstalled("there is no node, or no npm")
    content = b"".join((HERE / name).read_bytes() for name in FILES[:2])
    folder = CACHE / hashlib.sha256(content).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(HERE / name, folder)
    if not (folder / "installed").exists():
        _install(npm, folder)
    return [node, str(folder / "worker.mjs")]


def order(database: Database) -> dict[str, Any]:
    """What the worker is told first."""
    to = parts(database.owner_url)
    names = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "database"}
    return {
        "connection": {theirs: to[ours] for ours, theirs in names.items() if ours in to},
        "data": {"depot": str(DEPOT), "sender": str(SENDER), "grams": 1234, "remark": REMARK},
        "metadata": json.loads(META),
        "payload": PAYLOAD,
    }


def _install(npm: str, folder: Path) -> None:
    asked = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    try:
        done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        raise NotInstalled("npm did not end within two minutes") from None
    if done.returncode:
        raise NotInstalled(f"npm: {(done.stderr.strip().splitlines() or ['no word'])[0]}")
    (folder / "installed").touch()
