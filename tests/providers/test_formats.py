"""How figures and dates are written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from aggregates.values import EXPONENTS, Money
from providers.rendering import formats


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        ("5000.00 EUR", "5\u202f000,00\u00a0€", "€5,000.00"),
        ("500000 XOF", "500\u202f000\u00a0F\u00a0CFA", "XOF\u00a0500,000"),
        ("0.05 EUR", "0,05\u00a0€", "€0.05"),
        ("1234567.89 CAD", "1\u202f234\u202f567,89\u00a0$\u00a0CA", "CA$1,234,567.89"),
        ("999 XAF", "999\u00a0F\u00a0CFA", "XAF\u00a0999"),
    ],
)
def test_an_amount_in_both_languages(amount, french, english):
    assert (formats.money(amount), formats.money(amount, "en")) == (french, english)


def test_every_currency_that_we_handle_can_be_written():
    for currency in EXPONENTS:
        assert formats.money(Money(1, currency))
        assert formats.money(Money(1, currency), "en")
        assert formats.unit(Money(1, currency))


def test_a_negative_amount_has_a_real_minus():
    assert formats.figures(Money(-1050, "EUR")) == "−10,50"


def test_a_day_in_both_languages():
    assert formats.day(date(2026, 5, 4)) == "4\u00a0mai\u00a02026"
    assert formats.day("2026-08-01") == "1er\u00a0août\u00a02026"
    assert formats.day("2026-08-01", "en") == "1\u00a0August\u00a02026"
    assert formats.short_day(date(2026, 5, 4)) == "04/05/2026"


def test_a_moment_is_told_by_the_wall_of_its_reader():
    at = datetime(2026, 5, 11, 22, 30, tzinfo=UTC)
    assert formats.moment(at, "Europe/Paris") == "12\u00a0mai\u00a02026 à\u00a000:30"
    assert formats.moment(at, "Africa/Abidjan", "en") == "11\u00a0May\u00a02026 at\u00a022:30"


def test_a_percentage_has_two_decimals():
    assert (formats.percent(600), formats.percent(1956, "en"), formats.percent(5)) == (
        "6,00\u202f%",
        "19.56%",
        "0,05\u202f%",
    )


def test_figures_that_somebody_typed_stay_on_one_line():
    assert formats.unbroken("RCS Paris 904 512 336") == "RCS Paris 904\u202f512\u202f336"
    assert formats.unbroken("SAS au capital de 250 000 €") == "SAS au capital de 250\u202f000\u202f€"
    assert formats.unbroken("14 rue du 11 novembre") == "14 rue du 11 novembre"


def test_an_address_of_several_lines_fits_on_one():
    assert formats.inline("14 quai Saint-Antoine,\n\n 69002 Lyon \n") == "14 quai Saint-Antoine, 69002 Lyon"


def test_a_country_where_we_do_not_work_keeps_its_code():
    assert (formats.country("CI"), formats.country("XX")) == ("Côte d’Ivoire", "XX")
