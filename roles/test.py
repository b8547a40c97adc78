"""`manage.py test`: every test, beside whatever else runs on this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from rich.console import Console

from roles import web
from roles.bootstrap import ROOT


def test(further: Sequence[str]) -> int:
    """Exit code; with no further words the tests of the web come first, which take seconds.

    Of pytest: one worker a core, each with a database server of its own, each file on one of them. Files begin in
    the order of tests/conftest.py, slow ones first, not in that of how many tests they hold.
    """
    built = web.ready(Console())
    of_the_web = 0 if not built or further else web.run_tests()
    quick = ["-m", "not slow"] if "--quick" in further else []
    rest = [word for word in further if word != "--quick"]
    shared_out = ["--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", *shared_out, *quick, *rest]
    return max(of_the_web, subprocess.run(command, cwd=ROOT, check=False).returncode)
