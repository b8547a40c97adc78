"""`manage.py permissions`: who may do what, by role and by permission. Kept in docs/permissions.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import projections  # noqa: F401 - every read model is known once this is imported
from aggregates.permissions import ROLES, Role
from api.app import openapi_document
from api.permitted import PUBLIC, roles_with
from eventstore import Command
from roles.bootstrap import ROOT

FILE = ROOT / "docs" / "permissions.md"
HEAD = """# Who may do what

Written by `python3 manage.py permissions --write`; `python3 manage.py check` fails when it is not fresh.

* A client's rights, and those of staff with a portfolio, reach only to the customers that the account acts for.
* **⚿** takes a fresh proof of who asks: within five minutes, with the second factor. A key of a program never has one.
* ◉ is recorded in the access log before the answer leaves. Every refusal is recorded there too.
* An account whose roles ask for a second factor has `self` alone until it has one.
"""


OF_VERBS = {"event.leave_out": "`manage.py parked --leave-out`"}
"""Permissions that a verb asks for in the name of an account."""


@dataclass(frozen=True)
class Operation:
    """One operation as the OpenAPI document shows it."""

    id: str
    method: str
    path: str
    permission: str | None
    step_up: bool
    recorded: bool

    def __str__(self) -> str:
        return f"{self.id}{' ⚿' if self.step_up else ''}{' ◉' if self.recorded else ''}"


def show(*, write: bool = False) -> None:
    """Print the page, or write the file."""
    if write:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(whole())
    else:
        print(whole(), end="")


def is_fresh() -> bool:
    """Whether docs/permissions.md says what the code says."""
    return FILE.exists() and FILE.read_text() == whole()


def whole() -> str:
    """The text of docs/permissions.md."""
    known = list(operations())
    parts = [
        HEAD,
        "## By permission\n",
        *_by_permission(known),
        "\n## Without a permission\n",
        *_public(known),
        "\n## Every operation\n",
        *_every(known),
    ]
    return "\n".join(parts) + "\n"


def operations() -> Iterator[Operation]:
    """In the order of the OpenAPI document."""
    for path, methods in openapi_document()["paths"].items():
        for method, said in methods.items():
            yield Operation(
                said["operationId"],
                method.upper(),
                path,
                said["x-permission"],
                said["x-step-up"],
                said["x-recorded"],
            )


def permissions() -> list[str]:
    """Every permission that a role has or that something takes."""
    given = {permission for permissions in ROLES.values() for permission in permissions}
    taken = {command.may for command in _commands() if command.may}
    return sorted(given | taken)


def _commands() -> list[type[Command]]:
    """Those of the product; a test may have declared others."""
    return [command for command in Command.registry if command.__module__.startswith("commands.")]


def _by_permission(known: list[Operation]) -> Iterator[str]:
    roles: list[Role] = list(ROLES)
    yield f"| permission | {' | '.join(roles)} | opens |"
    yield f"|---|{':-:|' * len(roles)}---|"
    for permission in permissions():
        having = roles_with(permission)
        marks = " | ".join("●" if role in having else "" for role in roles)
        opened = ", ".join(str(each) for each in known if each.permission == permission)
        yield f"| `{permission}` | {marks} | {opened or _elsewhere(permission)} |"


def _elsewhere(permission: str) -> str:
    """What takes it that is no operation of its own: a verb, or a command sent beside another one."""
    if permission in OF_VERBS:
        return OF_VERBS[permission]
    commands = [command.__name__ for command in _commands() if command.may == permission]
    return f"sent beside another one: {', '.join(commands)}" if commands else "nothing yet"


def _public(known: list[Operation]) -> Iterator[str]:
    yield "| operation | why nothing is lost |"
    yield "|---|---|"
    for each in known:
        if each.permission is None:
            yield f"| {each} | {PUBLIC.get(each.id, '')} |"


def _every(known: list[Operation]) -> Iterator[str]:
    yield "| operation | address | permission | roles |"
    yield "|---|---|---|---|"
    for each in known:
        roles = ", ".join(roles_with(each.permission)) if each.permission else "everybody"
        yield f"| {each} | `{each.method} {each.path}` | {_named(each.permission)} | {roles} |"


def _named(permission: str | None) -> str:
    return f"`{permission}`" if permission else ""
