"""Sessions: a row for each sign-in, the authority on who is in; tokens are its copies for five minutes.

open ──renew──▶ ended, and another one opened          at each proof of who it is: an id is never kept
  │──rotate──▶ the next refresh token                  every five minutes
  └──end, too long idle, too old, a copied token──▶ ended
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal, LiteralString, cast
from uuid import UUID, uuid4

import structlog
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from aggregates.account import Account
from aggregates.permissions import is_staff
from eventstore import Rejected

Kind = Literal["portal", "bureau"]
"""Of a client, or of staff."""

IDLE: Final[dict[Kind, timedelta]] = {"portal": timedelta(minutes=30), "bureau": timedelta(minutes=15)}
"""How long a session lives that nobody uses."""
TOTAL: Final[dict[Kind, timedelta]] = {"portal": timedelta(hours=12), "bureau": timedelta(hours=8)}
"""How long it lives at most."""
GRACE: Final = timedelta(seconds=10)
"""How long a used refresh token gives its successor again: two tabs at once, an answer that was lost."""

log = structlog.get_logger("access")


class SessionOver(Rejected):
    """This session has ended: sign in again."""

    status: ClassVar[int] = 401


class RefreshReused(SessionOver):
    """This refresh token was used before, so somebody has a copy of it: its session has ended."""

    def __init__(self, session: UUID, account: UUID) -> None:
        super().__init__("sign in again")
        self.session, self.account = session, account


@dataclass(frozen=True, slots=True)
class Device:
    """What a session is used from, as far as it says itself."""

    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class Session:
    id: UUID
    account_id: UUID
    kind: Kind
    amr: tuple[str, ...]
    """How its person proved who they are: pwd, otp, hwk, rcv, oidc; mfa when that was two things. RFC 8176."""
    began_at: datetime
    proved_at: datetime
    last_seen_at: datetime
    """To the minute."""
    expires_at: datetime
    device: Device


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just begun or gone on, and what renews its tokens. The token is kept nowhere."""

    session: Session
    refresh_token: str


