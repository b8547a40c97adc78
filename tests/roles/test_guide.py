"""The guide: no number of it was typed, each calculation that it shows is right, and it is found out when it is stale."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from aggregates.rules.early import EarlyFee
from aggregates.values import BasisPoints
from providers.rendering.templates import TEMPLATES
from roles import asvs, guide, openapi, permissions
from roles import map as drawn_map
from roles.guide.ceilings import Ceilings
from roles.guide.drawing import STYLE, WIDTH
from roles.guide.early import Early
from roles.guide.loans import HAND, HandLoan, Rates
from roles.guide.pictures import PICTURES
from roles.guide.received import Allocation
from roles.guide.text import TEMPLATE
from roles.verbs import app

PICTURED = {name: draw() for name, draw in PICTURES.items()}
PAGE = guide.whole()[guide.FOLDER / guide.PAGE]
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
NUMBER = r"[0-9](?:[0-9\u202f]*[0-9])?(?:,[0-9]+)?(?:\u202f%)?"
CALCULATION = rf"((?:{NUMBER} [×÷+−] )+{NUMBER})"
NO_NUMBERS = ("python3", "1 ÷ (1 + )", "(1 + TAEG)")
"""What has a digit in the template: a program, and the one of a formula."""
AMOUNTS = rf" ({NUMBER}) \|"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A guide of its own, just written."""
    monkeypatch.setattr(guide, "FOLDER", tmp_path)
    guide.show(write=True)
    return tmp_path


# ── stale or fresh ─────────────────────────────────────────────────────────


def test_the_guide_says_what_the_rules_say() -> None:
    assert guide.is_fresh()


def test_one_digit_that_somebody_changed_is_found_out_and_written_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in (asvs, drawn_map, openapi, permissions):
        monkeypatch.setattr(other, "is_fresh", lambda: True)
    assert CliRunner().invoke(app, ["fresh"]).exit_code == 0
    page = folder / guide.PAGE
    page.write_text(page.read_text().replace("307,54", "307,45", 1))
    found = CliRunner().invoke(app, ["fresh"])
    assert (found.exit_code, "guide --write" in found.output) == (1, True)
    assert CliRunner().invoke(app, ["guide", "--write"]).exit_code == 0
    assert CliRunner().invoke(app, ["fresh"]).exit_code == 0


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_that_somebody_changed_or_took_away_is_found_out(folder: Path, name: str) -> None:
    picture = folder / guide.SHOWN / f"{name}.svg"
    picture.write_text(picture.read_text().replace("</svg>", "<rect/></svg>"))
    assert not guide.is_fresh()
    picture.unlink()
    assert not guide.is_fresh()


def test_a_picture_that_is_shown_no_more_is_found_out_and_goes(folder: Path) -> None:
    stale = folder / guide.SHOWN / "ancienne.svg"
    stale.write_text("<svg/>")
    assert not guide.is_fresh()
    guide.show(write=True)
    assert not stale.exists()


def test_another_rate_is_another_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HandLoan, "rate", BasisPoints(1_800))
    assert not guide.is_fresh()


# ── no number was typed ────────────────────────────────────────────────────


def test_every_number_comes_from_the_rules() -> None:
    template = (TEMPLATES / TEMPLATE).read_text()
    own = re.sub("|".join(map(re.escape, NO_NUMBERS)), "", JINJA.sub("", template))
    assert re.findall(r".*[0-9].*", own) == [], "a number stands in the text itself"
    said = [word for part in JINJA.findall(template) for word in re.findall(r"'[^']*'|\"[^\"]*\"", part)]
    assert [word for word in said if re.search("[0-9]", word)] == [], (
        "a number is written in a variable's place"
    )


# ── what is shown can be followed ──────────────────────────────────────────


def value(written: str) -> Fraction:
    """A number as it is written in French: ``1 200,00``, ``12,00 %``."""
    percent = written.endswith("%")
    number = Fraction(re.sub("[\u202f\u00a0%]", "", written).replace(",", "."))
    return number / 100 if percent else number


