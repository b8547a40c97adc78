"""What the people of the story choose, ids and keys of their requests: version 4, and the same for the same seed."""

from __future__ import annotations

from random import Random
from uuid import UUID


class Ids:
    """One after the other, so whoever shares them asks in the order of the story.

    random  None: others each time
    """

    def __init__(self, random: Random | None = None) -> None:
        self._random = random or Random()

    def new(self) -> str:
        """A UUID of version 4, as text."""
        return str(UUID(int=self._random.getrandbits(128), version=4))
