"""The words of the models in the words of the product and back: lives that are drawn by lot, asked of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

from aggregates.rules.buckets import Provisions
from aggregates.rules.facts import (
    Disbursed,
    Fact,
    Lifted,
    Noticed,
    Paused,
    Receipt,
    Refunded,
    Returned,
    Version,
    WrittenOff,
)
from aggregates.rules.movements import Movement, balances
from aggregates.rules.scheduled import Earlier, Scheduled
from aggregates.rules.servicing_terms import Late, Order, ServicingTerms
from aggregates.rules.standing import Balance, Standing
from aggregates.values import BasisPoints, Money
from tests.models import facts as told
from tests.models.books import Books
from tests.models.facts import COMPONENTS
from tests.models.invented import Invented

PROVISIONS = {"current": 100, "1-30": 500, "31-60": 2_500, "61-90": 5_000, "90+": 10_000}


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def terms_of(rules: told.Rules) -> ServicingTerms:
    late, order = rules.late, rules.order
    words: dict[str, Any] = {
        "components": order.components,
        "timings": order.timings,
        "by": order.by,
    }
    count: Any = rules.count
    base: Any = late.base
    return ServicingTerms(
        currency="EUR",
        day_count=count,
        order=Order(**words),
        late=None
        if late == told.Late()
        else Late(
            BasisPoints(late.rate),
            base,
            late.grace_days,
            euros(late.fixed) if late.fixed else None,
            None if late.cap_each is None else BasisPoints(late.cap_each),
            None if late.cap_all is None else BasisPoints(late.cap_all),
            BasisPoints(late.share),
        ),
        provisions=Provisions(*(BasisPoints(rate) for rate in PROVISIONS.values())),
    )


def scheduled(line: told.Line) -> Scheduled:
    return Scheduled(
        line.number,
        line.starts_on,
        line.due_on,
        euros(line.interest),
        euros(line.principal),
        euros(line.fee),
        euros(line.insurance),
        tuple(Earlier(euros(amount), start, end) for amount, start, end in line.earlier),
    )


def line_of(line: Scheduled) -> told.Line:
    return told.Line(
        line.number,
        line.starts_on,
        line.due_on,
        line.interest.minor,
        line.principal.minor,
        line.fee.minor,
        line.insurance.minor,
        tuple((each.amount.minor, each.starts_on, each.ends_on) for each in line.earlier),
    )


def version_of(version: told.Version) -> Version:
    return Version(
        version.number,
        version.on,
        version.over,
        version.after,
        tuple(scheduled(line) for line in version.lines),
        "agreed" if version.number == 1 else "accelerated" if version.at_once else "rescheduled",
        version.rests_on,
        euros(version.capitalised) if version.capitalised else None,
        euros(version.indemnity) if version.indemnity else None,
        taken_in=version.taken_in,
    )


def fact_of(fact: told.Fact) -> Fact:
    number, on, amount, method = fact.number, fact.on, euros(fact.amount), fact.method
    how: Any = method
    match fact.what:
        case "disbursed":
            return Disbursed(number, on, amount, euros(fact.kept_fee), euros(fact.kept_interest), how)
        case "receipt":
            return Receipt(number, on, amount, how)
        case "refunded":
            return Refunded(number, on, amount, how)
        case "paused":
            return Paused(number, on, fact.until)
        case "returned":
            return Returned(number, on, fact.receipt)
        case "noticed":
            return Noticed(number, on, fact.until or on)
        case "lifted":
            return Lifted(number, on, fact.receipt)
        case _:
            return WrittenOff(number, on)


def rules_of(terms: ServicingTerms) -> told.Rules:
    """The words of the product in those of the models."""
    order, late = terms.order, terms.late
    return told.Rules(
        told.Order(order.components, order.timings, order.by),
        told.Late()
        if late is None
        else told.Late(
            late.rate,
            late.base,
            late.grace_days,
            late.fixed.minor if late.fixed else 0,
            late.cap_each,
            late.cap_all,
            late.share,
        ),
        terms.day_count,
    )


def versions_told(versions: Iterable[Version]) -> list[told.Version]:
    return [
        told.Version(
            version.number,
            version.on,
            version.over,
            version.after,
            tuple(line_of(line) for line in version.lines),
            version.rests_on,
            version.capitalised.minor if version.capitalised else 0,
            version.why == "accelerated",
            version.indemnity.minor if version.indemnity else 0,
            version.costs_nothing_until,
            (version.given_back.fees.minor, version.given_back.interest.minor)
            if version.given_back
            else (0, 0),
            version.taken_in,
        )
        for version in versions
    ]


def facts_told(facts: Iterable[Fact]) -> list[told.Fact]:
    return [_fact_told(fact) for fact in facts]


def _fact_told(fact: Fact) -> told.Fact:
    match fact:
        case Receipt(number, on, amount, method):
            return told.Fact("receipt", number, on, amount.minor, method=method)
        case Refunded(number, on, amount, method):
            return told.Fact("refunded", number, on, amount.minor, method=method)
        case Paused(number, on, until):
            return told.Fact("paused", number, on, until=until)
        case Returned(number, on, receipt):
            return told.Fact("returned", number, on, receipt=receipt)
        case WrittenOff(number, on):
            return told.Fact("written-off", number, on)
        case Noticed(number, on, until):
            return told.Fact("noticed", number, on, until=until)
        case Lifted(number, on, notice):
            return told.Fact("lifted", number, on, receipt=notice)
        case Disbursed():
            raise ValueError("what a servicing knows begins after the payout")


def plain(balance: Balance) -> dict[str, int]:
    return {what: getattr(balance, what).minor for what in COMPONENTS}


def said(standing: Standing) -> dict[str, Any]:
    """What the product says of an evening, in plain numbers."""
    parts: Counter[Any] = Counter()
    for part in standing.parts:
        parts[part.receipt, part.on, part.version, part.number, part.what] += part.amount.minor
    return {
        "past due": plain(standing.past_due),
        "due": plain(standing.due),
        "not due": plain(standing.not_due),
        "accrued": standing.accrued.minor,
        "instalments": [(one.version, one.line.number, plain(one.unpaid)) for one in standing.instalments],
        "parts": parts,
        "waiting": [(money.receipt, money.amount.minor) for money in standing.waiting],
        "claim": standing.claim.minor,
        "days past due": standing.days_past_due,
        "bucket": standing.bucket,
        "provision": standing.provision.minor,
        "written off": None if standing.written_off is None else plain(standing.written_off),
        "recovered": standing.recovered.minor,
        "version": standing.version,
        "fallen": set(standing.fallen),
    }


def expected(model: Books) -> dict[str, Any]:
    parts: Counter[Any] = Counter()
    for part in model.parts:
        parts[part.receipt, part.on, part.version, part.number, part.what] += part.amount
    past_due = model.balance("past_due")
    return {
        "past due": past_due,
        "due": model.balance("due"),
        "not due": model.balance("in_advance"),
        "accrued": model.accrued,
        "instalments": [(owed.version, owed.line.number, model.unpaid(owed)) for owed in model.force],
        "parts": parts,
        "waiting": [(money.number, money.left) for money in model.queue() if money.left],
        "claim": model.claim,
        "days past due": model.days_past_due,
        "bucket": model.bucket,
        "provision": model.provision(PROVISIONS),
        "written off": model.lost,
        "recovered": model.recovered,
        "version": model.current,
        "fallen": model.fallen,
    }


def roles(movements: Iterable[Movement]) -> dict[str, int]:
    """What stands in the books after the movements; roles with nothing are left out."""
    return {str(role): amount for role, amount in balances(movements).items() if amount}


EVENINGS = 4


def evenings(lot: Random, invented: Invented) -> list[date]:
    """Days on which a life is looked at, its last one among them."""
    length = (invented.ends_on - invented.begins_on).days
    days = [invented.begins_on + timedelta(days=lot.randint(0, length)) for _ in range(EVENINGS - 1)]
    return [*days, invented.ends_on]
