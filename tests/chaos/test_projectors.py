"""kill -9 of projectors at random statements: the short form of `make chaos-projectors`, and what it would find."""

from __future__ import annotations

import os
import secrets
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest

from projections.customer_file import CustomerFile
from projections.journal import Journal
from projections.trial_balance import TrialBalance
from tests.chaos.projectors import Figures, Run, chaos
from tests.chaos.projectors_child import PHASES, Counting, Place
from tests.chaos.projectors_mutants import PositionsThenRows, RowsThenPositions, WithoutCompareAndSet
from tests.conftest import Database, fresh_database
from tests.products_own import READ_MODELS

SEED = int(os.environ.get("CHAOS_SEED", "9"))
APART = Run(kills=20, seed=SEED, before=400, shared=1.0, weights=(0, 0, 1))
KEY = secrets.token_bytes(32)
TRIES = 4
"""Runs until a mutant has to be found out: where a process dies is drawn, when it gets there is the machine's."""
IN_EACH_OTHERS_WAY = replace(APART, kills=10, shared=0.0, weights=(0, 1, 0), longest=200)


def run(database: Database, asked: Run, kinds=READ_MODELS) -> Figures:
    """In a process of its own, which has no threads and can be forked."""
    place = Place(database.app_url, database.owner_url, KEY, kinds)
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:
        return beside.submit(chaos, place, asked).result()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [SEED], ids=[f"CHAOS_SEED={SEED}"])
def test_whoever_is_killed_at_whatever_statement_every_table_equals_a_replay(database, seed: int) -> None:
    figures = run(database, Run(kills=25, seed=seed))
    assert not figures.broken, figures
    assert (figures.kills, len(figures.differing)) == (25, len(READ_MODELS))
    assert figures.rows > len(READ_MODELS)
    assert sum(figures.struck[phase] for phase in PHASES[2:]) > 5, "rows and positions were torn at"


@pytest.mark.slow
@pytest.mark.usefixtures("_template")
@pytest.mark.parametrize(
    ("connections", "asked"),
    [(RowsThenPositions, APART), (PositionsThenRows, APART), (WithoutCompareAndSet, IN_EACH_OTHERS_WAY)],
)
def test_what_could_be_lost_or_doubled_would_be_seen(
    postgres, connections: type[Counting], asked: Run
) -> None:
    """Positions in a transaction of their own, behind the rows or before them; sums without compare-and-set."""
    kinds = [TrialBalance, Journal, CustomerFile]
    for seed in range(asked.seed, asked.seed + TRIES):
        with fresh_database(postgres) as database:
            figures = run(database, replace(asked, seed=seed, connections=connections), kinds)
        if sum(figures.differing.values()) > 0:
            break
    assert sum(figures.differing.values()) > 0, figures
    assert sum(figures.rebuilt.values()) > 0
