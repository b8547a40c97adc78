"""Names: what is ours resolves to ours, nothing of the standard library is shadowed, no word says nothing."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(folder.parent.name for folder in ROOT.glob("*/__init__.py"))
EMPTY_WORDS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "shared",
    "base",
    "manager",
    "service",
    "misc",
    "handler",
}
ALLOWED = {"workers/service.py"}
"""A verb: to service a loan."""


def sources() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]


def test_our_packages_are_the_ones_that_we_know() -> None:
    assert (
        sorted(
            [
                "access",
                "aggregates",
                "api",
                "bench",
                "commands",
                "demo",
                "eventstore",
                "projections",
                "providers",
                "roles",
                "runtime",
                "workers",
            ]
        )
        == PACKAGES
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_of_ours_is_found_in_this_repository(package: str) -> None:
    found = importlib.import_module(package).__file__
    assert found is not None
    assert Path(found).is_relative_to(ROOT)


def test_no_top_level_name_hides_one_of_the_standard_library() -> None:
    ours = {*PACKAGES, *(file.stem for file in ROOT.glob("*.py"))}
    assert ours & set(sys.stdlib_module_names) == set()


def test_tests_have_no_init_file_so_they_hide_nothing() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_no_file_is_called_by_a_word_that_says_nothing() -> None:
    empty = [str(file.relative_to(ROOT)) for file in sources() if file.stem in EMPTY_WORDS]
    assert set(empty) - ALLOWED == set()


@pytest.mark.parametrize("layer", ["commands"])
def test_a_noun_has_the_same_file_name_everywhere(layer: str) -> None:
    nouns = {file.stem for file in (ROOT / "aggregates").glob("*.py")}
    layered = {file.stem for file in (ROOT / layer).glob("*.py")} - {"__init__", "fields", "terms"}
    assert layered - nouns == set()


def test_nothing_that_only_this_machine_has_is_named() -> None:
    """A clone lives elsewhere: no absolute path of a developer's machine, no address of a registry."""
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    words = ["/" + "work/", "/" + "root/", "pypi" + ".org", "files." + "pythonhosted"]
    guilty = []
    for name in tracked:
        file = ROOT / name
        if file.is_file() and file.stat().st_size < 2_000_000:
            text = file.read_bytes()
            guilty += [f"{name}: {word}" for word in words if word.encode() in text]
    assert guilty == []
