"""A small disk in memory that a test fills and frees again; needs root."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20


@dataclass(frozen=True)
class Disk:
    """A file system of its own."""

    folder: Path

    @property
    def ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Take every byte that is free."""
        with self.ballast.open("ab", buffering=0) as file:
            for size in (CHUNK, 4096, 1):
                _write_until_full(file.fileno(), bytes(size))

    def free(self) -> None:
        """Give them back."""
        self.ballast.unlink()


def _write_until_full(file: int, block: bytes) -> None:
    try:
        while True:
            os.write(file, block)
    except OSError:
        return


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A tmpfs mounted on this folder. Raises PermissionError where nothing can be mounted."""
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "chaos", str(folder)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if mounted.returncode:
        raise PermissionError(f"a tmpfs cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
