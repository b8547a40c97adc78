"""Making papers: what is said in ``papers.py`` becomes a PDF, the same bytes for the same input."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from providers.rendering.papers import Paper


@dataclass(frozen=True)
class Rendered:
    content: bytes
    """A PDF."""
    pages: int

    @property
    def sha256(self) -> str:
        """Hex digest of the content."""
        return hashlib.sha256(self.content).hexdigest()


class Rendering(Protocol):
    def render(self, paper: Paper) -> Rendered:
        """Make the PDF. Takes about half a second; changes nothing anywhere, so it may be asked again freely.

        Raises ProviderRefused when this paper can never be made, ProviderDown when it may work later.
        """
        ...

    def fingerprint(self, template: str) -> str:
        """Hex digest of everything that a template's look depends on: it changes when a paper would.

        template  for example ``contract/loan_agreement``
        """
        ...
