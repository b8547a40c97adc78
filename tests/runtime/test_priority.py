"""What follows by itself gives way to whoever answers a person, alone or in a session of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from runtime.priority import LATER

_ASKED = """
import os
from pathlib import Path
from runtime.priority import give_way
give_way()
session = Path("/proc/self/autogroup")
told = session.read_text().split() if session.exists() else []
print(os.nice(0), told[-1] if told else "none")
"""


def _said(own_session: bool) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _ASKED],
        capture_output=True,
        text=True,
        check=True,
        start_new_session=own_session,
    )
    return done.stdout.split()


@pytest.mark.parametrize("own_session", [False, True])
def test_it_is_nicer_than_the_process_that_started_it(own_session):
    before = int(subprocess.run(["nice"], capture_output=True, text=True, check=True).stdout)
    niceness, _ = _said(own_session)
    assert int(niceness) == min(before + LATER, 19)


def test_a_session_of_its_own_is_lowered_with_it():
    niceness, session = _said(own_session=True)
    if session == "none":
        pytest.skip("this system does not divide the processor among sessions")
    assert session == niceness
