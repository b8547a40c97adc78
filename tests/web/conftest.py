"""A house with its screens built, behind a port that a browser reaches, and somebody who plays the others."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from demo.stage import Stage, behind
from roles import browser, ports
from runtime.embedded.postgres import Postgres
from tests.conftest import fresh_database, mailbox
from tests.journeys.premises import premises

PATIENCE = 900.0
"""Seconds for the programs of one test: generous, a loaded machine is slow."""


@dataclass(frozen=True)
class Screens:
    """A running house, and the way to drive its screens."""

    url: str
    stage: Stage
    told: dict[str, str]
    folder: Path

    def drive(self, *words: str, **told: str) -> str:
        """Run files of web/e2e; returns what was said. Fails the test with it when one of them failed."""
        done = browser.drive(words, {**self.told, **told}, self.folder, PATIENCE)
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{' '.join(words)}\n{said[-12_000:]}"
        return said

    def drive_together(self, files: Sequence[str]) -> dict[str, list[str]]:
        """Run several files in one browser, one after the other; by file what went wrong in it."""
        report = self.folder.with_suffix(".json")
        told = {**self.told, "PLAYWRIGHT_JSON_OUTPUT_FILE": str(report)}
        done = browser.drive((*files, "--reporter=json"), told, self.folder, PATIENCE)
        assert report.exists(), done.stdout + done.stderr
        suites = json.loads(report.read_text())["suites"]
        return {suite["file"]: [*_wrong(suite)] for suite in suites}


def _wrong(suite: dict[str, Any]) -> Iterator[str]:
    for within in suite.get("suites", ()):
        yield from _wrong(within)
    for spec in suite["specs"]:
        errors = [error for test in spec["tests"] for result in test["results"] for error in result["errors"]]
        if not spec["ok"]:
            yield "\n".join([spec["title"], *(error.get("message", str(error)) for error in errors)])


@pytest.fixture(autouse=True)
def _logs_as_ever() -> None:
    """Instead of the one of all tests: a page is twenty requests, and a failure is told by the browser."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser. Without one the screens are left out, loudly; where REQUIRE_ALL is set (CI) that fails."""
    try:
        return browser.chromium()
    except browser.NoBrowser as error:
        pytest.skip(f"screens not driven: {error}")


@pytest.fixture(scope="module")
def screens(
    chromium: str, built: None, postgres: Postgres, _template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Screens]:
    """A house for all tests of a file: they bring loans of their own along."""
    folder = tmp_path_factory.mktemp("screens")
    port = ports.free()
    with (
        mailbox(folder / "mail") as mails,
        fresh_database(postgres) as where,
        premises(where, mails, folder, port) as house,
        behind(stage := Stage(house.cast, house.settle)) as act,
    ):
        url = f"http://localhost:{port}"
        yield Screens(
            url, stage, {"E2E_URL": url, "E2E_STAGE": act, "E2E_MAILS": mails.page}, folder / "left"
        )
