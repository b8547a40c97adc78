"""Requests that would be accepted, and how schemathesis's own are mixed with them.

A random id is a 404 and nothing behind the door is ever reached; a scene (tests/walls/scenes.py) knows a thing in the
right state. What is drawn keeps what makes it special and stands on that thing. An operation without a scene is met
with what is drawn alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from random import Random
from typing import Any

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase
from schemathesis.transport.serialization import Binary

from eventstore import Rejected
from tests.api.house import House
from tests.fuzz.scenes import ALL, FOR_EVERYBODY, GROUND, tidied
from tests.walls.calls import Call
from tests.walls.stock import Stock

OWNER = "awa"

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

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
        self._disturbed = False
        self.reached: set[str] = set()
        """Operations that were accepted once."""
        self.seen: set[str] = set()
        """Ids in what was answered: a request with one of these goes on with what was done before."""

    def call(self, operation: str) -> Call | None:
        """Made when it is asked for; None: there is no scene."""
        if self._disturbed and operation not in FOR_EVERYBODY:
            self._tidy()
        if operation not in self._calls and operation in ALL:
            self._calls[operation] = self._made(operation)
            self._settled = False
        return self._calls.get(operation)

    def by(self, operation: str) -> str | None:
        """Who asks in the scene that is ready."""
        call = self.call(operation)
        return None if call is None else call.by

    def _made(self, operation: str) -> Call:
        self._disturbed |= operation in FOR_EVERYBODY
        with _chances_untouched():
            return self._made_anew(operation)

    def _made_anew(self, operation: str) -> Call:
        try:
            return ALL[operation](self._stock)
        except (AssertionError, Rejected):
            # What scenes share wears out here, where everybody may change it: a loan is repaid in the end.
            tidied(self._house)
            self._stock = Stock(self._house, OWNER)
            return ALL[operation](self._stock)

    def _tidy(self) -> None:
        """What there is one of in the house is as it was; a scene that it belonged to is over."""
        with _chances_untouched():
            tidied(self._house)
        for operation in FOR_EVERYBODY:
            self._calls.pop(operation, None)
        self._disturbed = self._settled = False

    def settle(self) -> None:
        """Who asks now finds what was done so far."""
        if not self._settled:
            self._house.settle()
            self._settled = True

    def answered(self, operation: str, case: Case, response: Response) -> None:
        """What was accepted is in another state now, and what was refused as it stood here is worn out."""
        if 200 <= response.status_code < 300:
            self.reached.add(operation)
            self.seen |= set(_IDS.findall(response.content.decode(errors="replace")))
            if case.method.upper() == "POST":
                self._calls.pop(operation, None)
                self._settled = False
                if operation in FOR_EVERYBODY:
                    self._tidy()
        elif (call := self._calls.get(operation)) is not None and _is(call, case):
            self._calls.pop(operation, None)


@contextmanager
def _chances_untouched() -> Iterator[None]:
    """The house waits for random times now and then: what hypothesis draws must not depend on it."""
    state = random.getstate()
    yield
    random.setstate(state)


def _is(call: Call, case: Case) -> bool:
    """Whether this is the request of the scene, unless its body is a file."""
    body = case.body if isinstance(case.body, dict) else {}
    return call.path == case.path_parameters and (call.body or {}) == body


def mixed(case: Case, call: Call, chances: Random, ready: Ready) -> Case:
    """The same case on the thing of ``call``; what is wrong on purpose stays as it is."""
    assert case.meta is not None
    in_coverage = case.meta.phase.name is TestPhase.COVERAGE
    # Each case of the coverage phase is there for one value in one place: that stays.
    chance = _ONLY_IDS if in_coverage else chances.random()
    positive = case.meta.generation.mode is GenerationMode.POSITIVE
    if positive and not in_coverage and call.operation.id not in ready.reached:
        chance = 0.0
    if case.method.upper() != "GET" and _strings(case.path_parameters) & GROUND:
        # A chain found it in a list; changed, it would stop every scene to come.
        case.path_parameters = {**case.path_parameters, **call.path}
    if chance > _MIXED:
        return case
    if not case.meta.is_negative_at(ParameterLocation.HEADER):
        _without_some_headers(case, chances)
    goes_on = case.meta.phase.name is TestPhase.STATEFUL and _strings(case.path_parameters) & ready.seen
    if not case.meta.is_negative_at(ParameterLocation.PATH) and not goes_on:
        case.path_parameters = {**case.path_parameters, **call.path}
    if not positive:
        return case
    if chance < _AS_READY:
        case.headers.update(call.headers)
        case.query = dict(call.query)
    else:
        known = case.query.keys() & call.query
        case.query = {**case.query, **{name: call.query[name] for name in known}}
    is_form = case.media_type != "application/json"
    if call.file is not None and is_form and isinstance(case.body, dict) and not in_coverage:
        case.body = {"file": Binary(call.file)}
        case._record_starting_state()  # or it counts as wrong: bytes are not the string that the schema says
    elif isinstance(call.body, dict) and isinstance(case.body, dict):
        case.body = _body(case.body, call, chance, chances)
    return case


def _strings(values: dict[str, Any]) -> set[str]:
    return {str(value) for value in values.values()}


def _without_some_headers(case: Case, chances: Random) -> None:
    about = getattr(case.meta.phase.data, "parameter", None) if case.meta else None
    for name, share in _RARELY.items():
        if name != about and chances.random() > share:
            case.headers.pop(name, None)


def _body(drawn: dict[str, Any], ready: Call, chance: float, chances: Random) -> dict[str, Any]:
    if chance < _AS_READY:
        return deepcopy(ready.body)
    known = {*ready.ids().values(), *ready.new}
    chosen = {
        name: deepcopy(value)
        for name, value in ready.body.items()
        if (isinstance(value, str) and value in known) or (chance > _ONLY_IDS and chances.random() < _MIXED)
    }
    return {**drawn, **chosen}
