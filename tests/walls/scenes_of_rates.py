"""Scenes of the register of legal rates, and of what is looked up in it before an approval."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from aggregates.index_rates import IndexRates, index_rates_id
from aggregates.legal_rates import LegalRates, legal_rates_id
from aggregates.rules.published_rates import PUBLISHED
from commands.index_rates import EnterIndexValue
from commands.legal_rates import EndLegalRate, EnterLegalRate
from eventstore import NotFound
from tests.api.house import House, id_of
from tests.walls.calls import Call
from tests.walls.stock import Stock, call, looks, scene

WHY = "Lu de travers dans le Journal officiel."
DAYS = count()
"""A day of its own for each rate, so that no two of them meet."""

looks("ApprovalCheck", "ben", path=lambda stock: {"loan_id": stock.loan})
looks("CounterOfferCheck", "ben", path=lambda stock: {"loan_id": stock.loan})


def _says() -> dict[str, Any]:
    day = (date(2100, 1, 1) + timedelta(days=next(DAYS))).isoformat()
    return {"rate": 1_400, "from_on": day, "until_on": day, "source": "Conseil des ministres de l’UMOA"}


def _entered(house: House) -> int:
    """A rate of banks in the West African Monetary Union; returns its number."""
    house.does(EnterLegalRate.model_validate({"law": "umoa-bank", "says": _says()}), account=id_of("admin"))
    return house.platform.store.load(LegalRates, legal_rates_id("umoa-bank")).last


@scene("LegalRateList")
def _list(stock: Stock) -> Call:
    _entered(stock.house)
    stock.house.settle()
    return call("LegalRateList", "ana")


@scene("EnterLegalRate")
def _enter(stock: Stock) -> Call:
    return call("EnterLegalRate", "admin", body={"law": "umoa-bank", "says": _says()})


@scene("CorrectLegalRate")
def _correct(stock: Stock) -> Call:
    body = {"number": _entered(stock.house), "says": _says(), "reason": WHY}
    return call("CorrectLegalRate", "admin", path=_register(), body=body)


@scene("EndLegalRate")
def _end(stock: Stock) -> Call:
    number = _entered(stock.house)
    rate = stock.house.platform.store.load(LegalRates, legal_rates_id("umoa-bank")).rates[number]
    body = {"number": number, "until_on": rate.from_on.isoformat(), "reason": WHY}
    return call("EndLegalRate", "admin", path=_register(), body=body)


def _register() -> dict[str, str]:
    return {"rates_id": str(legal_rates_id("umoa-bank"))}


@scene("ImportLegalRates")
def _import(stock: Stock) -> Call:
    """What was imported before is taken out: then there is something to import."""
    for number, first in _imported(stock.house):
        end = EndLegalRate(number=number, until_on=first - timedelta(days=1), reason=WHY)
        stock.house.does(end, legal_rates_id("qc-consumer"), id_of("admin"))
    return call("ImportLegalRates", "admin")


def _imported(house: House) -> list[tuple[int, date]]:
    try:
        register = house.platform.store.load(LegalRates, legal_rates_id("qc-consumer"))
    except NotFound:
        return []
    (published,) = PUBLISHED["qc-consumer"]
    return [(number, rate.from_on) for number, rate in register.rates.items() if rate.meets(published)]


# ── values of an index ─────────────────────────────────────────────────────


def _value() -> dict[str, Any]:
    day = (date(2100, 1, 1) + timedelta(days=next(DAYS))).isoformat()
    return {"value": 212, "from_on": day, "source": "EMMI, Euribor 3 mois"}


def _value_entered(house: House) -> int:
    command = EnterIndexValue.model_validate({"index": "EURIBOR-3M", "says": _value()})
    house.does(command, account=id_of("admin"))
    return house.platform.store.load(IndexRates, index_rates_id("EURIBOR-3M")).last


@scene("IndexRateList")
def _index_list(stock: Stock) -> Call:
    _value_entered(stock.house)
    stock.house.settle()
    return call("IndexRateList", "ana")


@scene("EnterIndexValue")
def _enter_value(stock: Stock) -> Call:
    return call("EnterIndexValue", "admin", body={"index": "EURIBOR-3M", "says": _value()})


@scene("CorrectIndexValue")
def _correct_value(stock: Stock) -> Call:
    body = {"number": _value_entered(stock.house), "says": _value(), "reason": WHY}
    return call("CorrectIndexValue", "admin", path={"rates_id": str(index_rates_id("EURIBOR-3M"))}, body=body)
