"""`manage.py check`: what CI checks beside the tests."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from roles.bootstrap import ROOT

_BIN = Path(sys.executable).parent
STEPS: dict[str, Sequence[str]] = {
    "format": [str(_BIN / "ruff"), "format", "--check", "."],
    "lint": [str(_BIN / "ruff"), "check", "."],
    "types": [str(_BIN / "mypy")],
    "imports": [str(_BIN / "lint-imports"), "--no-cache"],
    "generated files": [sys.executable, "manage.py", "fresh"],
}


def check() -> int:
    """Exit code: 0 when all is well. Every step runs, so that one look shows everything."""
    console, failed = Console(), []
    for name, command in STEPS.items():
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        well = done.returncode == 0
        console.print(f"{'[green]✓' if well else '[red]✗'}[/] {name} [dim]{time.monotonic() - began:.1f} s")
        if not well:
            print(done.stdout + done.stderr, flush=True)
            failed.append(name)
    return 1 if failed else 0
