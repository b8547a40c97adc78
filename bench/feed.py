"""The feed and the chains: how soon a row is seen, how fast a reader reads, how fast history is verified."""

from __future__ import annotations

from bench import feed_latency, feed_reading
from bench.figures import Figure
from bench.place import Place


def measure(place: Place) -> list[Figure]:
    return [*feed_latency.measure(place), *feed_reading.measure(place)]
