"""Every subject's key is wrapped anew under the newest key-encryption key, batch by batch, while processes work.

A row is replaced only as it was read: what is destroyed meanwhile stays destroyed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection

from eventstore.keks import Keks, is_newest, unwrap, wrap

BATCH = 1_000

_PAGE = """
    SELECT subject_id, version, wrapped_key FROM store.subject_keys
    WHERE wrapped_key IS NOT NULL AND (subject_id, version) > (%s, %s) ORDER BY subject_id, version LIMIT %s
"""
_REPLACE = """
    UPDATE store.subject_keys SET wrapped_key = %s WHERE subject_id = %s AND version = %s AND wrapped_key = %s
"""
_FIRST = (UUID(int=0), 0)


def rewrap(owner: str, keks: Keks, progress: Callable[[int], None] = lambda looked_at: None) -> int:
    """Wrap what is wrapped under an older key under the newest; returns how many keys that were.

    owner     connection string of ``store_owner``
    progress  hears after each batch how many keys were looked at

    Harmless to break off and to repeat. Raises WrongKek at a key that no key at hand opens; what came before it is
    done.
    """
    changed, looked_at, after = 0, 0, _FIRST
    with psycopg.connect(owner, autocommit=True) as connection:
        while rows := connection.execute(_PAGE, (*after, BATCH)).fetchall():
            changed += _replace(connection, keks, rows)
            looked_at += len(rows)
            after = rows[-1][:2]
            progress(looked_at)
    return changed


def _replace(connection: Connection[Any], keks: Keks, rows: list[Any]) -> int:
    anew = [
        (wrap(keks, unwrap(keks, wrapped)), subject, version, wrapped)
        for subject, version, wrapped in rows
        if not is_newest(keks, wrapped)
    ]
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_REPLACE, anew)
    return len(anew)
