"""What `make screens` shows to readers: all that was chosen, or nothing and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from roles import screens


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pictures of every chosen page."""
    monkeypatch.setattr(screens, "ROOT", tmp_path)
    monkeypatch.setattr(screens, "FOLDER", tmp_path / "made")
    monkeypatch.setattr(screens, "PUBLISHED", tmp_path / "shown")
    for name in screens.CHOSEN:
        file = tmp_path / "made" / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (2_000, 100)).save(file)
    return tmp_path


def test_every_chosen_picture_is_shown_no_wider_than_a_page(folder: Path) -> None:
    assert screens._publish(Console()) == 0
    text = (folder / "shown" / "README.md").read_text()
    shown = sorted((folder / "shown").glob("*.webp"))
    assert len(shown) == len(screens.CHOSEN)
    for file in shown:
        assert f"]({file.name})" in text
        with Image.open(file) as picture:
            assert picture.width == screens.WIDEST


def test_a_picture_that_is_missing_is_said_and_what_was_shown_stays(folder: Path) -> None:
    assert screens._publish(Console()) == 0
    before = sorted(file.name for file in (folder / "shown").iterdir())
    name = next(iter(screens.CHOSEN))
    (folder / "made" / f"{name}.png").unlink()
    console = Console(record=True, width=200)
    assert screens._publish(console) == 1
    assert name in console.export_text()
    assert sorted(file.name for file in (folder / "shown").iterdir()) == before


def test_more_than_a_repository_should_carry_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "MOST", 10)
    assert screens._publish(Console()) == 1
