"""Every refusal has words for people, is declared by a command, and is provoked by a test."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import aggregates
import commands
from eventstore import Command, Rejected

COMMANDS = [command for command in Command.registry if command.__module__.startswith(f"{commands.__name__}.")]
TESTS = Path(__file__).parents[1]
REFUSALS = sorted(
    (kind for kind in Rejected.__subclasses__() if kind.__module__.startswith(f"{aggregates.__name__}.")),
    key=lambda kind: kind.__name__,
)


def provoked() -> set[str]:
    """Names that a test hands to ``then_rejected``."""
    found = set()
    for file in (TESTS / "aggregates").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "then_rejected"
            ):
                found |= {
                    name.id
                    for argument in node.args
                    for name in ast.walk(argument)
                    if isinstance(name, ast.Name)
                }
    return found


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_a_refusal_is_provoked_by_a_test(refusal: type[Rejected]) -> None:
    assert refusal.__name__ in provoked(), "no test of tests/aggregates hands it to then_rejected"


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_a_refusal_says_the_rule_to_people(refusal: type[Rejected]) -> None:
    said = refusal.__dict__.get("__doc__")
    assert said
    assert inspect.cleandoc(said).partition("\n")[0].endswith(".")


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_a_refusal_is_declared_by_a_command(refusal: type[Rejected]) -> None:
    assert [command for command in Command.registry if refusal in command.rejects]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_a_command_says_what_it_is_and_never_that_something_was_updated(command: type[Command]) -> None:
    assert command.__doc__
    assert not command.__name__.startswith(("Update", "Set", "Handle", "Process"))
    assert not command.__name__.endswith("Command")
