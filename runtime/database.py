"""Connections to PostgreSQL: one way to open them, for every process."""

from __future__ import annotations

import select
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool

ANSWERS_WITHIN = 30
"""Seconds that one statement of a process may take, waiting for locks included: whoever asks has given up by then."""

BACK_WITHIN = 0.5
"""Seconds between two tries to connect while somebody waits for a connection."""

_CALM = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    # The keepalive is silent while something that was sent waits for its acknowledgement: without this a line that
    # swallows a statement is noticed by the kernel after fifteen minutes.
    "tcp_user_timeout": 20_000,
}
"""A server that vanished without a word is noticed after 30 seconds at the latest, also in the middle of a statement."""

_SERVER_SIDE = {
    "statement_timeout": f"{ANSWERS_WITHIN}s",
    # Whoever stands still inside a transaction holds back what everybody else may read of the feed.
    "idle_in_transaction_session_timeout": "60s",
    # A client that vanished while its statement waits for a lock: otherwise noticed when the statement ends.
    "client_connection_check_interval": "5s",
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
}
"""What the server does for us when it is we who vanished: it ends our session and lets our locks go."""


class LivePool(ConnectionPool):
    """Hands out no connection that died at rest: after a restart of the server nobody is told that it is away.

    The pool's own ``check`` makes pauses of seconds between two dead connections, and a restart leaves many.
    """

    def getconn(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        until = monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            connection = super().getconn(until - monotonic())
            if not _is_dead(connection):
                return connection
            connection.close()
            self.putconn(connection)

    @staticmethod
    def check_connection(connection: psycopg.Connection[Any]) -> None:
        """What ``check`` does with each connection at rest: a look. A round trip through a line that swallows
        everything would take as long as the line is given, one connection after the other."""
        if _is_dead(connection):
            raise psycopg.OperationalError("the server has ended this connection")


def pool(url: str, *, name: str, size: int = 10, wait: float = 5.0) -> ConnectionPool:
    """Connections in autocommit, opened as they are needed, replaced when they die.

    name  shown in pg_stat_activity
    size  the most that are open at once
    wait  seconds until a caller gets PoolTimeout when none is to be had
    """
    return LivePool(
        url,
        min_size=1,
        max_size=size,
        timeout=wait,
        name=name,
        kwargs=_arguments(name),
        open=True,
        max_idle=60.0,
        # The pool's own pauses double up to minutes: it would still be away long after the server has come back.
        reconnect_timeout=BACK_WITHIN,
        reconnect_failed=_try_on,
    )


def connect(url: str, *, name: str = "quittance") -> psycopg.Connection[Any]:
    """One connection in autocommit. Raises psycopg.OperationalError when the server is away."""
    return psycopg.connect(url, **_arguments(name))


def password_in(url: str, role: str) -> str:
    """The password that a connection string holds, or the one in the file that it names.

    Raises LookupError when it has neither; the message does not repeat the string.
    """
    said = conninfo_to_dict(url)
    if said.get("password"):
        return str(said["password"])
    if said.get("passfile"):
        kept = Path(str(said["passfile"])).read_text().strip()
        return kept.rpartition(":")[2]
    raise LookupError(f"the connection string of {role} names no password and no passfile")


def _is_dead(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has ended it; costs a look, not a round trip.

    A connection at rest has nothing to read, unless the server said goodbye, said something harmless, or the line
    broke: then it is asked.
    """
    try:
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN)
        if line.poll(0):
            connection.execute("")
    except psycopg.OperationalError:
        return True
    return False


def _try_on(pool: ConnectionPool) -> None:
    """The pool has given up. While somebody waits for a connection it begins again."""
    if pool.get_stats().get("requests_waiting"):
        pool.check()


def _arguments(name: str) -> dict[str, Any]:
    options = " ".join(f"-c {setting}={value}" for setting, value in _SERVER_SIDE.items())
    return {"autocommit": True, "application_name": f"quittance {name}", "options": options, **_CALM}
