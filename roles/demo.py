"""`manage.py demo`: two loans live their whole life in time-lapse, and the figures are judged. How: demo/run.py."""

from __future__ import annotations

from pathlib import Path

from demo import alike
from demo.run import main


def demo(seed: int | None, *, json: bool, tables: Path | None = None) -> int:
    """Exit code: 0 when the judge is content, 1 when not, 2 when the story could not be told to its end."""
    return main(seed, as_json=json, tables_to=tables)


def on_a_cluster(seed: int | None, *, json: bool) -> int:
    """The same on `manage.py cluster`."""
    return main(seed, as_json=json, clustered=True)


def compared(seed: int | None, *, json: bool) -> int:
    """On both, with the same seed; 1 also when a figure or a row differs."""
    return alike.main(seed, as_json=json)
