"""The applications are built when something changed and only then; what stops it is one line that helps."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from roles import web
from roles.bootstrap import ROOT

BUILDER = """
import { appendFileSync, mkdirSync } from 'node:fs';
const face = process.argv[4];
mkdirSync(`dist/${face}`, { recursive: true });
appendFileSync(`dist/${face}/built.txt`, 'once ');
"""
"""In the place of the real one, which takes half a minute: it is given the same words and writes where that does."""


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), soft_wrap=True)


@pytest.fixture
def folder(tmp_path: Path, console: Console) -> Path:
    """Applications without a package, whose builder is three lines."""
    for name in ("package.json", "package-lock.json"):
        facts = {
            "name": "tiny",
            "version": "0.0.0",
            "lockfileVersion": 3,
            "packages": {"": {"name": "tiny", "version": "0.0.0"}},
        }
        (tmp_path / name).write_text(json.dumps(facts))
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "prepare.ts").write_text("export const nothing: string = '';")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "page.tsx").write_text("one")
    web.install(console, tmp_path)
    builder = tmp_path / "node_modules" / "vite" / "bin" / "vite.js"
    builder.parent.mkdir(parents=True)
    builder.write_text(BUILDER)
    return tmp_path


def times(folder: Path, face: str = "portal") -> int:
    built = folder / "dist" / face / "built.txt"
    return built.read_text().split().count("once") if built.exists() else 0


def test_both_are_built_once_and_again_when_a_source_changes(folder: Path, console: Console) -> None:
    for _ in range(2):
        assert web.ready(console, folder)
        assert [times(folder, face) for face in web.FACES] == [1, 1]
    (folder / "src" / "page.tsx").write_text("two")
    assert web.ready(console, folder)
    assert times(folder) == 2


def test_what_follows_from_the_sources_is_no_source(folder: Path) -> None:
    before = web.fingerprint(folder)
    for made in (
        "dist/portal/a.js",
        "src/paraglide/messages.js",
        "src/routes/portal.gen.ts",
        "node_modules/a/b.js",
    ):
        (folder / made).parent.mkdir(parents=True, exist_ok=True)
        (folder / made).write_text("made")
    assert web.fingerprint(folder) == before


def test_an_address_of_a_build_is_a_part_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = web.fingerprint(folder)
    monkeypatch.setenv("WEB_BASE", "/elsewhere/")
    assert web.fingerprint(folder) != before


def test_two_starts_at_once_build_once(folder: Path, console: Console) -> None:
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(lambda _: web.ready(console, folder), range(2))) == [True, True]
    assert times(folder) == 1


def test_a_build_that_breaks_says_why_and_is_tried_again(folder: Path, console: Console) -> None:
    page = folder / "tools" / "prepare.ts"
    page.write_text("throw new Error('a word is missing');")
    assert not web.ready(console, folder)
    assert "a word is missing" in console.file.getvalue()  # type: ignore[attr-defined]
    page.write_text("export {};")
    assert web.ready(console, folder)


def test_a_registry_out_of_reach_is_one_line_and_no_stop(
    folder: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = json.loads((folder / "package-lock.json").read_text())
    lock["packages"][""]["dependencies"] = {"never-there": "1.0.0"}
    lock["packages"]["node_modules/never-there"] = {"version": "1.0.0"}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / "package.json").write_text(json.dumps(lock["packages"][""]))
    shutil.rmtree(folder / "node_modules")
    for name, value in {
        "registry": "http://127.0.0.1:9/",
        "fetch_retries": "0",
        "cache": str(folder / "cache"),
    }.items():
        monkeypatch.setenv(f"npm_config_{name}", value)
    assert not web.ready(console, folder)
    assert "out of reach" in console.file.getvalue()  # type: ignore[attr-defined]
    assert "python3 manage.py web" in console.file.getvalue()  # type: ignore[attr-defined]


def test_packages_are_pinned_exactly_and_no_lock_names_a_registry() -> None:
    for folder in (ROOT / "web", ROOT / "web" / "tools" / "openapi"):
        asked = json.loads((folder / "package.json").read_text())
        versions = [*asked["dependencies"].values(), *asked.get("devDependencies", {}).values()]
        assert [version for version in versions if not version.replace(".", "").isdigit()] == []
        assert "://" not in (folder / ".npmrc").read_text()
        packages = json.loads((folder / "package-lock.json").read_text())["packages"]
        assert [name for name, said in packages.items() if "resolved" in said] == []
        assert [name for name, said in packages.items() if name and "integrity" not in said] == []
