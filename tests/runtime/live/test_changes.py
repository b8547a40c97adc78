"""Stretches of the feed are put together whatever is lost, doubled, late or early: each change once, in order."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore import Store
from runtime.live.changes import Change, Place, Stretch, change_of
from tests.eventstore.library import asker
from tests.eventstore.shelf import BuyBook

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
THING = UUID(int=3)


def change(position: int) -> Change:
    return Change(position, position % 64, "Book.Read", THING, position, None, date(2026, 5, 4))


def piece(feed: list[int], after: int, through: int, history: UUID = HERE) -> Stretch:
    """What a reader of the feed says of a part of it."""
    return Stretch(history, after, through, [change(p) for p in feed if after < p <= through])


ENDS = st.integers(0, 60)
TOLD = st.lists(
    st.tuples(ENDS, ENDS, st.booleans(), st.sampled_from([HERE, HERE, HERE, ELSEWHERE])), max_size=40
)


@given(feed=st.sets(st.integers(1, 60)).map(sorted), told=TOLD, begin=ENDS)
def test_each_change_is_taken_once_and_in_order_whatever_is_told(feed, told, begin):
    place, taken = Place(HERE, begin), list[int]()

    def take(stretch: Stretch) -> bool:
        fresh = place.take(stretch)
        taken.extend(each.position for each in fresh or [])
        return fresh is not None

    for one, other, reads, history in told:
        stretch = piece(feed, min(one, other), max(one, other), history)
        if not take(stretch) and reads and history == HERE:
            assert take(piece(feed, place.position, stretch.after))
            assert take(stretch)
    assert take(piece(feed, place.position, 60))
    assert taken == [position for position in feed if position > begin]


def test_what_is_of_another_history_is_not_taken():
    place = Place(HERE, 5)
    assert place.take(piece([6], 5, 6, ELSEWHERE)) is None
    assert place.position == 5


def test_a_change_says_nothing_of_what_happened(store: Store):
    book, reader = uuid4(), uuid4()
    receipt = store.send(
        BuyBook(book_id=book, reader_id=reader, title="Un titre", dedication="À Awa"), asker()
    )
    (row,) = store.history(book)
    said = change_of(row)
    assert (said.kind, said.event, said.id, said.version, said.owner) == (
        "Book", "Book.Bought", book, 1, reader,
    )  # fmt: skip
    assert {str(said.lane): str(said.position)} == receipt.positions
    assert "titre" not in msgspec.json.encode(said).decode()
    assert set(Change.__struct_fields__) == {"position", "lane", "event", "id", "version", "owner", "on"}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_stretch_is_the_same_after_the_way(count):
    stretch = piece(list(range(1, count + 1)), 0, 10)
    assert msgspec.json.decode(msgspec.json.encode(stretch), type=Stretch) == stretch
