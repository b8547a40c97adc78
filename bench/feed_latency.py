"""How long after a commit a row can be read, beside what LISTEN and NOTIFY alone take at the same rate.

    commit to visible      from the return of ``send`` in one process to the commit of the read model's row in another;
                           an event that concerns two tables is visible when the second one has it
    raw LISTEN round trip  from a NOTIFY in one process to the answer, a NOTIFY of the other one, both committed
    raw LISTEN one way     from a NOTIFY, sent by the connection that commits it, to the process that listens

The limit is the round trip: a row that is visible took two commits in two processes as well, the bell's, which says
that there is something, and the projector's own, with a wake-up behind each of them. One way there is only the first.
The round trip begins before its first commit, the other one after ``send``'s: "both from the commit" takes that commit
out of the round trip too, which makes the ratio worse for us.
The arrivals are random, as people come; all take turns, so that what slows the machine down slows all of them down.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from bench.feed_processes import Noted, Process, projector, writer
from bench.feed_raw import ASKED, CALLED, answerer, asker
from bench.figures import Contestant, Figure, Turn
from bench.place import Place
from eventstore import read_models
from roles.migrate import every_read_model

RATES = (200, 20, 2000)
"""Events a second. The promise is about the first."""
LIGHT = ("TrialBalance",)
FROM_COMMIT = "p99, both from the commit"
PATIENCE = 30.0


class NeverVisible(Exception):
    """An event did not reach its table."""


@dataclass(frozen=True)
class House:
    """A store with a process that writes and one that projects."""

    writer: Process
    projector: Process

    def turn(self, rate: int, seconds: float, seed: int) -> Turn:
        self.projector.ask()
        sent: Noted = self.writer.ask(rate, seconds, seed)
        last, deadline = max(sent)[0], time.monotonic() + PATIENCE
        seen: Noted = []
        while not seen or seen[-1][0] < last:
            if time.monotonic() > deadline:
                raise NeverVisible(f"position {last} was not projected in {PATIENCE:.0f} s")
            seen += self.projector.ask()[0]
            time.sleep(0.02)
        # Where tables are taken one by one, the last of them counts.
        seen = sorted(dict(seen).items())
        turn = _turn([_milliseconds(moment, seen, position) for position, moment in sent])
        return replace(turn, also={**turn.also, FROM_COMMIT: turn.also["p99"]})

    def idle(self, seconds: float) -> float:
        """Share of a core that the projector takes when nothing happens, in percent."""
        before = self.projector.ask()[1]
        time.sleep(seconds)
        return 100 * float(self.projector.ask()[1] - before) / seconds


def measure(place: Place) -> list[Figure]:
    figures = []
    with _house(place, "feed_real", None) as real, _house(place, "feed_light", LIGHT) as light:
        url = place.database("feed_raw").app_url
        with closing(Process(answerer, url)) as answers, closing(Process(asker, url)) as asks:
            idle = tuple(real.idle(place.pick(1.0, 5.0)) for _ in range(2))
            for rate in RATES:
                seconds = place.pick(1.0 if rate == 2000 else 2.0, 10.0)
                rounds = place.pick(3 if rate == 200 else 1, 5)
                title = f"commit to visible, {rate}/s"
                contest = _contest(rate, seconds, real, light, asks, answers)
                if rate != RATES[0] and not place.full:
                    contest = [each for each in contest if "light" not in each.name]
                figures += place.interleave(title, contest, rounds)
    return [*figures, Figure("idle projector", "% of a core", idle)]


def _contest(
    rate: int, seconds: float, real: House, light: House, asks: Process, answers: Process
) -> Sequence[Contestant]:
    seeds = iter(range(1, 1000))
    over = f"raw LISTEN round trip, {rate}/s"

    def there_and_back() -> Turn:
        sent, committed, answered = asks.ask(ASKED, rate, seconds, next(seeds))
        whole, rest = way(sent, answered), way(committed, answered)
        return replace(whole, also={**whole.also, FROM_COMMIT: rest.also["p99"]})

    def one_way() -> Turn:
        answers.ask()
        sent, *_ = asks.ask(CALLED, rate, seconds, next(seeds))
        heard: Noted = answers.ask()[0]
        deadline = time.monotonic() + PATIENCE
        while len(heard) < len(sent) and time.monotonic() < deadline:
            time.sleep(0.02)
            heard += answers.ask()[0]
        return way(sent, heard)

    return [
        Contestant(over, there_and_back, unit="ms", note="NOTIFY sent, heard, answered by NOTIFY, heard"),
        Contestant(f"raw LISTEN one way, {rate}/s", one_way, unit="ms", note="NOTIFY sent, heard"),
        Contestant(
            f"commit to visible, {rate}/s", lambda: real.turn(rate, seconds, next(seeds)), unit="ms", over=over,
            note="all read models of the product",
        ),
        Contestant(
            f"one light read model, {rate}/s", lambda: light.turn(rate, seconds, next(seeds)), unit="ms", over=over,
        ),
    ]  # fmt: skip


@contextmanager
def _house(place: Place, name: str, names: Sequence[str] | None) -> Iterator[House]:
    at = place.database(name)
    read_models.ensure(at.owner_url, every_read_model())
    with (
        closing(Process(projector, at.projector_url, names)) as projects,
        closing(Process(writer, at.app_url)) as writes,
    ):
        house = House(writes, projects)
        house.turn(100, 0.5, 0)
        yield house


def way(sent: Noted, heard: Noted) -> Turn:
    arrived = dict(heard)
    return _turn([(arrived[number] - moment) / 1e6 for number, moment in sent])


def _milliseconds(moment: int, seen: Noted, position: int) -> float:
    """From a moment to the first commit that contains the position."""
    return (seen[bisect_left(seen, (position, 0))][1] - moment) / 1e6


def _turn(milliseconds: list[float]) -> Turn:
    milliseconds.sort()
    return Turn(_at(milliseconds, 0.5), also={"p99": _at(milliseconds, 0.99)})


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
