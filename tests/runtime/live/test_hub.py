"""Whoever is connected gets what they want, in order; whoever does not read has a bound, and is told."""

from __future__ import annotations

import pytest

from runtime.live import hub as hubs
from runtime.live.changes import Change
from runtime.live.hub import Hub
from tests.runtime.live.test_changes import ELSEWHERE, HERE, change


@pytest.fixture
def hub() -> Hub:
    made = Hub()
    made.begin(HERE, 10, {3: 10, 5: 0})
    return made


def everything(_: Change) -> bool:
    return True


def nothing() -> None:
    return


def positions(changes: list[Change]) -> list[int]:
    return [each.position for each in changes]


def test_whoever_subscribes_is_told_everything_from_then_on(hub: Hub):
    first = hub.subscribe(everything, nothing)
    hub.pass_on([change(11)], 12)
    second = hub.subscribe(everything, nothing)
    hub.pass_on([change(13), change(14)], 14)
    assert positions(first.take().changes) == [11, 13, 14]
    news = second.take()
    assert (positions(news.changes), news.through, news.missed) == ([13, 14], 14, False)
    assert first.take().changes == []


def test_only_what_is_wanted_waits_and_only_that_wakes(hub: Hub):
    woken = []
    odd = hub.subscribe(lambda each: each.position % 2 == 1, lambda: woken.append(1))
    hub.pass_on([change(12), change(14)], 20)
    assert (woken, odd.take().through) == ([], 20)
    hub.pass_on([change(21), change(22)], 22)
    assert (woken, positions(odd.take().changes)) == ([1], [21])


def test_what_waits_has_a_bound_and_beyond_it_all_of_it_is_dropped_once(hub: Hub):
    slow = hub.subscribe(everything, nothing)
    for position in range(11, 11 + 3 * hubs.WAITING):
        hub.pass_on([change(position)], position)
        assert len(slow._waiting) <= hubs.WAITING
    news = slow.take()
    assert (news.changes, news.missed, news.through) == ([], True, 10 + 3 * hubs.WAITING)
    hub.pass_on([change(9_000)], 9_001)
    news = slow.take()
    assert (positions(news.changes), news.missed) == ([9_000], False)


def test_the_end_of_each_lane_is_known(hub: Hub):
    assert hub.ends() == {3: 10}
    hub.pass_on([change(11), change(75), change(12)], 76)
    assert hub.ends() == {3: 10, 11: 75, 12: 12}


def test_after_a_restore_everybody_begins_again(hub: Hub):
    ear = hub.subscribe(everything, nothing)
    hub.pass_on([change(11)], 11)
    hub.begin(ELSEWHERE, 4, {})
    news = ear.take()
    assert (news.changes, news.missed, news.through) == ([], True, 4)
    assert hub.history == ELSEWHERE


def test_whoever_leaves_is_forgotten(hub: Hub):
    ear = hub.subscribe(everything, nothing)
    assert hub.size == 1
    hub.leave(ear)
    hub.leave(ear)
    hub.pass_on([change(11)], 11)
    assert (hub.size, ear.take().changes) == (0, [])
