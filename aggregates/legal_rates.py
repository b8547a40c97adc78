"""The legal rates of one law: the most that its loans may cost, by amount and by day, each with its source. A stream each.

A rate is entered, ended, corrected, and never deleted: what was known on a day can be read for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from datetime import date, timedelta
from uuid import NAMESPACE_URL

from aggregates.rules.ceilings import Band, LegalRate
from aggregates.rules.law import LAWS, CappedLaw, Law
from aggregates.values import AccountId, BasisPoints, Ceiling, LegalRatesId, Money, derived
from eventstore import Aggregate, Rejected

ONE_DAY = timedelta(days=1)


class RatesOverlap(Rejected):
    """Another rate counts for some of these amounts on some of these days."""


class OtherCurrency(Rejected):
    """The ceilings of this law are in another currency."""


class NoSuchRate(Rejected):
    """No rate that counts has this number: there never was one, or a corrected one took its place."""


class EndsBeforeItBegins(Rejected):
    """A rate ends on its first day or later; on the day before it, it never counted."""


class NothingToImport(Rejected):
    """Everything that was published is entered already."""


def legal_rates_id(law: Law) -> LegalRatesId:
    """The stream that holds a law's rates."""
    return LegalRatesId(derived(NAMESPACE_URL, f"legal-rates-{law}"))


class LegalRates(Aggregate):
    law: CappedLaw
    last: int = 0
    """The highest number that was given."""
    rates: dict[int, LegalRate] = field(default_factory=dict)
    """Those that count or counted on some day, by number."""

    # ── what can have happened ─────────────────────────────────────────────

    class Begun(Aggregate.Created):
        law: CappedLaw

    class Entered(Aggregate.Event):
        law: CappedLaw
        number: int
        """From 1, in each law."""
        rate: BasisPoints
        """The highest annual percentage rate that is allowed."""
        above: Money | None
        """It is for amounts above this one; None: from nothing on."""
        up_to: Money | None
        """It is for amounts up to this one, which is within; None: however large."""
        from_on: date
        until_on: date | None
        """The last day; None until a later one follows."""
        source: str
        """Text, article or notice, date read."""
        by: AccountId
        corrects: int | None = None
        """Number of the rate whose place it takes, as if that one had never been entered."""
        reason: str | None = None
        """Why it was corrected."""

        def apply(self, rates: LegalRates) -> None:
            if self.corrects is not None:
                del rates.rates[self.corrects]
            rates.last = self.number
            rates.rates[self.number] = LegalRate(
                self.rate, self.from_on, self.source, self.until_on, Band(self.above, self.up_to)
            )

    class Ended(Aggregate.Event):
        number: int
        until_on: date
        """The last day; the day before the first one when it never counted."""
        by: AccountId
        reason: str | None = None
        """Absent where a later rate took its place."""

        def apply(self, rates: LegalRates) -> None:
            rates.rates[self.number] = replace(rates.rates[self.number], until_on=self.until_on)

    # ── what it can be asked to do ─────────────────────────────────────────

    @classmethod
    def begin_for(cls, law: CappedLaw) -> LegalRates:
        return cls.begin(cls.Begun, legal_rates_id(law), law=law)

    def enter(self, rate: LegalRate, by: AccountId) -> None:
        """A rate without an end, for the same amounts, ends on the day before."""
        self._fits(rate)
        followed = [number for number, one in self.rates.items() if one.is_followed_by(rate)]
        self._meets_no_other(rate, followed)
        for number in followed:
            self.record(self.Ended, number=number, until_on=rate.from_on - ONE_DAY, by=by)
        self._record(rate, by)

    def correct(self, number: int, rate: LegalRate, reason: str, by: AccountId) -> None:
        """Let another one take its place, as if the first had never been entered."""
        self._counting(number)
        self._fits(rate)
        self._meets_no_other(rate, (number,))
        self._record(rate, by, corrects=number, reason=reason)

    def end(self, number: int, until_on: date, reason: str, by: AccountId) -> None:
        """Let it count until a day; the day before its first one takes it out altogether."""
        rate = self._counting(number)
        if until_on < rate.from_on - ONE_DAY:
            raise self.reject(EndsBeforeItBegins, f"it begins on {rate.from_on}")
        self._meets_no_other(replace(rate, until_on=until_on), (number,))
        self.record(self.Ended, number=number, until_on=until_on, by=by, reason=reason)

    def take(self, published: Iterable[LegalRate], by: AccountId) -> None:
        """Enter those of a published table that no rate stands in the way of; what people entered is left as it is."""
        for rate in self.missing(published):
            self._record(rate, by)

    # ── what it says ───────────────────────────────────────────────────────

    def missing(self, published: Iterable[LegalRate]) -> list[LegalRate]:
        """Those of a published table for whose amounts and days nothing is entered."""
        return [rate for rate in published if not any(rate.meets(other) for other in self.rates.values())]

    def ceiling_for(self, amount: Money, on: date) -> Ceiling | None:
        """The ceiling in force on a day for an amount; None when none is entered."""
        for number, rate in self.rates.items():
            if rate.counts_on(on) and rate.band.holds(amount):
                return Ceiling(
                    rate.rate, LAWS[self.law].country, rate.source, rate.from_on, rate.until_on, self.law, number,
                    rate.band.above, rate.band.up_to,
                )  # fmt: skip
        return None

    def _counting(self, number: int) -> LegalRate:
        if number not in self.rates:
            raise self.reject(NoSuchRate, f"{self.law} has no rate {number} that counts")
        return self.rates[number]

    def _fits(self, rate: LegalRate) -> None:
        amounts = [each for each in (rate.band.above, rate.band.up_to) if each is not None]
        if any(each.currency != LAWS[self.law].ceilings_in for each in amounts):
            raise self.reject(OtherCurrency, f"those of {self.law} are in {LAWS[self.law].ceilings_in}")

    def _meets_no_other(self, rate: LegalRate, besides: Iterable[int]) -> None:
        apart = set(besides)
        for number, other in self.rates.items():
            if number not in apart and rate.meets(other):
                raise self.reject(RatesOverlap, f"rate {number} is {other}")

    def _record(
        self, rate: LegalRate, by: AccountId, corrects: int | None = None, reason: str | None = None
    ) -> None:
        self.record(
            self.Entered,
            law=self.law,
            number=self.last + 1,
            rate=rate.rate,
            above=rate.band.above,
            up_to=rate.band.up_to,
            from_on=rate.from_on,
            until_on=rate.until_on,
            source=rate.source,
            by=by,
            corrects=corrects,
            reason=reason,
        )
