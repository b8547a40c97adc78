"""Noticing that nothing comes any more: which lanes lack something and have not moved for a while."""

from __future__ import annotations

from collections.abc import Mapping


class Standstill:
    """Looks at lanes now and then.

    patience  seconds for which a lane may stand still although there is more
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._since: dict[tuple[int, int], float] = {}

    def look(self, lacking: Mapping[int, int], now: float) -> set[int]:
        """The lanes that stand still.

        lacking  the position of each lane that is not at its end; lanes that are left out here begin anew
        now      seconds of any clock that goes on
        """
        since = {stands: self._since.get(stands, now) for stands in lacking.items()}
        self._since = since
        return {lane for (lane, _), began in since.items() if now - began >= self._patience}
