"""What a loan was asked and approved on the strength of, as its line shows it: consents, ceiling, counter-offer, drawdowns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from aggregates.loan import Loan
from aggregates.rules.approval import Figures
from aggregates.rules.consents import Consent
from aggregates.rules.law import Law
from aggregates.rules.terms import Drawdown
from aggregates.values import Ceiling
from projections.line import Line


class ConsentLine(Line):
    """What was agreed to with the request."""

    consent: str
    """data-processing or electronic-exchange."""
    version: int
    """Of the text."""
    language: str
    """In which it was read."""
    sha256: str
    """Of the words in that language, hex."""
    means: str
    """``online`` or ``paper``."""
    given_on: date
    by: UUID
    """Who agreed on the screen; on paper, who entered it."""


class CeilingLine(Line):
    """The proof: the legal limit that an approval was checked against, as it was read on that day."""

    rate: int
    """Highest annual percentage rate, hundredths of a percent."""
    source: str
    """Text, article or notice, and when it was read."""
    from_on: date
    until_on: date | None
    """The last day; absent where none was known."""
    number: int | None
    """Of the rate in the register of that law."""
    above: int | None
    """For amounts above this one, minor units of the loan's currency; absent: from nothing on."""
    up_to: int | None
    """For amounts up to this one, which is within; absent: however large."""


class FiguresLine(Line):
    """A loan as it is put beside another one: amounts in minor units of the loan's currency."""

    principal: int
    months: int
    """Number of instalments."""
    rate: int
    """Nominal, basis points a year."""
    instalment: int
    """The first one."""
    last_instalment: int
    cost: int
    """Interest, fees, and insurance that is required."""
    total: int
    """All that is paid back."""
    apr: int
    """Annual percentage rate, hundredths of a percent."""


class CounterOfferLine(Line):
    """Other conditions than those that were asked for."""

    offered: FiguresLine
    requested: FiguresLine | None
    """What the request itself would have come to on that day; absent where the product no longer lends it."""
    planned_payout_on: date
    reason: str
    """Shown to the customer word for word."""
    made_on: date
    until: date
    """The last day on which the client may accept."""
    by: UUID
    """Who decided to lend on them."""
    law: Law
    ceiling: CeilingLine | None
    """The legal limit it was checked against; absent where its law has none."""


def figures(said: Figures) -> dict[str, int]:
    """Figures as a line keeps them."""
    return {
        "principal": said.principal.minor,
        "months": said.months,
        "rate": said.rate,
        "instalment": said.instalment.minor,
        "last_instalment": said.last_instalment.minor,
        "cost": said.cost.minor,
        "total": said.total.minor,
        "apr": said.apr,
    }


class DrawdownLine(Line):
    """A part of the principal that leaves on a day of its own."""

    number: int
    """From 1."""
    amount: int
    """Minor units of the loan's currency."""
    planned_on: date
    paid_on: date | None
    """The value date; absent while it has not left."""
    state: Literal["planned", "paid", "cancelled"]


def planned(drawdowns: Sequence[Drawdown]) -> list[dict[str, str | int | None]]:
    """Drawdowns that are to come as a line keeps them."""
    return [
        {
            "number": number,
            "amount": each.amount.minor,
            "planned_on": each.on.isoformat(),
            "paid_on": None,
            "state": "planned",
        }
        for number, each in enumerate(drawdowns, 1)
    ]


def proof(ceiling: Ceiling) -> dict[str, str | int | None]:
    """A ceiling as a line keeps it."""
    return {
        "rate": ceiling.rate,
        "source": ceiling.source,
        "from_on": ceiling.from_on.isoformat(),
        "until_on": None if ceiling.until_on is None else ceiling.until_on.isoformat(),
        "number": ceiling.number,
        "above": None if ceiling.above is None else ceiling.above.minor,
        "up_to": None if ceiling.up_to is None else ceiling.up_to.minor,
    }


def agreed(consent: Consent) -> dict[str, str | int]:
    """A consent as a line keeps it."""
    return {
        "consent": consent.consent,
        "version": consent.version,
        "language": consent.language,
        "sha256": consent.sha256,
        "means": consent.means,
        "given_on": consent.given_on.isoformat(),
        "by": str(consent.by),
    }


def counter_offer(made: Loan.CounterOffered) -> dict[str, Any]:
    """A counter-offer as a line keeps it."""
    offered = Figures(
        made.principal,
        made.months,
        made.rate,
        made.instalments[0].total,
        made.instalments[-1].total,
        made.cost,
        made.total,
        made.apr,
    )
    return {
        "offered": figures(offered),
        "requested": None if made.requested is None else figures(made.requested),
        "planned_payout_on": made.planned_payout_on.isoformat(),
        "reason": made.reason.open(),
        "made_on": made.on.isoformat(),
        "until": made.until.isoformat(),
        "by": str(made.by),
        "law": made.law,
        "ceiling": None if made.ceiling is None else proof(made.ceiling),
    }
