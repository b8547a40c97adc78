"""Events by way of Kafka, beside a plain loop of the library's own producer and consumer over the same bytes.

One broker of the run's own. Without Java, or without Kafka's jars, every row says so, and the promises are not kept.
"""

from __future__ import annotations

from bench import kafka_latency, kafka_projecting, kafka_rates
from bench.figures import Figure, absent
from bench.place import Place
from runtime.embedded.kafka import Kafka, NoJars, NoJava


def measure(place: Place) -> list[Figure]:
    kafka = Kafka(place.folder / "kafka", die_with_parent=True)
    try:
        kafka.start()
    except (NoJava, NoJars) as missing:
        return [absent(name, str(missing)) for name in (*kafka_rates.PROMISED, *kafka_latency.PROMISED)]
    try:
        return [
            *kafka_rates.measure(place, kafka),
            *kafka_latency.measure(place, kafka),
            *kafka_projecting.measure(place, kafka),
        ]
    finally:
        kafka.stop()
