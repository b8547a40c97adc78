"""`manage.py map`: who asks for an event, who reads it, who acts on it. Kept in docs/map.md."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import aggregates
import commands  # noqa: F401 - registers every command
import projections  # noqa: F401 - registers every read model
import workers
from eventstore import KINDS, Aggregate, Command, Projection, events_of
from roles.bootstrap import ROOT
from roles.trails import commands_of_function, events_of_command
from runtime.reactions import DEADLINES, REACTIONS, Reaction, every_reaction

FILE = ROOT / "docs" / "map.md"
HEAD = """# The map

Who asks for each event, who reads it and who acts on it. Written by `python3 manage.py map --write`;
`python3 manage.py check` fails when it is not fresh. One entry: `python3 manage.py map Contract.Signed`.
"""


def show(name: str | None, *, write: bool = False) -> int:
    """Print the map, or one entry of it; or write the file. Exit code: 1 when nothing has that name."""
    if write:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(whole())
        return 0
    text = whole() if name is None else entry(name)
    print(text or f"Nothing is called {name}. Names look like: Loan, Loan.Approved, ApproveLoan, LoanBook.")
    return 0 if text else 1


def is_fresh() -> bool:
    """Whether docs/map.md says what the code says."""
    return FILE.exists() and FILE.read_text() == whole()


def whole() -> str:
    """The text of docs/map.md."""
    parts = [HEAD]
    for kind in every_aggregate():
        parts.append(f"## {kind.__name__}\n\n{_first_line(inspect.getmodule(kind))}\n")
        parts += [f"```\n{_event(event)}\n```\n" for event in events_of(kind)]
    parts.append("## Deadlines\n")
    parts += [
        f"```\n{name}\n    acted on by  {_acting(reaction)}\n```\n"
        for name, reaction in sorted(DEADLINES.items())
    ]
    return "\n".join(parts)


def entry(name: str) -> str:
    """One event, aggregate, command or read model; empty when nothing is called that."""
    if name in KINDS:
        return _event(KINDS[name])
    by_name = {kind.__name__: kind for kind in every_aggregate()}
    if name in by_name:
        return _aggregate(by_name[name])
    if asked := {command.__name__: command for command in Command.registry}.get(name):
        return _command(asked)
    return _read_model(Projection.registry[name]) if name in Projection.registry else ""


def every_aggregate() -> list[type[Aggregate]]:
    """In the order in which aggregates/__init__.py lists their files."""
    modules = [f"{aggregates.__name__}.{name}" for name in aggregates.__all__]
    kinds = [kind for kind in Aggregate.__subclasses__() if kind.__module__ in modules]
    return sorted(kinds, key=lambda kind: modules.index(kind.__module__))


def asked_by(kind: str) -> list[type[Command]]:
    """Commands that may record such an event."""
    return [command for command in Command.registry if kind in events_of_command(command)]


def read_by(kind: str) -> list[str]:
    """Read models with a handler for it."""
    return sorted(name for name, model in Projection.registry.items() if kind in model.handlers)


# ── how it is said ─────────────────────────────────────────────────────────


def _event(event: type[Aggregate.Event]) -> str:
    return _lines(
        event.kind,
        ("asked by", (_asking(command) for command in asked_by(event.kind))),
        ("read by", [", ".join(read_by(event.kind))]),
        ("acted on by", (_acting(reaction) for reaction in REACTIONS.get(event.kind, []))),
    )


def _aggregate(kind: type[Aggregate]) -> str:
    said = [f"{kind.__name__}  {_first_line(inspect.getmodule(kind))}", "", "asked"]
    said += [f"    {_asking(command)}" for command in Command.registry if command.target is kind]
    return "\n".join([*said, "", *(_event(event) for event in events_of(kind))])


def _command(command: type[Command]) -> str:
    return _lines(
        f"{_asking(command)}  {_first_line(command)}",
        ("addresses", [command.target.__name__]),
        ("records", events_of_command(command)),
        ("rejects", [", ".join(refusal.__name__ for refusal in command.rejects)]),
    )


def _read_model(model: type[Projection]) -> str:
    return _lines(
        f"{model.__name__}  {_first_line(inspect.getmodule(model))}", ("reads", sorted(model.handlers))
    )


def _lines(head: str, *rows: tuple[str, Iterable[str]]) -> str:
    said = [head]
    for label, values in rows:
        for number, value in enumerate(value for value in values if value):
            said.append(f"    {label if number == 0 else '':<12} {value}")
    return "\n".join(said)


def _asking(command: type[Command]) -> str:
    """``ApproveLoan (loan.approve)``, or who sends it when no person may."""
    return f"{command.__name__} ({command.may or ', '.join(_senders(command)) or 'nobody'})"


def _acting(reaction: Reaction) -> str:
    sent = [command.__name__ for command in commands_of_function(reaction.act)]
    return f"{reaction.path} → {', '.join(sent)}" if sent else reaction.path


def _senders(command: type[Command]) -> list[str]:
    """Reactions that send it; otherwise the files of workers/ that name it, otherwise those of roles/."""
    reactions = sorted({r.path for r in every_reaction() if command in commands_of_function(r.act)})
    named = [module.__name__ for module in _worker_modules() if command in vars(module).values()]
    return reactions or named or [f"roles.{file.stem}" for file in _roles_that_name(command)]


def _roles_that_name(command: type[Command]) -> Iterator[Path]:
    """Read and not imported: each role brings along what it runs."""
    return (
        file
        for file in sorted(Path(__file__).parent.glob("*.py"))
        if command.__name__ in re.findall(r"\w+(?=\()", file.read_text())
    )


def _worker_modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(workers.__path__):
        yield importlib.import_module(f"{workers.__name__}.{found.name}")


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]
