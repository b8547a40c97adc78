"""What became of the promises: nothing skipped, nothing doubled, every lane in order, every stream whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from eventstore import LANES
from tests.chaos.order_readers import Seen

_CHAINS = """
SELECT count(*), count(DISTINCT stream_id),
    count(*) FILTER (WHERE version <> before + 1),
    count(*) FILTER (WHERE position <= earlier),
    count(*) FILTER (WHERE lane <> get_byte(sha256(uuid_send(coalesce(owner, stream_id))), 0) % 64
                        OR link <> sha256(previous || uuid_send(stream_id) || int4send(version)
                            || sha256(convert_to(kind, 'UTF8')) || int2send(schema)
                            || decode(lpad(to_hex(lane::int), 2, '0'), 'hex')
                            || coalesce(uuid_send(owner), decode(repeat('00', 16), 'hex'))
                            || sha256(meta) || sha256(state)))
FROM (SELECT *, lag(version, 1, 0) OVER w AS before, lag(position, 1, 0::bigint) OVER w AS earlier,
          lag(link, 1, decode(repeat('00', 32), 'hex')) OVER w AS previous
      FROM store.events WINDOW w AS (PARTITION BY stream_id ORDER BY version)) chained
"""


@dataclass(frozen=True)
class Verdict:
    """One reader against the table."""

    reader: str
    read: int
    skipped: int
    """Events that it was not given, and what it was given that is not there or not of its lanes."""
    doubled: int
    out_of_order: int
    """Events that came after a later one of any lane, so also of their own."""

    @property
    def kept(self) -> bool:
        return not (self.skipped or self.doubled or self.out_of_order)


@dataclass(frozen=True)
class Chains:
    """The streams as they stand in the table."""

    events: int
    streams: int
    gaps: int
    """Versions that do not follow the one before."""
    backward: int
    """Events whose position is not above the one before of their stream."""
    broken: int
    """Links that do not fit the stored bytes, and lanes that are not the owner's."""

    @property
    def kept(self) -> bool:
        return not (self.gaps or self.backward or self.broken)


def truth(owner: Connection[Any]) -> dict[int, int]:
    """Every position with its lane, from the table itself."""
    rows = owner.cursor(binary=True).execute("SELECT position, lane FROM store.events").fetchall()
    return dict(rows)


def judge(seen: Seen, stored: Mapping[int, int]) -> Verdict:
    """Compare what a reader was given with what is there."""
    reading = seen.reading
    wanted = set(range(LANES)) if reading.lanes is None else set(reading.lanes)
    expected = {position for position, lane in stored.items() if position > seen.after and lane in wanted}
    given = set(seen.positions)
    pairs = zip(seen.positions, seen.positions[1:], strict=False)
    return Verdict(
        reading.name,
        len(seen.positions),
        len(expected - given) + len(given - expected),
        len(seen.positions) - len(given),
        sum(later < earlier for earlier, later in pairs),
    )


def chains(owner: Connection[Any]) -> Chains:
    """Check every stream inside the database, with the formula of eventstore/chain.py."""
    row = owner.execute(_CHAINS).fetchone()
    assert row is not None
    return Chains(*row)
