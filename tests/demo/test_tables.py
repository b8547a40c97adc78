"""Two runs are compared table for table, row for row, column for column; what differs is found, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest

from demo.evidence import READ_MODELS
from demo.ids import Ids
from demo.tables import EVENTS, NAMED, differences, lines, main, write
from eventstore import Projection
from projections.account_list import AccountList
from projections.journal import Journal
from projections.loan_book import LoanBook
from projections.repayment_list import RepaymentList
from projections.schedule import Schedule
from projections.trial_balance import TrialBalance
from tests.conftest import Database
from tests.demo.conftest import Told


@pytest.fixture
def before(told: Told, database: Database) -> list[str]:
    return list(lines(database.auditor_url, 3))


def first(before: list[str], after: Iterator[str]) -> tuple[str, str]:
    """Table and column of the first difference; the row itself is a column without a name."""
    found = next(differences(before, after))
    return found.table, found.column


def columns(database: Database) -> dict[str, str]:
    """Type of each column of a read model, ``loan_book.months``."""
    kinds = {kind.table_name(): kind.name for kind in READ_MODELS.values()}
    with psycopg.connect(database.auditor_url) as connection:
        found = connection.execute(
            "SELECT c.relname, a.attname, a.atttypid::regtype::text FROM pg_attribute a JOIN pg_class c"
            " ON c.oid = a.attrelid WHERE c.relnamespace = 'read'::regnamespace AND c.relkind = 'r'"
            " AND a.attnum > 0"
        ).fetchall()
    return {f"{kinds[table]}.{column}": type for table, column, type in found if table in kinds}


def _keys() -> dict[str, tuple[str, ...]]:
    return {kind.name: kind.keys() for kind in READ_MODELS.values()}


def test_a_story_that_is_over_has_the_same_lines_whenever_it_is_looked_at(
    before: list[str], database: Database
) -> None:
    assert list(differences(before, lines(database.auditor_url, 3))) == []
    heads = json.loads(before[0])
    assert (heads["seed"], heads["tables"]) == (3, sorted(READ_MODELS))
    assert {json.loads(line)["table"] for line in before[1:]} >= {"loan_book", "journal", EVENTS}


JOURNAL = f"read.{Journal.table_name()}"


@pytest.mark.parametrize(
    ("table", "column", "change"),
    [
        ("loan_book", "principal", f"UPDATE read.{LoanBook.table_name()} SET principal = principal + 1"),
        ("loan_book", "status", f"UPDATE read.{LoanBook.table_name()} SET status = 'ready'"),
        ("loan_book", "customer_id", f"UPDATE read.{LoanBook.table_name()} SET customer_id = loan_id"),
        ("loan_book", "reference", f"UPDATE read.{LoanBook.table_name()} SET reference = 'L-2026-000002'"),
        (
            "repayment_list",
            "value_date",
            f"UPDATE read.{RepaymentList.table_name()} SET value_date = value_date + 1",
        ),
        ("trial_balance", "debit", f"UPDATE read.{TrialBalance.table_name()} SET debit = debit + 1"),
        ("schedule", "", f"DELETE FROM read.{Schedule.table_name()} WHERE number = 24"),
        (
            "trial_balance",
            "",
            f"INSERT INTO read.{TrialBalance.table_name()} VALUES ('999', 'EUR', 0, 0)",
        ),
    ],
)
def test_what_was_changed_is_found(
    told: Told, before: list[str], database: Database, table: str, column: str, change: str
) -> None:
    told.tamper(change)
    assert first(before, lines(database.auditor_url, 3)) == (table, column)


def test_a_moment_that_is_there_and_one_that_is_not_differ(
    told: Told, before: list[str], database: Database
) -> None:
    told.tamper("UPDATE read.payee_list_v1 SET usable_at = '2026-05-04 12:00:00+02'")
    assert first(before, lines(database.auditor_url, 3)) == ("payee_list", "usable_at")
    assert '"usable_at": "a moment"' in "".join(lines(database.auditor_url, 3))


def test_every_column_of_every_row_is_written_and_counts(before: list[str], database: Database) -> None:
    """Whatever is changed in one column is one difference, in that column."""
    written = [json.loads(line) for line in before[1:]]
    known = {name for name in columns(database)}
    for line in written:
        if line["table"] != EVENTS:
            assert {f"{line['table']}.{column}" for column in line["row"]} <= known
        for column in line["row"]:
            other = {**line, "row": {**line["row"], column: "something else"}}
            [found] = differences([before[0], json.dumps(line)], [before[0], json.dumps(other)])
            assert (found.table, found.column, found.other) == (line["table"], column, "something else")


def test_what_is_not_compared_as_it_is_stands_in_one_place(before: list[str], database: Database) -> None:
    known = columns(database)
    moments = {name for name, type in known.items() if type == "timestamp with time zone"}
    listed = {name.partition("[]")[0] for name in NAMED if not name.startswith(EVENTS)}
    assert moments <= listed, "no two runs agree on these"
    assert listed <= known.keys(), "nothing is called so any more"
    keys = {f"{name}.{column}" for name, columns in _keys().items() for column in columns}
    assert not listed & keys, "rows are found by their keys"
    assert all(named.why for named in NAMED.values())


def test_the_name_of_a_secret_is_written_as_the_place_where_it_stands(
    before: list[str], told: Told, database: Database
) -> None:
    told.tamper(
        f"INSERT INTO read.{AccountList.table_name()} (account_id, label, label_sort, status, language, roles,"
        " customers, invited, has_password, factors, has_recovery_codes, keys, opened_on, version) VALUES"
        " ('acc00000-0000-4000-8000-000000000009', 'Zoé', 'zoe', 'open', 'fr', '{support}', '{}', false, true,"
        ' \'[{"factor_id": "1", "name": "a"}, {"factor_id": "2", "name": "b"}]\', false, \'[]\', \'2026-05-04\', 3)'
    )
    [line] = [json.loads(each) for each in lines(database.auditor_url, 3) if "Zoé" in each]
    place = "account_list acc00000-0000-4000-8000-000000000009.factors"
    assert line["row"]["factors"] == [
        {"factor_id": f"{place} 1.factor_id", "name": "a"},
        {"factor_id": f"{place} 2.factor_id", "name": "b"},
    ]


def test_runs_of_another_seed_or_day_are_told_apart_before_their_rows() -> None:
    one = json.dumps({"seed": 3, "began": "2026-05-04", "tables": []})
    other = json.dumps({"seed": 4, "began": "2026-05-05", "tables": []})
    assert [str(found) for found in differences([one], [other])] == [
        "the run , seed: 3, then 4",
        "the run , began: '2026-05-04', then '2026-05-05'",
    ]


def test_a_row_that_is_there_twice_is_no_set_of_rows() -> None:
    head, row = json.dumps({"seed": 3}), json.dumps({"table": "shelf", "key": [1], "row": {"id": 1}})
    with pytest.raises(ValueError, match="shelf 1 is there twice"):
        list(differences([head, row, row], [head, row]))


def test_two_files_are_compared_and_the_first_difference_is_said(
    before: list[str], told: Told, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "one" / "tables.jsonl", tmp_path / "other.jsonl"
    write(database.auditor_url, 3, one)
    told.tamper(f"UPDATE read.{LoanBook.table_name()} SET months = 36")
    write(database.auditor_url, 3, other)
    assert main([str(one), str(one)]) == 0
    assert capsys.readouterr().out == f"the same {len(before) - 1} rows\n"
    assert main([str(one), str(other)]) == 1
    assert capsys.readouterr().out.startswith("1 differences, the first: loan_book ")
    assert main([str(one)]) == 2


def test_a_read_model_without_its_table_is_not_left_out(
    told: Told, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Projection, "registry", dict(Projection.registry))

    class Newer(Projection):
        name, version = "loan_book", 99
        key, owner, row, ddl = (
            "loan_id",
            None,
            LoanBook.row,
            "CREATE TABLE {table} (loan_id uuid PRIMARY KEY)",
        )

    monkeypatch.setitem(READ_MODELS, "LoanBook", Newer)
    del Projection.registry["Newer"]
    with pytest.raises(LookupError, match="Newer version 99"):
        list(lines(database.auditor_url, 3))


def test_people_choose_the_same_for_the_same_seed() -> None:
    one, same, other = Ids(Random("a 3")), Ids(Random("a 3")), Ids(Random("a 4"))
    chosen = [one.new() for _ in range(3)]
    assert [same.new() for _ in range(3)] == chosen
    assert other.new() not in chosen
    assert Ids().new() != Ids().new()
