"""A visitor asks to be let in: to sign up, or because a password is forgotten.

It owns itself and says the same to everybody: whether the address has an account is found out behind, by
workers/admit.py, and said by mail to whoever reads that mailbox.
"""

from __future__ import annotations

from typing import Literal

from aggregates.values import AccessRequestId
from eventstore import Aggregate, Sealed


class AccessRequest(Aggregate):
    purpose: Literal["sign-up", "password-reset"]
    email: Sealed[str]
    language: Literal["fr", "en"]
    name: Sealed[str] | None = None

    # ── what can have happened ─────────────────────────────────────────────

    class Made(Aggregate.Created, owner="originator_id", subject="originator_id"):
        purpose: Literal["sign-up", "password-reset"]
        email: Sealed[str]
        """In lower case."""
        language: Literal["fr", "en"]
        name: Sealed[str] | None = None
        """Who signs up; absent for a forgotten password."""

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def make(
        cls,
        id: AccessRequestId,
        purpose: Literal["sign-up", "password-reset"],
        email: str,
        language: Literal["fr", "en"],
        name: str | None = None,
    ) -> AccessRequest:
        return cls.begin(
            cls.Made,
            id,
            purpose=purpose,
            email=Sealed(email),
            language=language,
            name=None if name is None else Sealed(name),
        )
