"""How long after a commit a row can be read when the events travel by Kafka, beside a plain send and receive.

    commit to visible   from the return of ``send`` in one process, by way of the relay, the broker and a projector, to
                        the commit of the read model's row
    plain loop          from before the library's ``send`` in one process to what ``poll`` gives to another

Between the two lie two more processes and two commits: the bell's and the projector's. The arrivals are random.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

from bench.feed_latency import NeverVisible, way
from bench.feed_processes import Noted, Process, writer
from bench.figures import Contestant, Figure, Turn
from bench.kafka_processes import plain_receiver, plain_sender, projector, relay
from bench.kafka_rates import chosen_for
from bench.place import Place
from eventstore import read_models
from roles.migrate import every_read_model
from runtime.embedded.kafka import Kafka
from runtime.kafka.connection import ensure_topic
from runtime.settings import Settings

RATE = 200
"""Events a second."""
PLAIN, OURS = f"plain loop, {RATE}/s", f"commit to visible by Kafka, {RATE}/s"
PROMISED = (f"{OURS}, p99",)
PATIENCE = 30.0


def measure(place: Place, kafka: Kafka) -> list[Figure]:
    seconds, seeds = place.pick(2.0, 10.0), count(1)
    with _house(place, kafka) as (writes, projects), _loop(place, kafka) as (sends, receives):

        def there() -> Turn:
            return _turn(sends, receives, seconds, next(seeds))

        def visible() -> Turn:
            return _turn(writes, projects, seconds, next(seeds))

        contest = [
            Contestant(PLAIN, there, unit="ms", note="sent, received"),
            Contestant(OURS, visible, unit="ms", over=PLAIN, note="all read models of the product"),
        ]
        return place.interleave("commit to visible by Kafka", contest, place.pick(3, 5))


def _turn(sends: Process, receives: Process, seconds: float, seed: int) -> Turn:
    """Until everything that was sent has been received, in whatever order; of what came twice the last counts."""
    receives.ask()
    sent: Noted = sends.ask(RATE, seconds, seed)
    heard: dict[int, int] = {}
    deadline = time.monotonic() + PATIENCE
    while missing := {number for number, _ in sent} - heard.keys():
        if time.monotonic() > deadline:
            raise NeverVisible(f"{len(missing)} of {len(sent)} did not arrive in {PATIENCE:.0f} s")
        time.sleep(0.02)
        heard |= dict(receives.ask()[0])
    return way(sent, list(heard.items()))


@contextmanager
def _house(place: Place, kafka: Kafka) -> Iterator[tuple[Process, Process]]:
    """Who writes, and who projects by way of a relay."""
    at = place.database("kafka_latency")
    read_models.ensure(at.owner_url, every_read_model())
    chosen = chosen_for(place, at, kafka)
    with closing(Process(relay, chosen)) as ships:
        ships.ask(0)
        with closing(Process(projector, chosen)) as projects, closing(Process(writer, at.app_url)) as writes:
            _turn(writes, projects, 0.5, 0)
            yield writes, projects


@contextmanager
def _loop(place: Place, kafka: Kafka) -> Iterator[tuple[Process, Process]]:
    chosen, topic = chosen_for(place, place.database("kafka_plain"), kafka), "plain-loop"
    ensure_topic(Settings.load(**chosen), topic)
    with (
        closing(Process(plain_receiver, chosen, topic)) as receives,
        closing(Process(plain_sender, chosen, topic)) as sends,
    ):
        _turn(sends, receives, 0.5, 0)
        yield sends, receives
