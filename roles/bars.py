"""Progress bars of the verbs that take their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


@contextmanager
def bars(console: Console) -> Iterator[Progress]:
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        yield progress


def filling(progress: Progress, about: str) -> Callable[[int, int], None]:
    """A bar that is told how much is done, of how much."""
    bar = progress.add_task(about)
    return lambda done, total: progress.update(bar, completed=done, total=total)
