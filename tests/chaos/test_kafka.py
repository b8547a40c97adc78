"""Events on a broker that is struck in every way: the short form of `make chaos-kafka`, and what it would report."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from eventstore.supply import Figures as Brought
from tests.chaos.kafka import Figures, Run
from tests.chaos.kafka_strikes import ONE_BROKER, SHORT, THREE_BROKERS, named
from tests.chaos.kafka_tried import tried
from tests.chaos.kafka_verdict import (
    Command,
    Judged,
    Verdict,
    noted,
    of_the_heard,
    of_the_topic,
    once_each,
)

SEED = int(os.environ.get("CHAOS_SEED", "6"))
TWICE = {"relay-killed", "restored", "told-to-end"}
"""What other strikes do as well, and more."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [SEED], ids=[f"CHAOS_SEED={SEED}"])
@pytest.mark.parametrize(
    "strikes",
    [sorted(named(*ONE_BROKER).keys() - TWICE), sorted(named(*THREE_BROKERS))],
    ids=["one", "three"],
)
def test_whatever_happens_to_brokers_relays_and_groups_every_event_is_seen_once_and_in_order(
    tmp_path: Path, strikes: list[str], seed: int
) -> None:
    figures = tried(tmp_path, Run(strikes, SHORT, seed, pause=0.1))
    assert figures.broken == []
    assert {one.name for one in figures.struck} == set(strikes)
    assert sum(judged.jobs for judged in figures.judged) > 10 * len(strikes)


# ── the verdict ──────────────────────────────────────────────────────────────


def test_a_run_in_which_the_broker_brought_nothing_proves_nothing() -> None:
    """Everybody would have read the store, which has everything."""
    shipped = Judged(Verdict(), 9, 9, 0, 9, 9, Brought(read=9))
    assert Figures(judged=[shipped]).broken == ["the broker brings events"]
    assert Figures(judged=[shipped, replace(shipped, brought=Brought(carried=1))]).broken == []


FACTS = [(1, 0), (2, 1), (3, 0), (4, 1)]


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ([(1, 0, 1, 10), (2, 1, 1, 11), (3, 0, 1, 12), (4, 1, 1, 13)], (0, 0, 0, 0)),
        ([(2, 1, 1, 10), (4, 1, 1, 11), (1, 0, 1, 12), (3, 0, 1, 13)], (0, 0, 0, 0)),
        ([(1, 0, 1, 10), (2, 1, 1, 11), (3, 0, 1, 12)], (1, 0, 0, 0)),
        ([(1, 0, 1, 10), (2, 1, 1, 11), (3, 0, 1, 12), (4, 1, 1, 13), (9, 1, 1, 14)], (0, 1, 0, 0)),
        ([(1, 0, 1, 10), (2, 0, 1, 11), (3, 0, 1, 12), (4, 1, 1, 13)], (1, 1, 0, 0)),
        ([(1, 0, 2, 10), (2, 1, 1, 11), (3, 0, 1, 12), (4, 1, 1, 13)], (0, 0, 1, 0)),
        ([(3, 0, 1, 10), (1, 0, 1, 11), (2, 1, 1, 12), (4, 1, 1, 13)], (0, 0, 0, 1)),
    ],
)
def test_the_verdict_counts_events_that_were_lost_invented_doubled_or_early(
    heard: list[tuple[int, int, int, int]], found: tuple[int, int, int, int]
) -> None:
    assert of_the_heard(FACTS, heard) == found


def test_the_verdict_counts_messages_that_do_not_say_what_the_store_says() -> None:
    said = [(1, 0, 0), (2, 1, 0), (3, 0, 1), (4, 1, 2)]
    assert of_the_topic(FACTS, [*said, *said[:2]]) == 0
    assert of_the_topic(FACTS, [(3, 0, 0), (4, 1, 3), (4, 0, 2), (-1, -1, -1)]) == 4


def test_the_verdict_counts_jobs_and_effects_that_are_missing_or_too_many() -> None:
    assert once_each({1, 2, 3}, [1, 2, 3]) == (0, 0)
    assert once_each({1, 2, 3}, [1, 3, 3, 3, 9]) == (1, 3)


def test_notes_are_read_up_to_the_line_that_a_kill_cut(tmp_path: Path) -> None:
    (tmp_path / "writer-1").write_text("10.5 0.0100 done\n11.0 7.5000 AskForIt:Unavailable\n12.0 0.0")
    assert noted(tmp_path) == [Command(10.5, 0.01, "done"), Command(11.0, 7.5, "AskForIt:Unavailable")]
