"""The chain of a stream finds any change of the stored bytes; each kind of change is made once here."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore import Store
from eventstore.verify import verify_chains
from tests.connected import auditing
from tests.eventstore.library import IssueCard, LendBook, asker


@pytest.fixture
def card(store: Store) -> UUID:
    card = store.send(IssueCard(card_id=uuid4(), reader=uuid4()), asker()).id
    for title in ("Aya", "Zadig", "Candide"):
        store.send(LendBook(title=title), asker(), to=card)
    return card


def tamper(owner_url: str, statement: str, card: UUID) -> None:
    """What an attacker who owns the tables could do."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("ALTER TABLE store.events DISABLE TRIGGER events_are_final")
        owner.execute(statement, {"card": card})


def test_an_untouched_stream_verifies(store: Store, card: UUID) -> None:
    assert verify_chains(auditing(store)).breaks == []


@pytest.mark.parametrize(
    ("statement", "version"),
    [
        ('UPDATE store.events SET state = \'{"title":"X"}\' WHERE stream_id = %(card)s AND version = 3', 3),
        ("UPDATE store.events SET meta = meta || ' ' WHERE stream_id = %(card)s AND version = 2", 2),
        ("UPDATE store.events SET kind = 'Card.Closed' WHERE stream_id = %(card)s AND version = 4", 4),
        ("UPDATE store.events SET schema = 2 WHERE stream_id = %(card)s AND version = 4", 4),
        ("UPDATE store.events SET owner = gen_random_uuid() WHERE stream_id = %(card)s AND version = 1", 1),
        ("UPDATE store.events SET lane = (lane + 1) %% 64 WHERE stream_id = %(card)s AND version = 2", 2),
        ("DELETE FROM store.events WHERE stream_id = %(card)s AND version = 2", 2),
        ("DELETE FROM store.events WHERE stream_id = %(card)s AND version = 1", 1),
    ],
)
def test_a_change_is_found_where_it_was_made(
    store: Store, card: UUID, database, statement: str, version: int
) -> None:
    tamper(database.owner_url, statement, card)
    (found,) = verify_chains(auditing(store)).breaks
    assert (found.stream_id, found.version) == (card, version)


def test_two_events_swapped_are_found(store: Store, card: UUID, database) -> None:
    tamper(
        database.owner_url,
        "UPDATE store.events e SET state = o.state FROM store.events o WHERE e.stream_id = %(card)s"
        " AND o.stream_id = %(card)s AND (e.version, o.version) IN ((2, 3), (3, 2))",
        card,
    )
    (found,) = verify_chains(auditing(store)).breaks
    assert (found.stream_id, found.version) == (card, 2)
