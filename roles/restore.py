"""`manage.py restore`: a backup becomes an installation again, as another history.

    verify ──▶ keys ──▶ database, aside ──▶ migrate ──▶ begin again ──▶ documents ──▶ stop money ──▶ moved into place

Nothing is in place before everything is; what was there is put aside and never deleted.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL

import psycopg
from psycopg.rows import scalar_row
from rich.console import Console
from rich.progress import Progress

from aggregates.values import derived
from commands.stop_switch import StopAfterRestore
from eventstore import Asker, Keyring, Store, Unavailable, restoring
from eventstore import migrate as store
from eventstore.restoring import How, NoRoom, Restored, SomebodyWrites
from providers import ProviderDown, ProviderRefused
from roles import backup_folder
from roles import documents as bucket
from roles.backup import is_embedded
from roles.backup_folder import Manifest, NotABackup, WrongKeys
from roles.bars import bars, filling
from roles.migrate import FOLDERS, prepare
from runtime import database, log
from runtime.clock import Clock
from runtime.embedded import backups, base_backup
from runtime.embedded.base_backup import Damaged
from runtime.embedded.postgres import SUPERUSER, DatabaseUnavailable, Postgres
from runtime.secret_files import keep_once
from runtime.settings import DATABASE, Settings
from runtime.supervise import AlreadyRunning, alone
from workers.watch import business_date

ACCOUNT = derived(NAMESPACE_URL, "restore")
"""In whose name the stop switch is pulled."""
ASIDE = "restoring"
"""Folder of the state in which the restored installation is made."""


class Refused(Exception):
    """Restoring would destroy something, or cannot give what was asked for; the message says what to do."""


@dataclass(frozen=True)
class Wish:
    """What was said on the command line."""

    folder: Path
    how: How
    at: datetime | None = None
    archive: Path | None = None
    """WAL archive; None: the one of the installation that was backed up."""
    documents: Path | None = None
    """Further documents; None: those of the installation that was backed up."""
    keys: Path | None = None
    replace: str = ""
    """Name of the state folder whose installation may be put aside."""


@dataclass(frozen=True)
class Outcome:
    """What is in place now."""

    restored: Restored
    events: int
    documents: int
    missing: list[str]
    """Keys of documents that events name and nobody had."""
    put_aside: list[Path]
    on_disk: bool = True
    """Whether documents were copied, or are where they were: in a bucket."""


_REFUSALS = (
    AlreadyRunning, Damaged, DatabaseUnavailable, NoRoom, NotABackup, OSError, ProviderDown, ProviderRefused, Refused,
    SomebodyWrites, Unavailable, WrongKeys, backups.NotReached, backups.ProgramFailed, psycopg.OperationalError,
)  # fmt: skip


def restore(settings: Settings, wish: Wish) -> int:
    """Exit code: 0 when the installation is in place, 1 when nothing has changed; then one line says what to do."""
    log.setup("restore", "error")
    console = Console(soft_wrap=True)
    try:
        with alone(settings.state_dir), bars(console) as progress:
            outcome = _restore(settings, wish, progress)
    except _REFUSALS as error:
        console.print(str(error), style="red", markup=False)
        return 1
    _tell(console, settings, outcome)
    return 0


def adopt(settings: Settings, how: How) -> int:
    """After a server of your own was restored by its own means: what `restore` does to the store itself."""
    log.setup("restore", "error")
    console = Console(soft_wrap=True)
    try:
        opened = settings.kek(), settings.secret()
        store.migrate(settings.owner_url, FOLDERS)
        restored = restoring.begin_again(settings.owner_url, how)
        _stop_money(settings.database_url, opened, restored)
    except (NoRoom, OSError, SomebodyWrites, Unavailable, psycopg.OperationalError) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    _tell_incarnation(console, restored)
    return 0


def moment(said: str) -> datetime | None:
    """None when nothing was said. Ends the process when it is no moment."""
    try:
        return datetime.fromisoformat(said) if said else None
    except ValueError:
        sys.exit(f"{said} is no moment: write it like 2026-05-04T12:00:00+02:00.")


# ── before anything is touched ─────────────────────────────────────────────


def _restore(settings: Settings, wish: Wish, progress: Progress) -> Outcome:
    if not is_embedded(settings):
        raise Refused("The database is a server of your own: restore it by its own means, then say --adopt.")
    manifest = backup_folder.read(wish.folder, _kind(wish.how))
    _refuse_what_cannot_be(settings, wish, manifest)
    found = backup_folder.check_keys(settings, manifest, wish.keys)
    _verify(wish, manifest, progress)
    aside = settings.state_dir / ASIDE
    _clear(aside)
    server = Postgres(aside / "postgres", die_with_parent=True)
    try:
        outcome = _fill(server, settings, wish, manifest, progress)
        opened = found[settings.kek_file].read_bytes(), found[settings.secret_file].read_bytes()
        _stop_money(server.url("app", DATABASE), opened, outcome.restored)
    finally:
        server.stop()
    for file, kept in found.items():
        keep_once(file, kept.read_bytes())
    return _in_place(settings, aside, outcome)


def _refuse_what_cannot_be(settings: Settings, wish: Wish, manifest: Manifest) -> None:
    if manifest.bucket is not None and not settings.s3_bucket:
        raise Refused(
            f"The documents of this backup are in the bucket {manifest.bucket}: name it, or the bucket that holds its"
            " copy, with QUITTANCE_S3_BUCKET and the other settings of S3, then restore again."
        )
    running = Postgres(settings.postgres_dir)
    if running.pid is not None:
        raise Refused(
            f"A database runs in {settings.state_dir} (process {running.pid}): stop `manage.py up`, or when"
            f" that is gone say `kill -INT {running.pid}`."
        )
    if running.data.exists() and wish.replace != settings.state_dir.name:
        raise Refused(
            f"{settings.state_dir} holds an installation. Restore into another folder with --state, or put this one"
            f" aside with --replace {settings.state_dir.name}."
        )
    every = store.pending(set(), FOLDERS)
    if unknown := [name for name in manifest.migrations if store.pending({name}, FOLDERS) == every]:
        raise Refused(f"The backup is of newer code, which has {unknown[0]}: restore it with that version.")
    if wish.how == "moment":
        _refuse_another_moment(wish, manifest)


def _refuse_another_moment(wish: Wish, manifest: Manifest) -> None:
    if wish.at is not None and wish.at.tzinfo is None:
        raise Refused(f"{wish.at} in which time zone? Say --at {wish.at.isoformat()}+00:00, for example.")
    if wish.at is not None and wish.at < manifest.until:
        raise Refused(f"This backup begins at {manifest.until}: take an older one for {wish.at}.")
    ours = backups.version()
    if manifest.postgres.partition(".")[0] != ours.partition(".")[0]:
        raise Refused(
            f"The base backup is of PostgreSQL {manifest.postgres}, this is {ours}: restore a dump."
        )


def _verify(wish: Wish, manifest: Manifest, progress: Progress) -> None:
    backup_folder.check_files(wish.folder, manifest)
    if wish.how == "moment":
        base_backup.verify(wish.folder / "base", filling(progress, "verifying"))
        if gaps := base_backup.missing_wal(wish.folder / "base", _wal(wish, manifest)):
            raise Refused(
                f"The WAL archive lacks {gaps[0]} and goes on after it: find the file, or name with --archive a"
                " folder that ends before the gap."
            )


# ── made aside ─────────────────────────────────────────────────────────────


def _fill(
    server: Postgres, settings: Settings, wish: Wish, manifest: Manifest, progress: Progress
) -> Outcome:
    if wish.how == "dump":
        _load(server, wish, manifest, progress)
    else:
        _recover(server, wish, manifest, progress)
    prepare(server)
    owner = server.url("store_owner", DATABASE)
    store.migrate(owner, FOLDERS)
    restored = restoring.begin_again(owner, wish.how)
    with psycopg.connect(server.url(SUPERUSER, DATABASE), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        count = connection.cursor(row_factory=scalar_row)
        events = int(count.execute("SELECT count(*) FROM store.events").fetchone() or 0)
        if events < manifest.events or wish.how == "dump" and events != manifest.events:
            raise Damaged(f"{events} events were restored and the backup was made of {manifest.events}")
        if manifest.bucket is None:
            target = settings.state_dir / ASIDE / "documents"
            documents, missing = _documents(connection, target, wish, manifest, progress)
        else:
            documents, missing = _in_bucket(connection, settings, wish)
    return Outcome(restored, events, documents, missing, [], manifest.bucket is None)


def _load(server: Postgres, wish: Wish, manifest: Manifest, progress: Progress) -> None:
    tables = sum("toc" not in name and name.startswith("dump/") for name in manifest.files)
    bar = progress.add_task("starting a fresh server", total=tables)
    server.start()
    prepare(server)
    progress.update(bar, description="loading")

    def heard(line: str) -> None:
        progress.advance(bar, "processing data for table" in line)

    backups.load(server.url(SUPERUSER, DATABASE), wish.folder / "dump", heard)


def _recover(server: Postgres, wish: Wish, manifest: Manifest, progress: Progress) -> None:
    server.folder.mkdir(mode=0o700, parents=True)
    backups.lay_out(server, wish.folder / "base", filling(progress, "copying"))
    bar = progress.add_task("replaying", total=None)
    backups.recover(
        server, _wal(wish, manifest), wish.at, lambda moment: progress.update(bar, description=f"at {moment}")
    )
    progress.update(bar, description="replaying", total=1, completed=1)


def _documents(
    connection: psycopg.Connection, target: Path, wish: Wish, manifest: Manifest, progress: Progress
) -> tuple[int, list[str]]:
    """Those of the backup, and those that were stored after it where they still are: a document never changes."""
    bar = progress.add_task("documents", total=None)
    target.mkdir(mode=0o700)
    copied = 0
    for source in (wish.folder / "documents", wish.documents or manifest.state / "documents"):
        copied += backup_folder.copy_documents(source, target, lambda n: progress.update(bar, completed=n))
    progress.update(bar, total=1, completed=1)
    return copied, [one.key for one in bucket.named(connection) if not (target / one.key).is_file()]


def _in_bucket(connection: psycopg.Connection, settings: Settings, wish: Wish) -> tuple[int, list[str]]:
    """How many the bucket holds, and what it lacks: of those that events name, and of those that the backup lists."""
    sizes, versions = bucket.held(settings)
    lacking = bucket.missing(bucket.named(connection), sizes)
    gone = bucket.gone(wish.folder / "documents" / bucket.LIST, versions)
    return len(sizes), sorted({*lacking, *gone})


def _stop_money(url: str, keys: tuple[bytes, bytes], restored: Restored) -> None:
    """Pull the stop switch: what left the house after the moment that came back is not known here.

    url   connection string of the role ``app``
    keys  the key-encryption key and the secret
    """
    with database.pool(url, name="restore", size=2) as pool:
        events, clock = Store(pool, Keyring(pool, keys[0]), keys[1]), Clock(pool)
        asker = Asker(ACCOUNT, "restore", on=business_date(events, clock).today(), now=clock.now())
        id = derived(restored.incarnation, "stop")
        events.send(StopAfterRestore(incarnation=restored.incarnation), asker, command_id=id)


def _wal(wish: Wish, manifest: Manifest) -> list[Path]:
    """Where WAL may be: the archive, and what the lost server had not archived yet if its disk is still there."""
    if wish.archive is not None:
        return [wish.archive]
    postgres = manifest.state / "postgres"
    return [postgres / "archive", postgres / "data" / "pg_wal"]


# ── moved into place ───────────────────────────────────────────────────────


def _in_place(settings: Settings, aside: Path, outcome: Outcome) -> Outcome:
    put_aside = []
    for fresh, place in ((aside / "documents", settings.documents_dir), (aside / "postgres", settings.postgres_dir)):  # fmt: skip
        if not fresh.exists():  # documents that are in a bucket
            continue
        if place.exists():
            before = place.with_name(f"{place.name}.before-{outcome.restored.restored_at:%Y%m%dT%H%M%SZ}")
            place.rename(before)
            put_aside.append(before)
        fresh.rename(place)
    aside.rmdir()
    return replace(outcome, put_aside=put_aside)


def _clear(aside: Path) -> None:
    """What an interrupted restore left."""
    Postgres(aside / "postgres").stop()
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()


def _kind(how: How) -> str:
    return "dump" if how == "dump" else "base"


def _tell(console: Console, settings: Settings, outcome: Outcome) -> None:
    console.print(
        f"[green]{settings.state_dir}[/]: {outcome.events} events, {outcome.documents} documents",
        highlight=False,
    )
    _tell_incarnation(console, outcome.restored)
    if outcome.missing:
        where = settings.s3_bucket or settings.documents_dir
        console.print(
            f"[yellow]{len(outcome.missing)} documents are named and were not found[/]; the first: {outcome.missing[0]}."
            f" Put what you find into {where}; a bucket may have them under a delete marker.", highlight=False,
        )  # fmt: skip
    if settings.s3_bucket and outcome.on_disk:
        console.print(
            "The documents are on the disk: `manage.py documents move` brings them into the bucket."
        )
    console.print("Take a new backup now: the WAL archive begins anew.", highlight=False)
    for folder in outcome.put_aside:
        console.print(f"What was there is in {folder}: delete it within 30 days.", highlight=False)


def _tell_incarnation(console: Console, restored: Restored) -> None:
    newest = f"{restored.newest:%Y-%m-%d %H:%M:%S} UTC" if restored.newest else "none"
    console.print(
        f"Newest event: {newest}. Incarnation {restored.incarnation} begins, after {restored.previous}.\n"
        "What happened after that event is not known here and may have happened outside. The stop switch is pulled: no"
        " money leaves. Look up every open payout and collection at its provider, then one person asks for the release"
        " and another confirms it. Letters may be sent once more.",
        highlight=False,
    )
