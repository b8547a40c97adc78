"""`manage.py rebuild`: read models anew from the events, beside the tables that are read meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from eventstore import Projection, read_models
from eventstore import rebuild as engine
from roles.migrate import every_read_model
from roles.process import store_on
from runtime import database, log
from runtime.settings import Settings


def rebuild(settings: Settings, names: Sequence[str]) -> int:
    """Exit code: 0 when all are switched. No name: every read model."""
    log.setup("rebuild", "error")
    if unknown := set(names) - set(Projection.registry):
        print(
            f"No read model is called {', '.join(sorted(unknown))}. There are: {', '.join(Projection.registry)}."
        )
        return 1
    kinds = [Projection.registry[name] for name in names] or every_read_model()
    with database.pool(settings.projector_url, name="rebuild") as pool, _bars(Console(stderr=True)) as watch:
        for kind in kinds:
            engine.rebuild(store_on(pool, settings), settings.owner_url, kind, watch)
    return 0


def rebuild_what_waits(settings: Settings, console: Console) -> None:
    """Build what this version of the code cannot read yet; usually nothing."""
    if not read_models.ensure(settings.owner_url, every_read_model()):
        return
    with database.pool(settings.projector_url, name="rebuild") as pool, _bars(console) as watch:
        engine.rebuild_pending(store_on(pool, settings), settings.owner_url, every_read_model(), watch)


@contextmanager
def _bars(console: Console) -> Iterator[engine.Watcher]:
    """A bar for each table."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as bars:

        def watch(news: engine.Progress) -> None:
            if news.table not in tasks:
                tasks[news.table] = bars.add_task(news.table)
            said = f"{news.read_model} {news.phase}"
            bars.update(tasks[news.table], description=said, completed=news.done, total=news.total)

        yield watch
