"""`manage.py documents move`: from this machine's disk into the bucket; and what backups ask about documents.

Which documents there have to be is in the events: each names its key, which ends with the SHA-256 of its bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from psycopg import Connection
from psycopg.rows import tuple_row
from rich.console import Console

from eventstore import Store
from providers import ProviderDown, ProviderRefused, storage_of
from providers.storage import DamagedDocument, MissingDocument, Storage
from providers.storage.disk import DiskStorage
from roles import backup_folder
from roles.bars import bars, filling
from roles.process import store_on
from runtime import database, log
from runtime.clock import Clock
from runtime.settings import Settings

LIST: Final = "objects.jsonl"
"""File of a backup: what the bucket held."""

AT_ONCE: Final = 8
"""Documents that are on their way at the same time."""

KEPT: Final = "Document.Kept"
NAMED: Final = (
    "SELECT d ->> 'key', d ->> 'sha256', (d ->> 'size')::bigint FROM store.events,"
    " LATERAL (SELECT convert_from(state, 'UTF8')::json AS d) AS said WHERE kind = '" + KEPT + "'"
)


@dataclass(frozen=True)
class Named:
    """A document as its event says."""

    key: str
    sha256: str
    size: int
    """Bytes."""


def named(connection: Connection[Any]) -> list[Named]:
    """Every document that there has to be, by a superuser's connection."""
    return [Named(*row) for row in connection.cursor(row_factory=tuple_row).execute(NAMED)]


def named_in(store: Store) -> Iterator[Named]:
    """The same by the feed, which is all that an auditor may read."""
    after = 0
    while (batch := store.read_feed(after, limit=10_000)).events:
        for row in batch.events:
            if row.kind == KEPT:
                said = json.loads(row.state)
                yield Named(said["key"], said["sha256"], said["size"])
        after = batch.events[-1].position


# ── from the disk into the bucket ──────────────────────────────────────────


def move(settings: Settings) -> int:
    """Exit code: 0 when everything of the disk is in the bucket, whole. Nothing is removed from the disk."""
    log.setup("documents", "error")
    console = Console(soft_wrap=True)
    if not settings.s3_bucket:
        console.print("Say with QUITTANCE_S3_BUCKET where to, and run `manage.py migrate`, which makes it.")
        return 1
    keys = backup_folder.documents_in(settings.documents_dir)
    with database.pool(settings.database_url, name="documents", size=2) as pool, bars(console) as progress:
        bucket = storage_of(settings, Clock(pool))
        moved = _each(keys, _mover(settings, bucket), filling(progress, "documents"))
    failed = [each for each in moved if each is not None]
    for said in failed[:20]:
        console.print(said, style="red", markup=False)
    console.print(
        f"{len(keys) - len(failed)} of {len(keys)} documents are in {settings.s3_bucket}. The disk has them still:"
        f" once `manage.py audit documents` finds nothing, {settings.documents_dir} may go.",
        highlight=False,
    )
    return 1 if failed else 0


def _mover(settings: Settings, bucket: Storage) -> Callable[[str], str | None]:
    disk = DiskStorage(settings.documents_dir, "")

    def move_one(key: str) -> str | None:
        try:
            bucket.put(key, disk.get(key, digest_in(key)))
        except (ProviderDown, ProviderRefused) as error:
            return f"{key}: {type(error).__name__} {error}"
        return None

    return move_one


def digest_in(key: str) -> str:
    """The SHA-256 that a key ends with."""
    return PurePosixPath(key).stem


# ── are they all there? ────────────────────────────────────────────────────


def audited(settings: Settings) -> dict[str, Any]:
    """Read every document that an event names, and compare it with its digest."""
    with database.pool(settings.auditor_url, name="audit", size=2) as pool:
        wanted = list(named_in(store_on(pool, settings)))
        storage = storage_of(settings, Clock(pool))
        found = _each(wanted, lambda one: _judged(storage, one))
    rows = [{"document": one.key, "what": what} for one, what in zip(wanted, found, strict=True) if what]
    return {"well": not rows, "documents": len(wanted), "rows": rows}


def _judged(storage: Storage, one: Named) -> str | None:
    try:
        storage.get(one.key, one.sha256)
    except MissingDocument:
        return "missing"
    except DamagedDocument:
        return "damaged"
    return None


def _each(
    things: list[Any],
    do: Callable[[Any], str | None],
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> list[str | None]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = []
        for done, outcome in enumerate(pool.map(do, things), 1):
            outcomes.append(outcome)
            tell(done, len(things))
    return outcomes


# ── what a bucket holds, for backups ───────────────────────────────────────


def listed(settings: Settings, file: Path) -> dict[str, int]:
    """Write down every version that the bucket holds; returns the size of each key's newest. Raises ProviderDown."""
    sizes = {}
    with file.open("w", encoding="utf-8") as lines:
        for key, version, size, is_latest in _versions(settings):
            lines.write(
                json.dumps({"key": key, "version": version, "sha256": digest_in(key), "size": size}) + "\n"
            )
            if is_latest:
                sizes[key] = size
    return sizes


def held(settings: Settings) -> tuple[dict[str, int], set[tuple[str, str]]]:
    """The size of each key's newest version, and every version. Raises ProviderDown."""
    versions = list(_versions(settings))
    newest = {key: size for key, _, size, is_latest in versions if is_latest}
    return newest, {(key, version) for key, version, _, _ in versions}


def gone(file: Path, versions: set[tuple[str, str]]) -> list[str]:
    """Keys of which a version is listed in a backup and is not there any more."""
    with file.open(encoding="utf-8") as lines:
        said = [json.loads(line) for line in lines]
    return sorted({each["key"] for each in said if (each["key"], each["version"]) not in versions})


def missing(wanted: Iterable[Named], sizes: dict[str, int]) -> list[str]:
    """Keys that events name and that are not there in their size."""
    return [one.key for one in wanted if sizes.get(one.key) != one.size]


def _versions(settings: Settings) -> Iterator[tuple[str, str, int, bool]]:
    from providers.storage import bucket, s3  # boto3: see providers/__init__.py

    for each in bucket.versions(s3.client_of(settings), settings.s3_bucket):
        yield each.key, each.version, each.size, each.is_latest
