"""Writing to people. What the letters say is in ``letters.py``; how they leave is a file per vendor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Message:
    to: str
    """One address."""
    subject: str
    text: str
    html: str
    """Says the same as the text."""
    key: UUID
    """Names the message for good: the notification's id. Sending again sends under the same Message-ID."""
    reply_to: str = ""
    """Where answers go; empty means to the sender."""


class Mail(Protocol):
    def send(self, message: Message) -> str:
        """Hand one message over for delivery; returns its Message-ID.

        Raises ProviderDown when the server cannot take it now, ProviderRefused when it will never take it (no such
        recipient, a malformed address), OutcomeUnknown when the connection broke while the server was deciding.
        """
        ...