def worked_out(calculation: str) -> Fraction:
    """From left to right, products before sums."""
    total, term, sign = Fraction(0), Fraction(1), "×"
    plus = 1
    for token in calculation.split(" "):
        if token in "×÷":
            sign = token
        elif token in "+−":
            total, term, sign = total + plus * term, Fraction(1), "×"
            plus = 1 if token == "+" else -1
        else:
            term = term * value(token) if sign == "×" else term / value(token)
    return total + plus * term


def written_as(exact: Fraction, shown: str) -> bool:
    """Whether a number is shown with the decimals that it has, within half of the last one."""
    places = len(shown.partition(",")[2].removesuffix("\u202f%"))
    step = Fraction(1, 10**places) / (100 if shown.endswith("%") else 1)
    return abs(exact - value(shown)) <= step / 2


def test_each_calculation_comes_to_what_is_written_behind_it() -> None:
    found = re.findall(rf"{CALCULATION} =\s({NUMBER})", PAGE)
    assert ([each for each in found if not written_as(worked_out(each[0]), each[1])], len(found)) == ([], 9)


def test_each_penalty_is_the_one_of_its_days_and_at_most_the_cap() -> None:
    found = re.findall(rf"\| (?:plafond\u00a0: )?{CALCULATION} \| ({NUMBER}) \|", PAGE)
    assert ([each for each in found if not written_as(worked_out(each[0]), each[1])], len(found)) == ([], 4)


