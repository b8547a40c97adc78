"""`manage.py cluster --compare`: the same story on several processes of each role and on one; both end in the same.

cluster ──▶ figures, tables ──┐
`manage.py up` ──▶ figures, tables ──┴──▶ every figure, every row of every table: alike, or what differs
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from demo.figures import Figures
from demo.installation import Installation
from demo.narrate import Narrator, narrator
from demo.run import CLUSTER, FOLDER, on_a_cluster, on_its_own, run
from demo.tables import Difference, differences

TABLES = "tables.jsonl"
SHOWN = 20
"""Differences that are told; the files have them all."""


def main(seed: int | None, as_json: bool = False) -> int:
    """Exit code: 0 when both end well and alike, 1 when not, 2 when a story could not be told to its end."""
    say = narrator(sys.stderr if as_json else sys.stdout)
    try:
        cluster, up = _both(seed, say)
    except _BrokenOff as error:
        return error.code
    finally:
        say.close()
    found = list(_between(cluster, up))
    if as_json:
        alike = {"alike": not found, "differences": list(map(str, found))}
        print(json.dumps({"cluster": cluster.document(), "up": up.document(), **alike}, ensure_ascii=False))
    else:
        cluster.show(say)
        _verdict(say, {"cluster": cluster, "up": up}, found)
    return 0 if not found and cluster.good and up.good else 1


class _BrokenOff(Exception):
    """A story could not be told to its end."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _both(seed: int | None, say: Narrator) -> tuple[Figures, Figures]:
    cluster = _told(on_a_cluster(), seed, say, CLUSTER)
    up = _told(on_its_own(), seed, say, FOLDER)
    if _began(CLUSTER) != _began(FOLDER):
        say.chapter("Midnight came between the two: the cluster once more, on the same day")
        cluster = _told(on_a_cluster(), seed, say, CLUSTER)
    return cluster, up


def _told(installation: Installation, seed: int | None, say: Narrator, folder: Path) -> Figures:
    figures = run(installation, seed, say, folder / TABLES)
    if isinstance(figures, int):
        raise _BrokenOff(figures)
    return figures


def _began(folder: Path) -> str:
    """The first business day of a run."""
    return str(json.loads(_lines(folder)[0])["began"])


def _verdict(say: Narrator, told: Mapping[str, Figures], found: Sequence[Difference]) -> None:
    say.chapter("The cluster beside `manage.py up`, with the same seed")
    for name, figures in told.items():
        word = "the judge is content" if figures.good else "the judge is NOT content"
        say.tell(f"{name}: {word} after {figures.seconds:.0f} s")
    if not found:
        say.tell(f"the same figures, and the same {len(_lines(CLUSTER)) - 1} rows, table for table")
    for one in found[:SHOWN]:
        say.strike(str(one))
    if found:
        say.strike(f"{len(found)} differences; the rows are in {CLUSTER / TABLES} and {FOLDER / TABLES}")


def _between(cluster: Figures, up: Figures) -> Iterator[Difference]:
    one, other = _figures(cluster), _figures(up)
    for name in one:
        if one[name] != other[name]:
            yield Difference("figures", name, name, one[name], other[name])
    yield from differences(_lines(CLUSTER), _lines(FOLDER))


def _figures(told: Figures) -> dict[str, Any]:
    """What has to be the same; how long it took and what was asked twice is not."""
    said = told.document()
    return {
        "loans": said["loans"],
        "trial balance": said["trial_balance"],
        "checks": {one["check"]: one["holds"] for one in said["checks"]},
    }


def _lines(folder: Path) -> list[str]:
    return (folder / TABLES).read_text(encoding="utf-8").splitlines()
