"""docs/attacks.md names tests that are there, and every test of an attack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from roles import asvs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "attacks.md").read_text()
NAMED = re.findall(r"\[`(test_\w+)`\]\(\.\./(tests/[\w/]+\.py)\)", PAGE)
ATTACKS = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and "`test_" in line]


@pytest.mark.parametrize(("name", "file"), NAMED)
def test_a_test_that_is_named_is_there(name: str, file: str) -> None:
    assert asvs.resolves(f"{file}::{name}")


def test_every_attack_has_a_refusal_and_a_test() -> None:
    assert len(ATTACKS) > 20
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| attack")]
    assert len(rows) == len(ATTACKS)
    assert all(len(cells) == 3 and all(cell.strip(" |") for cell in cells) for cells in ATTACKS)


def test_every_file_of_attacks_is_on_the_page() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/walls/attacks").glob("test_*.py")}
    assert files <= {file for _, file in NAMED}
