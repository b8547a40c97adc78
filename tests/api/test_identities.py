"""What is remembered of a token, and when it is looked up again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from api.auth import Identities

TOKEN = "x" * 20


class Accounts:
    """A store with one account, for any token; ``meanwhile`` happens after it was read."""

    def __init__(self) -> None:
        self.meanwhile = lambda: None

    def claimed(self, scope: str, token: str) -> UUID:
        return uuid4()

    def load(self, kind: type, id: UUID) -> Any:
        self.meanwhile()
        return SimpleNamespace(id=id, roles=["admin"], customers=[], admits=lambda token: True)


def test_a_token_is_believed_for_a_moment() -> None:
    identities = Identities(Accounts())  # type: ignore[arg-type]
    found = identities.look_up(TOKEN)
    assert identities.remembered(TOKEN) == found
    identities.forget()
    assert identities.remembered(TOKEN) is None


def test_what_was_read_before_an_account_changed_is_not_believed_afterwards() -> None:
    accounts = Accounts()
    identities = Identities(accounts)  # type: ignore[arg-type]
    accounts.meanwhile = identities.forget
    identities.look_up(TOKEN)
    assert identities.remembered(TOKEN) is None
