"""Money, ids and references."""

from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.series import LOANS, series_id
from aggregates.values import EXPONENTS, DifferentCurrencies, Money, derived, foreign_id, reference, sibling
from tests.stories import LOAN, eur, xof


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [("5000.00", "EUR", 500_000), ("5000", "EUR", 500_000), ("0.5", "EUR", 50), ("0", "XOF", 0),
     ("500000", "XOF", 500_000), ("9999999999999.99", "CDF", 999_999_999_999_999)],
)  # fmt: skip
def test_an_amount_is_read(written, currency, minor):
    assert Money.parse(written, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("written", "currency"),
    [("-1", "EUR"), ("+1", "EUR"), ("NaN", "EUR"), ("Infinity", "EUR"), ("1e400", "EUR"), ("1_000", "EUR"),
     ("٣٤", "EUR"), ("0.001", "EUR"), ("1.5", "XOF"), ("1.0", "XOF"), ("10000000000000", "EUR"), ("1,50", "EUR"),
     ("1 000", "EUR"), (" 1", "EUR"), ("1\n", "EUR"), ("01", "EUR"), (".5", "EUR"), ("5.", "EUR"), ("", "EUR"),
     ("0x10", "EUR"), ("１２", "EUR"), ("5000.00", "GBP"), ("5000.00", "eur"), ("5000.00", "")],
)  # fmt: skip
def test_what_is_no_amount(written, currency):
    """Reliability, failure 48."""
    with pytest.raises(ValueError, match=r"written like|one of"):
        Money.parse(written, currency)


@given(st.integers(0, 10**15 - 1), st.sampled_from(sorted(EXPONENTS)))
def test_writing_and_reading_are_each_others_reverse(minor, currency):
    money = Money(minor if EXPONENTS[currency] else minor // 100, currency)
    assert Money.parse(money.decimal(), currency) == money


def test_money_is_written_with_the_decimals_of_its_currency():
    assert [str(m) for m in (eur(5), eur(5_000_00), eur(-5), xof(500_000))] == [
        "0.05 EUR", "5000.00 EUR", "-0.05 EUR", "500000 XOF",
    ]  # fmt: skip


@pytest.mark.parametrize("minor", [1.0, True, "1", None])
def test_money_is_whole(minor):
    with pytest.raises(ValueError, match="not an amount"):
        Money(minor, "EUR")


def test_currencies_are_never_mixed():
    for mix in (
        lambda: eur(1) + xof(1),
        lambda: eur(1) - xof(1),
        lambda: eur(1) < xof(1),
        lambda: max(eur(1), xof(2)),
    ):
        with pytest.raises(DifferentCurrencies):
            mix()
    assert eur(1) != xof(1)


def test_amounts_add_up():
    assert Money.total([eur(1), eur(2)], "EUR") == eur(3)
    assert Money.total([], "XOF") == xof(0)
    assert -eur(5) + eur(5) == eur(0)
    assert not eur(0)
    assert eur(1) <= eur(1) < eur(2)


def test_ids_from_outside_are_random_and_ours_are_derived():
    seven = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert foreign_id(seven) == seven
    assert foreign_id(LOAN) == LOAN
    for occupied in (uuid5(NAMESPACE_URL, "x"), UUID(int=0), UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")):
        with pytest.raises(ValueError, match="version 4 or 7"):
            foreign_id(occupied)
    assert derived(LOAN, "contract") == derived(LOAN, "contract") != derived(uuid4(), "contract")


def test_people_see_references():
    assert reference("L", 2026, 123) == "L-2026-000123"
    assert sibling("L-2026-000123", "K") == "K-2026-000123"


def test_a_series_is_a_stream_a_year():
    assert series_id(LOANS, 2026) == series_id(LOANS, 2026) != series_id(LOANS, date(2027, 1, 1).year)
