"""Who is given the processor first: whoever answers a person, then what follows by itself (decision 36)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

LATER = 5
"""What is added to the niceness of a process that nobody waits for: a third of the share of one that has none. No more,
because readers of the feed wait for the transactions that it has open."""
_SESSION = Path("/proc/self/autogroup")


def give_way() -> None:
    """Have others go first from here on; the children that this process starts do so too.

    Linux may divide the processor among sessions before it looks at single processes, so one that leads a session of
    its own, as the supervisor's roles do, lowers that as well. Where the system knows no such thing nothing changes.
    """
    niceness = os.nice(LATER)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            _SESSION.write_text(str(niceness))
