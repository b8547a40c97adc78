"""`manage.py check`: what CI checks beside the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    """Exit code: 0 when all is well. Every step runs, as many at once as there are cores: one look shows everything."""
    console, failed = Console(), []
    of_the_web = _of_the_web(console)
    steps = {**STEPS, **of_the_web}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda name: _run(steps[name], web.WEB if name in of_the_web else ROOT), steps)
        for name, (code, said, seconds) in zip(steps, done, strict=True):
            console.print(f"{'[red]✗' if code else '[green]✓'}[/] {name} [dim]{seconds:.1f} s")
            if code:
                print(said, flush=True)
                failed.append(name)
    return 1 if failed else 0


def _run(command: Sequence[str], folder: Path) -> tuple[int, str, float]:
    """Exit code, what was said, seconds."""
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, time.monotonic() - began


def _of_the_web(console: Console) -> Mapping[str, Sequence[str]]:
    try:
        web.prepare_checks(console)
    except web.CannotBuild as error:
        # A check that cannot be made is not passed: the step fails, saying why.
        return {"web": [sys.executable, "-c", f"import sys; sys.exit({str(error)!r})"]}
    return web.checks()
