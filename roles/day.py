"""`manage.py day`: watch the business day being worked through, until all that it brings is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from roles.bars import bars
from roles.process import store_on
from runtime import database, log
from runtime.clock import Clock
from runtime.deadlines import Course
from runtime.settings import Settings
from workers import watch

LOOK = 0.5
"""Seconds between two looks."""
TELL = 5.0
"""Seconds between two lines where there is no terminal to draw a bar on."""


def follow(settings: Settings) -> int:
    """Exit code 0, once nothing is left to be done by itself. What is parked is a person's next step."""
    log.setup("day", "error")
    console = Console()
    with database.pool(settings.auditor_url, name="day", size=2) as pool, _shown(console) as show:
        store, clock = store_on(pool, settings), Clock(pool)
        date, deadlines, course = watch.business_date(store, clock), watch.deadlines_of(store), Course()
        while True:
            course.look(today := date.today(), deadlines.left(today))
            waits = watch.waits_for(store, clock)
            show(course, waits)
            if waits is None:
                return 0
            time.sleep(LOOK)


@contextmanager
def _shown(console: Console) -> Iterator[Callable[[Course, str | None], None]]:
    """A bar on a terminal; elsewhere a line now and then."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    with bars(console) as progress:
        bar = progress.add_task("")

        def show(course: Course, waits: str | None) -> None:
            said = f"{course}, {_after(waits)}"
            progress.update(bar, description=said, completed=course.done, total=course.total or None)

        yield show


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console, self._told = console, float("-inf")

    def __call__(self, course: Course, waits: str | None) -> None:
        if waits is None or time.monotonic() - self._told >= TELL:
            self._console.print(f"{course}, {_after(waits)}", highlight=False)
            self._told = time.monotonic()


def _after(waits: str | None) -> str:
    return "everything is done" if waits is None else f"waiting for {waits}"
