"""`manage.py test`: every test, beside whatever else runs on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from rich.console import Console

from roles import web
from roles.bootstrap import ROOT


def test(further: Sequence[str]) -> int:
    """Exit code; with no further words the tests of the web come first, which take seconds.

    Of pytest: three workers for two cores, each with a database server of its own, each file on one of them. Files
    begin in the order of tests/conftest.py, slow ones first, not in that of how many tests they hold.
    """
    built = web.ready(Console())
    of_the_web = 0 if not built or further else web.run_tests()
    quick = ["-m", "not slow"] if "--quick" in further else []
    rest = [word for word in further if word != "--quick"]
    shared_out = [
        f"--numprocesses={workers(os.cpu_count() or 1)}",
        "--dist=loadfile",
        "--no-loadscope-reorder",
    ]
    command = [sys.executable, "-m", "pytest", *shared_out, *quick, *rest]
    done = subprocess.run(command, cwd=ROOT, env=environment(os.environ), check=False)
    return max(of_the_web, done.returncode)


def workers(cores: int) -> int:
    """Of pytest: a third of what the slow tests take is waiting, for servers that are killed and come back."""
    return cores + (cores + 1) // 2


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Compiled modules are kept, whatever the machine says: hundreds of processes are started, and each would take a
    second to compile what the one before it has compiled."""
    return {name: value for name, value in ours.items() if name != "PYTHONDONTWRITEBYTECODE"}
