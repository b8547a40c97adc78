"""How far a consumer is when its lanes do not all come at the same pace; and lanes that stand still."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eventstore.reach import Reach
from eventstore.standstill import Standstill

lanes = st.integers(0, 5)
positions = st.integers(0, 40)
ends = st.dictionaries(lanes, positions)


def test_it_begins_at_the_lowest_of_its_lanes_and_remembers_the_others() -> None:
    reach = Reach({3: 10, 7: 25, 9: 10})
    assert reach.low == 10
    assert [reach.of(lane) for lane in (3, 7, 9)] == [10, 25, 10]
    assert reach.lowest([7, 9]) == 10
    assert reach.lowest([]) == 0


def test_of_a_lane_that_is_another_ones_it_claims_nothing() -> None:
    reach = Reach({3: 10})
    reach.follow({3: 10}, 40)
    assert (reach.of(3), reach.of(7)) == (40, 0)
    assert reach.lacks({7: 1}) == [7]
    nobodys = Reach({})
    nobodys.follow({}, 40)
    assert nobodys.of(3) == 0


def test_a_lane_that_is_ahead_is_caught_up_with() -> None:
    reach = Reach({3: 10, 7: 25})
    reach.rise(20)
    assert (reach.of(3), reach.of(7)) == (20, 25)
    reach.rise(30)
    assert (reach.of(3), reach.of(7)) == (30, 30)
    reach.rise(5)
    assert reach.low == 30


def test_what_it_lacks_are_the_lanes_whose_event_before_it_has_not_seen() -> None:
    reach = Reach({3: 10, 7: 25, 9: 10})
    assert reach.lacks({3: 10, 7: 26, 9: 9}) == [7]
    reach.take({7: 26})
    assert reach.lacks({3: 10, 7: 26}) == []


def test_lanes_that_have_everything_go_along_with_the_others() -> None:
    reach = Reach({3: 10, 7: 25, 9: 10})
    reach.follow({3: 8, 7: 25, 9: 12}, 40)
    assert [reach.of(lane) for lane in (3, 7, 9)] == [40, 40, 10]
    reach.take({9: 12})
    reach.follow({3: 8, 7: 25, 9: 12}, 40)
    assert reach.low == 40


def test_ends_are_cut_where_they_are_asked_for() -> None:
    reach = Reach({3: 10, 7: 25})
    assert reach.ends([3, 7], 20) == {3: 10, 7: 20}
    assert Reach({3: 10, 7: 10}).ends([3, 7], 20) == {3: 10, 7: 10}


@given(st.dictionaries(lanes, positions, min_size=1), st.lists(ends | positions))
def test_it_is_what_a_table_of_every_lane_would_be(
    begin: dict[int, int], moves: list[dict[int, int] | int]
) -> None:
    reach, table = Reach(begin), dict(begin)
    for move in moves:
        if isinstance(move, int):
            reach.rise(move)
            table = {lane: max(position, move) for lane, position in table.items()}
        else:
            mine = {lane: end for lane, end in move.items() if lane in table}
            reach.take(mine)
            table |= {lane: max(table[lane], end) for lane, end in mine.items()}
        assert {lane: reach.of(lane) for lane in table} == table
        assert reach.low <= min(table.values())


# ── lanes that stand still ─────────────────────────────────────────────────


def test_a_lane_stands_still_when_it_was_seen_at_the_same_place_for_long_enough() -> None:
    still = Standstill(5.0)
    assert still.look({3: 10}, 100.0) == set()
    assert still.look({3: 10, 7: 1}, 104.9) == set()
    assert still.look({3: 10, 7: 1}, 105.0) == {3}
    assert still.look({3: 11, 7: 1}, 110.0) == {7}


def test_a_lane_that_had_everything_meanwhile_begins_anew() -> None:
    still = Standstill(5.0)
    still.look({3: 10}, 100.0)
    still.look({}, 103.0)
    assert still.look({3: 10}, 106.0) == set()
