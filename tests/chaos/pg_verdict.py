"""What the writers noted against what the store holds: lost, half done, doubled, unknown; chains, readers, screens."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg

from eventstore import Receipt, Store
from eventstore.compare import compare
from eventstore.session import receipt_of
from eventstore.verify import verify_chains
from tests.chaos.pg_ledger import Intention
from tests.chaos.pg_reader import READERS, Seen
from tests.connected import auditing
from tests.eventstore.library import Slips
from tests.eventstore.shelf import SHELF


@dataclass(frozen=True)
class Held:
    """What the store holds, seen from behind its functions."""

    answers: Mapping[UUID, Receipt]
    """By command id."""
    events: Counter[UUID]
    """How many each command made; the first event of a series is nobody's."""
    feed: Sequence[Seen]
    """In order of position."""


def held(owner_url: str) -> Held:
    """Read the tables as their owner."""
    begun = Slips.Begun.kind
    with psycopg.connect(owner_url) as connection:
        answers = connection.execute("SELECT command_id, answer FROM store.commands").fetchall()
        rows = connection.execute(
            "SELECT position, lane, stream_id::text, version, kind,"
            " convert_from(meta, 'UTF8')::json ->> 'command' FROM store.events ORDER BY position"
        ).fetchall()
    return Held(
        {id: receipt_of(answer) for id, answer in answers},
        Counter(UUID(row[5].rpartition(" ")[2]) for row in rows if row[4] != begun),
        [row[:4] for row in rows],
    )


@dataclass(frozen=True)
class Verdict:
    """Figures of the promises; each of them has to be zero."""

    lost: int
    """Acknowledged, and not there, or not as it was acknowledged."""
    half: int
    """Commands of which some events are missing, and events of commands that were refused."""
    doubled: int
    """Commands that made more events than one time does, and commands under an id that nobody noted."""
    unknown: int
    """Nobody answered, also not to the retry."""

    @property
    def kept(self) -> bool:
        return self == Verdict(0, 0, 0, 0)


def judge(known: Mapping[UUID, Intention], there: Held) -> Verdict:
    """Compare every intention with what the store holds under its id."""
    lost = half = doubled = 0
    for id, intention in known.items():
        made, wanted = there.events[id], intention.wish.events
        lost += any(receipt != there.answers.get(id) for receipt in intention.receipts)
        if id in there.answers:
            half += made < wanted
            doubled += made > wanted
        else:
            half += made > 0
        half += "refused" in intention.outcomes and id in there.answers
    strangers = (there.answers.keys() | there.events.keys()) - known.keys()
    unknown = sum(intention.is_open for intention in known.values())
    return Verdict(lost, half, doubled + len(strangers), unknown)


def missed(folder: Path, there: Held) -> dict[str, int]:
    """By reader: how many places of what it saw differ from what the store holds for its lanes."""
    found = {}
    for name, lanes in READERS.items():
        saw = [tuple(row) for row in json.loads((folder / f"reader-{name}.json").read_text())]
        should = [row for row in there.feed if lanes is None or row[1] in lanes]
        found[name] = _differences(saw, should)
    return found


def _differences(saw: Sequence[object], should: Sequence[object]) -> int:
    if saw == should:
        return 0
    twice = len(saw) - len(set(saw))
    return max(len(set(saw) ^ set(should)) + twice, 1)


def broken_chains(store: Store) -> int:
    """Streams that are not what was appended."""
    return len(verify_chains(auditing(store)).breaks)


def wrong_rows(store: Store, owner_url: str) -> int:
    """Rows of the read models that a fresh replay makes otherwise, and events that are parked."""
    return sum(len(table.differences) + table.parked for table in compare(store, owner_url, SHELF, seed=7))
