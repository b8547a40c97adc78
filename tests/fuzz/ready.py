"""Requests that would be accepted, and how schemathesis's own are mixed with them.

A random id is a 404 and nothing behind the door is ever reached; a scene (tests/walls/scenes.py) knows a thing in the
right state. What is drawn keeps what makes it special and stands on that thing. An operation without a scene is met
with what is drawn alone.
"""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase
from schemathesis.transport.serialization import Binary

from tests.api.house import House
from tests.fuzz.scenes import ALL
from tests.walls.calls import Call
from tests.walls.scenes import Stock

OWNER = "awa"

_AS_READY, _ONLY_IDS, _MIXED = 0.2, 0.5, 0.9
"""Up to which share a body is the scene's own; has its ids; has most of its fields; the rest is what was drawn."""

_RARELY = {"Idempotency-Key": 0.1, "If-Match": 0.1, "Read-After": 0.03}
"""How often these stay: a key is good for one request, most versions are stale, and a position to come takes a second."""


class Ready:
    """One request for each operation that has a scene, good until it was accepted once."""

    def __init__(self, house: House) -> None:
        self._house, self._stock = house, Stock(house, OWNER)
        self._calls: dict[str, Call] = {}
        self._settled = False

    def call(self, operation: str) -> Call | None:
        """Made when it is asked for; None: there is no scene."""
        if operation not in self._calls and operation in ALL:
            self._calls[operation] = self._made(operation)
            self._settled = False
        return self._calls.get(operation)

    def _made(self, operation: str) -> Call:
        try:
            return ALL[operation](self._stock)
        except AssertionError:
            # What scenes share wears out here, where everybody may change it: a loan is repaid in the end.
            self._stock = Stock(self._house, OWNER)
            return ALL[operation](self._stock)

    def settle(self) -> None:
        """Who asks now finds what was done so far."""
        if not self._settled:
            self._house.settle()
            self._settled = True

    def accepted(self, operation: str) -> None:
        """A command was: the thing is in another state now."""
        self._calls.pop(operation, None)
        self._settled = False


def mixed(case: Case, ready: Call, random: Random) -> Case:
    """The same case on the thing of ``ready``; what is wrong on purpose stays as it is."""
    assert case.meta is not None
    in_coverage = case.meta.phase.name is TestPhase.COVERAGE
    # Each case of the coverage phase is there for one value in one place: that stays.
    chance = _ONLY_IDS if in_coverage else random.random()
    if chance > _MIXED:
        return case
    if not case.meta.is_negative_at(ParameterLocation.HEADER):
        _without_some_headers(case, random)
    if not case.meta.is_negative_at(ParameterLocation.PATH):
        case.path_parameters = {**case.path_parameters, **ready.path}
    if case.meta.generation.mode is GenerationMode.NEGATIVE:
        return case
    case.query = {**case.query, **{name: ready.query[name] for name in case.query.keys() & ready.query}}
    if not isinstance(case.body, dict):
        return case
    if ready.file is not None and not in_coverage:
        case.body = {"file": Binary(ready.file)}
        case._record_starting_state()  # or it counts as wrong: bytes are not the string that the schema says
    elif isinstance(ready.body, dict):
        case.body = _body(case.body, ready, chance, random)
    return case


def _without_some_headers(case: Case, random: Random) -> None:
    about = getattr(case.meta.phase.data, "parameter", None) if case.meta else None
    for name, share in _RARELY.items():
        if name != about and random.random() > share:
            case.headers.pop(name, None)


def _body(drawn: dict[str, Any], ready: Call, chance: float, random: Random) -> dict[str, Any]:
    if chance < _AS_READY:
        return deepcopy(ready.body)
    known = {*ready.ids().values(), *ready.new}
    chosen = {
        name: deepcopy(value)
        for name, value in ready.body.items()
        if (isinstance(value, str) and value in known) or (chance > _ONLY_IDS and random.random() < _MIXED)
    }
    return {**drawn, **chosen}
