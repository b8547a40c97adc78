"""The times that the law gives: how long an offer holds, how long no money moves, how long a client may step back.

A period is counted in whole calendar days. The day of what sets it going is not counted; the last day belongs to it to
the last hour. A period in which somebody has to act, and whose last day is a Saturday, a Sunday or a public holiday,
ends with the next working day: Règlement (CEE, Euratom) n° 1182/71, art. 3, as Code de la consommation, art. L. 222-8 says
again for services at a distance; in Quebec Loi d’interprétation, RLRQ c. I-16, art. 52. Nobody has to act by the end of
the time without payments, so it ends on its day. All read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from aggregates.rules.law import Law
from aggregates.rules.working_days import Calendar, next_working
from aggregates.values import BasisPoints

ClockName = Literal["counter-offer", "offer", "no-payment", "step-back", "capital-back"]
"""counter-offer  the client may accept the other conditions; afterwards they have lapsed
offer          the conditions hold and the contract may be signed; afterwards the offer has lapsed
no-payment     no money moves, in neither direction
step-back      the client may step back from the contract, without a reason and without cost
capital-back   whoever stepped back after the payout returns what was paid out, with what the law lets it cost
"""

Ending = Literal["time", "signed", "stepped-back", "replaced", "answered", "returned"]
"""Why a clock stopped: its time was over, the contract was signed, the client stepped back, it began anew, the client answered
the counter-offer, be it by taking the request back, or what was paid out is back."""

RETURN_DAYS: Final = 30
"""In which what was paid out comes back where the law says no number: our choice, after the French law. In Quebec the
parties give each other back what they had without delay (Loi sur la protection du consommateur, RLRQ c. P-40.1, art. 73 and
those after it, the number of days cited 2026-11-22 without their text)."""

COUNTER_OFFER_DAYS: Final = 30
"""How long a counter-offer holds where neither the law nor the organisation says how long its offers do: our choice, so
that whoever gets one always reads until when."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time that the law gives, as a loan keeps it: with its law, so that no later rule changes what was promised."""

    number: int
    """From 1, of the clocks of this loan."""
    name: ClockName
    law: Law
    source: str | None
    """Text and article, date read; None for a time that the organisation gives of itself."""
    began_on: date
    """The day of what set it going; the first day that counts is the next one."""
    days: int
    """Calendar days, before it is prolonged."""
    ends_on: date
    """The last day, which belongs to it."""

    def is_over(self, on: date) -> bool:
        return on > self.ends_on

    @property
    def over_on(self) -> date:
        """The first day on which it no longer counts."""
        return self.ends_on + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClockSettings:
    """What an organisation says about times where the law leaves it to it."""

    offer_days: int | None = None
    """How many days an offer holds; never less than the law says. None: what the law says, without end where it says
    nothing."""
    high_cost_apr: BasisPoints | None = None
    """Quebec: above this annual percentage rate a credit is of high cost (the discount rate of the Bank of Canada and 22
    points: RLRQ c. P-40.1, r. 3, art. 61.0.3). None: nobody has entered it, and the longer time is given."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a law says about one of these times."""

    name: ClockName
    days: int
    source: str
    """Text and article, date read."""
    from_on: date
    """First day on which it is the law."""
    prolonged_by: Calendar | None = None
    """Whose days off prolong it; None when it ends on its day."""
    high_cost: bool = False
    """For credit of high cost alone, where it stands beside the general one."""


_READ = ", consulté le 2026-11-22"
PERIODS: Final[dict[Law, Sequence[Period]]] = {
    "unspecified": (),
    "fr-consumer": (
        Period("offer", 15, f"Code de la consommation, art. L. 312-18{_READ}", date(2016, 7, 1), "FR"),
        Period("no-payment", 7, f"Code de la consommation, art. L. 312-25{_READ}", date(2016, 7, 1)),
        Period("step-back", 14, f"Code de la consommation, art. L. 312-19{_READ}", date(2016, 7, 1), "FR"),
        Period("capital-back", 30, "Code de la consommation, art. L. 312-26", date(2016, 7, 1), "FR"),
    ),
    "fr-business": (),
    "umoa-bank": (),
    "umoa-microfinance": (),
    "qc-consumer": (
        Period(
            "step-back",
            2,
            f"Loi sur la protection du consommateur, RLRQ c. P-40.1, art. 73{_READ}",
            date(1980, 4, 30),
            "CA-QC",
        ),
        Period(
            "step-back",
            10,
            f"Loi sur la protection du consommateur, RLRQ c. P-40.1, art. 73 (crédit à coût élevé){_READ}",
            date(2019, 8, 1),
            "CA-QC",
            high_cost=True,
        ),
    ),
}
"""By law, the oldest first: of two that are the law on a day the later one counts."""

