"""Is a base backup whole? What pg_verifybackup checks, in Python: the one in the wheel does not start.

Every file has the size and the digest that ``backup_manifest`` names, none is missing, none is extra, the manifest has
its own digest, and the WAL that makes the copy consistent can be read from its first to its last record.
Source: PostgreSQL 18, "Backup Manifest Format" and the page of pg_verifybackup.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from runtime.embedded.postgres import binary

MANIFEST = "backup_manifest"
_NOT_LISTED = (MANIFEST, "postgresql.auto.conf", "recovery.signal", "standby.signal")
"""Files that may be there, or changed, without being in the manifest."""
_SEGMENT = 16 * 2**20
"""Bytes of a WAL file."""


class Damaged(Exception):
    """The backup is not what was written; the message names the file."""


def verify(base: Path, watched: Callable[[int, int], None]) -> None:
    """Read the whole backup once.

    watched  told how many bytes are done, of how many

    Raises Damaged.
    """
    manifest = _manifest(base)
    listed = {file["Path"]: file for file in manifest["Files"]}
    if surplus := sorted(_present(base) - set(listed)):
        raise Damaged(f"{surplus[0]} does not belong to the backup")
    done, total = 0, sum(file["Size"] for file in listed.values())
    for name, file in listed.items():
        if name not in _NOT_LISTED:
            _check_file(base / name, file)
        done += file["Size"]
        watched(done, total)
    for reach in manifest["WAL-Ranges"]:
        _check_wal(base, reach)


def missing_wal(base: Path, sources: list[Path]) -> list[str]:
    """WAL files that no folder has between the end of the backup and the newest file found, as ``log/segment``.

    A replay without a target ends at the first gap and says nothing.
    """
    end = max(_segment_of(reach["End-LSN"]) for reach in _manifest(base)["WAL-Ranges"])
    found = {n for folder in (*sources, base / "pg_wal") for n in _segments(folder)}
    newest = max(found, default=end)
    return [f"{n // 256:08X}/{n % 256:08X}" for n in range(end, newest + 1) if n not in found]


def _manifest(base: Path) -> dict[str, Any]:
    try:
        text = (base / MANIFEST).read_bytes()
    except FileNotFoundError:
        raise Damaged(f"{MANIFEST} is missing") from None
    body, mark, last = text.rpartition(b'"Manifest-Checksum"')
    if mark + last != f'"Manifest-Checksum": "{hashlib.sha256(body).hexdigest()}"}}\n'.encode():
        raise Damaged(f"{MANIFEST} has other bytes")
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def _present(base: Path) -> set[str]:
    files = {str(path.relative_to(base)) for path in base.rglob("*") if path.is_file()}
    return {name for name in files if not name.startswith("pg_wal/") and name not in _NOT_LISTED}


def _check_file(path: Path, listed: dict[str, Any]) -> None:
    if not path.is_file():
        raise Damaged(f"{listed['Path']} is missing")
    if path.stat().st_size != listed["Size"]:
        raise Damaged(f"{listed['Path']} has another size")
    if listed["Checksum-Algorithm"] != "SHA256":
        raise Damaged(f"{listed['Path']} has no SHA-256: make backups by `manage.py backup`")
    with path.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != listed["Checksum"]:
            raise Damaged(f"{listed['Path']} has other bytes")


def _check_wal(base: Path, reach: dict[str, Any]) -> None:
    read = subprocess.run(
        [str(binary("pg_waldump")), "--quiet", f"--path={base / 'pg_wal'}", f"--timeline={reach['Timeline']}",
         f"--start={reach['Start-LSN']}", f"--end={reach['End-LSN']}"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if read.returncode:
        raise Damaged(f"its WAL cannot be read: {read.stderr.strip()}")


def _segments(folder: Path) -> Iterator[int]:
    """Numbers of the WAL files in a folder, whatever their timeline."""
    for file in folder.glob("*") if folder.is_dir() else ():
        name = file.name.removesuffix(".gz")
        if len(name) == 24 and not name.strip("0123456789ABCDEF"):
            yield int(name[8:16], 16) * 256 + int(name[16:], 16)


def _segment_of(location: str) -> int:
    """Number of the WAL file that holds the last byte before a location like ``0/2000120``."""
    high, _, low = location.partition("/")
    return ((int(high, 16) << 32) + int(low, 16) - 1) // _SEGMENT
