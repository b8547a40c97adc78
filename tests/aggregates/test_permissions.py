"""Who may do what."""

import commands
from aggregates.permissions import ROLES, SELF, VISIT, is_staff, permissions_of
from eventstore import Command

ASKED = {
    command.may for command in Command.registry if command.may and command.__module__.startswith("commands.")
}


def test_every_permission_that_a_command_takes_is_somebodys():
    assert commands
    assert permissions_of(ROLES) >= ASKED - {VISIT}


def test_a_client_asks_and_returns_and_decides_nothing():
    assert permissions_of(["client"]) & ASKED == {
        "loan.request",
        "contact.add",
        "contract.return",
        "document.read",
        "payee.propose",
        "payee.refuse",
        SELF,
    }


def test_no_role_alone_approves_and_reverses():
    assert not any({"loan.approve", "repayment.reverse"} <= permissions for permissions in ROLES.values())


def test_whoever_only_looks_changes_nothing():
    assert permissions_of(["auditor"]) & ASKED == {"document.read", SELF}
    assert permissions_of(["support"]) & ASKED == {"document.read", SELF, "money.stop"}


def test_no_role_alone_brings_money_to_an_account_of_its_choice():
    for permissions in ROLES.values():
        assert not {"payee.propose", "payee.confirm"} <= permissions
        assert not {"loan.approve", "payee.confirm"} <= permissions
        assert not {"policy.change", "loan.approve"} <= permissions
        assert not {"policy.change", "loan.disburse"} <= permissions
        assert not {"account.manage", "loan.disburse"} <= permissions


def test_to_stop_is_for_all_who_work_here_and_to_let_go_is_not():
    stops = {role for role, permissions in ROLES.items() if "money.stop" in permissions}
    assert stops == {"advisor", "accountant", "support", "admin"}
    assert {role for role, p in ROLES.items() if "money.release" in p} == {"accountant", "admin"}


def test_only_an_admin_manages_accounts_products_and_the_house():
    for permission in ("account.manage", "product.manage", "organisation.change", "policy.change"):
        assert [role for role, permissions in ROLES.items() if permission in permissions] == ["admin"]


def test_roles_add_up_and_unknown_ones_add_nothing():
    both = permissions_of(iter(["advisor", "accountant"]))
    assert both == ROLES["advisor"] | ROLES["accountant"]
    assert permissions_of(["root"]) == permissions_of([]) == frozenset()


def test_whoever_has_a_role_besides_client_is_staff():
    assert not is_staff(["client"])
    assert is_staff(["client", "advisor"])
