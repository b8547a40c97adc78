"""Any change of any stored byte is found, where it was made, and as a check written in the simplest way finds it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import Connection

from eventstore import Store, verify
from eventstore.verify import verify_chains
from tests.connected import auditing
from tests.eventstore.library import IssueCard, LendBook, asker
from tests.eventstore.slow_chain import slow_breaks

STREAMS, EVENTS = 12, 4
BYTES = ("state", "meta", "link")
OF_EVENT = "WHERE stream_id = %(stream)s AND version = %(version)s"


@pytest.fixture
def cards(store: Store) -> list[UUID]:
    return sorted(_card(store) for _ in range(STREAMS))


def _card(store: Store) -> UUID:
    card = store.send(IssueCard(card_id=uuid4(), reader=uuid4()), asker()).id
    for title in ("Aya", "Zadig", "Candide"):
        store.send(LendBook(title=title), asker(), to=card)
    return card


@contextmanager
def tampering(owner_url: str) -> Iterator[Connection]:
    """What an attacker who owns the tables could do: no trigger, no constraint."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("ALTER TABLE store.events DISABLE TRIGGER USER")
        owner.execute("ALTER TABLE store.events DROP CONSTRAINT IF EXISTS events_version_check")
        owner.execute("ALTER TABLE store.events DROP CONSTRAINT IF EXISTS events_lane_check")
        owner.execute("ALTER TABLE store.events DROP CONSTRAINT IF EXISTS events_link_check")
        yield owner


def corrupt(owner: Connection, chance: random.Random, stream: UUID, version: int) -> str:
    """One change of one event; says which."""
    where = {"stream": stream, "version": version}
    how = chance.choice([*BYTES, "kind", "schema", "lane", "owner", "nobody", "version", "deleted", "stream"])
    if how in BYTES:
        row = owner.execute(f"SELECT {how} FROM store.events {OF_EVENT}", where).fetchone()
        assert row is not None
        changed = bytearray(row[0])
        changed[chance.randrange(len(changed))] ^= chance.randint(1, 255)
        owner.execute(f"UPDATE store.events SET {how} = %(new)s {OF_EVENT}", {**where, "new": bytes(changed)})
        return how
    change = {
        "kind": "UPDATE store.events SET kind = kind || 's'",
        "schema": "UPDATE store.events SET schema = schema + 1",
        "lane": "UPDATE store.events SET lane = lane + 64",
        "owner": "UPDATE store.events SET owner = gen_random_uuid()",
        "nobody": "UPDATE store.events SET owner = NULL",
        "version": "UPDATE store.events SET version = version + 100",
        "deleted": "DELETE FROM store.events",
        "stream": "UPDATE store.events SET stream_id = gen_random_uuid()",
    }[how]
    owner.execute(f"{change} {OF_EVENT}", where)
    return how


@pytest.mark.parametrize("seed", range(12))
def test_random_corruptions_are_found_as_the_simple_check_finds_them(
    store: Store, cards: list[UUID], database, monkeypatch, seed: int
) -> None:
    monkeypatch.setattr(verify, "PIECE", random.Random(seed).choice([3, 7, 1000]))
    chance = random.Random(seed)
    touched = chance.sample(cards, 6)
    with tampering(database.owner_url) as owner:
        # Never the newest event of a stream: that one may be cut off without a trace.
        made = [corrupt(owner, chance, card, chance.randint(1, EVENTS - 1)) for card in touched]
    found = verify_chains(auditing(store)).breaks
    assert found == slow_breaks(database.owner_url), made
    assert set(touched) <= {broken.stream_id for broken in found}, made


def test_every_byte_of_an_event_counts(store: Store, cards: list[UUID], database) -> None:
    where = {"stream": cards[0], "version": 2}
    for column in BYTES:
        with psycopg.connect(database.owner_url) as owner:
            row = owner.execute(f"SELECT length({column}) FROM store.events {OF_EVENT}", where).fetchone()
        assert row is not None
        for place in range(row[0]):
            flip = f"set_byte({column}, {place}, get_byte({column}, {place}) # 1)"
            with tampering(database.owner_url) as owner:
                owner.execute(f"UPDATE store.events SET {column} = {flip} {OF_EVENT}", where)
            (broken,) = verify_chains(auditing(store)).breaks
            assert (broken.stream_id, broken.version) == (cards[0], 2), (column, place)
            with tampering(database.owner_url) as owner:
                owner.execute(f"UPDATE store.events SET {column} = {flip} {OF_EVENT}", where)
    assert verify_chains(auditing(store)).breaks == []


