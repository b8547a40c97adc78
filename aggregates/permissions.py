"""Who may do what: permissions by role. A command names the permission it takes, an account has roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

Role = Literal["client", "advisor", "accountant", "support", "admin", "auditor"]

_READ_HOUSE: Final = frozenset(
    {
        "self",
        "organisation.read",
        "product.read",
        "customer.read",
        "loan.read",
        "contract.read",
        "document.read",
        "document.accesses",
        "repayment.read",
        "business-day.read",
    }
)
"""What everybody who works here may look at."""

SELF: Final = "self"
"""To look after one's own account: password, second factors, sessions, keys. Everybody may; nobody may for others."""

VISIT: Final = "visit"
"""To ask to be let in: what a visitor without an account may do, and nobody else."""

ROLES: Final[dict[Role, frozenset[str]]] = {
    "client": frozenset(
        {
            SELF,
            "organisation.read",
            "product.read",
            "customer.read",
            "loan.read",
            "loan.request",
            "contract.read",
            "contract.return",
            "document.read",
            "repayment.read",
        }
    ),
    "advisor": _READ_HOUSE
    | {
        "customer.register",
        "loan.request",
        "loan.approve",
        "loan.disburse",
        "contract.return",
        "contract.review",
        "repayment.record",
        "mail.read",
    },
    "accountant": _READ_HOUSE
    | {"loan.disburse", "repayment.record", "repayment.reverse", "ledger.read", "mail.read"},
    "support": _READ_HOUSE | {"mail.read"},
    "admin": _READ_HOUSE
    | {
        "organisation.change",
        "product.manage",
        "access.read",
        "account.manage",
        "account.read",
        "customer.register",
        "mail.read",
        "clock.advance",
        "event.leave_out",
    },
    "auditor": _READ_HOUSE | {"access.read", "account.read", "ledger.read", "mail.read"},
}
"""A client's rights are further narrowed to the customers the account acts for."""


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything that any of the roles allows; an unknown role allows nothing."""
    asked = set(roles)
    return frozenset().union(*(permissions for role, permissions in ROLES.items() if role in asked))


def is_staff(roles: Iterable[str]) -> bool:
    """Whether the account sees every customer: it has a role besides ``client``."""
    return any(role != "client" for role in roles)
