"""What time it is for the people of the story: on the wall, and on the telephone that shows their one-time codes."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

LONG_AGO = datetime.fromtimestamp(0, UTC)


class Watch:
    """Set by what the installation says, and counted on from there; set again whenever time was lapsed."""

    def __init__(self, moment: datetime = LONG_AGO) -> None:
        self.set(moment)

    def set(self, moment: datetime) -> None:
        self._moment, self._set_at = moment, time.monotonic()

    def now(self) -> datetime:
        return self._moment + timedelta(seconds=time.monotonic() - self._set_at)
