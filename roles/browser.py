"""Chromium and what drives it, for who works on this: had where it can be had, else said, loudly."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from roles import bootstrap, web

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
"""Of programs; the first one found is driven."""
PACKAGES: Final = ("chromium", "chromium-browser")
"""Debian calls it the first, Ubuntu the second."""
WEB: Final = web.WEB


class NoBrowser(Exception):
    """Screens cannot be driven here; the message says what a person can do."""


def prepare() -> None:
    """Go on without what cannot be had: the tests of it are left out, or fail where REQUIRE_ALL is set (CI)."""
    if reason := missing():
        bootstrap.say(f"Screens will not be driven. {reason}")


def missing() -> str:
    """Install what is missing; why that is not possible, else nothing."""
    try:
        with bootstrap.alone():
            if _found() is None:
                bootstrap.apt("the browser that drives screens", *([name] for name in PACKAGES))
            chromium()
    except (NoBrowser, bootstrap.CannotInstall) as error:
        return str(error)
    return ""


def chromium() -> str:
    """The program. Raises NoBrowser."""
    if found := _found():
        return found
    raise NoBrowser("Chromium is missing. Please run: sudo apt-get install -y chromium")


def _found() -> str | None:
    chosen = os.environ.get("CHROMIUM")
    return chosen or next((found for name in NAMES if (found := shutil.which(name))), None)


def command(*words: str) -> list[str]:
    """Playwright, with the Node that comes in a wheel. Words: names of files in web/e2e, options."""
    program = WEB / "node_modules" / "@playwright" / "test" / "cli.js"
    config = WEB / "e2e" / "playwright.config.ts"
    return [str(web.node_binary()), str(program), "test", f"--config={config}", *words]


def environment(told: Mapping[str, str], output: Path) -> dict[str, str]:
    """What the driven programs read: web/e2e/support/stage.ts.

    output  folder for what is left of a failure: a picture, a trace
    """
    ours = {"CHROMIUM": chromium(), "E2E_OUTPUT": str(output), "FORCE_COLOR": "0"}
    return {**os.environ, **told, **ours}


def drive(
    words: Sequence[str], told: Mapping[str, str], output: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run some files to their end. Raises NoBrowser, and TimeoutExpired."""
    return subprocess.run(
        command(*words),
        cwd=WEB,
        env=environment(told, output),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
