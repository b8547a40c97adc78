"""The embedded PostgreSQL: starts, is adopted, and comes back after anything."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest

from runtime.embedded import privileges, sockets
from runtime.embedded.postgres import SUPERUSER, DatabaseUnavailable, Postgres
from runtime.embedded.privileges import NeedsAnotherUser
from tests.soon import soon

ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "pg", die_with_parent=True, durable=False)
    server.start()
    yield server
    server.stop()


def ask(server: Postgres, *queries: str) -> str:
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        *before, last = queries
        for query in before:
            connection.execute(query.encode())
        row = connection.execute(last.encode()).fetchone()
        assert row is not None
        return str(row[0])


def test_it_is_postgres_18_with_checksums_and_a_locale_that_never_changes(server: Postgres) -> None:
    assert ask(server, "SHOW server_version").startswith("18.")
    assert ask(server, "SHOW data_checksums") == "on"
    assert (
        ask(server, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'postgres'")
        == "bC.UTF-8"
    )


def test_only_this_user_comes_in_and_only_with_a_password(server: Postgres) -> None:
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.folder / "passwords" / "postgres.pgpass").stat().st_mode) == 0o400
    assert ask(server, "SHOW listen_addresses") == ""
    host = sockets.folder_for(server.folder, 5432)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(host), user=SUPERUSER, dbname="postgres", password="wrong")


def test_a_connection_string_tells_no_password(server: Postgres) -> None:
    assert server.password(SUPERUSER) not in server.url(SUPERUSER, "postgres")


def test_the_log_keeps_no_statement_and_no_value(server: Postgres) -> None:
    with pytest.raises(psycopg.Error):
        ask(server, "SELECT 'Awa Diop'::int")
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE t (name text PRIMARY KEY)")
        connection.execute("INSERT INTO t VALUES ('Awa Diop')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO t VALUES ('Awa Diop')")
    soon(lambda: "duplicate key" in server.log.read_text())
    assert "t_pkey" in server.log.read_text()
    assert "(name)=" not in server.log.read_text()
    assert "INSERT" not in server.log.read_text()


def test_it_comes_back_with_its_data_after_kill_9(server: Postgres) -> None:
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer", "SELECT 1")
    for _ in range(3):
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        server.start()
        assert server.pid != killed
        assert ask(server, "SELECT answer FROM kept") == "42"


def test_it_waits_for_the_children_of_a_killed_server(server: Postgres) -> None:
    """A child that is busy does not notice at once; two servers on one folder would destroy it."""
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        busy = connection.info.backend_pid
        child = psutil.Process(busy)
        child.suspend()
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        server.start()
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_running_server_is_adopted(server: Postgres) -> None:
    another = Postgres(server.folder, durable=False)
    another.start()
    assert another.pid == server.pid
    another.stop()
    assert server.pid is None


def test_a_pid_that_now_belongs_to_somebody_else_blocks_nothing(server: Postgres) -> None:
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    soon(lambda: server.pid is None)
    lines = (server.data / "postmaster.pid").read_text().splitlines()
    (server.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.start()
    assert ask(server, "SELECT 1") == "1"


def test_a_clean_stop_leaves_nothing_to_recover(server: Postgres) -> None:
    server.stop()
    server.stop()
    assert "database system is shut down" in server.log.read_text().splitlines()[-1]
    server.start()
    assert "not properly shut down" not in server.log.read_text()


def test_a_start_that_was_killed_while_it_made_the_folder_begins_again(tmp_path: Path) -> None:
    half = tmp_path / "pg" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    server = Postgres(tmp_path / "pg", die_with_parent=True, durable=False)
    server.start()
    assert ask(server, "SELECT 1") == "1"
    server.stop()


def test_a_server_that_cannot_start_says_why(server: Postgres) -> None:
    server.stop()
    (server.data / "global" / "pg_control").rename(server.folder / "pg_control")
    with pytest.raises(DatabaseUnavailable, match="pg_control"):
        server.start(seconds=5)
    (server.folder / "pg_control").rename(server.data / "global" / "pg_control")


def test_a_path_too_long_for_a_socket_gets_a_short_one_of_its_own(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90) / "pg"
    server = Postgres(deep, die_with_parent=True, durable=False)
    server.start()
    place = sockets.folder_for(server.folder, 5432)
    assert len(str(place / ".s.PGSQL.5432")) <= sockets.LONGEST
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert ask(server, "SELECT 1") == "1"
    server.stop()


def test_a_socket_folder_that_is_open_to_others_is_refused(tmp_path: Path) -> None:
    place = sockets.make(tmp_path, 5432)
    place.chmod(0o777)
    with pytest.raises(PermissionError, match="open to others"):
        sockets.make(tmp_path, 5432)


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    start = (
        "import sys; from pathlib import Path; from runtime.embedded.postgres import Postgres\n"
        "server = Postgres(Path(sys.argv[1]), die_with_parent=True, durable=False); server.start()\n"
        "print(server.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", start, str(tmp_path / "pg")],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    soon(lambda: not psutil.pid_exists(pid))


@pytest.mark.skipif(os.getuid() != 0, reason="not here: only root meets this")
def test_root_without_user_namespaces_has_a_system_user_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.embedded.privileges.namespaces_work", lambda: False)
    with TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        server = Postgres(Path(open_to_all) / "pg", die_with_parent=True, durable=False)
        server.start()
        assert psutil.Process(server.pid).username() == privileges.USER
        assert ask(server, "SELECT 1") == "1"
        server.stop()
        server.start()
        server.stop()


@pytest.mark.skipif(os.getuid() != 0, reason="not here: only root meets this")
def test_a_folder_that_only_root_can_enter_is_named_where_that_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.embedded.privileges.namespaces_work", lambda: False)
    (tmp_path / "closed").mkdir(mode=0o700)
    with pytest.raises(NeedsAnotherUser, match="only root can enter"):
        Postgres(tmp_path / "closed" / "pg", durable=False).start()


def test_filled_segments_of_the_log_are_archived(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg", die_with_parent=True)
    server.start()
    ask(server, "SELECT pg_switch_wal()")
    ask(server, "CREATE TABLE t AS SELECT 1", "SELECT pg_switch_wal()")
    archive = server.folder / "archive"
    soon(lambda: len(list(archive.glob("*.gz"))) >= 1)
    server.stop()
    assert not list(archive.glob("*.part"))
