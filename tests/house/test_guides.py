"""Pages for people lead where they say, name verbs and settings that there are, and leave no place to be filled in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.sections import SECTIONS
from roles.verbs import app
from runtime.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").glob("guides/*.md"), *(ROOT / "docs").glob("how-to/*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
MARKS = ("⟨", "⟩", "X" * 3, "?" * 3)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_can_be_followed(page: Path) -> None:
    text = page.read_text()
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []
    assert [mark for mark in MARKS if mark in text] == []
    assert set(re.findall(r"bench --only (\w+)", text)) <= SECTIONS.keys()
    verbs = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert set(re.findall(r"manage\.py ([a-z-]+)", text)) <= verbs
    settings = {f"QUITTANCE_{name.upper()}" for name in Settings.model_fields}
    named = {name.removesuffix("_FILE") for name in re.findall(r"QUITTANCE_[A-Z0-9_]+[A-Z0-9]", text)}
    assert {name for name in named if name not in settings and f"{name}_FILE" not in settings} == set()
