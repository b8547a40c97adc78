"""`manage.py guide`: how a loan is calculated, with every number and picture made by the rules. Kept in docs/guides/."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from roles.bootstrap import ROOT
from roles.guide.pictures import PICTURES
from roles.guide.text import text

FOLDER: Final = ROOT / "docs" / "guides"
PAGE: Final = "calculer-un-pret.md"
SHOWN: Final = "pictures"


def show(*, write: bool = False) -> None:
    """Print the page, or write it with its pictures; pictures that it shows no more go."""
    files = whole()
    if not write:
        print(files[FOLDER / PAGE], end="")
        return
    for stale in _pictures() - files.keys():
        stale.unlink()
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


def is_fresh() -> bool:
    """Whether the page and its pictures say what the rules say, and no other picture lies beside them."""
    files = whole()
    there = all(file.exists() and file.read_text() == content for file, content in files.items())
    return there and _pictures() <= files.keys()


def whole() -> dict[Path, str]:
    """Every file with its content."""
    drawn = {name: draw() for name, draw in PICTURES.items()}
    pictures = {FOLDER / SHOWN / f"{name}.svg": picture.svg() for name, picture in drawn.items()}
    return {FOLDER / PAGE: text(drawn), **pictures}


def _pictures() -> set[Path]:
    return set((FOLDER / SHOWN).glob("*.svg"))
