"""What leads to what, read from the source: from a command to the events it records, from a reaction to its commands."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType
from typing import Any

from eventstore import Aggregate, Command, events_of

_ANSWERS_WITH_ITS_FIRST_ARGUMENT = ("load", "find", "also", "also_or_begin")
"""Of ``ask``: what they return is of the kind that they are given."""


@cache
def events_of_command(command: type[Command]) -> tuple[str, ...]:
    """Kinds of the events that a command may record, in the order of the aggregates' pages."""
    handler: Any = command.create if command.creates() else command.perform
    found = set(_events_of_function(handler, frozenset(), command))
    return tuple(event.kind for event in _every_event() if event.kind in found)


@cache
def commands_of_function(function: Callable[..., Any]) -> tuple[type[Command], ...]:
    """Commands that a function names, itself or through functions of its own module; in the order of their names."""
    named = {value for value in _reachable_globals(function, set()) if _is(value, Command)}
    return tuple(sorted(named, key=lambda command: command.__name__))


# ── from a decision to its events ──────────────────────────────────────────


@cache
def events_of_decision(
    kind: type[Aggregate], method: str, seen: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Kinds of the events that a method of an aggregate records, itself or through its other methods."""
    events = {event.kind.partition(".")[2]: event.kind for event in events_of(kind)}
    function = inspect.getattr_static(kind, method, None)
    function = getattr(function, "__func__", getattr(function, "fget", function))
    if method in seen or not callable(function):
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(_tree(function)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in ("self", "cls", kind.__name__) and node.attr in events:
                found.add(events[node.attr])
            elif node.value.id in ("self", "cls") and node.attr in vars(kind):
                found |= events_of_decision(kind, node.attr, seen | {method})
    return frozenset(found)


def _events_of_function(function: Any, seen: frozenset[Any], command: type[Command]) -> Iterator[str]:
    if function in seen:
        return
    tree, names = _tree(function), dict(function.__globals__)
    kinds = {name: kind for name, kind in names.items() if _is(kind, Aggregate)}
    reading = _Reading(kinds, {n: f for n, f in names.items() if isinstance(f, FunctionType)}, command)
    reading.note_variables(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            kind = reading.kind_of(node.value)
            if kind is not None:
                yield from events_of_decision(kind, node.attr)
            elif node.attr == "number" and isinstance(node.value, ast.Name) and node.value.id == "ask":
                yield from (event.kind for event in _every_event() if event.aggregate.__name__ == "Series")
            elif method := reading.method_of_command(node):
                yield from _events_of_function(method, seen | {function}, command)
        elif isinstance(node, ast.Name) and isinstance(names.get(node.id), FunctionType):
            yield from _events_of_function(names[node.id], seen | {function}, command)


@dataclass
class _Reading:
    """One function of a command's: which aggregates its expressions stand for."""

    kinds: dict[str, type[Aggregate]]
    functions: dict[str, FunctionType]
    command: type[Command]
    variables: dict[str, type[Aggregate]] = field(default_factory=dict)

    def note_variables(self, tree: ast.AST) -> None:
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.arg)
                and isinstance(node.annotation, ast.Name)
                and node.annotation.id in self.kinds
            ):
                self.variables[node.arg] = self.kinds[node.annotation.id]
            elif isinstance(node, ast.Assign | ast.NamedExpr):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and (kind := self.kind_of(node.value)):
                    self.variables[target.id] = kind

    def kind_of(self, node: ast.expr) -> type[Aggregate] | None:
        """A class, a variable, ``ask.load(Loan, …)``, ``Loan.request(…)``, ``_loan(…)`` and ``self._loan(…)`` by what
        they return."""
        if isinstance(node, ast.Name):
            return self.kinds.get(node.id) or self.variables.get(node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._returned_by(self.functions.get(node.func.id))
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        if node.func.attr in _ANSWERS_WITH_ITS_FIRST_ARGUMENT and node.args:
            return self.kind_of(node.args[0])
        if method := self.method_of_command(node.func):
            return self._returned_by(method)
        if isinstance(node.func.value, ast.Name):
            return self.kinds.get(node.func.value.id)
        return self.kind_of(node.func.value)

    def _returned_by(self, function: FunctionType | None) -> type[Aggregate] | None:
        returned = re.findall(r"\w+", str(function.__annotations__.get("return", ""))) if function else []
        return next((self.kinds[name] for name in returned if name in self.kinds), None)

    def method_of_command(self, node: ast.Attribute) -> FunctionType | None:
        """``self._contract`` of the command itself."""
        if not isinstance(node.value, ast.Name) or node.value.id != "self":
            return None
        method = vars(self.command).get(node.attr)
        return method if isinstance(method, FunctionType) else None


# ── from a reaction to its commands ────────────────────────────────────────


def _reachable_globals(function: Any, seen: set[Any]) -> Iterator[Any]:
    seen.add(function)
    for node in ast.walk(_tree(function)):
        value = function.__globals__.get(node.id) if isinstance(node, ast.Name) else None
        if value is None:
            continue
        yield value
        if isinstance(value, FunctionType) and value.__module__ == function.__module__ and value not in seen:
            yield from _reachable_globals(value, seen)


@cache
def _tree(function: Any) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


@cache
def _every_event() -> tuple[type[Aggregate.Event], ...]:
    return tuple(event for kind in Aggregate.__subclasses__() for event in events_of(kind))


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, type) and issubclass(value, kind) and value is not kind
