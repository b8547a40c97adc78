"""The read models as lines that can be compared: two runs with the same seed end in the same tables, row for row.

    tables, rows by their keys ──values as they are, names for what no seed can choose──▶ a line of JSON each

Every column is there. The few that are not compared as they are stand in ``NAMED``, with the reason; whatever else
differs between two runs is a difference. ``python -m demo.tables A B`` says the first one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from demo.evidence import READ_MODELS
from eventstore import read_models
from eventstore.projection import Projection

EVENTS: Final = "events"
"""A table beside the read models: how many events there are of each kind. What is done twice shows there."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Named:
    """How the values of a column are written instead of as they are; an absent value stays absent.

    write  given the value and where it stands (``mail_log 7de5….requested_at``)
    why    the reason
    """

    write: Callable[[Any, str], Any]
    why: str


_MOMENT = Named(
    lambda value, where: "a moment", "The machine's time: two runs do nothing at the same moment."
)
_TRIES = Named(
    lambda value, where: "at least 1" if value else value,
    "A worker that is killed between the attempt and the mail server's answer makes another attempt.",
)
_DRAWN = Named(
    lambda value, where: where,
    "The name of a secret, drawn by the house so that nobody guesses it: access/totp.py, access/passkeys.py.",
)

NAMED: Final[Mapping[str, Named]] = {
    "journal.recorded_at": _MOMENT,
    "mail_log.requested_at": _MOMENT,
    "document_access.recorded_at": _MOMENT,
    "payee_list.usable_at": _MOMENT,
    "mail_log.attempts": _TRIES,
    "events.Notification.Attempted": _TRIES,
    "account_list.factors[].factor_id": _DRAWN,
}
"""By table and column, with ``[]`` and the field for what is in a list of a column."""


# ── writing ────────────────────────────────────────────────────────────────


def write(auditor: str, seed: int | None, file: Path) -> None:
    """All tables of an installation in which everything has come to rest.

    auditor  connection string of the role ``auditor``
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines(auditor, seed)), encoding="utf-8")


def lines(auditor: str, seed: int | None) -> Iterator[str]:
    """What a run is told apart by, then every row of every table, by table and key."""
    with psycopg.connect(auditor) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = {kind.name: list(_rows(connection, kind)) for kind in READ_MODELS.values()}
        days = sorted(row["day"] for row in found["business_days"])
        counted = list(_counted(connection))
    yield _written({"seed": seed, "began": days[0] if days else None, "tables": sorted(READ_MODELS)})
    for name, kind in sorted((kind.name, kind) for kind in READ_MODELS.values()):
        yield from sorted(_written(_line(name, kind.keys(), row)) for row in found[name])
    for row in counted:
        where = f"{EVENTS}.{row['kind']}"
        count = NAMED[where].write(row["count"], where) if where in NAMED else row["count"]
        yield _written({"table": EVENTS, "key": [row["kind"]], "row": {**row, "count": count}})


def _rows(connection: Connection[Any], kind: type[Projection]) -> Iterator[Row]:
    """The live table, with the values as JSON has them."""
    live = [t for t in read_models.tables(connection) if t.state == "live" and t.name == kind.name]
    if [table.version for table in live] != [kind.version]:
        raise LookupError(f"{kind.__name__} version {kind.version} has no live table")
    with connection.cursor(row_factory=tuple_row) as cursor:
        for (row,) in cursor.execute(f"SELECT to_jsonb(t) FROM {live[0].qualified} AS t".encode()):
            yield row


def _counted(connection: Connection[Any]) -> Iterator[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        yield from cursor.execute(
            "SELECT kind, count(*) FROM store.read_feed(0, NULL, 10000000) GROUP BY kind ORDER BY kind"
        )


def _line(table: str, keys: Sequence[str], row: Row) -> Row:
    key = [row[column] for column in keys]
    where = f"{table} {'/'.join(map(str, key))}"
    return {"table": table, "key": key, "row": {c: _as_is(table, c, v, where) for c, v in row.items()}}


def _as_is(table: str, column: str, value: Any, where: str) -> Any:
    """A value as it is, or the name it has in NAMED."""
    if (named := NAMED.get(f"{table}.{column}")) is not None:
        return None if value is None else named.write(value, f"{where}.{column.rpartition('.')[2]}")
    if isinstance(value, list):
        return [_as_is(table, f"{column}[]", one, f"{where}.{column} {n}") for n, one in enumerate(value, 1)]
    if isinstance(value, dict):
        return {name: _as_is(table, f"{column}.{name}", one, where) for name, one in value.items()}
    return value


def _written(line: Row) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=True)


# ── comparing ──────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Difference:
    """What one run has otherwise than the other."""

    table: str
    key: str
    column: str
    """Empty when the whole row is missing on one side."""
    one: Any
    other: Any

    def __str__(self) -> str:
        if not self.column:
            side = "the first" if self.other is None else "the second"
            return f"{self.table} {self.key}: only in {side}"
        return f"{self.table} {self.key}, {self.column}: {self.one!r}, then {self.other!r}"


def differences(one: Iterable[str], other: Iterable[str]) -> Iterator[Difference]:
    """What differs between the lines of two runs, by table and key. The first says when they are not comparable."""
    first, second = [json.loads(line) for line in one], [json.loads(line) for line in other]
    for head in ("seed", "began", "tables"):
        if (said := first[0].get(head)) != (answer := second[0].get(head)):
            yield Difference("the run", "", head, said, answer)
    a, b = _by_place(first[1:]), _by_place(second[1:])
    for place in sorted(a.keys() | b.keys()):
        if place not in a or place not in b:
            yield Difference(*place, "", a.get(place), b.get(place))
            continue
        for column in sorted(a[place].keys() | b[place].keys()):
            left, right = a[place].get(column), b[place].get(column)
            if left != right or (column in a[place]) != (column in b[place]):
                yield Difference(*place, column, left, right)


def _by_place(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = {}
    for line in rows:
        place = line["table"], "/".join(map(str, line["key"]))
        if place in found:
            raise ValueError(f"{' '.join(place)} is there twice")
        found[place] = line["row"]
    return found


def main(arguments: Sequence[str]) -> int:
    """Compare two files; exit code 0 when they are the same, 1 when not, 2 when they were not named."""
    if len(arguments) != 2:
        print("Say two files that `manage.py demo --tables FILE` wrote.", file=sys.stderr)
        return 2
    one, other = (Path(file).read_text(encoding="utf-8").splitlines() for file in arguments)
    found = list(differences(one, other))
    print(f"{len(found)} differences, the first: {found[0]}" if found else f"the same {len(one) - 1} rows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
