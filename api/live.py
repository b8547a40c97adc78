"""Who is told live of what: by kind of what changed the permission that reads it, then whose it is.

The feed knows no row policies, so this is the one wall before a change; tests/walls/test_live.py takes it away.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final
from uuid import UUID

from aggregates.account import Account
from aggregates.permissions import SELF, is_staff
from api.auth import Identity
from eventstore import Doorbell, Store, lane_of
from runtime.keys import derived
from runtime.live.changes import Change
from runtime.live.channel import Channel
from runtime.live.updates import Live
from runtime.settings import Settings

SHOWN: Final[dict[str, str | None]] = {
    "AccessRequest": None,
    "Account": "account.read",
    "BusinessDay": "business-day.read",
    "Contact": "customer.read",
    "Contract": "contract.read",
    "Customer": "customer.read",
    "Document": "document.read",
    "Document.Downloaded": "document.accesses",
    "IndexRates": "legal-rates.read",
    "LegalRates": "legal-rates.read",
    "Loan": "loan.read",
    "LoanProduct": "product.read",
    "Notification": "mail.read",
    "Omission": "machinery.read",
    "Organisation": "organisation.read",
    "Payee": "payee.read",
    "PayoutDay": None,
    "Posting": "ledger.read",
    "Retrial": "machinery.read",
    "Series": None,
    "Servicing": "loan.read",
    "StopSwitch": "stop-switch.read",
}
"""By aggregate, or by event where one of them is for fewer: the permission of the screens that show it.

None: no screen does, so nobody is told. An aggregate that does not stand here is shown to nobody, and a test fails.
"""


def may_see(identity: Identity, change: Change) -> bool:
    """Whether somebody is told of a change: they could read what changed, and it is theirs to see."""
    if change.kind == Account.__name__ and change.id == identity.account:
        return SELF in identity.permissions
    permission = SHOWN.get(change.event, SHOWN.get(change.kind))
    return permission in identity.permissions and _is_in_scope(identity, change.owner)


def lanes_of(identity: Identity) -> list[int] | None:
    """The lanes in which something may be theirs; None: any."""
    if identity.customers is None or is_staff(identity.roles):
        return None
    return sorted({lane_of(customer) for customer in identity.customers})


def _is_in_scope(identity: Identity, owner: UUID | None) -> bool:
    """As with the tables: the house's own is for whoever works here, whatever they look after."""
    if identity.customers is None:
        return True
    return is_staff(identity.roles) if owner is None else owner in identity.customers


def from_settings(
    settings: Settings,
    store: Store,
    bell: Doorbell | None = None,
    watched: Callable[[str, threading.Event], threading.Event] | None = None,
) -> Live:
    """What is live of this process; other processes are told through Redis, where there is one."""
    key = derived(settings.fleeting(), "live updates")
    channel = Channel(settings.redis_url, key) if settings.redis_url else None
    return Live(store, settings.database_url, channel, bell, **({"watched": watched} if watched else {}))
