"""Loans of the guide beside the legal ceiling of their law, amount and day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from aggregates.legal_rates import LegalRates
from aggregates.rules.ceilings import AboveRateCeiling, LegalRate, keep_below
from aggregates.rules.costs import Costs
from aggregates.rules.law import CappedLaw
from aggregates.rules.published_rates import PUBLISHED
from aggregates.rules.terms import Fee
from aggregates.values import AccountId, Ceiling
from roles.guide.loans import HAND, KNOWN, LONG, Rates, euros

NOBODY: Final = AccountId(UUID(int=0))
"""Who enters the rates of the guide's register, which is never stored."""


@dataclass(frozen=True)
class Looked:
    """A loan, its ceiling, and whether it may be approved."""

    said: str
    costs: Costs
    ceiling: Ceiling

    @cached_property
    def is_allowed(self) -> bool:
        try:
            keep_below(self.ceiling, self.ceiling.law, self.costs.principal, self.costs.apr)
        except AboveRateCeiling:
            return False
        return True


class Ceilings:
    """The register with what was published, and loans of one day."""

    law: CappedLaw = "fr-consumer"
    on: date = date(2026, 1, 15)
    large_fee: Fee = Fee("frais de dossier", "up-front", fixed=euros(40))

    @property
    def published(self) -> list[LegalRate]:
        return list(PUBLISHED[self.law])

    @cached_property
    def register(self) -> LegalRates:
        rates = LegalRates.begin_for(self.law)
        rates.take(PUBLISHED[self.law], NOBODY)
        return rates

    @cached_property
    def looked_at(self) -> list[Looked]:
        small = HAND.costs
        return [
            self._look("sans frais", small),
            self._look("avec frais", _with(small, Rates().fee)),
            self._look("avec des frais doubles", _with(small, self.large_fee)),
            self._look("avec frais", _with(KNOWN, Rates().known_fee)),
            self._look("sans frais", LONG.costs),
        ]

    @property
    def refused(self) -> Looked:
        return next(each for each in self.looked_at if not each.is_allowed)

    def _look(self, said: str, costs: Costs) -> Looked:
        ceiling = self.register.ceiling_for(costs.principal, self.on)
        if ceiling is None:
            raise ValueError(f"no ceiling is published for {costs.principal} on {self.on}")
        return Looked(said, costs, ceiling)


def _with(costs: Costs, fee: Fee) -> Costs:
    return replace(costs, terms=replace(costs.terms, fees=(fee,)))
