"""Consumers that do it wrong on a real broker: what `make chaos-kafka` would report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.kafka import Run
from tests.chaos.kafka_mutants import AFTER, COMPARE_AND_SET
from tests.chaos.kafka_strikes import SHORT
from tests.chaos.kafka_tried import tried

SMALL = {"relay": 1, "projector": 2, "reactor": 2, "writer": 1}
TRIES = range(4)
"""Seeds until a mutant has to be found out: what is on its way when something strikes is the machine's."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mutant", "strike", "found"),
    [
        (AFTER, "topic-emptied", ("lost", "jobs_lost", "effects_lost", "differing")),
        (COMPARE_AND_SET, "twins", ("doubled", "jobs_doubled")),
    ],
)
def test_what_is_lost_without_after_and_doubled_without_compare_and_set_would_be_seen(
    tmp_path: Path, mutant: str, strike: str, found: tuple[str, ...]
) -> None:
    for seed in TRIES:
        figures = tried(tmp_path / str(seed), Run([strike], SHORT, seed, mutant=mutant, cast=SMALL))
        if missed := [what for what in found if not getattr(figures.verdict, what)]:
            continue
        assert "every event once, in order, everywhere" in figures.broken
        return
    pytest.fail(f"nobody has seen that {missed} is not 0")
