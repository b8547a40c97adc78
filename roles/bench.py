"""`manage.py bench`: how fast it is, as ratios against a limit or a peer in the same run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from roles.bootstrap import ROOT


def bench(further: Sequence[str]) -> int:
    """Exit code of the benchmark: 0 when no figure is below its floor."""
    return subprocess.run([sys.executable, "-m", "bench", *further], cwd=ROOT, check=False).returncode
