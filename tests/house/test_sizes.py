"""Sizes and words: a file is a page, it says what a stranger finds there, and an exception says so itself."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 400
"""Lines of a file, unless its first line says why there are more."""
FILES = [
    file for file in ROOT.rglob("*.py") if not file.relative_to(ROOT).parts[0].startswith((".", "var", "web"))
]
TREES = {str(file.relative_to(ROOT)): ast.parse(file.read_text()) for file in FILES}
TESTS = {name: tree for name, tree in TREES.items() if name.startswith("tests")}


def docstring(tree: ast.Module) -> str:
    return ast.get_docstring(tree) or ""


def length(tree: ast.Module) -> int:
    return max((getattr(node, "end_lineno", 0) or 0 for node in ast.walk(tree)), default=0)


def test_a_file_is_a_page() -> None:
    long = {name: length(tree) for name, tree in TREES.items() if length(tree) > LONGEST}
    unexcused = {name for name in long if "lines" not in docstring(TREES[name]).partition("\n")[0]}
    assert not unexcused, "split the noun, or say in the first line why it has so many lines"


def test_a_file_says_first_what_is_in_it() -> None:
    first_lines = {name: docstring(tree).partition("\n")[0].rstrip() for name, tree in TREES.items()}
    assert [
        name for name, line in first_lines.items() if line[-1:] not in (".", ":", "?", "!") or not line
    ] == []


def test_nothing_is_left_for_later() -> None:
    words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"]
    assert [file.name for file in FILES if any(word in file.read_text() for word in words)] == []


def test_functions_are_short() -> None:
    lengths = sorted(
        node.end_lineno - node.lineno
        for name, tree in TREES.items()
        if name not in TESTS
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    )
    assert lengths[len(lengths) // 2] <= 9, "the median function is longer than nine lines"
    assert lengths[len(lengths) * 9 // 10] <= 25, "one function in ten is longer than 25 lines"


def test_nobody_sleeps_in_a_test() -> None:
    """Wait for a condition: tests/soon.py."""
    called = {
        name: [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)] for name, tree in TESTS.items()
    }
    words = {
        name: {getattr(f, "attr", getattr(f, "id", "")) for f in found} for name, found in called.items()
    }
    assert [name for name, said in words.items() if "sleep" in said] == []


def test_nobody_mocks() -> None:
    """Talk to the simulator."""
    imported = {
        name: {
            getattr(node, "module", None) or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        }
        | {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        for name, tree in TESTS.items()
    }
    assert [
        name for name, found in imported.items() if any(one.startswith("unittest") for one in found)
    ] == []
