"""Backups become installations again: from a dump into a fresh cluster, and to a moment; what cannot be is refused."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from demo.installation import of_its_own
from eventstore import Store, restoring
from eventstore.projector import Projector
from eventstore.session import Claims, Lines, Session, stamped
from eventstore.verify import verify_chains
from roles.backup import backup
from roles.keys import create as keys
from roles.restore import Wish, restore
from roles.status import show
from runtime.supervise import alone
from tests.connected import auditing, projecting
from tests.eventstore.shelf import MACHINE, SHELF, Book, BookList, BuyBook, ReadPages, buy, settle, tell
from tests.roles.backed_up import EPOCH, READER, Backups, Installation, begun, told
from tests.soon import soon

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backups]:
    folder = tmp_path_factory.mktemp("restore")
    old = Installation.at(folder / "old")
    list(keys(old.settings))
    begun(old)
    with old.store() as store:
        yield told(old, store, folder)
    old.server.stop()


def restored(taken: Backups, state: Path, wish: Wish) -> Installation:
    """A running installation made from a backup, with the keys of the old one."""
    one = Installation.at(state)
    assert restore(one.settings, replace(wish, keys=taken.of.settings.kek_file.parent)) == 0
    one.server.start()
    return one


@pytest.fixture(scope="module")
def fresh(taken: Backups, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The dump in a cluster of its own, before anything else happens there."""
    one = restored(taken, tmp_path_factory.mktemp("fresh") / "state", Wish(taken.dump, "dump"))
    yield one
    one.server.stop()


# ── a dump in a fresh cluster ────────────────────────────────────────────────


def test_a_dump_in_a_fresh_cluster_goes_on_above_every_position_it_brought(
    taken: Backups, fresh: Installation
) -> None:
    next_id = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    assert taken.of.asked(next_id)[0] > EPOCH * 2**32
    assert fresh.asked(next_id)[0] < 2**32
    with fresh.store() as store:
        old = store.read_feed().events
        assert store.read_feed(taken.read_to).events == []
        # A key that came with the dump opens, and a command that was carried out before it is recognised.
        assert store.load(Book, taken.book).status == "kept"
        assert old[0].event().dedication.open() == "À Awa"  # type: ignore[attr-defined]
        again = BuyBook(book_id=taken.receipt.id, reader_id=READER)
        assert store.send(again, MACHINE, command_id=taken.command) == taken.receipt

        books = [buy(store) for _ in range(3)]
        tell(store, taken.book, ReadPages(pages=5))
        new = store.read_feed(taken.read_to).events
        assert [row.stream_id for row in new] == [*books, taken.book]
        assert new[0].position > max(old[-1].position, taken.read_to)
        assert verify_chains(auditing(store)).breaks == []
        settle(Projector(*projecting(store), SHELF))
        assert fresh.differences(store) == []


