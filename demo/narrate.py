"""How the story is told: with a progress bar on a terminal, as plain lines anywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text


class Narrator(Protocol):
    def chapter(self, title: str) -> None:
        """A new part of the story begins."""
        ...

    def tell(self, line: str) -> None:
        """Something happened as it should."""
        ...

    def strike(self, line: str) -> None:
        """Something was broken on purpose."""
        ...

    def progress(self, done: int, of: int, what: str) -> None:
        """How far the calendar has come, and what day it is."""
        ...

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Figures; every column after the first one is aligned to the right."""
        ...

    def close(self) -> None:
        """The story is over, also when it broke off."""
        ...


class OnTerminal:
    """Colours, and a bar that stays at the bottom while lines pass above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None

    def chapter(self, title: str) -> None:
        self._console.print(Text(f"\n{title}", style="bold"))

    def tell(self, line: str) -> None:
        self._console.print(Text.assemble("  ", ("✓", "green"), f" {line}"))

    def strike(self, line: str) -> None:
        self._console.print(Text.assemble("  ", ("✗", "red"), f" {line}"))

    def progress(self, done: int, of: int, what: str) -> None:
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task(what, total=of)
        self._bar.update(self._task, completed=done, total=of, description=what)
        if done == of:
            self.close()

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        self._console.print()
        self._console.print(_table(title, columns, rows))

    def close(self) -> None:
        if self._task is not None:
            self._bar.stop()
            self._bar.remove_task(self._task)
            self._task = None


class InLines:
    """One line for each thing that happens: for files, pipes and continuous integration."""

    def __init__(self, out: IO[str]) -> None:
        self._console = Console(file=out, width=110, no_color=True, highlight=False)

    def chapter(self, title: str) -> None:
        self._write(f"\n{title}")

    def tell(self, line: str) -> None:
        self._write(f"  + {line}")

    def strike(self, line: str) -> None:
        self._write(f"  x {line}")

    def progress(self, done: int, of: int, what: str) -> None:
        if done == of or done % 10 == 0:
            self._write(f"  . {what}, {done} of {of}")

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        self._console.print()
        self._console.print(_table(title, columns, rows))

    def close(self) -> None:
        """Nothing stays on the screen."""

    def _write(self, line: str) -> None:
        self._console.print(line, markup=False, soft_wrap=True)


def narrator(out: IO[str]) -> Narrator:
    """The teller that fits where the words go."""
    console = Console(file=out)
    return OnTerminal(console) if console.is_terminal else InLines(out)


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for at, column in enumerate(columns):
        table.add_column(column, justify="left" if at == 0 else "right")
    for row in rows:
        table.add_row(*row)
    return table
