"""`manage.py screens`: a picture of every page of both faces, in both themes and languages, on a desktop and a phone.

A house of its own is opened and filled with a season of lending (demo/gallery.py); then a browser goes round.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from PIL import Image
from rich.console import Console

from demo.cast import Cast
from demo.desk import NeverHappened, Unexpected, until
from demo.evidence import evidence
from demo.gallery import Gallery
from demo.installation import Installation
from demo.people import people
from demo.stage import Stage, behind
from roles import browser, web
from roles.bars import bars, filling
from roles.bootstrap import ROOT
from runtime.supervise import AlreadyRunning

FOLDER: Final = ROOT / "var" / "screens"
PUBLISHED: Final = ROOT / "docs" / "screens"
CHOSEN: Final = {
    "portal/fr/light/desktop/home": "The portal: what to do next, the next payment",
    "portal/fr/light/phone/home": "The same on a phone",
    "portal/fr/light/desktop/loans-loanId": "A loan with its schedule",
    "portal/en/dark/phone/loans-loanId": "The same in English, on a phone, in the dark",
    "portal/fr/light/desktop/contracts-contractId": "A contract to sign and send back",
    "bureau/fr/light/desktop/home": "The back-office: what waits, due against received",
    "bureau/en/dark/desktop/home": "The same in English, in the dark",
    "bureau/fr/light/desktop/loans": "The loan book",
    "bureau/fr/light/desktop/loans-loanId": "The file of a loan, with everything that happened to it",
    "bureau/fr/light/desktop/contracts-contractId": "A returned copy beside its original",
    "bureau/fr/light/desktop/ledger": "The ledger",
}
"""What the README shows, by the name of the picture."""
WIDEST: Final = 1440
QUALITY: Final = 82
MOST: Final = 5_000_000
"""Bytes of all published pictures."""


def screens(*, publish: bool, only: str = "") -> int:
    """Exit code: 1 with a line that says what is missing, or what a browser said."""
    console = Console(stderr=True)
    try:
        browser.chromium()
        web.build(console)
    except (browser.NoBrowser, web.CannotBuild) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    installation = Installation(ROOT / "var" / "screens-house" / "state")
    try:
        _go_round(installation, console, only)
    except (AlreadyRunning, NeverHappened, Unexpected, Failed) as error:
        console.print(f"{error}\n{installation.last_words()}", style="red", markup=False)
        return 1
    finally:
        installation.stop()
    return _publish(console) if publish else 0


class Failed(Exception):
    """A picture could not be made; the message is what the browser said."""


def _go_round(installation: Installation, console: Console, only: str) -> None:
    with console.status("Opening a house"):
        where = installation.start()
        own = installation.settings()
    with (
        closing(Cast(where, people(own.state_dir))) as cast,
        evidence(own) as found,
        bars(console) as progress,
    ):
        loan = Gallery(cast, filling(progress, "A season of lending")).fill()
        stage = Stage(cast, lambda: until("everything is quiet", lambda: found.waits_for() is None))
        stage.settle()
        stage.knows(loan)
        with behind(stage) as act:
            told = {
                "E2E_URL": where.public.rstrip("/"),
                "E2E_STAGE": act,
                "E2E_SHOTS": str(FOLDER),
                "E2E_ONLY": only,
            }
            _shoot(told, filling(progress, "Pictures"))
    console.print(f"{len(list(FOLDER.rglob('*.png')))} pictures in {FOLDER.relative_to(ROOT)}")


def _shoot(told: dict[str, str], tell: Callable[[int, int], None]) -> None:
    said: list[str] = []
    if not told["E2E_ONLY"]:
        shutil.rmtree(FOLDER, ignore_errors=True)
    with subprocess.Popen(
        browser.command("screens/every.shots.ts"), cwd=browser.WEB, text=True,
        env=browser.environment(told, FOLDER.with_name("screens-left")),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as run:  # fmt: skip
        assert run.stdout is not None
        for line in run.stdout:
            said.append(line)
            if line.startswith("picture "):
                done, total = line.split()[1].split("/")
                tell(int(done), int(total))
    if run.returncode:
        raise Failed("".join(said)[-6_000:])


# ── what the README shows ──────────────────────────────────────────────────


def _publish(console: Console) -> int:
    if missing := [name for name in CHOSEN if not (FOLDER / f"{name}.png").exists()]:
        console.print(f"no picture of {', '.join(missing)}: nothing is published", style="red")
        return 1
    shutil.rmtree(PUBLISHED, ignore_errors=True)
    PUBLISHED.mkdir(parents=True)
    lines = [
        "# Screens",
        "",
        "Made by `python3 manage.py screens --publish`, of a house with a season of lending.",
        "",
    ]
    for name, about in CHOSEN.items():
        file = _small(FOLDER / f"{name}.png", PUBLISHED / f"{name.replace('/', '-')}.webp")
        lines += [f"## {about}", "", f"![{about}]({file.name})", ""]
    (PUBLISHED / "README.md").write_text("\n".join(lines))
    total = sum(file.stat().st_size for file in PUBLISHED.iterdir())
    console.print(f"{total / 1e6:.1f} MB in {PUBLISHED.relative_to(ROOT)}")
    if total > MOST:
        console.print(f"that is more than {MOST / 1e6:.0f} MB: choose fewer", style="red")
        return 1
    return 0


def _small(source: Path, file: Path) -> Path:
    with Image.open(source) as picture:
        shown = picture.convert("RGB")
    shown.thumbnail((WIDEST, 4_000))
    shown.save(file, "WEBP", quality=QUALITY, method=6)
    return file
