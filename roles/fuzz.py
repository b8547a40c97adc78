"""`manage.py fuzz`: every operation of the API, met with what fits its document and with what does not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from roles.bootstrap import ROOT


def fuzz(further: Sequence[str]) -> int:
    """Exit code of the run: 0 when nothing was found and nine operations of ten reached a 2xx."""
    command = [sys.executable, "-m", "tests.fuzz.run", *further]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
