"""What came of a run: how much was asked, which operations were reached, what was found and how to see it again."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from schemathesis.engine import events
from schemathesis.engine.recorder import ScenarioRecorder

from tests.fuzz.engine import operation_id

ENOUGH = 90
"""Percent of the operations that have to reach a 2xx."""


@dataclass
class Finding:
    """A check that failed, told once for each operation and kind."""

    check: str
    operation: str
    phase: str
    said: str
    request: str
    """As curl; who signs in stands in engine.py."""
    times: int = 1


@dataclass
class Figures:
    """Everything a run is judged by."""

    operations: list[str]
    """Every operation of the document."""
    examples: Counter[str] = field(default_factory=Counter)
    """Requests by phase."""
    accepted: Counter[str] = field(default_factory=Counter)
    """2xx by operation."""
    chains: Counter[int] = field(default_factory=Counter)
    """Chains by their length, of requests that were all accepted and each took something from the one before."""
    findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    """What went wrong in the engine itself: then something was not asked."""

    @property
    def unreached(self) -> list[str]:
        return [name for name in self.operations if not self.accepted[name]]

    @property
    def reached(self) -> float:
        """Percent."""
        return 100 * (1 - len(self.unreached) / len(self.operations))

    @property
    def kept(self) -> bool:
        return not self.findings and not self.broken and self.reached >= ENOUGH


def figures(
    document: dict[str, Any],
    happened: Iterable[events.EngineEvent],
    watch: Callable[[str, int], None] = lambda phase, asked: None,
) -> Figures:
    """Take down everything that happened. ``watch`` hears the phase and how many requests there were so far."""
    found = Figures(
        [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    )
    for event in happened:
        if isinstance(event, events.ScenarioFinished):
            _take_down(found, event.recorder, event.phase.value)
            watch(event.phase.value, found.examples.total())
        elif isinstance(event, events.NonFatalError):
            where = traceback.extract_tb(event.value.__traceback__)[-1]
            found.broken.append(f"{event.label}: {event.value!r} at {where.name}: {where.line}")
        elif isinstance(event, events.FatalError):
            raise event.exception
        elif isinstance(event, events.Interrupted):
            found.broken.append("interrupted")
    return found


def _take_down(found: Figures, recorder: ScenarioRecorder, phase: str) -> None:
    found.chains += _chains(recorder)
    for id, interaction in recorder.interactions.items():
        found.examples[phase] += 1
        case = recorder.cases[id].value
        # What only resembles an operation, as OPTIONS on its address, is not that operation.
        as_declared = case.method.lower() == case.operation.method.lower()
        if as_declared and interaction.response is not None and 200 <= interaction.response.status_code < 300:
            found.accepted[operation_id(case)] += 1
    for id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            name, failure = operation_id(recorder.cases[id].value), check.failure_info.failure
            known = found.findings.setdefault(
                (check.name, name, failure.title),
                Finding(
                    check.name,
                    name,
                    phase,
                    f"{failure.title}: {failure.message}",
                    check.failure_info.code_sample,
                    times=0,
                ),
            )
            known.times += 1


def _chains(recorder: ScenarioRecorder) -> Counter[int]:
    lengths: dict[str, int] = {}
    gone_on_from = set()
    for id, node in recorder.cases.items():
        response = recorder.find_response(case_id=id)
        if response is None or not 200 <= response.status_code < 300:
            continue
        before = lengths.get(node.parent_id or "", 0) if node.is_transition_applied else 0
        lengths[id] = before + 1
        if before:
            gone_on_from.add(node.parent_id)
    return Counter(length for id, length in lengths.items() if length > 1 and id not in gone_on_from)
