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
        "legal-rates.read",
        "customer.read",
        "loan.read",
        "contract.read",
        "document.read",
        "document.accesses",
        "repayment.read",
        "business-day.read",
        "stop-switch.read",
        "history.prove",
        "overview.read",
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
            "contact.add",
            "loan.read",
            "loan.request",
            "contract.read",
            "contract.return",
            "document.read",
            "repayment.read",
            "payee.read",
            "payee.propose",
            "payee.refuse",
        }
    ),
    "advisor": _READ_HOUSE
    | {
        "customer.register",
        "contact.add",
        "loan.request",
        "loan.approve",
        "loan.disburse",
        "contract.return",
        "contract.review",
        "repayment.record",
        "schedule.change",
        "loan.accelerate",
        "loan.write-off",
        "mail.read",
        "payee.read",
        "payee.propose",
        "payee.refuse",
        "money.stop",
    },
    "accountant": _READ_HOUSE
    | {
        "loan.disburse",
        "repayment.record",
        "repayment.reverse",
        "loan.accelerate",
        "loan.write-off",
        "ledger.read",
        "mail.read",
        "payee.read",
        "payee.confirm",
        "payee.refuse",
        "money.stop",
        "money.release",
    },
    "support": _READ_HOUSE | {"mail.read", "money.stop", "machinery.read", "event.retry"},
    "admin": _READ_HOUSE
    | {
        "organisation.change",
        "policy.change",
        "money.stop",
        "money.release",
        "payee.read",
        "payee.confirm",
        "payee.refuse",
        "product.manage",
        "legal-rates.manage",
        "access.read",
        "account.manage",
        "account.read",
        "customer.register",
        "contact.add",
        "mail.read",
        "clock.advance",
        "machinery.read",
        "event.retry",
        "event.leave_out",
    },
    "auditor": _READ_HOUSE
    | {"access.read", "account.read", "ledger.read", "mail.read", "payee.read", "machinery.read"},
}
"""A client's rights are further narrowed to the customers the account acts for.

What leads to money is never all in one role: who takes requests and proposes payees does not confirm payees, who
confirms payees and releases the stop switch does not approve, and who sets the limits neither approves nor pays out.
To stop is everybody's who works here, to let go again is not.
"""


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything that any of the roles allows; an unknown role allows nothing."""
    asked = set(roles)
    return frozenset().union(*(permissions for role, permissions in ROLES.items() if role in asked))


def is_staff(roles: Iterable[str]) -> bool:
    """Whether the account sees every customer: it has a role besides ``client``."""
    return any(role != "client" for role in roles)