def test_what_is_due_at_once_adds_up_and_its_indemnity_is_rounded_down() -> None:
    ((calculation, indemnity),) = re.findall(
        rf"\| {CALCULATION}, au centime inférieur \| ({NUMBER}) \|", PAGE
    )
    assert value(indemnity) == Fraction(worked_out(calculation) * 100 // 1, 100)
    table = PAGE[PAGE.index("| en retard | échéances") : PAGE.index("Si l’on apprend plus tard")]
    *parts, total = re.findall(rf"({NUMBER})(?:\*\*)? \|\n", table)
    assert (len(parts), sum(map(value, parts))) == (4, value(total))


def test_what_comes_back_after_stepping_back_is_the_capital_and_the_interest_of_its_days() -> None:
    rows = re.findall(rf"\d{{4}} \| (\d+) \| ({NUMBER}) \| ({NUMBER}) \| ({NUMBER}) \|\n", PAGE)
    assert len(rows) == 4
    for days, capital, interest, total in rows:
        assert written_as(value(capital) * Fraction(12, 100) * int(days) / 360, interest)
        assert value(capital) + value(interest) == value(total)


def test_the_calculations_of_time_come_to_their_interest() -> None:
    rows = re.findall(r"\d\d/\d\d/\d{4} \| \d\d/\d\d/\d{4} \|(.*)\|", PAGE)
    cells = [cell.strip() for row in rows for cell in row.split(" | ")]
    of_time = [(time, cost) for time, cost in zip(cells[::2], cells[1::2], strict=True) if "÷" in time]
    assert len(of_time) == 9
    for time, cost in of_time:
        assert written_as(
            10_000 * Fraction(6, 100) * worked_out(time.replace("\u00a0", " ")), cost.removesuffix("\u00a0€")
        )


def test_each_line_of_a_schedule_adds_up() -> None:
    rows = re.findall(rf"^\| \d \| [\d/]+ \|{AMOUNTS * 5}$", PAGE, re.MULTILINE)
    assert len(rows) == 4 * HAND.periods
    for row in rows:
        owed, interest, principal, total, left = map(value, row)
        assert (interest + principal, owed - principal) == (total, left)


def test_the_constant_instalment_is_the_one_that_the_discounted_euros_give() -> None:
    assert round(HAND.level) == HAND.costs.lines[0].total.minor


def test_the_annual_rates_are_those_of_the_reference() -> None:
    """Worked out by others: reference/lending-rules.md, APR, and Directive 2008/48/EC, Annex I (6,000 over four years)."""
    rates = Rates()
    assert rates.by_year.hundredths == 900
    assert [costs.apr for _, costs in rates.known] == [617, 775, 1956]


@pytest.mark.parametrize("name", ["by_year", "with_fee", "without_fee"])
def test_everything_paid_is_worth_what_was_received_on_the_first_day(name: str) -> None:
    equation = getattr(Rates(), name)
    owed = sum(each.worth for each in equation.discounted) - equation.received.minor
    assert abs(owed) < Decimal("1e-6")
    assert equation.at(equation.hundredths - 100) > equation.received > equation.at(equation.hundredths + 100)


def test_a_receipt_is_shown_to_its_last_cent() -> None:
    told = Allocation()
    assert told.steps[-1][2].minor == told.after.unallocated.minor == 0
    assert sum(part.amount.minor for part in told.parts_by_component) == told.receipt.amount.minor


def test_the_fee_of_an_early_repayment_is_the_least_of_its_limits() -> None:
    for shown in Early().limits:
        assert shown.fee == min(shown.by_product, shown.by_cap, shown.interest_left)
    least = [
        [shown.by_product, shown.by_cap, shown.interest_left].index(shown.fee) for shown in Early().limits
    ]
    assert set(least) == {1, 2}, "both limits are seen at work"
    assert EarlyFee().cap == Early().limits[0].cap


def test_one_loan_is_above_its_ceiling_and_said_to_be() -> None:
    told = Ceilings()
    assert [each.costs.apr > each.ceiling.rate for each in told.looked_at] == [
        not each.is_allowed for each in told.looked_at
    ]
    assert PAGE.count("**refusé**") == 1


# ── the pictures ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_in_words_what_it_shows_there_and_on_the_page(name: str) -> None:
    picture = PICTURED[name]
    assert f"![{picture.title}]({guide.SHOWN}/{name}.svg)" in PAGE
    title = ElementTree.fromstring(picture.svg()).find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == picture.title


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_drawn_outside_of_its_paper(name: str) -> None:
    picture = PICTURED[name]
    for part in ElementTree.fromstring(picture.svg()).iter():
        at = {key: float(part.get(key, 0)) for key in ("x", "y", "width", "height", "x1", "x2", "y1", "y2")}
        assert min(at.values()) >= 0, part.attrib
        assert max(at["x"] + at["width"], at["x1"], at["x2"]) <= WIDTH, part.attrib
        assert max(at["y"] + at["height"], at["y1"], at["y2"]) <= picture.height, part.attrib


@pytest.mark.parametrize("name", PICTURES)
def test_whatever_is_drawn_has_a_colour_in_the_light_and_in_the_dark(name: str) -> None:
    light, dark = STYLE.split("@media")
    used = {word for said in re.findall(r'class="([^"]+)"', PICTURED[name].svg()) for word in said.split(" ")}
    for word in used - {"path", "head", "small"}:
        assert f".{word}{{" in light
        assert f".{word}{{" in dark


@pytest.mark.parametrize("theme", [0, 1])
def test_what_is_drawn_stands_out_from_its_paper(theme: int) -> None:
    """At least 3:1 for surfaces that say something, 4.5:1 for words: WCAG 2.2, 1.4.11 and 1.4.3, read 2026-11-22."""
    style = STYLE.split("@media")[theme]
    fills = dict(re.findall(r"(?:\.)?(\w+)\{[^}]*?fill:(#[0-9a-f]+)", style))
    paper = fills.pop("paper")
    for word, least in {
        "principal": 3,
        "interest": 3,
        "penalty": 3,
        "fee": 3,
        "insurance": 3,
        "dim": 4.5,
    }.items():
        assert contrast(fills[word], paper) >= least, word
    assert contrast(fills["text"], paper) >= 4.5


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
