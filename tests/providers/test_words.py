"""Amounts in French words."""

from __future__ import annotations

import pytest

from aggregates.values import EXPONENTS, Money
from providers.rendering.words import amount_in_words, in_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zéro"),
        (1, "un"),
        (16, "seize"),
        (17, "dix-sept"),
        (20, "vingt"),
        (21, "vingt et un"),
        (22, "vingt-deux"),
        (31, "trente et un"),
        (61, "soixante et un"),
        (70, "soixante-dix"),
        (71, "soixante et onze"),
        (77, "soixante-dix-sept"),
        (80, "quatre-vingts"),
        (81, "quatre-vingt-un"),
        (90, "quatre-vingt-dix"),
        (91, "quatre-vingt-onze"),
        (99, "quatre-vingt-dix-neuf"),
        (100, "cent"),
        (101, "cent un"),
        (180, "cent quatre-vingts"),
        (200, "deux cents"),
        (203, "deux cent trois"),
        (999, "neuf cent quatre-vingt-dix-neuf"),
        (1_000, "mille"),
        (1_001, "mille un"),
        (1_100, "mille cent"),
        (1_999, "mille neuf cent quatre-vingt-dix-neuf"),
        (2_000, "deux mille"),
        (5_000, "cinq mille"),
        (21_000, "vingt et un mille"),
        (80_000, "quatre-vingt mille"),
        (80_080, "quatre-vingt mille quatre-vingts"),
        (200_000, "deux cent mille"),
        (500_000, "cinq cent mille"),
        (1_000_000, "un million"),
        (1_000_001, "un million un"),
        (80_000_000, "quatre-vingts millions"),
        (200_000_000, "deux cents millions"),
        (2_001_000_000, "deux milliards un million"),
        (123_456_789, "cent vingt-trois millions quatre cent cinquante-six mille sept cent quatre-vingt-neuf"),
        (999_000_000_000_001, "neuf cent quatre-vingt-dix-neuf billions un"),
    ],
)  # fmt: skip
def test_numbers_are_spelled_as_notaries_spell_them(number, words):
    assert in_words(number) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("5000.00 EUR", "cinq mille euros"),
        ("1 EUR", "un euro"),
        ("0 EUR", "zéro euro"),
        ("1.01 EUR", "un euro et un centime"),
        ("221.60 EUR", "deux cent vingt et un euros et soixante centimes"),
        ("1000000 EUR", "un million d’euros"),
        ("1000001 EUR", "un million un euros"),
        ("2000000000 EUR", "deux milliards d’euros"),
        ("500000 XOF", "cinq cent mille francs CFA"),
        ("1000000 XOF", "un million de francs CFA"),
        ("45839 XAF", "quarante-cinq mille huit cent trente-neuf francs CFA"),
        ("2.50 CAD", "deux dollars canadiens et cinquante centimes"),
        ("80 USD", "quatre-vingts dollars des États-Unis"),
        ("0.05 EUR", "zéro euro et cinq centimes"),
    ],
)
def test_amounts_name_their_currency_in_the_right_number(amount, words):
    assert amount_in_words(Money.parse(*amount.split())) == words


def test_every_currency_that_we_handle_has_words():
    for currency in EXPONENTS:
        assert amount_in_words(Money(200, currency))


def test_no_two_numbers_sound_the_same():
    assert len({in_words(number) for number in range(20_000)}) == 20_000


@pytest.mark.parametrize("number", [-1, 10**15])
def test_what_cannot_be_spelled_is_an_error(number):
    with pytest.raises(ValueError, match="cannot be written"):
        in_words(number)
