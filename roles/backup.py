"""`manage.py backup`: the database and the documents as they are now, in a folder that proves itself.

base  ──▶ pg_basebackup: with the WAL archive, every moment from here on can be restored
dump  ──▶ pg_dump: one moment, into any later version of PostgreSQL

Documents in S3 are listed, not copied: the bucket keeps every version, and whoever runs it copies it elsewhere.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row, scalar_row
from rich.console import Console
from rich.progress import Progress

from providers import ProviderDown, ProviderRefused
from roles import backup_folder, documents
from roles.backup_folder import Keys, Manifest
from roles.bars import bars, filling
from roles.documents import Named
from runtime import log
from runtime.embedded import backups, base_backup
from runtime.embedded.base_backup import Damaged
from runtime.embedded.postgres import SUPERUSER, DatabaseUnavailable, Postgres
from runtime.settings import DATABASE, Settings
from runtime.supervise import AlreadyRunning, alone

Kind = Literal["dump", "base"]
ELSEWHERE = (
    "The database is a server of your own: back it up by its own means, documents and keys too. After restoring it say"
    " `python3 manage.py restore --adopt dump` or `--adopt moment` before anything is started."
)


class NothingThere(Exception):
    """There is no database in the state folder."""


def backup(settings: Settings, to: Path | None, kind: Kind) -> int:
    """Exit code: 0 when a whole and verified backup is there, else 1; then one line says what to do, or what is missing
    in the bucket, although the backup was made."""
    log.setup("backup", "error")
    console = Console(soft_wrap=True)
    if not is_embedded(settings):
        console.print(ELSEWHERE, markup=False)
        return 1
    try:
        with answering(settings) as server, bars(console) as progress:
            folder, manifest, missing = _back_up(settings, server, to, kind, progress)
    except (
        AlreadyRunning,
        Damaged,
        DatabaseUnavailable,
        NothingThere,
        OSError,
        ProviderDown,
        ProviderRefused,
        backups.ProgramFailed,
        psycopg.OperationalError,
    ) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    _tell(console, settings, folder, manifest)
    _tell_missing(console, missing)
    return 1 if missing else 0


def is_embedded(settings: Settings) -> bool:
    """Whether the database is the server in the state folder."""
    return settings.owner_url == Postgres(settings.postgres_dir).url("store_owner", DATABASE)


@contextmanager
def answering(settings: Settings) -> Iterator[Postgres]:
    """The installation's server, also when nothing else of it runs. Raises NothingThere, AlreadyRunning."""
    server = Postgres(settings.postgres_dir, die_with_parent=True)
    if not server.data.exists():
        raise NothingThere(f"{settings.state_dir} holds no database: nothing to back up")
    if server.pid is not None:
        yield server
        return
    with alone(settings.state_dir):
        server.start()
        try:
            yield server
        finally:
            server.stop()


# ── what is written ────────────────────────────────────────────────────────


def _back_up(
    settings: Settings, server: Postgres, to: Path | None, kind: Kind, progress: Progress
) -> tuple[Path, Manifest, list[str]]:
    """Made aside and renamed: a folder without ``.part`` is whole. With it the keys that the bucket lacks."""
    with psycopg.connect(server.url(SUPERUSER, DATABASE)) as connection:
        # Whoever holds a snapshot for pg_dump is idle meanwhile.
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        facts, wanted = _facts(connection), documents.named(connection)
        folder = (to or settings.state_dir / "backups" / f"{facts['until']:%Y%m%dT%H%M%SZ}-{kind}").resolve()
        part = folder.with_name(f"{folder.name}.part")
        _make_room(folder, part)
        if kind == "dump":
            _write_dump(connection, server, part / "dump", progress)
        else:
            _write_base(server, part / "base", progress)
            facts["until"] = _now(connection)
    # After the database: a document is stored before the event that names it.
    kept, missing = _documents(settings, part / "documents", wanted, progress)
    manifest = Manifest(
        kind=kind, state=settings.state_dir, keys=Keys.of(settings.kek_file, settings.secret_file), documents=kept,
        bucket=settings.s3_bucket or None, files=backup_folder.digests(part, "dump", "documents"), **facts,
    )  # fmt: skip
    backup_folder.write(part, manifest)
    part.rename(folder)
    return folder, manifest, missing


