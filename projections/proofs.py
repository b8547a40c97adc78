"""What a loan was asked and approved on the strength of, as its line shows it: consents, and the ceiling it was checked against."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.rules.consents import Consent
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
