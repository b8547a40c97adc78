"""Personal fields: unreadable in the table, bound to their place, gone with their key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore import REDACTED, Sealed, Store
from eventstore.sealing import Box, BrokenSeal, SubjectErased
from tests.eventstore.library import IssueCard, asker


def issued_to(store: Store, reader: UUID) -> UUID:
    return store.send(IssueCard(card_id=uuid4(), reader=reader, name="Awa Koné"), asker()).id


def name_on(store: Store, card: UUID) -> Sealed[str]:
    return store.history(card)[0].event().name  # type: ignore[attr-defined, no-any-return]


def destroy_keys_of(reader: UUID, owner_url: str) -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute(
            "UPDATE store.subject_keys SET wrapped_key = NULL, destroyed_at = now() WHERE subject_id = %s",
            (reader,),
        )


def test_the_table_holds_no_clear_text_and_the_event_opens_to_it(store: Store) -> None:
    card = issued_to(store, uuid4())
    [row] = store.history(card)
    assert b"Awa" not in row.state
    assert name_on(store, card).open() == "Awa Koné"


def test_neither_repr_nor_text_shows_a_personal_value(store: Store) -> None:
    event = store.history(issued_to(store, uuid4()))[0].event()
    event.name.open()  # type: ignore[attr-defined]
    assert "Awa" not in repr(event) + str(event) + repr(Sealed("Awa"))


def test_a_sealed_value_moved_elsewhere_does_not_open(store: Store) -> None:
    keys, reader, stream = store.keyring, uuid4(), uuid4()
    box = keys.seal("Awa Koné", reader, stream, 1, "name")
    assert keys.unseal(box, reader, stream, 1, "name") == "Awa Koné"
    for elsewhere in ((stream, 2, "name"), (uuid4(), 1, "name"), (stream, 1, "email")):
        with pytest.raises(BrokenSeal):
            keys.unseal(box, reader, *elsewhere)
    with pytest.raises(BrokenSeal):
        keys.unseal(Box(box.key, box.sealed[:-1] + b"\0"), reader, stream, 1, "name")


def test_when_the_key_is_destroyed_the_field_reads_redacted_and_no_new_key_is_made(
    store: Store, database
) -> None:
    reader = uuid4()
    card = issued_to(store, reader)
    destroy_keys_of(reader, database.owner_url)
    store.keyring.forget(reader)
    assert name_on(store, card).open() is REDACTED
    assert not REDACTED
    with pytest.raises(SubjectErased):
        issued_to(store, reader)


def test_more_new_subjects_at_once_than_there_are_connections_do_not_wait_for_each_other(
    store: Store,
) -> None:
    with ThreadPoolExecutor(40) as pool:
        cards = list(pool.map(lambda _: issued_to(store, uuid4()), range(40)))
    assert {name_on(store, card).open() for card in cards} == {"Awa Koné"}


def test_two_processes_that_meet_a_subject_at_once_use_one_key(store: Store) -> None:
    reader, stream = uuid4(), uuid4()
    others = store.keyring.over(store.pool)
    boxes = [keys.seal("Awa", reader, stream, 1, "name") for keys in (store.keyring, others)]
    assert {others.unseal(box, reader, stream, 1, "name") for box in boxes} == {"Awa"}
    assert {box.key for box in boxes} == {1}
    others.close()
