"""`python -m bench`: run the sections, show the figures, fail when one is below its floor."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

import bench
from bench.figures import Figure, NotStored
from bench.machine import described
from bench.place import Place, opened
from bench.report import show, write_json, write_readme
from bench.sections import SECTIONS, USUAL, measure_of
from bench.targets import broken, judge

README = Path(__file__).parent / "README.md"


def main(arguments: list[str] | None = None) -> int:
    """0 when every promise about what ran is above its floor; 1 when not, or when something stored less than it counted."""
    asked = parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)
    with opened(asked.url, asked.full) as place:
        machine = described(place)
        try:
            results = {section: run(place, section, console) for section in asked.only}
        except NotStored as lie:
            console.print(str(lie), style="bold red")
            return 1
    judged = judge(results)
    show(console, machine, results, judged)
    if asked.json:
        write_json(asked.json, machine, results, judged, asked.full)
    if asked.readme:
        write_readme(README, machine, results, judged)
    return int(broken(judged))


def run(place: Place, section: str, console: Console) -> list[Figure]:
    """The figures of one section."""
    console.print(f"{section} …", style="dim")
    return measure_of(section)(place)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("--full", action="store_true", help="longer rounds, and growth to 10^7 events")
    parser.add_argument(
        "--url", help="a superuser's connection string; without it an embedded server is started"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="every sample, the machine and the verdicts"
    )
    parser.add_argument("--readme", action="store_true", help="write the tables into bench/README.md")
    parser.add_argument(
        "--only", type=_sections, default=list(USUAL), metavar="A,B", help=f"of {', '.join(SECTIONS)}"
    )
    return parser


def _sections(text: str) -> list[str]:
    chosen = text.split(",")
    for section in chosen:
        if section not in SECTIONS:
            raise argparse.ArgumentTypeError(f"there is no section {section}: {', '.join(SECTIONS)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
