"""Many events at once, written by the owner of the tables: mails that were requested, a stream of one event each.

Nothing is sent and no function of the store is called, which is how a million of them take seconds. The rows are what
`send` would have stored: the lane is the owner's, the link fits the bytes, so that verification finds nothing. Only the
sealed address is no ciphertext; the mail log does not open it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from uuid import UUID

import psycopg

from bench.place import Database
from eventstore import read_models
from projections.mail_log import MailLog

CUSTOMERS = 10_000
"""Who own the mails, in turn."""

_FILL = """
    INSERT INTO store.events
    SELECT stream, 1, number, lane, owner, kind, 1::smallint, state, meta, now() - make_interval(secs => {last} - number),
           sha256(decode(repeat('00', 32), 'hex') || uuid_send(stream) || int4send(1) || sha256(convert_to(kind, 'UTF8'))
                  || int2send(1::smallint) || substring(int2send(lane) FROM 2) || uuid_send(owner)
                  || sha256(meta) || sha256(state))
    FROM (
        SELECT number, stream, owner, 'Notification.Requested' AS kind, meta,
               (get_byte(sha256(uuid_send(owner)), 0) % 64)::smallint AS lane,
               convert_to('{{"customer_id":"' || owner || '","contact_id":"' || owner || '","template":"contract",'
                   '"language":"fr","to":{{"key":1,"sealed":"AAAA"}},"about":"' || stream || '","facts":{{"number":"' || number || '"}}}}', 'UTF8') AS state
        FROM (
            SELECT number, md5('mail ' || number)::uuid AS stream,
                   md5('customer ' || number % {customers})::uuid AS owner,
                   convert_to('{{"by":"machine:notify","on":"2026-05-04","because":"' || md5('cause ' || number)::uuid
                       || ':2","command":"RequestNotification ' || md5('command ' || number)::uuid || '"}}', 'UTF8') AS meta
            FROM generate_series({first}, {last}) AS number
            OFFSET 0
        ) AS ids
        OFFSET 0
    ) AS whole
"""
"""OFFSET 0: otherwise every id and state is computed again wherever it is used."""

_MAIL_LOG = f"{read_models.SCHEMA}.{MailLog.table_name()}"

_ROWS = """
    INSERT INTO {table} (notification_id, customer_id, contact_id, template, language, about, status, attempts,
                                  requested_on, requested_at)
    SELECT stream_id, owner, owner, 'contract', 'fr', stream_id, 'requested', 0, '2026-05-04', recorded_at
    FROM store.events WHERE position BETWEEN {first} AND {last}
"""


def fill(at: Database, first: int, last: int) -> None:
    """Events number ``first`` to ``last``, both included; their positions are these numbers. Several may do it at once.

    last  below 65,536 times the number of transactions the server has seen: 40 million on a fresh one
    """
    with psycopg.connect(at.owner_url, autocommit=True) as owner:
        owner.execute(_FILL.format(first=first, last=last, customers=CUSTOMERS).encode())


@contextmanager
def without_indexes(at: Database) -> Iterator[None]:
    """The mail log is filled as a rebuild fills it: the indexes that only help readers are made at the end."""
    with psycopg.connect(at.owner_url, autocommit=True) as owner:
        indexes = read_models.take_indexes_off(owner, _MAIL_LOG)
        yield
        for index in indexes:
            owner.execute(index.encode())


def fill_mail_log(at: Database, first: int, last: int) -> None:
    """The rows that a projector would have made of them; no projector runs here, so no position is moved."""
    with psycopg.connect(at.owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        owner.execute(_ROWS.format(table=_MAIL_LOG, first=first, last=last).encode())


def settle(at: Database) -> None:
    """What autovacuum would do sooner or later, so that it does not do it inside a measurement."""
    with psycopg.connect(at.admin_url, autocommit=True) as admin:
        admin.execute("VACUUM store.events")
        admin.execute("ANALYZE")
        admin.execute("CHECKPOINT")


def mail(number: int) -> UUID:
    """The id of a mail."""
    return UUID(md5(f"mail {number}".encode()).hexdigest())
