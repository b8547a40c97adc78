"""Bands of amounts, days, and the ceilings that were published."""

from datetime import date

import pytest

from aggregates.legal_rates import LegalRates
from aggregates.rules.ceilings import AboveRateCeiling, Band, CeilingNotEntered, LegalRate, keep_below
from aggregates.rules.law import LAWS
from aggregates.rules.published_rates import PUBLISHED
from aggregates.values import BasisPoints, Money
from tests.stories import ADMIN, FRENCH_CEILING, eur

LOW, MIDDLE, HIGH = Band(None, eur(3_000_00)), Band(eur(3_000_00), eur(6_000_00)), Band(eur(6_000_00), None)
APRIL, JUNE = date(2026, 4, 1), date(2026, 6, 30)


def rate(from_on: date, until_on: date | None, band: Band = MIDDLE) -> LegalRate:
    return LegalRate(BasisPoints(1_587), from_on, "Journal officiel", until_on, band)


def test_the_upper_amount_is_within_and_the_lower_is_not():
    assert [band.holds(eur(3_000_00)) for band in (LOW, MIDDLE, HIGH)] == [True, False, False]
    assert [band.holds(eur(3_000_01)) for band in (LOW, MIDDLE, HIGH)] == [False, True, False]
    assert [band.holds(eur(6_000_01)) for band in (LOW, MIDDLE, HIGH)] == [False, False, True]
    assert Band().holds(eur(1))


def test_bands_that_only_touch_do_not_meet():
    assert not any(
        one.meets(other) for one, other in ((LOW, MIDDLE), (MIDDLE, LOW), (MIDDLE, HIGH), (LOW, HIGH))
    )
    assert all(
        one.meets(other) for one, other in ((LOW, LOW), (Band(), MIDDLE), (HIGH, Band()), (Band(), Band()))
    )
    assert MIDDLE.meets(Band(eur(5_999_99), eur(9_000_00)))


@pytest.mark.parametrize(
    ("from_on", "until_on", "meet"),
    [
        (date(2026, 7, 1), None, False),
        (date(2026, 1, 1), date(2026, 3, 31), False),
        (JUNE, None, True),
        (date(2026, 1, 1), APRIL, True),
        (date(2026, 5, 1), date(2026, 5, 2), True),
        (date(2026, 1, 1), None, True),
        (date(2026, 5, 1), date(2026, 4, 30), False),
    ],
)
def test_rates_meet_when_some_day_is_in_both(from_on, until_on, meet):
    ours, other = rate(APRIL, JUNE), rate(from_on, until_on)
    assert ours.meets(other) is meet
    assert other.meets(ours) is meet
    assert not ours.meets(rate(from_on, until_on, HIGH))


def test_a_loan_may_cost_exactly_the_ceiling():
    keep_below(FRENCH_CEILING, "fr-consumer", eur(5_000_00), 1_587)
    with pytest.raises(AboveRateCeiling) as refused:
        keep_below(FRENCH_CEILING, "fr-consumer", eur(5_000_00), 1_588)
    assert "15.88 % a year is above the 15.87 % of fr-consumer" in str(refused.value)
    assert refused.value.figures == {
        "law": "fr-consumer", "amount": 5_000_00, "currency": "EUR", "apr": 1_588, "ceiling": 1_587,
        "source": FRENCH_CEILING.source, "from_on": "2026-04-01", "until_on": "2026-06-30",
    }  # fmt: skip


@pytest.mark.parametrize("law", LAWS)
def test_a_law_with_ceilings_lets_nothing_pass_while_none_is_known(law):
    if LAWS[law].ceilings_in is None:
        keep_below(None, law, eur(5_000_00), 9_999)
        return
    with pytest.raises(CeilingNotEntered) as refused:
        keep_below(None, law, eur(5_000_00), 0)
    assert refused.value.figures == {"law": law, "amount": 5_000_00, "currency": "EUR"}


# ── what was published ─────────────────────────────────────────────────────


def published(law: str) -> LegalRates:
    rates = LegalRates.begin_for(law)
    rates.take(PUBLISHED[law], ADMIN)
    return rates


@pytest.mark.parametrize("law", PUBLISHED)
def test_no_published_rate_meets_another(law):
    rates = PUBLISHED[law]
    assert not [(one, other) for one in rates for other in rates if one is not other and one.meets(other)]
    assert len(published(law).rates) == len(rates)


@pytest.mark.parametrize(
    ("law", "amount", "on", "percent"),
    [
        ("fr-consumer", Money(3_000_00, "EUR"), date(2026, 1, 1), 23_56),
        ("fr-consumer", Money(5_000_00, "EUR"), date(2026, 3, 31), 15_87),
        ("fr-consumer", Money(6_000_01, "EUR"), date(2026, 2, 14), 8_67),
        ("fr-consumer", Money(5_000_00, "EUR"), date(2026, 4, 1), None),
        ("umoa-bank", Money(1, "XOF"), date(2026, 5, 31), 15_00),
        ("umoa-bank", Money(10_000_000, "XOF"), date(2026, 6, 1), 14_00),
        ("umoa-microfinance", Money(500_000, "XOF"), date(2026, 11, 22), 24_00),
        ("qc-consumer", Money(5_000_00, "CAD"), date(2026, 11, 22), 35_00),
    ],
)
def test_the_ceilings_of_the_rules_of_lending(law, amount, on, percent):
    """Source: rules of lending, ceilings; read 2026-11-22."""
    found = published(law).ceiling_for(amount, on)
    assert (found and found.rate) == percent
    assert found is None or (found.law, found.country) == (law, LAWS[law].country)


def test_the_table_is_of_the_laws_that_have_ceilings():
    assert set(PUBLISHED) == {law for law, regime in LAWS.items() if regime.ceilings_in}
