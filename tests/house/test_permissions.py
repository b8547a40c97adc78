"""Every operation says what it takes, and none is open by accident."""

from __future__ import annotations

import pytest

from aggregates.permissions import ROLES
from api.app import openapi_document
from api.permitted import PUBLIC, roles_with
from eventstore import Command
from roles import permissions

OPERATIONS = {
    operation["operationId"]: operation
    for methods in openapi_document()["paths"].values()
    for operation in methods.values()
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_takes_a_permission_or_says_why_not(name: str) -> None:
    operation = OPERATIONS[name]
    if name in PUBLIC:
        assert operation["x-permission"] is None
        assert operation["x-public"] == PUBLIC[name]
        assert "security" not in operation
        assert not operation["x-step-up"]
    else:
        assert operation["x-permission"], "name a permission, or a reason in api/permitted.py"
        assert operation["security"]


def test_no_reason_stands_for_an_operation_that_is_gone() -> None:
    assert set(PUBLIC) - set(OPERATIONS) == set()


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - set(PUBLIC)))
def test_the_roles_of_an_operation_are_those_with_its_permission(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["x-roles"] == roles_with(operation["x-permission"])
    assert operation["x-roles"], "nobody may"
    assert f"`{operation['x-permission']}`" in operation["description"]


def test_what_a_command_takes_is_what_its_operation_says() -> None:
    for command in Command.registry:
        operation = OPERATIONS.get(command.__name__)
        if operation is not None and command.may:
            assert (operation["x-permission"], operation["x-step-up"] or not command.step_up) == (
                command.may,
                True,
            )


def test_every_permission_of_a_role_opens_something() -> None:
    taken = {operation["x-permission"] for operation in OPERATIONS.values()}
    taken |= {command.may for command in Command.registry}
    taken |= set(permissions.OF_VERBS)
    assert {each for given in ROLES.values() for each in given} - taken == set()


def test_the_page_is_fresh() -> None:
    assert permissions.is_fresh(), "run `python3 manage.py permissions --write`"


def test_the_page_has_every_operation_and_every_permission() -> None:
    page = permissions.whole()
    assert not [name for name in OPERATIONS if f"| {name} " not in page]
    assert not [permission for permission in permissions.permissions() if f"| `{permission}` |" not in page]
    for word in ("ApproveLoan", "OpenAccount ⚿", "LoanBook ◉"):
        assert word in page
