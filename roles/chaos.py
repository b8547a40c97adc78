"""`manage.py chaos order|pg|projectors|kafka`: the store at full strength while everything is done to break it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from roles.bootstrap import ROOT

RUNS = ("order", "pg", "projectors", "kafka")
"""Each is a program in tests/chaos; a short form of it runs with the tests."""


def chaos(run: str, further: Sequence[str]) -> int:
    """Exit code of the run: 0 when every promise was kept. The figures are printed."""
    if run not in RUNS:
        sys.exit(f"There is no run {run}: say one of {', '.join(RUNS)}.")
    command = [sys.executable, "-m", f"tests.chaos.{run}", *further]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
