"""Secrets beside the accounts: sealed values, each of one account, replaced only by who knows its version.

A secret is kept first and counts only once the account's stream names its id, as a stored file counts once a command
has named it: what was kept in vain is never asked for. The values lie in ``access.secrets``, sealed with AES-256-GCM
under a key of their own that is derived from the key-encryption key; the associated data binds each to its id,
account, kind and version, so that a value moved or put back elsewhere in the table does not open.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg_pool import ConnectionPool

from access.sealed import Bound, Seals, SecretBroken
from eventstore.keks import Keks, OneKek


@dataclass(frozen=True, slots=True)
class Kept:
    """A secret as it is now."""

    value: bytes
    version: int
    """Counted up by each replacement; say it to ``replace``."""
    kind: str

    def __repr__(self) -> str:
        return f"Kept({self.kind}, version {self.version})"


class Secrets:
    """pool  connections of the role ``app``, in autocommit
    kek   the key-encryption key, 32 bytes, never used itself; or where it is found, when it may change
    """

    def __init__(self, pool: ConnectionPool, kek: bytes | Keks) -> None:
        self._pool = pool
        self._seals = Seals(OneKek(kek) if isinstance(kek, bytes) else kek)

    def keep(self, id: UUID, account: UUID, kind: str, value: bytes) -> None:
        """Keep a new secret; it counts once the account names it. Raises ValueError for an id that is taken."""
        if not self._ask(
            "keep_secret", id, account, kind, self._seals.seal(value, Bound(id, account, kind, 1))
        ):
            raise ValueError("a secret has this id already")

    def open(self, id: UUID, account: UUID) -> Kept | None:
        """The secret, or None when this account has none with this id. Raises SecretBroken."""
        with self._pool.connection() as connection:
            found = connection.execute("SELECT * FROM access.open_secret(%s, %s)", (id, account)).fetchone()
        if found is None:
            return None
        kind, version, sealed = found
        return Kept(self._seals.open(sealed, Bound(id, account, kind, version)), version, kind)

    def replace(self, id: UUID, account: UUID, version: int, value: bytes) -> bool:
        """Put a new value in the place of this version; False when somebody else was first, or it is gone."""
        known = self.open(id, account)
        if known is None or known.version != version:
            return False
        sealed = self._seals.seal(value, Bound(id, account, known.kind, version + 1))
        return self._ask("replace_secret", id, account, version, sealed)

    def forget(self, id: UUID, account: UUID) -> None:
        """Destroy it; harmless to repeat."""
        self._ask("forget_secret", id, account)

    def _ask(self, function: str, *said: object) -> bool:
        places = ", ".join(["%s"] * len(said))
        with self._pool.connection() as connection:
            answer = connection.execute(f"SELECT access.{function}({places})", said).fetchone()
        return bool(answer and answer[0])


__all__ = ["Kept", "SecretBroken", "Secrets"]
