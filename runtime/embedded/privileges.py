"""PostgreSQL refuses to run as root: how to start it all the same, as somebody who may do nothing else."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


class NeedsAnotherUser(Exception):
    """Root without user namespaces cannot start PostgreSQL here; the message says what to do."""


def unprivileged(folder: Path) -> list[str]:
    """What to put before a command so that it does not run as root; nothing for everybody else.

    Inside a user namespace the process believes to be user 1000 and owns root's files, so a folder that only root
    can enter works.
    """
    if os.getuid() != 0:
        return []
    if _namespaces_work():
        return _NAMESPACE
    raise NeedsAnotherUser(
        f"running as root, and user namespaces are refused here: run as an ordinary user who owns {folder}"
    )


def dying_with_parent(signal_name: str) -> list[str]:
    """What to put before a command so that it gets a signal when the process that started it ends.

    It stands after ``unprivileged``: entering a namespace forgets the wish.
    """
    return ["setpriv", "--pdeathsig", signal_name] if os.path.exists("/proc/self") else []


@cache
def _namespaces_work() -> bool:
    try:
        return subprocess.run([*_NAMESPACE, "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
