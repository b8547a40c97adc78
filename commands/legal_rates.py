"""What can be asked of the register of legal rates."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from aggregates.legal_rates import (
    EndsBeforeItBegins,
    LegalRates,
    NoSuchRate,
    NothingToImport,
    OtherCurrency,
    RatesOverlap,
    legal_rates_id,
)
from aggregates.rules.ceilings import Band, LegalRate
from aggregates.rules.law import LAWS, CappedLaw, Law
from aggregates.rules.published_rates import PUBLISHED
from aggregates.values import AccountId, Ceiling, Money
from commands.fields import Amount, Count, Day, Prose, Rate, StepUpReason
from eventstore import Ask, Command


class RateOfLaw(BaseModel):
    """The most that loans of some amounts may cost on some days, and where that is written."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "rate": 1587,
                    "above": {"amount": "3000.00", "currency": "EUR"},
                    "up_to": {"amount": "6000.00", "currency": "EUR"},
                    "from_on": "2026-01-01",
                    "until_on": "2026-03-31",
                    "source": "Banque de France, seuils de l’usure applicables au 1er janvier 2026",
                }
            ]
        },
    )

    rate: Rate = Field(
        description="Highest annual percentage rate, hundredths of a percent: 1587 is 15.87 %."
    )
    above: Amount | None = Field(
        None, description="For amounts above this one; from nothing on when left out."
    )
    up_to: Amount | None = Field(
        None, description="For amounts up to this one, which is within; however large when left out."
    )
    from_on: Day = Field(description="The first day.")
    until_on: Day | None = Field(None, description="The last day; left out until a later one follows.")
    source: Prose = Field(description="Text, article or notice, and when it was read.")

    @model_validator(mode="after")
    def _makes_sense(self) -> RateOfLaw:
        if self.above is not None and self.up_to is not None:
            if self.above.currency != self.up_to.currency:
                raise ValueError("both amounts are of one currency")
            if self.above >= self.up_to:
                raise ValueError("the lower amount is below the upper one")
        if self.until_on is not None and self.until_on < self.from_on:
            raise ValueError("the last day is not before the first")
        return self

    def said(self) -> LegalRate:
        return LegalRate(self.rate, self.from_on, self.source, self.until_on, Band(self.above, self.up_to))


class EnterLegalRate(
    Command,
    on=LegalRates,
    may="legal-rates.manage",
    step_up=True,
    of_house=True,
    rejects=(OtherCurrency, RatesOverlap),
):
    """Enter the most that loans under a law may cost.

    A rate for the same amounts that has no end yet ends on the day before.
    """

    law: CappedLaw
    says: RateOfLaw

    def create(self, ask: Ask) -> LegalRates:
        law = self.law
        rates = ask.also_or_begin(LegalRates, legal_rates_id(law), lambda: LegalRates.begin_for(law))
        rates.enter(self.says.said(), by=AccountId(ask.by))
        return rates


class CorrectLegalRate(
    Command, on=LegalRates, may="legal-rates.manage", step_up=True, of_house=True,
    rejects=(NoSuchRate, OtherCurrency, RatesOverlap),
):  # fmt: skip
    """Enter a rate anew that was entered wrongly. Approvals keep the rate that they were checked against."""

    number: Count = Field(description="Of the rate that was wrong.")
    says: RateOfLaw
    reason: StepUpReason

    def perform(self, rates: LegalRates, ask: Ask) -> None:
        rates.correct(self.number, self.says.said(), self.reason, by=AccountId(ask.by))


class EndLegalRate(
    Command, on=LegalRates, may="legal-rates.manage", step_up=True, of_house=True,
    rejects=(EndsBeforeItBegins, NoSuchRate, RatesOverlap),
):  # fmt: skip
    """Say until which day a rate counts. The day before its first one takes it out altogether."""

    number: Count = Field(description="Of the rate.")
    until_on: Day = Field(description="The last day.")
    reason: StepUpReason

    def perform(self, rates: LegalRates, ask: Ask) -> None:
        rates.end(self.number, self.until_on, self.reason, by=AccountId(ask.by))


class ImportLegalRates(
    Command, on=LegalRates, may="legal-rates.manage", step_up=True, of_house=True, rejects=(NothingToImport,)
):
    """Enter the ceilings that this version knows as published: what is entered already is left as it is."""

    def create(self, ask: Ask) -> LegalRates:
        taken = [_taken(law, ask) for law in PUBLISHED if _is_lacking(law, ask)]
        if not taken:
            raise NothingToImport(f"the rates of {', '.join(PUBLISHED)} are entered")
        return taken[0]


def _is_lacking(law: CappedLaw, ask: Ask) -> bool:
    known = ask.find(LegalRates, legal_rates_id(law))
    return known is None or bool(known.missing(PUBLISHED[law]))


def _taken(law: CappedLaw, ask: Ask) -> LegalRates:
    rates = ask.also_or_begin(LegalRates, legal_rates_id(law), lambda: LegalRates.begin_for(law))
    rates.take(PUBLISHED[law], by=AccountId(ask.by))
    return rates


def ceiling_for(ask: Ask, law: Law, principal: Money) -> Ceiling | None:
    """The ceiling of a law for an amount on the business day; None when it has none, or none is entered."""
    if LAWS[law].ceilings_in is None:
        return None
    known = ask.find(LegalRates, legal_rates_id(law))
    return None if known is None else known.ceiling_for(principal, ask.on)
