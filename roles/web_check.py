"""`manage.py web-check`: the tests that look at every page in a browser, alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from rich.console import Console

from roles import web
from roles.bootstrap import ROOT

FILE = "tests/web/test_pages.py"


def web_check(further: Sequence[str]) -> int:
    """Exit code of pytest; further words go to it."""
    if not web.ready(Console()):
        return 1
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", FILE, *further]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