RETURNED_WITH_INTEREST: Final[frozenset[Law]] = frozenset(["fr-consumer"])
"""Laws under which what was paid out comes back with its interest; under the others it costs nothing at all."""

INFORMED_BEFORE: Final[dict[Law, str]] = {
    "fr-consumer": f"Code de la consommation, art. L. 312-12{_READ}",
}
"""Laws under which a client is handed the information before the contract, with a proof of it; with their source."""


def offer_clock(law: Law, sent_on: date, settings: ClockSettings, number: int) -> Clock | None:
    """How long the conditions of an offer hold that was sent to the client on this day; None where it is without end."""
    period = _period(law, "offer", sent_on, high_cost=False)
    if period is not None:
        return _clock(law, period, max(period.days, settings.offer_days or 0), sent_on, number)
    if settings.offer_days is None:
        return None
    ends_on = sent_on + timedelta(days=settings.offer_days)
    return Clock(number, "offer", law, None, sent_on, settings.offer_days, ends_on)


def counter_offer_clock(law: Law, made_on: date, settings: ClockSettings, number: int) -> Clock:
    """How long a counter-offer made on this day may be accepted: as long as an offer of this law holds.

    It is a time that the organisation gives: no law speaks of it, but whoever is offered something on one screen and
    by one letter has no shorter time for one of them.
    """
    offer = offer_clock(law, made_on, settings, number)
    if offer is not None:
        return replace(offer, name="counter-offer", source=None)
    ends_on = made_on + timedelta(days=COUNTER_OFFER_DAYS)
    return Clock(number, "counter-offer", law, None, made_on, COUNTER_OFFER_DAYS, ends_on)


def clocks_after_signature(
    law: Law, apr: int | None, signed_on: date, settings: ClockSettings, first: int
) -> list[Clock]:
    """The clocks that a signed contract sets going.

    apr    annual percentage rate of the loan, hundredths of a percent; None when it is not known
    first  number of the first of them
    """
    limit = settings.high_cost_apr
    is_high_cost = apr is None or limit is None or apr > limit
    names: tuple[ClockName, ...] = ("no-payment", "step-back")
    periods = [_period(law, name, signed_on, is_high_cost) for name in names]
    said = [period for period in periods if period is not None]
    return [_clock(law, period, period.days, signed_on, n) for n, period in enumerate(said, first)]


def return_clock(law: Law, notified_on: date, number: int) -> Clock:
    """How long whoever stepped back after the payout has to return it, from the day the notice was sent."""
    period = _period(law, "capital-back", notified_on, high_cost=False)
    if period is not None:
        return _clock(law, period, period.days, notified_on, number)
    ends_on = notified_on + timedelta(days=RETURN_DAYS)
    return Clock(number, "capital-back", law, None, notified_on, RETURN_DAYS, ends_on)


def _period(law: Law, name: ClockName, on: date, high_cost: bool) -> Period | None:
    """The one that is the law on this day; of high cost before the general one."""
    said = [p for p in PERIODS[law] if p.name == name and p.from_on <= on and p.high_cost <= high_cost]
    return max(said, key=lambda period: (period.high_cost, period.from_on), default=None)


def _clock(law: Law, period: Period, days: int, began_on: date, number: int) -> Clock:
    last = began_on + timedelta(days=days)
    ends_on = next_working(last, period.prolonged_by) if period.prolonged_by else last
    return Clock(number, period.name, law, period.source, began_on, days, ends_on)