class Sessions:
    """The sessions of every account.

    pool    connections in autocommit of the role ``app``
    now     the Clock's time
    secret  at least 32 bytes: keys what is kept of a refresh token, and makes its successor, so that the same one can
            be given twice; with another one every session ends at its next refresh
    """

    def __init__(self, pool: ConnectionPool, now: Callable[[], datetime], secret: bytes) -> None:
        self._pool, self._now, self._secret = pool, now, secret
        self.after_end: Callable[[], None] = _nobody_remembers
        """Called when a session has ended here: whoever remembers sessions forgets them."""

    # ── opening ────────────────────────────────────────────────────────────

    def open(self, account: Account, amr: Collection[str], device: Device) -> Opened:
        """A new session for somebody who has just proved to be this account's person."""
        kind: Kind = "bureau" if is_staff(account.roles) else "portal"
        token, device = secrets.token_urlsafe(32), _cut(device)
        (row,) = self._ask(
            "SELECT * FROM access.open_session(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            uuid4(), account.id, kind, sorted(amr), self._now(), IDLE[kind], TOTAL[kind],
            device.user_agent, device.address, self._hash(token),
        )  # fmt: skip
        return Opened(_session(row), token)

    def renew(self, sid: UUID, amr: Collection[str], device: Device) -> Opened:
        """A new session in the place of another, after a fresh proof. Raises SessionOver."""
        token, device = secrets.token_urlsafe(32), _cut(device)
        rows = self._ask(
            "SELECT * FROM access.renew_session(%s, %s, %s, %s, %s, %s, %s, %s)",
            sid, uuid4(), sorted(amr), self._now(), [TOTAL["portal"], TOTAL["bureau"]],
            device.user_agent, device.address, self._hash(token),
        )  # fmt: skip
        self.after_end()
        if not rows:
            raise SessionOver("sign in again")
        return Opened(_session(rows[0]), token)

    def rotate(self, refresh_token: str) -> Opened:
        """The next refresh token of a session, the same one for ten seconds.

        Raises SessionOver for a token that is unknown or of a session that has ended. One that was used before that
        is in other hands as well: its session ends, and RefreshReused says whose it was.
        """
        successor = self._successor(refresh_token)
        sql: LiteralString = "SELECT outcome, (session).* FROM access.rotate(%s, %s, %s, %s)"
        (row,) = self._ask(sql, self._hash(refresh_token), self._hash(successor), self._now(), GRACE)
        if row["outcome"] == "reused":
            log.warning("refresh token reused", session=str(row["id"]), account=str(row["account_id"]))
            self.after_end()
            raise RefreshReused(row["id"], row["account_id"])
        if row["outcome"] != "rotated":
            raise SessionOver("sign in again")
        return Opened(_session(row), successor)

    # ── looking ────────────────────────────────────────────────────────────

    def get(self, sid: UUID) -> Session | None:
        """A session that has not ended."""
        return self._one(sid, seen=False)

    def seen(self, sid: UUID) -> Session | None:
        """The same for somebody who uses it: it is not idle."""
        return self._one(sid, seen=True)

    def living(self, sids: Iterable[UUID]) -> dict[UUID, Session]:
        """Those of these sessions that have not ended, by id; nobody uses them by that."""
        sql: LiteralString = (
            "SELECT live.* FROM unnest(%s::uuid[]) AS asked"
            " CROSS JOIN LATERAL access.live_session(asked, %s, false) AS live"
        )
        return {row["id"]: _session(row) for row in self._ask(sql, list(sids), self._now())}

    def of(self, account_id: UUID) -> list[Session]:
        """An account's sessions that have not ended, the newest first; fifty at most."""
        rows = self._ask("SELECT * FROM access.sessions_of(%s, %s)", account_id, self._now())
        return [_session(row) for row in rows]

    # ── ending ─────────────────────────────────────────────────────────────

    def end(self, sid: UUID) -> bool:
        """Let nobody in with it any more; whether it was still open."""
        (row,) = self._ask("SELECT access.end_session(%s, %s) AS ended", sid, self._now())
        self.after_end()
        return bool(row["ended"])

    def end_all(self, account_id: UUID, but: UUID | None = None) -> int:
        """End an account's sessions, except one; returns how many ended."""
        (row,) = self._ask("SELECT access.end_sessions(%s, %s, %s) AS ended", account_id, but, self._now())
        self.after_end()
        return int(row["ended"])

    # ── inside ─────────────────────────────────────────────────────────────

    def _one(self, sid: UUID, seen: bool) -> Session | None:
        rows = self._ask("SELECT * FROM access.live_session(%s, %s, %s)", sid, self._now(), seen)
        return _session(rows[0]) if rows else None

    def _hash(self, token: str) -> bytes:
        """Keyed: whoever can only write rows cannot write one that a token of theirs opens."""
        return hmac.digest(self._secret, b"kept\0" + token.encode(), hashlib.sha256)

    def _successor(self, token: str) -> str:
        made = hmac.digest(self._secret, b"refresh\0" + token.encode(), hashlib.sha256)
        return urlsafe_b64encode(made).decode().rstrip("=")

    def _ask(self, sql: LiteralString, *values: object) -> list[dict[str, Any]]:
        with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, values).fetchall()


class CsrfTokens:
    """What a page of ours sends back with each change, and another site cannot know: bound to a session."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self, sid: UUID) -> str:
        nonce = secrets.token_bytes(16)
        return urlsafe_b64encode(nonce + self._mac(sid, nonce)).decode()

    def fits(self, sid: UUID, token: str) -> bool:
        try:
            read = urlsafe_b64decode(token)
        except ValueError:
            return False
        return len(read) == 48 and hmac.compare_digest(read[16:], self._mac(sid, read[:16]))

    def _mac(self, sid: UUID, nonce: bytes) -> bytes:
        return hmac.digest(self._secret, b"csrf\0" + sid.bytes + nonce, hashlib.sha256)


def _session(row: dict[str, Any]) -> Session:
    return Session(
        id=row["id"],
        account_id=row["account_id"],
        kind=cast(Kind, row["kind"]),
        amr=tuple(row["amr"]),
        began_at=row["began_at"],
        proved_at=row["proved_at"],
        last_seen_at=row["last_seen_at"],
        expires_at=row["expires_at"],
        device=Device(row["user_agent"], row["address"]),
    )


def _cut(device: Device) -> Device:
    """What a program says of itself may be anything: a line of it is enough, and no NUL is kept by PostgreSQL."""
    return Device(device.user_agent.replace("\0", "")[:300], device.address[:64])


def _nobody_remembers() -> None:
    """The default."""
