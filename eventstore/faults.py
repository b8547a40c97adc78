"""Points at which a test may kill the process, so that recovery is proved and not hoped for.

A point does nothing unless the environment variable ``QUITTANCE_FAULTS`` names a folder that holds a file of
the point's name. The file is consumed, then the process kills itself; or, when the file says ``postgres <pid>``,
the database server with that process id is killed instead and the process goes on.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

_FOLDER = os.environ.get("QUITTANCE_FAULTS")


def reach(point: str) -> None:
    """Say that this place was reached; costs one comparison when no fault is armed anywhere."""
    if _FOLDER is not None:
        _strike(Path(_FOLDER, point))


def _strike(armed: Path) -> None:
    taken = armed.with_name(f"{armed.name}.struck-{os.getpid()}")
    try:
        armed.rename(taken)
    except FileNotFoundError:
        return
    target, _, pid = taken.read_text().strip().partition(" ")
    os.kill(int(pid) if target == "postgres" else os.getpid(), signal.SIGKILL)
