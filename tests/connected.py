"""Stores as the other roles of the database have them: the same events and keys, other rights.

A test's ``store`` is the application's. What follows the feed into read models is a projector, and what checks the
history is the auditor; both have connections of their own, with the password that lies beside the application's.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from psycopg_pool import ConnectionPool

from eventstore import Store

_Others = WeakKeyDictionary[ConnectionPool, dict[str, Store]]
_OTHERS: _Others = WeakKeyDictionary()


def url_as(url: str, role: str) -> str:
    """The connection string of another role of the embedded server, made from the application's."""
    at = urlsplit(url)
    assert at.username is not None
    query = at.query.replace(f"{at.username}.pgpass", f"{role}.pgpass")
    return f"postgresql://{role}@{at.netloc.rpartition('@')[2]}{at.path}?{query}"


def projecting(store: Store) -> tuple[Store, ConnectionPool]:
    """What a Projector begins with: the store and the connections of the role ``projector``."""
    own = store_as(store, "projector")
    return own, own.pool


def auditing(store: Store) -> Store:
    """The store of the role ``auditor``."""
    return store_as(store, "auditor")


def store_as(store: Store, role: str) -> Store:
    """Opened at the first question; closed with the last reference to the pool that it stands beside."""
    pool = store.pool
    others = _OTHERS.setdefault(pool, {})
    if role not in others:
        own = ConnectionPool(
            url_as(pool.conninfo, role),
            connection_class=pool.connection_class,
            kwargs=pool.kwargs,
            min_size=0,
            max_size=pool.max_size,
            timeout=pool.timeout,
            open=True,
        )
        others[role] = Store(own, store.keyring.over(own), bytes(32))
    return others[role]
