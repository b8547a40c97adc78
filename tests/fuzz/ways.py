"""The ways in: who asks an operation, and the headers that say so, good at the moment of asking."""

from __future__ import annotations

from typing import Any

from tests.api.house import PEOPLE, House
from tests.doors import Door


def who_may(operation: dict[str, Any]) -> str:
    """The first of PEOPLE with a role that may, by the document. Raises StopIteration when nobody has."""
    may = set(operation["x-roles"])
    return next(name for name, roles in PEOPLE.items() if may & set(roles))


def credentials(house: House, name: str) -> dict[str, str]:
    """Headers with which somebody of the house is known.

    Tokens and proofs last five minutes by a Clock that is moved here, and sessions are revoked: who was signed out
    signs in again.
    """
    opened, token = house.doors[name].opened()
    platform = house.platform
    if platform.access.sessions.get(opened.session.id) is None:
        house.doors[name] = Door(platform.store, platform.access, platform.clock, opened.session.account_id)
        _, token = house.doors[name].opened()
    return {"Authorization": f"Bearer {token}"}
