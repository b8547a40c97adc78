"""The story as lines and on a terminal, and its figures for people and for programs."""

from __future__ import annotations

import io
import json

from rich.console import Console

from demo.figures import Figures, LoanFigures
from demo.judge import Verdict
from demo.narrate import InLines, OnTerminal, narrator
from projections.trial_balance import TrialBalanceLine
from tests.demo.conftest import TERMS

BANK = TrialBalanceLine(account="512", currency="EUR", debit=531_849, credit=500_000)
JEANS = LoanFigures(TERMS, 22_160, {"512": 531_849}, {"on time": 23, "late": 1}, 731)


def figures(*verdicts: Verdict) -> Figures:
    return Figures(3, 61.04, [JEANS], [BANK], verdicts, ["K.pdf"], 2)


def test_a_pipe_gets_lines_without_colours() -> None:
    out = io.StringIO()
    say = narrator(out)
    assert isinstance(say, InLines)
    say.chapter("Money")
    say.tell("paid out [to Jean]")
    say.strike("refused")
    say.progress(10, 12, "business day 2026-12-21")
    say.progress(11, 12, "business day 2027-01-21")
    say.close()
    assert out.getvalue().splitlines() == [
        "",
        "Money",
        "  + paid out [to Jean]",
        "  x refused",
        "  . business day 2026-12-21, 10 of 12",
    ]


def test_a_terminal_gets_a_bar_that_is_gone_in_the_end() -> None:
    out = io.StringIO()
    say = OnTerminal(Console(file=out, force_terminal=True, width=80))
    say.chapter("Money")
    for day in range(1, 4):
        say.progress(day, 3, f"business day {day}")
        say.tell(f"day {day}")
    say.close()
    assert "business day 3" in out.getvalue()
    assert "3/3" in out.getvalue()


def test_the_figures_are_tables_for_people() -> None:
    out = io.StringIO()
    figures(Verdict("ledger imbalance", True, "0 EUR")).show(InLines(out))
    for said in ("L-2026-000001", "5 000.00 EUR", "318.49 EUR", "512 EUR", "ledger imbalance", "yes"):
        assert said in out.getvalue()


def test_the_figures_are_a_document_for_programs() -> None:
    document = json.loads(json.dumps(figures(Verdict("ledger imbalance", True, "0 EUR")).document()))
    assert document["good"] is True
    assert (document["seed"], document["seconds"], document["documents"]) == (3, 61.0, ["K.pdf"])
    assert document["loans"][0]["terms"]["value_date"] == "2026-05-06"
    assert document["checks"] == [{"check": "ledger imbalance", "holds": True, "said": "0 EUR"}]


def test_one_check_that_does_not_hold_spoils_the_run_and_so_does_no_check_at_all() -> None:
    good, bad = Verdict("one", True, ""), Verdict("two", False, "")
    assert figures(good).good
    assert not figures(good, bad).good
    assert not figures().good
