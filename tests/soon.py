"""Waiting in tests: for a condition, never for a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def soon(look: Callable[[], T], seconds: float = 20.0) -> T:
    """The first thing found that counts as true. Raises AssertionError when there is none in time.

    seconds  generous: a loaded machine is slow, and what comes at once costs nothing
    """
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {look}"
        pause.wait(0.02)
    return found
