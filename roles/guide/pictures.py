"""The pictures of the guide, each drawn from what the rules make of its loan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final

from aggregates.rules.costs import Costs
from aggregates.rules.scheduled import Scheduled
from aggregates.rules.standing import Part
from aggregates.rules.terms import Kind
from aggregates.values import Money
from providers.rendering.formats import money, percent, short_day
from roles.guide.drawing import WIDTH, Ink, Picture, Scale
from roles.guide.early import KEEPS, Early
from roles.guide.late import Arrears
from roles.guide.loans import HAND, KINDS, LONG, Rates
from roles.guide.received import COMPONENTS, Allocation

CHOSEN: Final = ("path principal", "path fee")
"""The lines of what an early repayment in part may do, as in KEEPS."""
GAP: Final = 2
"""Between two surfaces that touch."""
INKS: Final[dict[str, Ink]] = {
    "penalty": "penalty",
    "fee": "fee",
    "insurance": "insurance",
    "interest": "interest",
    "principal": "principal",
}


def whole(units: int) -> Money:
    return Money(units * 100, "EUR")


# ── interest and principal over the life ───────────────────────────────────


def interest_and_principal() -> Picture:
    """What each instalment of the longer loan pays."""
    lines = LONG.lines
    first, last = lines[0], lines[-1]
    picture = Picture(
        330,
        f"Les {len(lines)} échéances d’un prêt de {money(LONG.principal)} à {percent(LONG.rate)} : la première porte"
        f" {money(first.interest)} d’intérêts et {money(first.principal)} de capital, la dernière"
        f" {money(last.interest)} et {money(last.principal)}.",
    )
    picture.legend(24, 30, [("principal", "capital"), ("interest", "intérêts")])
    x = Scale((0, len(lines)), (64, WIDTH - 20))
    y = Scale((0, 30_000), (272, 52))
    _levels(picture, y, (0, 50, 100, 150, 200, 250, 300), 64)
    for place, line in enumerate(lines):
        left, width = x(place) + GAP / 2, x(1) - x(0) - GAP
        between = y(line.principal.minor)
        picture.bar("principal", left, between, width, y(0) - between)
        top = y(line.total.minor)
        picture.bar("interest", left, top, width, between - top - GAP)
        if line.number == 1 or line.number % 12 == 0:
            picture.words(left + width / 2, 292, str(line.number), "dim small", "middle")
    picture.words(WIDTH - 20, 314, "numéro de l’échéance", "dim small", "end")
    return picture


# ── the four kinds ─────────────────────────────────────────────────────────


def kinds() -> Picture:
    """What is owed in each period, and what bears interest in it."""
    said = ", ".join(f"{KINDS[kind]} {money(costs.interest)}" for kind, costs in HAND.kinds.items())
    picture = Picture(
        300,
        f"Capital restant dû pendant chacun des {HAND.periods} mois du même prêt, et intérêts qui en résultent : {said}.",
    )
    picture.legend(
        24, 30, [("principal", "capital restant dû"), ("muted", "remboursé, mais porte encore intérêt")]
    )
    width = (WIDTH - 48 - 3 * 24) / 4
    for place, (kind, costs) in enumerate(HAND.kinds.items()):
        _kind(picture, 24 + place * (width + 24), width, kind, costs)
    return picture


def _kind(picture: Picture, left: float, width: float, kind: Kind, costs: Costs) -> None:
    y = Scale((0, HAND.principal.minor), (230, 66))
    x = Scale((0, HAND.periods), (left, left + width))
    owed = [HAND.principal, *costs.remaining[:-1]]
    for place, amount in enumerate(owed):
        start, across = x(place) + GAP / 2, x(1) - x(0) - GAP
        top = y(amount.minor)
        if kind == "flat":
            picture.bar("muted", start, y(HAND.principal.minor), across, top - y(HAND.principal.minor) - GAP)
        picture.bar("principal", start, top, across, y(0) - top)
    picture.line("axis", (left, y(0)), (left + width, y(0)))
    picture.words(left, 252, KINDS[kind], "head")
    picture.words(left, 274, f"{money(costs.interest)} d’intérêts", "dim")


# ── the annual percentage rate ─────────────────────────────────────────────


def discounted() -> Picture:
    """Payments a year apart, and what each is worth on the first day."""
    equation = Rates().by_year
    values = " + ".join(money(each.value) for each in equation.discounted)
    picture = Picture(
        320,
        f"{money(equation.received)} reçus, puis des paiements annuels de {money(equation.discounted[0].amount)} ; au"
        f" TAEG de {percent(equation.hundredths)} leurs valeurs au premier jour, {values}, font {money(equation.worth)}.",
    )
    picture.legend(24, 30, [("principal", "valeur au premier jour"), ("muted", "ce que le temps en retire")])
    x = Scale((0, equation.received.minor), (24, WIDTH - 24))
    for place, each in enumerate(equation.discounted, 1):
        y, worth, whole = 16 + 34 * place, x(each.value.minor), x(each.amount.minor)
        picture.bar("principal", 24, y, worth - 24 - GAP, 24)
        picture.bar("muted", worth, y, whole - worth, 24)
        picture.words(whole + 16, y + 17, _years(place), "dim")
        picture.words(whole + 130, y + 17, f"{money(each.amount)} × {each.discount} =")
        picture.words(whole + 400, y + 17, money(each.value), "head", "end")
    at = 0
    for each in equation.discounted:
        picture.bar("principal", x(at), 212, x(each.value.minor) - x(0) - GAP, 24)
        at += each.value.minor
    picture.words(24, 204, f"mis bout à bout : {money(equation.worth)}", "dim")
    picture.words(24, 268, f"reçu le premier jour : {money(equation.received)}", "dim")
    picture.bar("fee", 24, 276, x(equation.received.minor) - 24, 24)
    return picture


def _years(count: int) -> str:
    return "un an plus tard" if count == 1 else f"{count} ans plus tard"


# ── the allocation of a receipt ────────────────────────────────────────────


def allocation() -> Picture:
    """What one receipt pays, instalment by instalment and by component."""
    told = Allocation()
    said = ", ".join(f"{COMPONENTS[p.what]} n° {p.number} : {money(p.amount)}" for p in told.parts)
    picture = Picture(330, f"Imputation d’un encaissement de {money(told.receipt.amount)} : {said}.")
    picture.legend(24, 30, [(INKS[what], COMPONENTS[what]) for what in COMPONENTS])
    x = Scale((0, told.receipt.amount.minor), (24, WIDTH - 24))
    picture.words(
        24, 62, f"Encaissement du {short_day(told.receipt.on)} : {money(told.receipt.amount)}", "head"
    )
    _strip(picture, x, 72, told.parts, 34)
    at = 0
    for place, number in enumerate(sorted({part.number for part in told.parts})):
        parts = [part for part in told.parts if part.number == number]
        paid = sum(part.amount.minor for part in parts)
        picture.path(
            "lead", [(x(at), 112), (x(at), 122), (x(at + paid) - GAP, 122), (x(at + paid) - GAP, 112)]
        )
        _instalment(picture, told, number, parts, 24 + place * (WIDTH / 2))
        at += paid
    return picture


def _strip(picture: Picture, x: Scale, y: float, parts: Iterable[Part], height: float) -> None:
    at = 0
    for part in parts:
        start, end = x(at), x(at + part.amount.minor)
        picture.bar(INKS[part.what], start, y, max(1.5, end - start - GAP), height)
        at += part.amount.minor


def _instalment(picture: Picture, told: Allocation, number: int, parts: list[Part], left: float) -> None:
    picture.words(left, 150, f"Échéance {number}, {told.days_late(number)} jours de retard", "head")
    y = 176
    for part in parts:
        owed = getattr(told.before.instalments[number - 1].unpaid, part.what)
        rest = "" if owed == part.amount else f" sur {money(owed)}"
        picture.bar(INKS[part.what], left, y - 10, 11, 11)
        picture.words(left + 18, y, COMPONENTS[part.what])
        picture.words(left + 178, y, money(part.amount), "head", "end")
        picture.words(left + 184, y, rest.strip(), "dim small")
        y += 24
    total = Money.total((part.amount for part in parts), "EUR")
    picture.line("axis", (left, y - 12), (left + 178, y - 12))
    picture.words(left + 178, y + 6, money(total), "head", "end")


# ── early repayment ────────────────────────────────────────────────────────


def early() -> Picture:
    """What is owed as agreed, and after a repayment in part of either kind."""
    told = Early()
    ends = " ; ".join(
        f"{KEEPS[keeps]}, fin le {short_day(part.version.lines[-1].due_on)}"
        for keeps, part in told.parts.items()
    )
    picture = Picture(
        330,
        f"Capital restant dû du prêt de {money(LONG.principal)}, et après un remboursement anticipé de"
        f" {money(told.amount)} le {short_day(told.on)} : {ends}.",
    )
    ends_on = LONG.lines[-1].due_on
    x = Scale((LONG.payout_on.toordinal(), ends_on.toordinal()), (76, WIDTH - 24))
    y = Scale((0, LONG.principal.minor), (274, 60))
    _levels(picture, y, (0, 5_000, 10_000, 15_000), 76)
    _months(picture, x, LONG.payout_on, ends_on, 294)
    picture.path("path interest", _steps(x, y, LONG.payout_on, LONG.principal, LONG.lines), dashed=True)
    before = [line for line in LONG.lines if line.due_on < told.on]
    owed = LONG.principal - Money.total((line.principal for line in before), "EUR")
    for part, kind in zip(told.parts.values(), CHOSEN, strict=True):
        picture.path(kind, _steps(x, y, before[-1].due_on, owed, part.version.lines))
    picture.dot(
        "principal", x(told.on.toordinal()), y((owed - told.parts["same-instalment"].principal).minor)
    )
    _key(picture)
    return picture


def _key(picture: Picture) -> None:
    rows = [("path interest", "échéancier d’origine", True)]
    rows += [(kind, text, False) for kind, text in zip(CHOSEN, KEEPS.values(), strict=True)]
    left = 76.0
    for kind, text, dashed in rows:
        picture.path(kind, [(left, 26), (left + 24, 26)], dashed=dashed)
        picture.words(left + 32, 30, text, "dim")
        left += 32 + 7 * len(text) + 30


def _steps(
    x: Scale, y: Scale, start: date, owed: Money, lines: Iterable[Scheduled]
) -> list[tuple[float, float]]:
    points = [(x(start.toordinal()), y(owed.minor))]
    for line in lines:
        here = x(line.due_on.toordinal())
        points.append((here, y(owed.minor)))
        owed -= line.principal
        points.append((here, y(owed.minor)))
    return points


# ── days past due ──────────────────────────────────────────────────────────


def days_past_due() -> Picture:
    """The days past due of every day, in the buckets."""
    told = Arrears()
    picture = Picture(
        360,
        f"Jours de retard au soir de chaque jour : ils montent d’un par jour jusqu’à {told.most}, et redescendent quand"
        f" l’échéance la plus ancienne est payée, les {', '.join(short_day(r.on) for r in told.receipts[1:])}.",
    )
    first, last = HAND.payout_on, told.until
    x = Scale((first.toordinal(), last.toordinal()), (70, WIDTH - 24))
    y = Scale((0, 110), (300, 56))
    for level, text in ((0, "1–30"), (30, "31–60"), (60, "61–90"), (90, "90+")):
        picture.line("grid", (70, y(level)), (WIDTH - 24, y(level)))
        picture.words(60, y(level) + 4, str(level), "dim small", "end")
        picture.words(78, y(level + 12), text, "dim small")
    picture.words(24, 30, "Jours de retard", "head")
    picture.path("path penalty", [(x(day.toordinal()), y(days)) for day, days in told.every_day])
    for line in HAND.costs.lines:
        here = x(line.due_on.toordinal())
        picture.line("tick", (here, 294), (here, 306))
    for receipt in told.receipts:
        here = x(receipt.on.toordinal())
        standing = told.standing(receipt.on).days_past_due
        picture.dot("principal", here, y(standing))
    _months(picture, x, first, last, 322)
    picture.dot("principal", 190, 340)
    picture.words(200, 344, "une échéance est payée", "dim small")
    picture.line("tick", (380, 334), (380, 346))
    picture.words(388, 344, "une échéance tombe", "dim small")
    return picture


# ── what several of them need ──────────────────────────────────────────────


def _levels(picture: Picture, y: Scale, levels: Iterable[int], left: float) -> None:
    """Lines across, with their amounts in euros."""
    for level in levels:
        at = y(level * 100)
        picture.line("grid" if level else "axis", (left, at), (WIDTH - 20, at))
        picture.words(left - 8, at + 4, money(whole(level)).replace(",00", ""), "dim small", "end")


def _months(picture: Picture, x: Scale, first: date, last: date, y: float) -> None:
    """The beginnings of months, where there is room."""
    months = []
    day = first.replace(day=1)
    while day <= last:
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        if day <= last:
            months.append(day)
    for day in months[:: 1 if len(months) < 10 else 6]:
        picture.words(x(day.toordinal()), y, f"{day:%m/%Y}", "dim small", "middle")


PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    "interets-et-capital": interest_and_principal,
    "quatre-echeanciers": kinds,
    "taeg": discounted,
    "imputation": allocation,
    "remboursement-anticipe": early,
    "jours-de-retard": days_past_due,
}
"""By the name of the file, in the order of the guide."""
