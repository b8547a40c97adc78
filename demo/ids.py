"""Ids that the people of the story choose: version 4, and the same for the same seed."""

from __future__ import annotations

from random import Random
from uuid import UUID


class Ids:
    def __init__(self, random: Random) -> None:
        self._random = random

    def new(self) -> str:
        """A UUID of version 4, as text."""
        return str(UUID(int=self._random.getrandbits(128), version=4))