def _make_room(folder: Path, part: Path) -> None:
    if folder.exists():
        raise FileExistsError(
            f"{folder} exists already, and no backup is written over another: name a new folder"
        )
    if part.exists():
        shutil.rmtree(part)
    part.mkdir(mode=0o700, parents=True)


def _facts(connection: Connection[Any]) -> dict[str, Any]:
    """What the manifest says about the database, all of one snapshot."""
    facts: dict[str, Any] | None = (
        connection.cursor(row_factory=dict_row)
        .execute(
            "SELECT clock_timestamp() AS until, s.incarnation, s.base, e.events, e.largest_position,"
            " split_part(current_setting('server_version'), ' ', 1) AS postgres, m.migrations"
            " FROM store.store s, (SELECT count(*) AS events, coalesce(max(position), 0) AS largest_position"
            " FROM store.events) e, (SELECT array_agg(name ORDER BY name) AS migrations FROM public.migrations) m"
        )
        .fetchone()
    )
    assert facts is not None
    return facts


def _write_base(server: Postgres, to: Path, progress: Progress) -> None:
    backups.copy(server, to, filling(progress, "base backup"))
    base_backup.verify(to, filling(progress, "verifying"))


def _write_dump(connection: Connection[Any], server: Postgres, to: Path, progress: Progress) -> None:
    """Of the same snapshot as the facts in the manifest."""
    one = connection.cursor(row_factory=scalar_row)
    snapshot = str(one.execute("SELECT pg_export_snapshot()").fetchone())
    own = "relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'"
    bar = progress.add_task(
        "dump", total=one.execute(f"SELECT count(*) FROM pg_class WHERE {own}").fetchone()
    )

    def heard(line: str) -> None:
        progress.advance(bar, "dumping contents of table" in line)

    backups.dump(server.url(SUPERUSER, DATABASE), to, snapshot, heard)


def _documents(
    settings: Settings, target: Path, wanted: list[Named], progress: Progress
) -> tuple[int, list[str]]:
    """How many there are, and which ones of those that events name are not in the bucket."""
    bar = progress.add_task("documents", total=None)
    target.mkdir(mode=0o700)
    missing: list[str] = []
    if settings.s3_bucket:
        sizes = documents.listed(settings, target / documents.LIST)
        kept, missing = len(sizes), documents.missing(wanted, sizes)
    else:
        copied = partial(progress.update, bar)
        kept = backup_folder.copy_documents(settings.documents_dir, target, lambda n: copied(completed=n))
    progress.update(bar, total=max(kept, 1), completed=max(kept, 1))
    return kept, missing


def _now(connection: Connection[Any]) -> Any:
    return connection.cursor(row_factory=scalar_row).execute("SELECT clock_timestamp()").fetchone()


def _tell(console: Console, settings: Settings, folder: Path, manifest: Manifest) -> None:
    console.print(f"[green]{folder}[/]", highlight=False)
    console.print(
        f"{manifest.events} events up to {manifest.until:%Y-%m-%d %H:%M:%S} UTC, {manifest.documents} documents,"
        f" incarnation {manifest.incarnation}",
        highlight=False,
    )
    console.print(
        f"Not in it: the keys (fingerprints {manifest.keys.kek} and {manifest.keys.secret}), passwords, logs, mails.\n"
        f"Put the folder and, apart from it, copies of {settings.kek_file} and {settings.secret_file} where this"
        " machine's disk is not. Delete it after 30 days at the latest: erased people live on in it until then.",
        highlight=False,
    )  # fmt: skip
    if manifest.bucket:
        console.print(
            f"Not in it either: the documents. {manifest.bucket} holds them, every version, and {documents.LIST} lists"
            " them; a copy elsewhere is made by whoever runs the bucket (replication), not by this.",
            highlight=False,
        )  # fmt: skip
    if manifest.kind == "base":
        archive = settings.postgres_dir / "archive"
        console.print(f"Later moments need the WAL archive as well: {archive}", highlight=False)


def _tell_missing(console: Console, missing: list[str]) -> None:
    if missing:
        console.print(
            f"{len(missing)} documents are named by events and are not in the bucket as they were kept; the first:"
            f" {missing[0]}. `manage.py audit documents` lists them.", style="red", markup=False,
        )  # fmt: skip
