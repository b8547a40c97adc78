"""The text of the guide: its template, with what the rules make of the examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from aggregates.rules.buckets import BUCKETS, Bucket
from aggregates.rules.ceilings import Band
from aggregates.rules.costs import Costs
from aggregates.rules.day_count import UNITS, DayCount
from aggregates.rules.early import Keeps
from aggregates.rules.reallocated import Share
from aggregates.rules.terms import FirstPeriod
from providers.rendering.formats import figures, money, percent, short_day
from providers.rendering.templates import environment
from roles.guide.ceilings import Ceilings
from roles.guide.default import DueAtOnce, GivenBack
from roles.guide.drawing import Picture
from roles.guide.early import Early
from roles.guide.late import Arrears, Lateness, Portfolio, TakenIn, rates_by_bucket
from roles.guide.loans import (
    DAY_COUNTS,
    DAYS_OF_A_MONTH,
    FREQUENCIES,
    HAND,
    LONG,
    MONTHS_OF_A_YEAR,
    DayCounts,
    DueDays,
    FirstPeriods,
    Rates,
    Variants,
    decimals,
    percent_of,
)
from roles.guide.received import COMPONENTS, Allocation, LearntLate, Waiting
from roles.guide.sources import DECISIONS, SOURCES

TEMPLATE: Final = "guide/calculer-un-pret.md"
_COUNTED: Final[dict[DayCount, str]] = {
    "30E/360": "30/360 (européen)",
    "ACT/365F": "exact/365",
    "ACT/ACT-ISDA": "exact/exact (ISDA)",
}
"""As the screens call them."""
_POWERS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_WAYS: Final[dict[FirstPeriod, str]] = {
    "with-first": "avec la première échéance",
    "at-payout": "au déblocage",
    "spread": "répartis sur toutes les échéances",
    "waived": "offerts",
}
_CHOICES: Final[dict[Keeps, str]] = {
    "lower-instalment": "en réduisant l’échéance",
    "same-instalment": "en réduisant la durée",
}
_ORDER: Final = [*COMPONENTS, "refund", "claim", "recovery", None]
_OF: Final = {"interest": "d’intérêts", "principal": "de capital"}
_BUCKETS: Final[dict[Bucket, str]] = {
    "current": "à jour",
    **{bucket: f"{bucket.replace('-', ' à ')} jours" for bucket in BUCKETS[1:-1]},
    BUCKETS[-1]: f"plus de {BUCKETS[-1].removesuffix('+')} jours",
}


def text(pictures: Mapping[str, Picture]) -> str:
    """The whole page; what a picture shows is said beside it in words."""
    early, news = Early(), LearntLate()
    return environment("fr", escape=False).get_template(TEMPLATE).render(
        hand=HAND,
        long=LONG,
        counts=DayCounts(),
        due_days=DueDays(),
        first=FirstPeriods(),
        variants=Variants(),
        rates=Rates(),
        ceilings=Ceilings(),
        allocation=Allocation(),
        waiting=Waiting(),
        news=news,
        receipt_days={fact.number: fact.on for fact in (news.first, news.known, news.learnt)},
        early=early,
        lateness=Lateness(),
        arrears=Arrears(),
        taken_in=TakenIn(),
        at_once=DueAtOnce(),
        given_back=GivenBack(),
        provision_rates=rates_by_bucket(Arrears.provisions),
        portfolio=Portfolio(),
        pictures=pictures,
        sources=SOURCES,
        decisions=DECISIONS,
        day_counts=DAY_COUNTS,
        counted=_COUNTED,
        units=UNITS,
        days_of_a_month=DAYS_OF_A_MONTH,
        months_a_year=MONTHS_OF_A_YEAR,
        components=COMPONENTS,
        of=_OF,
        frequencies=FREQUENCIES,
        ways=_WAYS,
        choices=_CHOICES,
        buckets=_BUCKETS,
        table=_table,
        totals=_totals,
        band=_band,
        shares=_shares,
        growth=_growth,
        power=_power,
        exact=_exact,
        decimals=decimals,
        percent_of=percent_of,
    )  # fmt: skip


# ── pieces of it ───────────────────────────────────────────────────────────


def _table(costs: Costs) -> str:
    """A schedule, with what is owed before and after each instalment."""
    rows = [
        "| échéance | le | capital dû | intérêts | capital | échéance | capital restant dû |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    owed = [costs.principal, *costs.remaining]
    for line, before, after in zip(costs.lines, owed, owed[1:], strict=False):
        amounts = (before, line.interest, line.principal, line.total, after)
        cells = [str(line.number), short_day(line.due_on), *map(figures, amounts)]
        rows.append(f"| {' | '.join(cells)} |")
    sums = (costs.interest, costs.principal, costs.total)
    rows.append(f"| | | | {' | '.join(f'**{figures(amount)}**' for amount in sums)} | |")
    return "\n".join(rows)


def _totals(costs: Costs) -> str:
    """The rest of a row: each instalment, the cost and the annual percentage rate."""
    cells = [*(figures(line.total) for line in costs.lines), figures(costs.cost), percent(costs.apr)]
    return f" {' | '.join(cells)} |"


def _band(band: Band) -> str:
    if band.above is None and band.up_to is not None:
        return f"jusqu’à {money(band.up_to)}"
    if band.above is not None and band.up_to is not None:
        return f"de plus de {money(band.above)} à {money(band.up_to)}"
    return f"plus de {money(band.above)}" if band.above is not None else "tout montant"


def _shares(shares: Iterable[Share]) -> str:
    """What a receipt paid, in a cell."""
    ordered = sorted(shares, key=lambda share: (share.number, _ORDER.index(share.what)))
    said = [
        f"échéance {share.number}, {COMPONENTS[share.what]} : {figures(share.amount)}"
        if share.what in COMPONENTS
        else f"en attente : {figures(share.amount)}"
        for share in ordered
    ]
    return "<br>".join(said) or "inconnu"


def _growth(hundredths: int) -> str:
    """``1,09`` for 9 %."""
    return decimals(1 + Fraction(hundredths, 10_000), 2)


def _power(exponent: int) -> str:
    return "" if exponent == 1 else "".join(_POWERS[int(digit)] for digit in str(exponent))


def _exact(minor: Fraction, places: int = 6) -> str:
    """An exact number of minor units in euros, with more decimals than it will keep."""
    return decimals(Fraction(minor) / 100, places)
