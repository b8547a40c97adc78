"""The questions a run asks, in this order; each is a module with ``measure(place) -> list[Figure]``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from bench.figures import Figure
from bench.place import Place

SECTIONS = {
    "writing": "bench.writing",
    "http": "bench.http_commands",
    "book": "bench.book",
    "reading": "bench.reading",
    "feed": "bench.feed",
    "growth": "bench.growth",
    "memory": "bench.memory",
    "working": "bench.working",
    "servicing": "bench.back_dated",
    "day": "bench.day",
    "sizes": "bench.sizes",
    "kafka": "bench.kafka",
}
"""By the name that ``--only`` takes. Imported when asked for: what one section needs must not stop another."""
USUAL = tuple(name for name in SECTIONS if name != "kafka")
"""Without ``--only``: those that need nothing but what is installed with the product."""

Measure = Callable[[Place], list[Figure]]


def measure_of(section: str) -> Measure:
    measure: Measure = import_module(SECTIONS[section]).measure
    return measure
