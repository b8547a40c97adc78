"""The benchmark on Kafka: a short run has every figure, and who ships or carries less than there is fails it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from bench import feed_filling, kafka, kafka_projecting
from bench.figures import NotStored
from bench.kafka_rates import Ours
from bench.place import Place, opened
from bench.targets import TARGETS, broken, judge
from runtime.embedded.kafka import Kafka, NoJava
from tests.servers import at_hand, started

PROMISES = [target for target in TARGETS if target.section == "kafka"]
EVENTS = 300
FORGETFUL = """
    CREATE OR REPLACE FUNCTION store.read_feed(p_after bigint, p_lanes smallint[], p_limit int)
    RETURNS SETOF store.events LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = store, pg_temp AS $$
        SELECT * FROM events WHERE position > p_after AND position <> 7 ORDER BY position LIMIT p_limit
    $$
"""
"""A feed that leaves the seventh event out."""


class Small(Place):
    """A fifth of a short run, once."""

    def pick(self, short: Any, full: Any) -> Any:
        return (short // 5 or 1) if isinstance(short, int) else 0.3


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with opened(None, full=False) as place:
        yield Small(place.server, place.folder, False, place.progress)


@pytest.fixture
def own(place: Place) -> Iterator[Kafka]:
    broker = started(Kafka(place.folder / "own", die_with_parent=True))
    yield broker
    broker.stop()


class Bare(Kafka):
    """On a machine without Java."""

    def start(self) -> None:
        raise NoJava("there is no java")


def test_without_java_every_row_says_so_and_no_promise_is_kept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "Kafka", Bare)
    figures = kafka.measure(place)
    assert {figure.note for figure in figures} == {"not here: there is no java"}
    judged = judge({"kafka": figures}, PROMISES)
    assert [each.verdict for each in judged] == ["not measured"] * len(PROMISES)
    assert broken(judged)


@pytest.mark.slow
def test_a_short_run_measures_every_promise(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand()
    monkeypatch.setattr(kafka_projecting, "PROCESSES", (1, 2))
    judged = judge({"kafka": kafka.measure(place)}, PROMISES)
    assert [each.target.figure for each in judged if each.value is None] == []


@pytest.mark.slow
def test_a_relay_that_leaves_an_event_out_is_caught(place: Place, own: Kafka) -> None:
    at = place.database("kafka_counted")
    feed_filling.fill(at, 1, EVENTS)
    ours = Ours(place, at, own, EVENTS)
    ours.shipped()  # says itself when one is missing
    with psycopg.connect(at.owner_url, autocommit=True) as owner:
        owner.execute(FORGETFUL)
    with pytest.raises(NotStored, match=f"{EVENTS - 1} of {EVENTS}"):
        ours.shipped()
