"""The register of index values, as people read it."""

from datetime import date

from aggregates.values import BasisPoints
from projections.index_rate_list import IndexRateList
from tests.stories import index_begun, index_value


def test_every_value_is_listed_and_says_what_took_its_place(screens):
    later = index_value.but(number=2, value=BasisPoints(-15), from_on=date(2026, 7, 1))
    right = index_value.but(number=3, value=BasisPoints(221), corrects=1, reason="Lu de travers.")
    screens.happened(index_begun, index_value, later, right)
    lines = screens.read(IndexRateList).entered()
    assert [(line.number, line.value, line.corrected_by, line.reason) for line in lines] == [
        (2, -15, None, None), (3, 221, None, "Lu de travers."), (1, 212, 3, None),
    ]  # fmt: skip
    assert {line.index_name for line in lines} == {"EURIBOR-3M"}
