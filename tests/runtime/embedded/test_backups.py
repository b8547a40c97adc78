"""Base backups: every kind of damage is named, and a damaged archive is not mistaken for its end."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.embedded.backups import restore_command
from runtime.embedded.base_backup import Damaged, missing_wal, verify

FILES = {"PG_VERSION": b"18\n", "base/1/16384": b"rows", "global/pg_control": b"control"}
SEGMENT = "0000000100000000000000{:02X}"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base backup that needs no WAL of its own."""
    listed = []
    for name, content in FILES.items():
        file = tmp_path / "base" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        listed.append(
            {"Path": name, "Size": len(content), "Checksum-Algorithm": "SHA256", "Checksum": digest}
        )
    manifest_of(tmp_path / "base", {"Files": listed, "WAL-Ranges": []})
    return tmp_path / "base"


def manifest_of(base: Path, said: dict[str, object]) -> None:
    """As pg_basebackup ends it: the digest of everything before its own line."""
    body = json.dumps(said).removesuffix("}").encode() + b",\n"
    digest = hashlib.sha256(body).hexdigest()
    (base / "backup_manifest").write_bytes(body + f'"Manifest-Checksum": "{digest}"}}\n'.encode())


def test_what_was_written_is_whole(base: Path) -> None:
    seen: list[tuple[int, int]] = []
    (base / "postgresql.auto.conf").write_text("")
    verify(base, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (14, 14)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda base: (base / "base/1/16384").write_bytes(b"rowz"), "base/1/16384 has other bytes"),
        (lambda base: (base / "base/1/16384").write_bytes(b"row"), "base/1/16384 has another size"),
        (lambda base: (base / "PG_VERSION").unlink(), "PG_VERSION is missing"),
        (lambda base: (base / "base/1/99").touch(), "base/1/99 does not belong to the backup"),
        (lambda base: (base / "backup_manifest").unlink(), "backup_manifest is missing"),
        (
            lambda base: (base / "backup_manifest").write_bytes(
                (base / "backup_manifest").read_bytes().replace(b"rows", b"").replace(b"16384", b"16385")
            ),
            "backup_manifest has other bytes",
        ),
    ],
)
def test_damage_is_named(base: Path, harm: Callable[[Path], object], said: str) -> None:
    harm(base)
    with pytest.raises(Damaged, match=said):
        verify(base, lambda done, total: None)


def test_a_digest_that_proves_nothing_is_not_accepted(base: Path) -> None:
    listed = {"Path": "PG_VERSION", "Size": 3, "Checksum-Algorithm": "CRC32C", "Checksum": "994e7be2"}
    for name in ("base/1/16384", "global/pg_control"):
        (base / name).unlink()
    manifest_of(base, {"Files": [listed], "WAL-Ranges": []})
    with pytest.raises(Damaged, match="no SHA-256"):
        verify(base, lambda done, total: None)


def test_a_gap_between_the_backup_and_the_newest_wal_is_found(base: Path, tmp_path: Path) -> None:
    manifest_of(base, {"Files": [], "WAL-Ranges": [{"End-LSN": "0/2000120"}]})
    (base / "pg_wal").mkdir()
    (base / "pg_wal" / SEGMENT.format(2)).touch()
    archive, lost = tmp_path / "archive", tmp_path / "pg_wal"
    for folder in (archive, lost):
        folder.mkdir()
    for number in (1, 3, 5):
        (archive / f"{SEGMENT.format(number)}.gz").touch()
    (archive / f"{SEGMENT.format(2)}.00000028.backup.gz").touch()
    assert missing_wal(base, [archive, lost]) == ["00000000/00000004"]
    (lost / SEGMENT.format(4)).touch()
    assert missing_wal(base, [archive, lost]) == []
    assert missing_wal(base, [tmp_path / "nowhere"]) == []


def fetched(sources: list[Path], file: str, to: Path) -> tuple[int, bytes]:
    command = restore_command(sources).replace("%f", file).replace("%p", str(to)).replace("%%", "%")
    done = subprocess.run(["sh", "-c", command], check=False, capture_output=True)
    return done.returncode, to.read_bytes() if to.exists() else b""


def test_wal_comes_from_the_first_folder_that_has_it(tmp_path: Path) -> None:
    archive, lost = tmp_path / "the ' archive", tmp_path / "100%"
    for folder in (archive, lost):
        folder.mkdir()
    (archive / "A.gz").write_bytes(gzip.compress(b"archived"))
    (lost / "A").write_bytes(b"half written")
    (lost / "B").write_bytes(b"not archived yet")
    assert fetched([archive, lost], "A", tmp_path / "one") == (0, b"archived")
    assert fetched([archive, lost], "B", tmp_path / "two") == (0, b"not archived yet")


def test_what_is_absent_ends_the_replay_and_what_is_damaged_stops_it(tmp_path: Path) -> None:
    """PostgreSQL takes a code up to 125 for the end of the archive and goes live without the rest."""
    (tmp_path / "A.gz").write_bytes(gzip.compress(b"archived")[:-6])
    assert fetched([tmp_path], "B", tmp_path / "one")[0] == 1
    assert fetched([tmp_path], "A", tmp_path / "two")[0] > 125
