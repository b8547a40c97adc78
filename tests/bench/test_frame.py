"""The benchmark's own promises: turns are interleaved, ratios are of one round, nobody counts what is not stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from bench import __main__ as program
from bench import report
from bench.figures import Contestant, Figure, NotStored, Turn, absent, interleave, ratio
from bench.place import count
from bench.rows import PAYLOAD
from bench.targets import TARGETS, Target, broken, judge
from bench.worker import WRITERS
from bench.writers import Step, Where, bare, library
from bench.writing import TABLES
from tests.conftest import Database


def canned(name: str, values: list[float], said: list[str]) -> Contestant:
    """Takes its turns with these values, and says so."""
    left = iter(values)

    def take() -> Turn:
        said.append(name)
        return Turn(next(left))

    return Contestant(name, take)


def test_everybody_has_had_a_turn_before_anybody_has_the_next() -> None:
    said: list[str] = []
    interleave([canned(name, [1, 2, 3, 4], said) for name in "abc"], rounds=4)
    rounds = [said[start : start + 3] for start in range(0, 12, 3)]
    assert rounds[0] == ["a", "b", "c"]
    assert all(sorted(each) == ["a", "b", "c"] for each in rounds)
    assert len({tuple(each) for each in rounds}) > 1, "nobody always follows the same neighbour"


def test_samples_stay_with_their_round_whatever_the_order_of_the_turns() -> None:
    figures = interleave([canned(name, [1, 2, 3, 4], []) for name in "abc"], rounds=4)
    assert [figure.samples for figure in figures] == [(1, 2, 3, 4)] * 3


def test_a_figure_is_the_median_of_its_samples() -> None:
    assert Figure("a", "events/s", (1.0, 900.0, 5.0)).median == 5.0


def test_what_slows_a_whole_round_down_cancels_out_of_the_ratio() -> None:
    limit = Figure("raw", "events/s", (1000.0, 100.0, 900.0))
    ours = Figure("send", "events/s", (500.0, 50.0, 450.0))
    assert ratio(ours, limit) == 0.5


def test_figures_of_different_rounds_are_not_divided() -> None:
    with pytest.raises(ValueError, match="same rounds"):
        ratio(Figure("a", "events/s", (1.0, 2.0)), Figure("b", "events/s", (1.0,)))


def test_further_values_of_a_turn_are_figures_that_divide_each_other() -> None:
    slow = Contestant("ours", lambda: Turn(1.0, also={"p99": 6.0}), over="raw")
    fast = Contestant("raw", lambda: Turn(1.0, also={"p99": 2.0}))
    figures = {figure.name: figure for figure in interleave([slow, fast], rounds=3)}
    assert figures["ours, p99"].over == "raw, p99"
    assert ratio(figures["ours, p99"], figures["raw, p99"]) == 3.0


# ── promises ───────────────────────────────────────────────────────────────


def results(send: float) -> dict[str, list[Figure]]:
    return {"writing": [Figure("raw", "events/s", (1000.0,)), Figure("send", "events/s", (send,))]}


PROMISE = (Target("writing", "send", "raw", target=0.6, floor=0.4),)


@pytest.mark.parametrize(
    ("send", "verdict", "fails"),
    [(600, "reached", False), (400, "below target", False), (399, "below floor", True)],
)
def test_below_its_floor_a_run_fails(send: float, verdict: str, fails: bool) -> None:
    judged = judge(results(send), PROMISE)
    assert [each.verdict for each in judged] == [verdict]
    assert broken(judged) is fails


def test_of_an_upper_bound_less_is_better() -> None:
    promise = (Target("writing", "send", "raw", target=1.2, floor=1.5, most=True),)
    verdicts = [judge(results(value), promise)[0].verdict for value in (1200, 1500, 1501)]
    assert verdicts == ["reached", "below target", "below floor"]


def test_a_promise_that_was_not_measured_is_broken() -> None:
    judged = judge({"writing": [absent("send", "no reason"), *results(1)["writing"][:1]]}, PROMISE)
    assert [each.verdict for each in judged] == ["not measured"]
    assert broken(judged)


def test_a_section_that_did_not_run_promises_nothing() -> None:
    assert judge({"http": []}, PROMISE) == []


def test_every_promise_can_be_reached_and_missed() -> None:
    assert all((each.target > each.floor) is not each.most for each in TARGETS)


# ── the program ────────────────────────────────────────────────────────────


class Elsewhere:
    """Where nothing is measured: figures are canned."""

    class server:
        described = "none"


def run(monkeypatch: pytest.MonkeyPatch, measure: Callable[..., list[Figure]], *arguments: str) -> int:
    @contextmanager
    def opened(url: str | None, full: bool) -> Iterator[Elsewhere]:
        yield Elsewhere()

    monkeypatch.setattr(program, "opened", opened)
    monkeypatch.setattr(program, "described", lambda place: {"cpu": "a slow one"})
    monkeypatch.setattr(program, "measure_of", lambda section: measure)
    return program.main(["--only", "http", *arguments])


def http(command: float) -> Callable[..., list[Figure]]:
    figures = [Figure("bare route", "requests/s", (100.0,)), Figure("command", "requests/s", (command,))]
    return lambda place: figures


def test_the_exit_code_tells_whether_a_floor_was_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, http(50)) == 0
    assert run(monkeypatch, http(39)) == 1


def test_who_lies_about_what_it_stored_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    liar = Contestant("liar", lambda: Turn.rate(100, 1.0, stored=True), rows=lambda: 7)
    assert run(monkeypatch, lambda place: interleave([liar], rounds=1)) == 1
    assert "liar counted 100 rows and stored 0" in capsys.readouterr().out


def test_the_json_file_has_every_sample_and_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run(monkeypatch, http(50), "--json", str(tmp_path / "run.json"))
    written = json.loads((tmp_path / "run.json").read_text())
    assert written["machine"] == {"cpu": "a slow one"}
    assert written["sections"]["http"][1]["samples"] == [50.0]
    assert written["promises"][0]["verdict"] == "below target"


def test_the_page_keeps_its_words_and_gets_new_figures(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write_readme(page, {"cpu": "a slow one"}, results(500), judge(results(500), PROMISE))
    text = page.read_text()
    assert "old" not in text
    assert text.startswith("before")
    assert text.endswith("after\n")
    assert "| send ÷ raw | 0.5 | 0.6 | 0.4 | below target |" in text


def test_who_is_absent_stands_in_the_table_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    missing = Contestant("emmett, 2×8", lambda: Turn(1.0), absent="there is no node", column="2×8")
    assert interleave([missing], rounds=1)[0].samples == ()
    report.show(Console(width=100), {}, {"writing": interleave([missing], rounds=1)}, [])
    assert "not here: there is no node" in capsys.readouterr().out


# ── the writers ────────────────────────────────────────────────────────────


@contextmanager
def opened(database: Database, name: str, threads: int = 2) -> Iterator[list[Step]]:
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(bare.TABLE)
    with ExitStack() as stack:
        yield WRITERS[name](Where(database.app_url, database.owner_url, threads, 0, stack))


def rounds_of(name: str, step: Step, database: Database) -> list[Figure]:
    """Fifty steps of one writer, under the eyes of the frame."""

    def take() -> Turn:
        for _ in range(50):
            step()
        return Turn.rate(50, 1.0, stored=True)

    return interleave(
        [Contestant(name, take, rows=lambda: count(database.owner_url, TABLES[name]))], rounds=1
    )


@pytest.mark.parametrize("name", WRITERS)
def test_a_writer_stores_exactly_one_row_a_step(name: str, database: Database) -> None:
    with opened(database, name) as steps:
        assert rounds_of(name, steps[0], database)[0].samples == (50.0,)


def test_a_writer_that_counts_without_writing_is_caught(database: Database) -> None:
    with opened(database, "raw"), pytest.raises(NotStored, match="counted 50 rows and stored 0"):
        rounds_of("raw", lambda: None, database)


def test_a_server_that_loses_rows_without_a_word_is_caught(database: Database) -> None:
    with opened(database, "append") as steps, psycopg.connect(database.owner_url) as owner:
        owner.execute(
            "CREATE FUNCTION store.lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
        owner.execute(
            "CREATE TRIGGER lose BEFORE INSERT ON store.events"
            " FOR EACH ROW WHEN (NEW.version = 20) EXECUTE FUNCTION store.lose()"
        )
        owner.commit()
        with pytest.raises(NotStored, match="counted 50 rows and stored 48"):
            rounds_of("append", steps[0], database)


def test_every_writer_stores_as_many_bytes(database: Database) -> None:
    with opened(database, "raw") as steps, opened_library(database) as ours:
        for _ in range(3):
            steps[0]()
            ours[0]()
    with psycopg.connect(database.owner_url) as owner:
        raw = owner.execute(
            "SELECT length(kind) + length(state) + length(meta) + length(link) FROM bench.events WHERE version = 3"
        ).fetchone()
        peer = owner.execute(
            f"SELECT length(topic) + length(state) FROM {library.TABLE} WHERE originator_version = 3"
        ).fetchone()
    assert raw == peer == (PAYLOAD,)


@contextmanager
def opened_library(database: Database) -> Iterator[list[Step]]:
    with ExitStack() as stack:
        yield library.library(Where(database.app_url, database.owner_url, 1, 0, stack))
