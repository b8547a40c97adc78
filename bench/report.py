"""A run's figures as a table on the terminal, as a JSON file, and as the table of README.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, ratio
from bench.targets import Judged

Results = Mapping[str, Sequence[Figure]]

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
        table = Table("figure", "median", "unit", "÷", "of", "samples", title=section, title_justify="left")
        for row in _rows(figures):
            table.add_row(*row, style="bold red" if row[2].startswith("not here") else "")
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
        rows = (row[:5] for row in _rows(figures))
        parts += [f"### {section}\n", _table(("figure", "median", "unit", "÷", "of"), rows)]
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Any) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    named = {figure.name: figure for figure in figures}
    return [
        (
            each.name,
            _number(each.median) if each.samples else "–",
            f"{each.unit}{'; ' if each.note else ''}{each.note}" if each.samples else each.note,
            _number(divided) if (divided := _divided(each, named)) is not None else "",
            each.over or "",
            " ".join(_number(sample) for sample in each.samples),
        )
        for each in figures
    ]


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
    }


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
