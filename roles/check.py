"""`manage.py check`: what CI checks beside the tests."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from roles import web
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
    of_the_web = _of_the_web(console)
    for name, command in {**STEPS, **of_the_web}.items():
        began = time.monotonic()
        folder = web.WEB if name in of_the_web else ROOT
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        well = done.returncode == 0
        console.print(f"{'[green]✓' if well else '[red]✗'}[/] {name} [dim]{time.monotonic() - began:.1f} s")
        if not well:
            print(done.stdout + done.stderr, flush=True)
            failed.append(name)
    return 1 if failed else 0


def _of_the_web(console: Console) -> Mapping[str, Sequence[str]]:
    try:
        web.prepare_checks(console)
    except web.CannotBuild as error:
        # A check that cannot be made is not passed: the step fails, saying why.
        return {"web": [sys.executable, "-c", f"import sys; sys.exit({str(error)!r})"]}
    return web.checks()
