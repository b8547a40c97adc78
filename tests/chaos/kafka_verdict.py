"""What became of every event, of every job, and of every effect, judged by what the database holds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from eventstore.codec import Codec
from eventstore.compare import compare
from eventstore.parking import parked
from eventstore.supply import Figures as Brought
from runtime.kafka.wire import Foreign, decode, stamp_of
from tests.chaos.kafka_house import House
from tests.chaos.kafka_recording import ECHOED, Echo, Heard, jobs_of
from tests.chaos.kafka_topic import Topic
from tests.products_own import READ_MODELS

Fact = tuple[int, int]
"""Position and lane of an event."""
Line = tuple[int, int, int, int]
"""Position, lane, how often, when: a row of ``Heard``."""
Message = tuple[int, int, int]
"""Position, lane, ``after``."""


class Command(NamedTuple):
    """One line of a writer's notes."""

    began: float
    took: float
    outcome: str


@dataclass(frozen=True)
class Verdict:
    """Everything that may not be, counted."""

    lost: int = 0
    """Events that are in the store and that the recording read model has not seen."""
    invented: int = 0
    """Events that it has seen and that are not in the store: of another history."""
    doubled: int = 0
    """Events that it has seen twice."""
    disordered: int = 0
    """Events that it has seen before an earlier one of their lane."""
    jobs_lost: int = 0
    jobs_doubled: int = 0
    """Jobs of one event and one reaction beyond the first, and jobs of events that are not in the store."""
    effects_lost: int = 0
    effects_doubled: int = 0
    misshipped: int = 0
    """Messages that are still in the topic and do not say what the store says: the row, or the one before it."""
    differing: int = 0
    """Rows of the product's read models that a replay makes otherwise."""
    parked: int = 0

    @property
    def kept(self) -> bool:
        return self == Verdict()


@dataclass
class Judged:
    """One house after its run."""

    verdict: Verdict
    events: int
    messages: int
    repeated: int
    """Messages of the topic that say again what another one says: harmless, and a sign that the strikes struck."""
    jobs: int
    rows: int
    brought: Brought
    """By the carriers of all consumers that ended in peace."""
    commands: list[Command] = field(default_factory=list)

    @property
    def failures(self) -> Counter[str]:
        return Counter(command.outcome for command in self.commands if command.outcome != "done")

    @property
    def slowest(self) -> float:
        return max((command.took for command in self.commands), default=0.0)


def judge(house: House) -> Judged:
    """Of a house that has settled."""
    facts = house.ask("SELECT position, lane, kind FROM store.events ORDER BY position")
    everything = [(position, lane) for position, lane, _ in facts]
    echoed = {position for position, _, kind in facts if kind in {event.kind for event in ECHOED}}
    house.ask("SELECT set_config('quittance.scope', 'all', false)")
    heard = house.ask(f"SELECT position, lane, times, at FROM read.{Heard.table_name()}")
    jobs, effects = jobs_of(house.settings.owner_url), _effects(house)
    with house.place.store() as store:
        compared = compare(store, house.settings.auditor_url, READ_MODELS, seed=house.seed)
        held = len(parked(store.pool))
        shipped = list(_shipped(house, store.codec))
    lost, invented, doubled, disordered = of_the_heard(everything, heard)
    verdict = Verdict(
        lost, invented, doubled, disordered,
        *once_each(echoed, jobs), *once_each(echoed, effects), of_the_topic(everything, shipped),
        sum(len(found.differences) for found in compared), held,
    )  # fmt: skip
    return Judged(
        verdict, len(facts), len(shipped), len(shipped) - len(set(shipped)), len(jobs),
        sum(found.rows for found in compared), _brought(house.place.figures), noted(house.place.notes),
    )  # fmt: skip


def of_the_heard(facts: Sequence[Fact], heard: Iterable[Line]) -> tuple[int, int, int, int]:
    """How many events were lost, invented, doubled, and seen before an earlier one of their lane."""
    lines = list(heard)
    seen = {(position, lane) for position, lane, _, _ in lines}
    doubled = sum(times != 1 for _, _, times, _ in lines)
    by_lane: dict[int, list[tuple[int, int]]] = {}
    for position, lane, _, at in sorted(lines):
        by_lane.setdefault(lane, []).append((position, at))
    disordered = sum(
        later < earlier for lane in by_lane.values() for (_, earlier), (_, later) in pairwise(lane)
    )
    return len(set(facts) - seen), len(seen - set(facts)), doubled, disordered


def once_each(wanted: set[int], found: Sequence[int]) -> tuple[int, int]:
    """How many are missing, and how many are too many."""
    counted = Counter(found)
    surplus = sum(times - (position in wanted) for position, times in counted.items())
    return len(wanted - counted.keys()), surplus


def of_the_topic(facts: Iterable[Fact], shipped: Iterable[Message]) -> int:
    """How many messages are of no event, or name another one before it than the store does."""
    before, ends = dict[Fact, int](), Counter[int]()
    for position, lane in facts:
        before[position, lane], ends[lane] = ends[lane], position
    return sum(before.get((position, lane)) != after for position, lane, after in shipped)


def noted(folder: Path) -> list[Command]:
    """What every writer wrote down, each in its order; a last line may be half a line."""
    found = []
    for file in sorted(folder.glob("*")):
        for line in file.read_text().splitlines():
            match line.split():
                case [began, took, outcome]:
                    found.append(Command(float(began), float(took), outcome))
    return found


def _shipped(house: House, codec: Codec) -> Iterator[Message]:
    """What the topic of this history holds now."""
    incarnation = house.incarnation()
    stamp = stamp_of(house.settings, incarnation)
    for record in Topic(house.settings, incarnation).read():
        try:
            row, after = decode(record, codec, stamp)
        except Foreign:
            yield -1, -1, -1
        else:
            yield row.position, row.lane, after


def _brought(folder: Path) -> Brought:
    total = Counter[str]()
    for file in folder.glob("*"):
        total.update(json.loads(file.read_text()))
    return Brought(**total)


def _effects(house: House) -> list[int]:
    states: list[tuple[Any, ...]] = house.ask(
        "SELECT state FROM store.events WHERE kind = %s", Echo.Returned.kind
    )
    told: Iterable[Mapping[str, int]] = (json.loads(bytes(state)) for (state,) in states)
    return [one["of"] for one in told]
