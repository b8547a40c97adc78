"""Copies of an embedded server by PostgreSQL's own programs: a logical dump, a base backup, and the way back from each.

dump ──▶ folder ──▶ load               any server of the same or a later version, transaction ids start low
copy ──▶ folder ──▶ lay_out ──▶ recover    the same version, any moment that base backup and WAL archive reach
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from runtime.embedded import privileges
from runtime.embedded.base_backup import Damaged
from runtime.embedded.postgres import SUPERUSER, Postgres, binary

Heard = Callable[[str], None]
"""Is told what a program says about its progress, a line at a time."""
Watched = Callable[[int, int], None]
"""Is told how many bytes are done, of how many."""

WORKERS = 2
PROMPT = 120.0
"""Seconds in which a restored server lets somebody look; replaying its WAL may take as long as it takes."""
_DAMAGED = 200
"""Exit code of the restore command at which PostgreSQL gives up, instead of believing that the archive ends there."""


class ProgramFailed(Exception):
    """One of PostgreSQL's programs ended with an error; the message is its last words."""


class NotReached(Exception):
    """The moment asked for is not in the WAL that was found; the message says how far it goes."""


# ── logical ────────────────────────────────────────────────────────────────


def dump(url: str, to: Path, snapshot: str, heard: Heard) -> None:
    """Write one database as it was at an exported snapshot.

    url  of a superuser, who is bound by no row policy
    to   a folder that does not exist

    Raises ProgramFailed.
    """
    _run("pg_dump", "--format=directory", f"--jobs={WORKERS}", f"--snapshot={snapshot}", "--verbose",
         f"--file={to}", f"--dbname={url}", heard=heard)  # fmt: skip


def load(url: str, folder: Path, heard: Heard) -> None:
    """Fill an empty database, whose roles exist, from a dump; stops at the first error. Raises ProgramFailed."""
    _run("pg_restore", "--exit-on-error", f"--jobs={WORKERS}", "--verbose", f"--dbname={url}", str(folder),
         heard=heard)  # fmt: skip


# ── physical ───────────────────────────────────────────────────────────────


def copy(server: Postgres, to: Path, watched: Watched) -> None:
    """Write a base backup of the whole server with the WAL that makes it consistent, and the digest of every file.

    to  a folder that does not exist

    Raises ProgramFailed.
    """
    url = server.url(SUPERUSER, "postgres")
    command = [str(binary("pg_basebackup")), f"--pgdata={to}", "--wal-method=stream", "--checkpoint=fast",
               "--manifest-checksums=SHA256", "--progress", f"--dbname={url}"]  # fmt: skip
    with TemporaryFile("w+") as said, psycopg.connect(url, autocommit=True) as connection:
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        while (code := _ended(program)) is None:
            row = connection.execute(
                "SELECT backup_streamed, backup_total FROM pg_stat_progress_basebackup"
            ).fetchone()
            if row and row[1]:
                watched(*row)
        if code:
            said.seek(0)
            raise ProgramFailed(f"pg_basebackup: {_tail(said.read())}")
        watched(1, 1)


def lay_out(server: Postgres, base: Path, watched: Watched) -> None:
    """Give a server that has never started the files of a base backup."""
    total, done = sum(file.stat().st_size for file in base.rglob("*") if file.is_file()), 0

    def copy_one(source: str, target: str) -> str:
        nonlocal done
        done += Path(source).stat().st_size
        watched(done, total)
        return shutil.copy2(source, target)

    shutil.copytree(base, server.data, copy_function=copy_one)


