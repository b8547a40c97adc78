"""The last line of `manage.py idor`."""

from __future__ import annotations

import pytest

from tests.walls.attackers import ATTACKERS, TRIED
from tests.walls.calls import OPERATIONS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TRIED:
        roles = ", ".join(attacker.role for attacker in ATTACKERS)
        terminalreporter.write_line(
            f"{TRIED.total():,} requests by {len(ATTACKERS)} outsiders ({roles}) on {len(TRIED)} of {len(OPERATIONS)}"
            " routes, the others ask nobody who they are; each route's owner was let through"
        )
