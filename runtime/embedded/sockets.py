"""Where a server's unix socket lives: in its own folder when the path is short enough, else in a private one."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

LONGEST = 107
"""Bytes of a socket's path that Linux accepts."""


def folder_for(folder: Path, port: int) -> Path:
    """The folder of the socket for the server in ``folder``: always the same one."""
    own = folder / "socket"
    if len(os.fsencode(own / f".s.PGSQL.{port}")) <= LONGEST:
        return own
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"quittance-{os.getuid()}-{name}")


def make(folder: Path, port: int) -> Path:
    """Have that folder, entered by this user alone. Raises PermissionError when it is somebody else's."""
    place = folder_for(folder, port)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = {os.getuid(), folder.stat().st_uid}
    if place.is_symlink() or place.stat().st_uid not in ours or place.stat().st_mode & 0o077:
        raise PermissionError(f"{place} is open to others: delete it, or set TMPDIR to a folder of your own")
    return place
