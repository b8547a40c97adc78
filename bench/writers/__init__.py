"""Who writes: a contestant is a function that opens one step for each thread; a step stores one row."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

Step = Callable[[], object]


@dataclass(frozen=True)
class Where:
    """What a writer is told before the first turn.

    threads  how many steps it has to open: one for each thread, never shared
    number   which of the processes it is in
    stack    closes what it opened
    """

    app_url: str
    owner_url: str
    threads: int
    number: int
    stack: ExitStack


Opens = Callable[[Where], list[Step]]
