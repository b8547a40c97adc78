"""Arrears taken into a new schedule: what is late is repaid with what is to come, in instalments that can be paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from aggregates.rules.facts import Version
from aggregates.rules.rescheduling import ends_of, leveled, lines_to_come, next_end, some_alike
from aggregates.rules.scheduled import Earlier, Scheduled
from aggregates.rules.servicing_terms import ServicingTerms
from aggregates.rules.standing import InstalmentStanding, Standing
from aggregates.values import BasisPoints, Money


def arrears_of(now: Standing) -> list[InstalmentStanding]:
    """The instalments that have fallen due from the oldest one on of which anything but penalties is not paid."""
    fallen = [each for each in now.instalments if each.line.due_on <= now.on]
    late = [at for at, each in enumerate(fallen) if each.unpaid.total > each.unpaid.penalty]
    return fallen[late[0] :] if late else []


def with_arrears(now: Standing, rate: BasisPoints, count: int, terms: ServicingTerms, number: int) -> Version:
    """The version that spreads what is late with what is to come over level instalments.

    rate    nominal, basis points a year
    count   of the instalments to come
    number  of the new version

    Principal that is late bears interest again from this day on. What else was earned by now and is not paid, of
    instalments that are late and of the current period, bears none: it is repaid in equal parts (code civil, FR, art.
    1343-2: interest bears interest only when it is due for a whole year; cited 2026-11-22 without its text). Fees and
    insurance that are late come with the first instalment. Penalties stay as they are owed.

    Raises ValueError when nothing is late, when it does not amortise, or when the instalments to come bear insurance or different fees.
    """
    late, to_come = arrears_of(now), lines_to_come(now)
    if not late:
        raise ValueError(f"nothing is late on {now.on}")
    fee = some_alike(to_come).fee if to_come else Money.zero(terms.currency)
    unpaid = [each.unpaid for each in late]

    def sum_of(what: str) -> Money:
        return Money.total((getattr(each, what) for each in unpaid), terms.currency)

    owed = Money.total((line.principal for line in to_come), terms.currency) + sum_of("principal")
    ends = ends_of(to_come or [each.line for each in late], terms.frequency)
    planned = leveled(owed, rate, count, now.on, next_end(ends, now.on, terms.frequency), ends, terms)
    earned = sum_of("interest") + now.accrued
    lines = _with_earned(planned, earned, late[0].line.starts_on, now.on, terms)
    last = late[-1].line.number
    new = [replace(line, number=last + line.number, fee=fee) for line in lines]
    new[0] = replace(new[0], fee=fee + sum_of("fee"), insurance=sum_of("insurance"))
    return Version(
        number,
        now.on,
        now.version,
        late[0].line.number - 1,
        (*map(_as_received, late), *new),
        "rescheduled",
        taken_in=len(late),
    )


def _as_received(late: InstalmentStanding) -> Scheduled:
    """The instalment as if it had asked for no more than it has received."""
    line, unpaid = late.line, late.unpaid
    return replace(
        line,
        interest=line.interest - unpaid.interest,
        principal=line.principal - unpaid.principal,
        fee=line.fee - unpaid.fee,
        insurance=line.insurance - unpaid.insurance,
        earlier=() if unpaid.interest else line.earlier,
    )


def _with_earned(
    lines: Sequence[Scheduled], earned: Money, since: date, until: date, terms: ServicingTerms
) -> list[Scheduled]:
    """Interest that is earned already, in equal parts on the lines."""
    shares = terms.rounding.spread(earned.minor, len(lines))
    return [
        replace(
            line,
            interest=line.interest + Money(share, terms.currency),
            earlier=(Earlier(Money(share, terms.currency), since, until),) if share > 0 else (),
        )
        for line, share in zip(lines, shares, strict=True)
    ]
