"""What is to come once more of a loan has left: its schedule with every drawdown so far, after what fell due.

The rule is in docs/decisions/0038-drawdowns.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregates.rules.costs import Costs
from aggregates.rules.scheduled import Scheduled
from aggregates.values import Money


def to_come(costs: Costs, kept: Money, fallen: Sequence[Scheduled]) -> list[Scheduled]:
    """The lines in place of all that have not fallen due; no part of them is negative.

    costs   of the loan with every drawdown that has left
    kept    interest that was kept at the payout
    fallen  the lines that fell due, oldest first; what they should have said otherwise is carried to the next ones

    Raises UnsoundTerms.
    """
    so_far, lines = costs.lines[: len(fallen)], costs.lines[len(fallen) :]
    more = {"interest": (costs.kept_interest - kept).minor}
    interest, principal, fee, insurance = (
        _carried(lines, what, _in_all(so_far, what) - _in_all(fallen, what) + more.get(what, 0))
        for what in ("interest", "principal", "fee", "insurance")
    )
    parts = zip(lines, interest, principal, fee, insurance, strict=True)
    return [replace(line, interest=i, principal=p, fee=f, insurance=n) for line, i, p, f, n in parts]


def _carried(lines: Sequence[Scheduled], what: str, difference: int) -> list[Money]:
    """The part of each line, with a difference in the first one; what would make it negative is in the next one."""
    parts = []
    for line in lines:
        part: Money = getattr(line, what)
        rest = part.minor + difference
        parts.append(Money(max(0, rest), part.currency))
        difference = min(0, rest)
    return parts


def _in_all(lines: Sequence[Scheduled], what: str) -> int:
    return sum(getattr(line, what).minor for line in lines)
