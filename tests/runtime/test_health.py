"""Whether a process is well, by Docker's rules: starting, healthy, unhealthy, and back."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.compose import Check
from runtime.health import Health
from tests.soon import soon

PID = os.getpid()
"""Any process: only that it is another one matters."""


class Asked:
    """Asks whether a file says ``well``; the check is as eager as can be."""

    def __init__(self, folder: Path, patience: float = 0.0, timeout: float = 20.0) -> None:
        self.answer = folder / "answer"
        self.answer.write_text("ill")
        code = "import pathlib, sys; sys.exit(pathlib.Path('answer').read_text() != 'well')"
        check = Check((), interval=0.0, timeout=timeout, retries=2, patience=patience, eagerly=0.0)
        self.health = Health(check, [sys.executable, "-S", "-c", code], {}, folder)

    def becomes(self, state: str, pid: int = PID) -> bool:
        def look() -> bool:
            self.health.look(pid)
            return self.health.state == state

        return soon(look)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    asked = Asked(tmp_path)
    yield asked
    asked.health.close()


def test_a_look_that_succeeds_makes_it_healthy_and_a_few_that_fail_unhealthy(asked: Asked) -> None:
    assert asked.health.state == "starting"
    asked.answer.write_text("well")
    assert asked.becomes("healthy")
    asked.answer.write_text("ill")
    assert asked.becomes("unhealthy")
    asked.answer.write_text("well")
    assert asked.becomes("healthy")


def test_failures_do_not_count_while_it_may_still_be_starting(tmp_path: Path) -> None:
    patient = Asked(tmp_path, patience=1_000.0)
    seen = set()

    def refuse_again() -> bool:
        patient.health.look(PID)
        seen.add(patient.health.state)
        return patient.health.looks >= 4

    soon(refuse_again)
    assert seen == {"starting"}
    patient.answer.write_text("well")
    assert patient.becomes("healthy")
    patient.health.close()


def test_another_process_starts_from_the_beginning(asked: Asked) -> None:
    asked.answer.write_text("well")
    assert asked.becomes("healthy")
    asked.answer.write_text("ill")
    asked.health.look(PID + 1)
    assert asked.health.state == "starting"
    asked.health.look(None)
    assert asked.health.state == "starting"
    assert asked.becomes("unhealthy", PID + 1)


def test_who_does_not_answer_in_time_is_not_well(tmp_path: Path) -> None:
    check = Check((), interval=0.0, timeout=0.1, retries=1, patience=0.0, eagerly=0.0)
    silent = Health(check, [sys.executable, "-S", "-c", "import signal; signal.pause()"], {}, tmp_path)

    def look() -> bool:
        silent.look(PID)
        return silent.state == "unhealthy"

    assert soon(look)
    silent.close()
