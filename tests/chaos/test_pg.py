"""kill -9 of the whole database server under load: the short form of `make chaos-pg`, and what it would report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest
from rich.console import Console

from eventstore import Receipt
from tests.chaos import pg, pg_ledger, pg_verdict
from tests.chaos.pg_commands import Drawing, Wish, first
from tests.chaos.pg_ledger import Intention, written
from tests.chaos.pg_verdict import Held, Verdict
from tests.eventstore.shelf import ReadPages

SEED = 4


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice_when_the_server_is_killed() -> None:
    figures = pg.run(kills=5, seed=SEED)
    Console().print(pg.table(figures, SEED))
    assert figures.kept
    assert figures.unanswered > 0, "the kills met nobody: the load is too small to prove anything"


@pytest.mark.slow
@pytest.mark.parametrize("mutant", pg.MUTANTS)
def test_it_reports_a_server_that_acknowledges_early_and_a_sender_that_hides_its_retries(mutant: str) -> None:
    figures = pg.run(kills=2, seed=SEED, mutant=mutant)
    Console().print(pg.table(figures, SEED))
    assert not figures.kept
    assert (figures.verdict.lost if mutant == "unsynced" else figures.verdict.doubled) > 0


# ── the verdict ──────────────────────────────────────────────────────────────

ID, BOOK = uuid4(), uuid4()
THREE_PAGES = Wish(ReadPages(pages=1, times=3), BOOK)
RECEIPT = Receipt(id=BOOK, version=4, positions={"1": "7"})
KEPT = Verdict(0, 0, 0, 0)


@pytest.mark.parametrize(
    ("outcomes", "answers", "events", "verdict"),
    [
        (["done"], {ID: RECEIPT}, {ID: 3}, KEPT),
        (["unknown", "done"], {ID: RECEIPT}, {ID: 3}, KEPT),
        (["refused"], {}, {}, KEPT),
        (["done"], {}, {}, Verdict(1, 0, 0, 0)),
        (["done"], {ID: replace(RECEIPT, version=5)}, {ID: 3}, Verdict(1, 0, 0, 0)),
        (["done"], {ID: RECEIPT}, {ID: 2}, Verdict(0, 1, 0, 0)),
        (["refused"], {ID: RECEIPT}, {ID: 3}, Verdict(0, 1, 0, 0)),
        (["refused"], {}, {ID: 1}, Verdict(0, 1, 0, 0)),
        (["done"], {ID: RECEIPT}, {ID: 6}, Verdict(0, 0, 1, 0)),
        (["done"], {ID: RECEIPT, uuid4(): RECEIPT}, {ID: 3}, Verdict(0, 0, 1, 0)),
        (["unknown"], {ID: RECEIPT}, {ID: 3}, Verdict(0, 0, 0, 1)),
        ([], {}, {}, Verdict(0, 0, 0, 1)),
    ],
)
def test_the_verdict_names_what_was_lost_half_done_doubled_or_left_open(
    outcomes: list[str], answers: dict[UUID, Receipt], events: dict[UUID, int], verdict: Verdict
) -> None:
    receipts = [RECEIPT] * outcomes.count("done")
    known = {ID: Intention(THREE_PAGES, outcomes, receipts)}
    assert pg_verdict.judge(known, Held(answers, Counter(events), [])) == verdict


def test_a_reader_that_missed_doubled_or_swapped_events_is_reported(tmp_path: Path) -> None:
    feed = [(1, 0, "a", 1), (2, 1, "b", 1), (3, 0, "a", 2)]
    saw = {
        "all": "[[1,0,'a',1],[2,1,'b',1]]",
        "even": "[[3,0,'a',2],[1,0,'a',1]]",
        "odd": "[[2,1,'b',1],[2,1,'b',1]]",
    }
    for name, text in saw.items():
        (tmp_path / f"reader-{name}.json").write_text(text.replace("'", '"'))
    assert pg_verdict.missed(tmp_path, Held({}, Counter(), feed)) == {"all": 1, "even": 1, "odd": 1}


def test_what_is_noted_is_read_as_it_was_meant(tmp_path: Path) -> None:
    drawing = Drawing(Random(SEED))
    for wish in first(Random(SEED)):
        drawing.learn(wish)
    lines, wishes = [], {uuid4(): drawing.draw() for _ in range(300)}
    for id, wish in wishes.items():
        lines.append(f"asked {id} {wish.name} {wish.to or '-'} {wish.command.model_dump_json()}")
    (tmp_path / "writer-1").write_text("\n".join(lines) + f"\nunknown {id}\ndone {id} {written(RECEIPT)}")
    known = pg_ledger.read(tmp_path)
    assert {id: intention.wish for id, intention in known.items()} == wishes
    assert (known[id].outcomes, known[id].receipts) == (["unknown", "done"], [RECEIPT])
