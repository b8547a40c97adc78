"""`manage.py demo`: two loans live their whole life in time-lapse, and the figures are judged. How: demo/run.py."""

from __future__ import annotations

from demo.run import main


def demo(seed: int | None, *, json: bool) -> int:
    """Exit code: 0 when the judge is content, 1 when not, 2 when the story could not be told to its end."""
    return main(seed, as_json=json)
