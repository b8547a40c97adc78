"""Files that only this user may read, written once and by one process, whoever tries at the same moment."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp


def keep_once(file: Path, content: bytes) -> bytes:
    """Write the file unless it exists; returns what it holds then."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, fresh = mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        os.fchmod(handle, 0o400)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        with suppress(FileExistsError):
            os.link(fresh, file)  # unlike a rename, a link never replaces what somebody else just wrote
    finally:
        os.unlink(fresh)
    return file.read_bytes()


def replace_key(file: Path, content: bytes) -> None:
    """Put other bytes in the place of a secret; a reader finds the old ones or the new ones, on the disk too."""
    handle, fresh = mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        os.fchmod(handle, 0o400)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(fresh, file)
    except OSError:
        os.unlink(fresh)
        raise


def write_whole(file: Path, text: str) -> None:
    """Write or replace the file; a reader sees the old text or the new one, never half of it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, fresh = mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w") as opened:
            opened.write(text)
        os.replace(fresh, file)
    except OSError:  # a full disk: leave nothing behind that nobody clears away
        os.unlink(fresh)
        raise
