"""What a visitor may ask for. Nothing is refused, so that nobody learns from the answer whose address is known."""

from __future__ import annotations

from typing import Literal

from aggregates.access_request import AccessRequest
from aggregates.permissions import VISIT
from aggregates.values import AccessRequestId
from commands.fields import Email, Language, Name
from eventstore import Ask, Command


class RequestAccess(Command, on=AccessRequest, may=VISIT):
    """Ask to be let in: to sign up, or because a password is forgotten. What follows comes by mail."""

    access_request_id: AccessRequestId
    purpose: Literal["sign-up", "password-reset"]
    email: Email
    language: Language
    name: Name | None = None

    def create(self, ask: Ask) -> AccessRequest:
        return AccessRequest.make(
            self.access_request_id, self.purpose, self.email.casefold(), self.language, self.name
        )
