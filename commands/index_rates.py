"""What can be asked of the register of index values, and what variable rates look up in it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from aggregates.index_rates import IndexRates, IndexValue, NoSuchValue, ValueEntered, index_rates_id
from aggregates.rules.terms import Fixing, Variable
from aggregates.values import AccountId
from commands.fields import Count, Day, Line, Prose, StepUpReason
from commands.terms import Signed
from eventstore import Ask, Command


class ValueOfIndex(BaseModel):
    """What an index is worth from a day on, and where that is written."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"value": 212, "from_on": "2026-04-01", "source": "EMMI, Euribor 3 mois du 30 mars 2026"}
            ]
        },
    )

    value: Signed = Field(description="Basis points a year, may be negative: 212 is 2.12 %.")
    from_on: Day = Field(description="The first day; it counts until the next value's.")
    source: Prose = Field(description="Who publishes it, and when it was read.")

    def said(self) -> IndexValue:
        return IndexValue(self.value, self.from_on, self.source)


class EnterIndexValue(
    Command, on=IndexRates, may="legal-rates.manage", step_up=True, of_house=True, rejects=(ValueEntered,)
):
    """Enter what an index is worth from a day on. Rates that follow it take it on their next reset."""

    index: Line = Field(
        description="Its name, as in the terms of the products that follow it.", examples=["EURIBOR-3M"]
    )
    says: ValueOfIndex

    def create(self, ask: Ask) -> IndexRates:
        index = self.index
        rates = ask.also_or_begin(IndexRates, index_rates_id(index), lambda: IndexRates.begin_for(index))
        rates.enter(self.says.said(), by=AccountId(ask.by))
        return rates


class CorrectIndexValue(
    Command,
    on=IndexRates,
    may="legal-rates.manage",
    step_up=True,
    of_house=True,
    rejects=(NoSuchValue, ValueEntered),
):
    """Enter a value anew that was entered wrongly. Rates that were reset by it stay as they were."""

    number: Count = Field(description="Of the value that was wrong.")
    says: ValueOfIndex
    reason: StepUpReason

    def perform(self, rates: IndexRates, ask: Ask) -> None:
        rates.correct(self.number, self.says.said(), self.reason, by=AccountId(ask.by))


def fixing_on(ask: Ask, variable: Variable, day: date) -> Fixing | None:
    """The value of the index on a day; None when none is entered."""
    known = ask.find(IndexRates, index_rates_id(variable.index))
    return None if known is None else known.fixing_on(day)