def recover(server: Postgres, sources: list[Path], at: datetime | None, heard: Heard) -> None:
    """Start a server that was laid out and replay its WAL; afterwards it takes writes on a timeline of its own.

    sources  folders with WAL: archives (``*.gz``) first, then ``pg_wal`` of a server whose disk is still there
    at       the moment to stop at, with its zone; None: replay everything there is

    The passwords of the roles are those of the backup, except that of the superuser, which is the server's own.
    Raises NotReached, Damaged, DatabaseUnavailable.
    """
    chosen = {"restore_command": restore_command(sources), "recovery_target_action": "promote"}
    if at is not None:
        chosen["recovery_target_time"] = at.isoformat()
    overrides, guard = server.data / "postgresql.auto.conf", server.data / "pg_hba.conf"
    kept = guard.read_text()
    overrides.write_text("".join(f"{name} = '{_quoted(value)}'\n" for name, value in chosen.items()))
    # Nobody knows the old password; the socket's folder lets nobody in but us.
    guard.write_text(f"local all {SUPERUSER} trust\n")
    (server.data / "recovery.signal").touch()
    privileges.give(server.data)
    _replay(server, heard)
    overrides.write_text("")
    guard.write_text(kept)
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        password = Literal(server.password(SUPERUSER))
        connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(SUPERUSER), password))
        connection.execute("SELECT pg_reload_conf()")


class _Recovering(Postgres):
    """Is started again as others are, unless the next start would end where this one did."""

    def _launch(self) -> None:
        words = self.log.read_text(errors="replace") if self.log.exists() else ""
        if "before configured recovery target was reached" in words:
            raise NotReached(_how_far(words))
        if broken := re.search(r'could not restore file "(\w+)"', words):
            raise Damaged(f"{broken[1]} of the WAL archive does not unpack: find another copy of it")
        super()._launch()


def _replay(server: Postgres, heard: Heard) -> None:
    recovering = _Recovering(server.folder, die_with_parent=True)
    recovering.start(PROMPT)
    deaths = 0
    while True:
        try:
            reached = _replayed_to(recovering)
        except psycopg.OperationalError:
            if (deaths := deaths + 1) == 3:
                raise
            recovering.start(PROMPT)
            continue
        if reached is None:
            return
        heard(reached)
        time.sleep(0.1)


def _replayed_to(server: Postgres) -> str | None:
    """How far the replay is; None once the server takes writes."""
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        row = connection.execute(
            "SELECT pg_is_in_recovery(), coalesce(pg_last_xact_replay_timestamp()::text, 'the base backup')"
        ).fetchone()
    assert row is not None
    return str(row[1]) if row[0] else None


def _how_far(words: str) -> str:
    mark = "last completed transaction was at log time "
    ends = [line.partition(mark)[2] for line in words.splitlines() if mark in line]
    end = f"ends at {ends[-1]}" if ends else "holds nothing after the backup"
    return (
        f"The WAL that was found {end}: choose an earlier moment, or restore without one to have everything"
    )


def restore_command(sources: list[Path]) -> str:
    """Fetch a WAL file from the first folder that has it. One that is there and does not unpack is not the end of
    the archive: PostgreSQL is told to give up."""
    steps = []
    for folder in sources:
        packed, plain = (shlex.quote(str(folder).replace("%", "%%") + end) for end in ("/%f.gz", "/%f"))
        steps.append(f'if test -f {packed}; then gunzip -c {packed} > "%p" || exit {_DAMAGED}; exit 0; fi')
        steps.append(f'if test -f {plain}; then cp {plain} "%p" || exit {_DAMAGED}; exit 0; fi')
    return "; ".join([*steps, "exit 1"])


# ── programs ───────────────────────────────────────────────────────────────


def version() -> str:
    """Of the server that would be started: ``18.4``."""
    said = subprocess.run([str(binary("postgres")), "--version"], check=True, capture_output=True, text=True)
    return said.stdout.split()[-1]


def _run(program: str, *arguments: str, heard: Heard) -> None:
    said: list[str] = []
    with subprocess.Popen(
        [str(binary(program)), *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stderr is not None
        for line in running.stderr:
            said = [*said[-20:], line.rstrip()]
            heard(said[-1])
    if running.returncode:
        raise ProgramFailed(f"{program}: {_tail(chr(10).join(said))}")


def _ended(program: subprocess.Popen[bytes], within: float = 0.2) -> int | None:
    try:
        return program.wait(within)
    except subprocess.TimeoutExpired:
        return None


def _tail(text: str, lines: int = 4) -> str:
    return "\n".join(text.strip().splitlines()[-lines:]) or "it said nothing"


def _quoted(value: str) -> str:
    return value.replace("'", "''")
