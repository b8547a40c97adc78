"""Who may import whom: the contracts hold, know every module, and bite when they are broken."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["name"]: contract for contract in CONFIG["contracts"]}
LINT = Path(sys.executable).parent / "lint-imports"

BROKEN = {
    "Who may import whom": [
        ("eventstore/chain.py", "import runtime.log"),
        ("runtime/log.py", "import aggregates.values"),
        ("aggregates/values.py", "import commands.loan"),
        ("commands/loan.py", "import projections.loan_book"),
        ("commands/loan.py", "import providers.errors"),
        ("projections/loan_book.py", "import commands.loan"),
        ("projections/loan_book.py", "import providers.errors"),
        ("providers/errors.py", "import projections.loan_book"),
        ("api/problem.py", "import workers.sign"),
        ("workers/sign.py", "import api.problem"),
        ("api/problem.py", "import demo.plan"),
        ("demo/plan.py", "import roles.up"),
    ],
    "Aggregates know each other only by id": [("aggregates/loan.py", "import aggregates.contract")],
    "The domain does no I/O": [
        ("aggregates/values.py", "import httpx"),
        ("aggregates/loan.py", "import psycopg"),
    ],
    "Vendors live in providers": [
        ("workers/sign.py", "import weasyprint"),
        ("api/problem.py", "import pikepdf"),
    ],
    "The store knows no framework and nobody of ours": [("eventstore/chain.py", "import fastapi")],
}
"""A forbidden line for each contract, and for each border of the layers."""


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-cache", "--config", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contracts, where a test may break them."""
    folder = tmp_path_factory.mktemp("imports")
    for package in CONFIG["root_packages"]:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_are_kept(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", BROKEN)
def test_a_breach_is_reported(copy: Path, contract: str) -> None:
    files = {copy / file for file, _ in BROKEN[contract]}
    kept = {file: file.read_text() for file in files}
    try:
        for file, line in BROKEN[contract]:
            (copy / file).write_text(f"{(copy / file).read_text()}\n\n{line}  # noqa\n")
        done = lint(copy)
    finally:
        for file, text in kept.items():
            file.write_text(text)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout
    assert [breach for breach in BROKEN[contract] if edge(*breach) not in done.stdout] == []


def edge(file: str, line: str) -> str:
    """How the report names a forbidden line: ``aggregates.loan -> aggregates.contract``, or the package outside."""
    imported = line.removeprefix("import ")
    return f"{file.removesuffix('.py').replace('/', '.')} -> {imported}"


def test_every_contract_is_broken_once_here() -> None:
    assert set(BROKEN) == set(CONTRACTS)


def test_every_aggregate_is_in_the_contract_that_keeps_them_apart() -> None:
    nouns = {f"aggregates.{file.stem}" for file in (ROOT / "aggregates").glob("*.py")}
    listed = set(CONTRACTS["Aggregates know each other only by id"]["modules"])
    assert listed == nouns - {"aggregates.__init__", "aggregates.values", "aggregates.permissions"}


def test_every_package_is_under_the_contracts() -> None:
    packages = {folder.parent.name for folder in ROOT.glob("*/__init__.py")}
    assert set(CONFIG["root_packages"]) == packages


def test_the_models_share_no_code_with_the_product() -> None:
    """What they say would prove nothing otherwise."""
    imported = {
        (file.name, name)
        for file in (ROOT / "tests" / "models").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert imported, "there are models"
    allowed = {*sys.stdlib_module_names, "tests"}
    assert {(file, name) for file, name in imported if name.partition(".")[0] not in allowed} == set()
    assert {(file, name) for file, name in imported if name.startswith("tests")} == {
        (file, name) for file, name in imported if name.startswith("tests.models.")
    }
