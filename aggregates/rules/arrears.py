"""Arrears of many loans: how much is late for how long, and how much of the portfolio is at risk.

Source of the measure: Sa-Dhan, Microfinance Manager Series, technical note 1, "What is portfolio at risk?": the unpaid
principal of all loans with a payment past due, divided by the principal outstanding of all loans; it warns that
rescheduling hides risk, so rescheduled loans are told beside; read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from aggregates.rules.buckets import BUCKETS, Bucket
from aggregates.rules.standing import Standing
from aggregates.values import Money

AT_RISK_AFTER: Final = (1, 30, 60, 90)
"""Days past due of PAR 1, 30, 60 and 90: PAR 1 counts from the first day, the others beyond so many days."""


@dataclass(frozen=True, slots=True)
class AgingLine:
    """The loans of one bucket."""

    bucket: Bucket
    loans: int
    past_due: Money
    """Unpaid of instalments whose day is over, with penalties."""
    outstanding: Money
    """Principal, late or not."""
    provision: Money


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Portfolio at risk: the principal of late loans as a share of all of it."""

    days: int
    loans: int
    outstanding: Money
    share: Fraction
    """Of the outstanding principal of all loans, from 0 to 1; 0 of an empty portfolio."""
    rescheduled: Money
    """Principal of loans that were rescheduled and are not among the late ones: perhaps at risk too."""


def aging(standings: Iterable[Standing], currency: str) -> list[AgingLine]:
    """The report by bucket, every bucket once: loans that are written off or repaid are not in it."""
    standings = _alive(standings)
    lines = []
    for bucket in BUCKETS:
        here = [standing for standing in standings if standing.bucket == bucket]
        lines.append(
            AgingLine(
                bucket,
                len(here),
                Money.total((standing.past_due.total for standing in here), currency),
                Money.total((standing.outstanding for standing in here), currency),
                Money.total((standing.provision for standing in here), currency),
            )
        )
    return lines


def portfolio_at_risk(standings: Iterable[Standing], currency: str) -> list[AtRisk]:
    """PAR 1, 30, 60 and 90 of loans in one currency on one day."""
    standings = _alive(standings)
    everything = Money.total((standing.outstanding for standing in standings), currency)
    report = []
    for days in AT_RISK_AFTER:
        beyond = days if days > 1 else 0
        late = [standing for standing in standings if standing.days_past_due > beyond]
        eased = [
            standing for standing in standings if standing.days_past_due <= beyond and standing.rescheduled
        ]
        outstanding = Money.total((standing.outstanding for standing in late), currency)
        rescheduled = Money.total((standing.outstanding for standing in eased), currency)
        share = Fraction(outstanding.minor, everything.minor) if everything else Fraction(0)
        report.append(AtRisk(days, len(late), outstanding, share, rescheduled))
    return report


def _alive(standings: Iterable[Standing]) -> list[Standing]:
    return [standing for standing in standings if standing.status == "active"]