def test_guards_and_sequences_come_along(taken: Backups, fresh: Installation) -> None:
    schemas = "IN ('store'::regnamespace, 'read'::regnamespace, 'jobs'::regnamespace)"
    for query, space in zip(GUARDS, ("relnamespace", "pronamespace", "", ""), strict=True):
        guard = query.format(f"{space} {schemas}")
        assert sorted(fresh.asked(guard)) == sorted(taken.of.asked(guard)), guard
    assert fresh.asked("SELECT nextval('jobs.procrastinate_jobs_id_seq')") == [4322]
    with (
        psycopg.connect(fresh.settings.database_url) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute("SELECT FROM store.events")  # fmt: skip


GUARDS = (
    "SELECT (oid::regclass, relowner::regrole, relacl, relrowsecurity, relforcerowsecurity)::text FROM pg_class WHERE {}",
    "SELECT (oid::regprocedure, proowner::regrole, proacl, prosecdef)::text FROM pg_proc WHERE {}",
    "SELECT (schemaname, tablename, policyname, qual, with_check)::text FROM pg_policies",
    "SELECT (tgrelid::regclass, tgname, tgenabled)::text FROM pg_trigger WHERE NOT tgisinternal",
)
"""Owners, grants, row policies, who functions run as, triggers."""


def test_status_says_which_history_it_is(
    taken: Backups, fresh: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    show(fresh.settings, json=True)
    shown = json.loads(capsys.readouterr().out)["store"]
    (restore,) = fresh.asked("SELECT incarnation::text FROM store.restores WHERE how = 'dump'")
    (before,) = taken.of.asked("SELECT incarnation::text FROM store.store")
    assert shown["incarnation"] in fresh.asked("SELECT incarnation::text FROM store.restores")
    assert restore != before


# ── a moment ─────────────────────────────────────────────────────────────────


def test_a_moment_between_two_commands(taken: Backups, tmp_path: Path) -> None:
    one = restored(taken, tmp_path / "state", Wish(taken.base, "moment", taken.moment))
    with one.store() as store, taken.of.store() as old:
        pages = [row.event().pages for row in old.history(taken.book)[1:]]  # type: ignore[attr-defined]
        assert pages == [10, 20, 40]
        assert [row.event().pages for row in store.history(taken.book)[1:]] == [10, 20]  # type: ignore[attr-defined]
        lost = old.read_feed().events[-1].position
        remembered = old.load(Book, taken.book)
        assert int(*tell(store, taken.book, ReadPages(pages=1)).positions.values()) > lost
        with pytest.raises(psycopg.Error) as refused:
            append_to(store, remembered)
        assert refused.value.sqlstate == "QS002"
        assert verify_chains(auditing(store)).breaks == []
    with (
        psycopg.connect(one.settings.database_url) as app,
        psycopg.connect(taken.of.settings.database_url) as before,
    ):
        (line,) = restoring.restores(app)
        assert line.previous == restoring.incarnation(before).incarnation
        assert line.incarnation == restoring.incarnation(app).incarnation
    assert (one.settings.documents_dir / taken.document).exists()
    one.server.stop()


def append_to(store: Store, book: Book) -> None:
    """As a process does that kept the book in memory across the restore."""
    book.record(Book.Read, pages=1)
    lines = Lines()
    lines.add(book, stamped("machine", on=MACHINE.on), store.codec)
    with store.pool.connection() as connection:
        Session(connection, store.codec).append(uuid4(), b"mac", book, None, lines, Claims())


def test_projectors_that_run_across_a_restore_end_where_a_replay_ends(
    taken: Backups, fresh: Installation, tmp_path: Path
) -> None:
    assert backup(fresh.settings, tmp_path / "base", "base") == 0
    stop = threading.Event()
    with fresh.store() as store:
        projector = Projector(*projecting(store), SHELF)
        running = threading.Thread(target=projector.run, args=(stop,))
        running.start()
        try:
            book = buy(store)
            (moment,) = fresh.asked("SELECT clock_timestamp()")
            tell(store, book, ReadPages(pages=40))
            soon(lambda: pages_of(fresh, book) == [40])
            fresh.server.stop()
            wish = Wish(tmp_path / "base", "moment", moment, replace=fresh.settings.state_dir.name)
            assert restore(fresh.settings, wish) == 0
            fresh.server.start()
            soon(lambda: pages_of(fresh, book) == [0])
            store.pool.check()
            tell(store, book, ReadPages(pages=3))
            soon(lambda: pages_of(fresh, book) == [3])
        finally:
            stop.set()
            running.join()
        assert fresh.differences(store) == []
    assert len(list(fresh.settings.state_dir.glob("postgres.before-*"))) == 1


def pages_of(one: Installation, book: UUID) -> list[int]:
    return one.asked(f"SELECT pages FROM read.{BookList.table_name(1)} WHERE book_id = '{book}'")


# ── what is refused ──────────────────────────────────────────────────────────


@dataclass
class Refusals:
    """Says what a restore was told instead, and sees that nothing was made."""

    taken: Backups
    target: Installation
    capsys: pytest.CaptureFixture[str]

    def of(self, wish: Wish, keys: Path | None = None) -> str:
        self.capsys.readouterr()
        where = keys or self.taken.of.settings.kek_file.parent
        assert restore(self.target.settings, replace(wish, keys=where)) == 1
        assert not self.target.server.data.exists()
        assert not self.target.settings.kek_file.exists()
        return self.capsys.readouterr().out


@pytest.fixture
def refused(taken: Backups, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refusals:
    return Refusals(taken, Installation.at(tmp_path / "target"), capsys)


def test_a_target_that_runs_or_holds_something(
    taken: Backups, fresh: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = Wish(taken.dump, "dump")
    for settings, said in (
        (taken.of.settings, f"kill -INT {taken.of.server.pid}"),
        (fresh.settings, "A database runs in"),
    ):
        assert restore(settings, wish) == 1
        assert said in capsys.readouterr().out
    fresh.server.stop()
    assert restore(fresh.settings, wish) == 1
    assert f"--replace {fresh.settings.state_dir.name}" in capsys.readouterr().out
    with alone(fresh.settings.state_dir):
        assert restore(fresh.settings, wish) == 1
    assert f"process {os.getpid()} already runs" in capsys.readouterr().out
    fresh.server.start()


def test_other_keys_and_no_keys(refused: Refusals, tmp_path: Path) -> None:
    wish, other = Wish(refused.taken.dump, "dump"), of_its_own(tmp_path / "other")
    assert "kek is not there" in refused.of(wish, keys=tmp_path)
    list(keys(other))
    assert "kek is not the key of this backup" in refused.of(wish, keys=other.kek_file.parent)
    other.kek_file.unlink()
    other.kek_file.write_bytes(refused.taken.of.settings.kek())
    assert "secret is not the key of this backup" in refused.of(wish, keys=other.kek_file.parent)


@contextmanager
def flipped(file: Path, at: int) -> Iterator[None]:
    """Three bytes of a file are others for a while."""
    before = file.read_bytes()
    file.write_bytes(before[:at] + bytes(255 - byte for byte in before[at : at + 3]) + before[at + 3 :])
    try:
        yield
    finally:
        file.write_bytes(before)


def table_of_events(taken: Backups) -> Path:
    with psycopg.connect(taken.of.settings.owner_url) as owner:
        row = owner.execute("SELECT pg_relation_filepath('store.events')").fetchone()
    assert row is not None
    return taken.base / "base" / row[0]


def test_three_bytes_that_changed(refused: Refusals) -> None:
    taken = refused.taken
    largest = max((taken.dump / "dump").iterdir(), key=lambda file: file.stat().st_size)
    (wal,) = (taken.base / "base" / "pg_wal").glob("0000*")
    document, table = taken.dump / "documents" / "contracts" / "before.pdf", table_of_events(taken)
    listing = taken.base / "base" / "backup_manifest"
    dump, moment = Wish(taken.dump, "dump"), Wish(taken.base, "moment")
    for file, at, wish, said in (
        (largest, 50, dump, f"{largest.name} has other bytes"),
        (document, 50, dump, "before.pdf has other bytes"),
        (table, 5000, moment, f"{table.name} has other bytes"),
        (listing, 5000, moment, "backup_manifest has other bytes"),
        (wal, 60, moment, "its WAL cannot be read"),
    ):
        with flipped(file, at):
            assert said in refused.of(wish)


def test_a_moment_that_cannot_be_reached(refused: Refusals, tmp_path: Path) -> None:
    base, moment = refused.taken.base, refused.taken.moment
    (early, late) = (moment + timedelta(days=days) for days in (-1, 1))
    assert "take an older one" in refused.of(Wish(base, "moment", early))
    assert "in which time zone?" in refused.of(Wish(base, "moment", moment.replace(tzinfo=None)))
    assert "choose an earlier moment" in refused.of(Wish(base, "moment", late))
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "0000000100000000000000FF.gz").touch()
    gap = Wish(base, "moment", archive=tmp_path / "archive")
    assert "The WAL archive lacks 00000000/000000" in refused.of(gap)


def test_what_is_no_backup_or_of_newer_code(refused: Refusals, tmp_path: Path) -> None:
    taken = refused.taken
    assert "holds no manifest.json" in refused.of(Wish(tmp_path, "dump"))
    assert "is a base: say --base" in refused.of(Wish(taken.base, "dump"))
    manifest = taken.dump / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace("eventstore/0001_store", "eventstore/9999_store"))
    assert "newer code, which has eventstore/9999_store" in refused.of(Wish(taken.dump, "dump"))
    manifest.write_text(text)


def test_no_backup_is_written_over_another(taken: Backups, capsys: pytest.CaptureFixture[str]) -> None:
    assert backup(taken.of.settings, taken.dump, "dump") == 1
    assert "exists already" in capsys.readouterr().out


def test_the_keys_are_in_no_file_of_a_backup(taken: Backups) -> None:
    files = [file for folder in (taken.dump, taken.base) for file in folder.rglob("*") if file.is_file()]
    for secret in (taken.of.settings.kek(), taken.of.settings.secret()):
        assert [file for file in files if secret in file.read_bytes()] == []
    assert {file.name for file in files} & {"kek", "secret", "postgres.pgpass"} == set()
