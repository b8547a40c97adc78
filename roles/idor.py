"""`manage.py idor`: every route, every role, ids of another customer; then the database alone, then each policy away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from roles.bootstrap import ROOT

WALLS = ("tests/walls/test_idor.py", "tests/walls/test_second_wall.py", "tests/walls/test_portfolio.py")


def idor(further: Sequence[str]) -> int:
    """Exit code of pytest; at the end it says how many requests were tried, by whom, on how many routes."""
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", *WALLS, *further]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