def test_a_stream_without_its_first_event_is_found(store: Store, cards: list[UUID], database) -> None:
    with tampering(database.owner_url) as owner:
        owner.execute("DELETE FROM store.events WHERE stream_id = %s AND version = 1", (cards[3],))
    (broken,) = verify_chains(auditing(store)).breaks
    assert (broken.stream_id, broken.version, broken.what) == (cards[3], 1, "version 1 is missing")


def test_events_of_two_streams_cannot_change_places(store: Store, cards: list[UUID], database) -> None:
    with tampering(database.owner_url) as owner:
        owner.execute(
            "UPDATE store.events e SET stream_id = CASE e.stream_id WHEN %(a)s THEN %(b)s::uuid ELSE %(a)s::uuid END,"
            " version = 102 WHERE version = 2 AND stream_id IN (%(a)s, %(b)s)",
            {"a": cards[0], "b": cards[1]},
        )
        owner.execute("UPDATE store.events SET version = 2 WHERE version = 102")
    found = verify_chains(auditing(store)).breaks
    assert [(b.stream_id, b.version) for b in found] == [(cards[0], 2), (cards[1], 2)]


def test_a_tail_that_was_cut_off_is_what_a_chain_cannot_show(
    store: Store, cards: list[UUID], database
) -> None:
    with tampering(database.owner_url) as owner:
        owner.execute("DELETE FROM store.events WHERE stream_id = %s AND version = 4", (cards[0],))
    assert verify_chains(auditing(store)).breaks == []


@pytest.mark.parametrize("piece", [1, 5, 1000])
def test_pieces_are_whole_streams_and_nothing_is_left_out(
    store: Store, cards: list[UUID], monkeypatch, piece: int
) -> None:
    monkeypatch.setattr(verify, "PIECE", piece)
    told: list[tuple[int, int]] = []
    whole = verify_chains(auditing(store), progress=lambda done, of: told.append((done, of)))
    assert (whole.streams, whole.events, whole.breaks) == (STREAMS, STREAMS * EVENTS, [])
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]


def test_several_processes_find_the_same(store: Store, cards: list[UUID], database, monkeypatch) -> None:
    with tampering(database.owner_url) as owner:
        owner.execute(
            "UPDATE store.events SET meta = meta || ' ' WHERE stream_id = %s AND version = 3", (cards[7],)
        )
    monkeypatch.setattr(verify, "PIECE", 5)
    alone, together = verify_chains(auditing(store)), verify_chains(auditing(store), processes=2)
    assert [b.stream_id for b in together.breaks] == [cards[7]]
    assert (alone.streams, alone.events, alone.breaks) == (together.streams, together.events, together.breaks)


# ── what a verification that looks away would do ─────────────────────────────


@pytest.mark.parametrize("column", ["state", "meta", "link", "kind", "owner"])
def test_a_verification_that_is_shown_something_else_is_caught(
    store: Store, cards: list[UUID], database, column: str
) -> None:
    """The check of the check: with a function that hides a column's change, the two no longer agree."""
    with tampering(database.owner_url) as owner:
        owner.execute("CREATE TABLE store.copied AS SELECT * FROM store.events")
        change = {"kind": "kind || 's'", "owner": "gen_random_uuid()"}.get(
            column, f"set_byte({column}, 0, get_byte({column}, 0) # 1)"
        )
        owner.execute(f"UPDATE store.events SET {column} = {change} WHERE version = 2")
        query = owner.execute("SELECT pg_get_functiondef('store.chain_between'::regproc)").fetchone()
        assert query is not None
        shown = f"(SELECT c.{column} FROM copied c WHERE (c.stream_id, c.version) = (e.stream_id, e.version))"
        owner.execute(query[0].replace(f"e.{column}", shown).encode())
    assert len(slow_breaks(database.owner_url)) == STREAMS
    assert verify_chains(auditing(store)).breaks == []
