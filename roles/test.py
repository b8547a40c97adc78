"""`manage.py test`: every test, beside whatever else runs on this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from roles.bootstrap import ROOT


def test(further: Sequence[str]) -> int:
    """Exit code of pytest; one worker a core, each with a database server of its own, each file on one of them."""
    quick = ["-m", "not slow"] if "--quick" in further else []
    rest = [word for word in further if word != "--quick"]
    command = [sys.executable, "-m", "pytest", "--numprocesses=auto", "--dist=loadfile", *quick, *rest]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
