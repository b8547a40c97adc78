"""The lock files hold what pyproject.toml asks for, by hash, and name no registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
RUNNING = [Requirement(line) for line in PROJECT["dependencies"]]
WORKING = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("lock", "wanted"), [(LOCKS[0], RUNNING), (LOCKS[1], [*RUNNING, *WORKING])], ids=LOCKS
)
def test_everything_that_is_asked_for_is_pinned(lock: str, wanted: list[Requirement]) -> None:
    found = pinned(lock)
    assert [str(r) for r in wanted if not r.specifier.contains(found.get(r.name.lower(), "0"))] == []


def test_developers_run_the_same_versions() -> None:
    assert pinned(LOCKS[0]).items() <= pinned(LOCKS[1]).items()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert all("--hash=sha256:" in part for part in re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:])


def test_each_dependency_says_why_it_is_there() -> None:
    lines = (
        (ROOT / "pyproject.toml")
        .read_text()
        .partition("dependencies = [")[2]
        .partition("]\n")[0]
        .splitlines()
    )
    assert [line for line in lines if line.strip().startswith('"') and "#" not in line] == []
