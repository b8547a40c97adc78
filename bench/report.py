"""A run's figures as a table on the terminal, as a JSON file, and as the table of README.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, ratio
from bench.targets import Judged

Results = Mapping[str, Sequence[Figure]]

Rows = list[tuple[str, ...]]

MISSING = "not here"

BEGIN, END = "<!-- figures: written by `python -m bench --readme` -->", "<!-- end of figures -->"
COLOURS = {
    "reached": "green",
    "below target": "yellow",
    "below floor": "bold red",
    "not measured": "bold red",
}


def show(console: Console, machine: Mapping[str, str], results: Results, judged: Sequence[Judged]) -> None:
    """Everything, the promises last: what failed stands at the end, in red."""
    console.print(" · ".join(f"{name} {value}" for name, value in machine.items()), style="dim")
    for section, figures in results.items():
        for head, rows in _tables(figures):
            table = Table(*head, title=section, title_justify="left")
            for row in rows:
                table.add_row(*row, style="bold red" if any(MISSING in cell for cell in row) else "")
            console.print(table)
    table = Table("promise", "value", "target", "floor", "", title="promises", title_justify="left")
    for each in judged:
        table.add_row(*_promise(each), style=COLOURS[each.verdict])
    console.print(table)


def write_json(
    file: Path, machine: Mapping[str, str], results: Results, judged: Sequence[Judged], full: bool
) -> None:
    """Every sample, so that another run can be compared with this one."""
    content = {
        "machine": dict(machine),
        "full": full,
        "sections": {
            section: [_figure(each, figures) for each in figures] for section, figures in results.items()
        },
        "promises": [
            {**asdict(each.target), "value": each.value, "verdict": each.verdict} for each in judged
        ],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def write_readme(file: Path, machine: Mapping[str, str], results: Results, judged: Sequence[Judged]) -> None:
    """Put the tables between the two markers. Raises ValueError when they are not there."""
    text = file.read_text()
    if BEGIN not in text or END not in text:
        raise ValueError(f"{file.name} has no markers for the figures: {BEGIN} … {END}")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    file.write_text(f"{before}{BEGIN}\n\n{markdown(machine, results, judged)}\n{END}{after}")


def markdown(machine: Mapping[str, str], results: Results, judged: Sequence[Judged]) -> str:
    """The same tables for a page."""
    parts = [" · ".join(f"{name} {value}" for name, value in machine.items()) + "\n"]
    parts.append(_table(("promise", "value", "target", "floor", "verdict"), map(_promise, judged)))
    for section, figures in results.items():
        parts += [f"### {section}\n", *(_table(head, rows) for head, rows in _tables(figures))]
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Any) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _tables(figures: Sequence[Figure]) -> Iterator[tuple[tuple[str, ...], Rows]]:
    """Figures under a condition as one table, contestants by conditions; all others a row each."""
    if crossed := [each for each in figures if each.column]:
        yield _crossed(crossed)
    if plain := [each for each in figures if not each.column]:
        yield ("figure", "median", "unit", "÷", "of", "samples"), [_row(each, figures) for each in plain]


def _crossed(figures: Sequence[Figure]) -> tuple[tuple[str, ...], Rows]:
    columns = list(dict.fromkeys(each.column for each in figures))
    rows: dict[str, dict[str, str]] = {}
    for each in figures:
        divided = _divided(each, {other.name: other for other in figures})
        cell = _number(each.median) + (f" ({divided:.2f})" if divided else "") if each.samples else each.note
        rows.setdefault(each.row, {})[each.column] = cell
    body = [(row, *(cells.get(column, "") for column in columns)) for row, cells in rows.items()]
    return (f"{figures[0].unit} (÷ {_reference(figures)})", *columns), body


def _reference(figures: Sequence[Figure]) -> str:
    over = {each.row for each in figures if any(other.over == each.name for other in figures)}
    return " or ".join(sorted(over))


def _row(figure: Figure, figures: Sequence[Figure]) -> tuple[str, ...]:
    divided = _divided(figure, {each.name: each for each in figures})
    return (
        figure.name,
        _number(figure.median) if figure.samples else "–",
        f"{figure.unit}{'; ' if figure.note else ''}{figure.note}" if figure.samples else figure.note,
        _number(divided) if divided is not None else "",
        figure.over or "",
        " ".join(_number(sample) for sample in figure.samples),
    )


def _divided(figure: Figure, among: Mapping[str, Figure]) -> float | None:
    over = among.get(figure.over) if figure.over else None
    return ratio(figure, over) if over and over.samples and figure.samples else None


def _promise(judged: Judged) -> tuple[str, ...]:
    target = judged.target
    sign = "≤ " if target.most else ""
    value = "–" if judged.value is None else _number(judged.value)
    return (target.label, value, sign + _number(target.target), sign + _number(target.floor), judged.verdict)


def _figure(figure: Figure, among: Sequence[Figure]) -> dict[str, Any]:
    return {
        "name": figure.name,
        "unit": figure.unit,
        "median": figure.median if figure.samples else None,
        "samples": list(figure.samples),
        "over": figure.over,
        "ratio": _divided(figure, {each.name: each for each in among}),
        "note": figure.note,
        "column": figure.column,
    }


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
