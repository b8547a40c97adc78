"""The library's README: its example is run, word for word."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from eventstore import KINDS, Command, Projection

README = Path(__file__).parents[2] / "eventstore" / "README.md"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The Python of the README, as one module; what it declares is forgotten afterwards."""
    monkeypatch.setattr(Projection, "registry", dict(Projection.registry))
    monkeypatch.setattr(Command, "registry", list(Command.registry))
    file = tmp_path / "library_example.py"
    file.write_text("\n".join(re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, file.stem, module)
    before = set(KINDS)
    spec.loader.exec_module(module)
    yield module
    for kind in KINDS.keys() - before:
        del KINDS[kind]


def test_the_example_works_as_it_stands(example: ModuleType, database) -> None:
    (line,) = example.a_day_in_the_library(database.owner_url, database.app_url, database.projector_url)
    assert (line.title, line.reader) == ("Une si longue lettre", "Awa Koné")


def test_every_module_is_named(database) -> None:
    text = README.read_text()
    modules = {file.name for file in README.parent.glob("*.py")} - {"__init__.py"}
    assert {name for name in modules if f"`{name}`" not in text} == set()
