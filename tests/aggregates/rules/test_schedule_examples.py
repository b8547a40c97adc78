"""Every kind × frequency × day count, beside what another tool says.

Source: QuantLib 1.44 (quantlib.org), run 2026-11-22. 5,000.00 EUR at 6 % lent on 15 December 2027, six periods, so that
they run into a leap year. Days by ``Schedule(start, end, tenor, NullCalendar, Unadjusted, Unadjusted, Forward, False)``,
times by ``Thirty360(European)``, ``Actual365Fixed`` and ``ActualActual(ISDA)``; the level of an annuity found by halving
160 times the interval in which the balance ends at nothing, balances walked in 50 digits; and the interest of each
period again by ``FixedRateLeg`` on these balances, within half a cent.
"""

from __future__ import annotations

from datetime import date

import pytest

from aggregates.rules.schedules import schedule
from aggregates.rules.terms import Terms
from aggregates.values import BasisPoints
from tests.stories import eur

EXAMPLES = {
    ("annuity", "weekly", "30E/360"): (
        [583, 486, 334, 292, 195, 97],
        [83082, 83179, 83331, 83373, 83470, 83565],
    ),
    ("annuity", "weekly", "ACT/365F"): (
        [575, 480, 384, 288, 192, 96],
        [83094, 83189, 83285, 83381, 83477, 83574],
    ),
    ("annuity", "weekly", "ACT/ACT-ISDA"): (
        [575, 480, 383, 287, 192, 96],
        [83094, 83189, 83286, 83382, 83477, 83572],
    ),
    ("annuity", "fortnightly", "30E/360"): (
        [1167, 904, 780, 544, 391, 209],
        [82832, 83095, 83219, 83455, 83608, 83791],
    ),
    ("annuity", "fortnightly", "ACT/365F"): (
        [1151, 960, 769, 577, 385, 193],
        [82855, 83046, 83237, 83429, 83621, 83812],
    ),
    ("annuity", "fortnightly", "ACT/ACT-ISDA"): (
        [1151, 958, 767, 576, 384, 192],
        [82854, 83047, 83238, 83429, 83621, 83811],
    ),
    ("annuity", "monthly", "30E/360"): (
        [2500, 2089, 1675, 1259, 842, 422],
        [82298, 82709, 83123, 83539, 83956, 84375],
    ),
    ("annuity", "monthly", "ACT/365F"): (
        [2548, 2129, 1597, 1283, 830, 430],
        [82255, 82674, 83206, 83520, 83973, 84372],
    ),
    ("annuity", "monthly", "ACT/ACT-ISDA"): (
        [2545, 2123, 1593, 1280, 828, 429],
        [82255, 82677, 83207, 83520, 83972, 84369],
    ),
    ("annuity", "quarterly", "30E/360"): (
        [7500, 6296, 5074, 3834, 2575, 1297],
        [80263, 81467, 82689, 83929, 85188, 86464],
    ),
    ("annuity", "quarterly", "ACT/365F"): (
        [7479, 6347, 5116, 3824, 2540, 1308],
        [80290, 81422, 82653, 83945, 85229, 86461],
    ),
    ("annuity", "quarterly", "ACT/ACT-ISDA"): (
        [7463, 6330, 5102, 3813, 2538, 1307],
        [80296, 81429, 82657, 83946, 85221, 86451],
    ),
    ("linear", "weekly", "30E/360"): (
        [583, 486, 333, 292, 194, 97],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "weekly", "ACT/365F"): (
        [575, 479, 384, 288, 192, 96],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "weekly", "ACT/ACT-ISDA"): (
        [575, 479, 383, 287, 191, 96],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "fortnightly", "30E/360"): (
        [1167, 903, 778, 542, 389, 208],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "fortnightly", "ACT/365F"): (
        [1151, 959, 767, 575, 384, 192],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "fortnightly", "ACT/ACT-ISDA"): (
        [1151, 957, 765, 574, 383, 191],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "monthly", "30E/360"): (
        [2500, 2083, 1667, 1250, 833, 417],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "monthly", "ACT/365F"): (
        [2548, 2123, 1589, 1274, 822, 425],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "monthly", "ACT/ACT-ISDA"): (
        [2545, 2117, 1585, 1270, 820, 424],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "quarterly", "30E/360"): (
        [7500, 6250, 5000, 3750, 2500, 1250],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "quarterly", "ACT/365F"): (
        [7479, 6301, 5041, 3740, 2466, 1260],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("linear", "quarterly", "ACT/ACT-ISDA"): (
        [7463, 6284, 5027, 3730, 2465, 1260],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("bullet", "weekly", "30E/360"): ([583, 583, 500, 583, 583, 583], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "weekly", "ACT/365F"): ([575, 575, 575, 575, 575, 575], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "weekly", "ACT/ACT-ISDA"): ([575, 575, 574, 574, 574, 574], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "fortnightly", "30E/360"): ([1167, 1083, 1167, 1083, 1167, 1250], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "fortnightly", "ACT/365F"): ([1151, 1151, 1151, 1151, 1151, 1151], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "fortnightly", "ACT/ACT-ISDA"): (
        [1151, 1148, 1148, 1148, 1148, 1148],
        [0, 0, 0, 0, 0, 500000],
    ),
    ("bullet", "monthly", "30E/360"): ([2500, 2500, 2500, 2500, 2500, 2500], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "monthly", "ACT/365F"): ([2548, 2548, 2384, 2548, 2466, 2548], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "monthly", "ACT/ACT-ISDA"): ([2545, 2541, 2377, 2541, 2459, 2541], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "quarterly", "30E/360"): ([7500, 7500, 7500, 7500, 7500, 7500], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "quarterly", "ACT/365F"): ([7479, 7562, 7562, 7479, 7397, 7562], [0, 0, 0, 0, 0, 500000]),
    ("bullet", "quarterly", "ACT/ACT-ISDA"): ([7463, 7541, 7541, 7459, 7393, 7562], [0, 0, 0, 0, 0, 500000]),
    ("flat", "weekly", "30E/360"): (
        [569, 569, 569, 569, 569, 572],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "weekly", "ACT/365F"): (
        [575, 575, 575, 575, 575, 577],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "weekly", "ACT/ACT-ISDA"): (
        [574, 574, 574, 574, 574, 576],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "fortnightly", "30E/360"): (
        [1152, 1152, 1152, 1152, 1152, 1157],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "fortnightly", "ACT/365F"): (
        [1150, 1150, 1150, 1150, 1150, 1154],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "fortnightly", "ACT/ACT-ISDA"): (
        [1148, 1148, 1148, 1148, 1148, 1149],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "monthly", "30E/360"): (
        [2500, 2500, 2500, 2500, 2500, 2500],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "monthly", "ACT/365F"): (
        [2506, 2506, 2506, 2506, 2506, 2511],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "monthly", "ACT/ACT-ISDA"): (
        [2500, 2500, 2500, 2500, 2500, 2504],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "quarterly", "30E/360"): (
        [7500, 7500, 7500, 7500, 7500, 7500],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "quarterly", "ACT/365F"): (
        [7506, 7506, 7506, 7506, 7506, 7511],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
    ("flat", "quarterly", "ACT/ACT-ISDA"): (
        [7493, 7493, 7493, 7493, 7493, 7494],
        [83333, 83333, 83333, 83333, 83333, 83335],
    ),
}
"""By kind, frequency and day count: the interest of each row, and its principal; cents."""
DAYS = {
    "weekly": ["2027-12-22", "2027-12-29", "2028-01-05", "2028-01-12", "2028-01-19", "2028-01-26"],
    "fortnightly": ["2027-12-29", "2028-01-12", "2028-01-26", "2028-02-09", "2028-02-23", "2028-03-08"],
    "monthly": ["2028-01-15", "2028-02-15", "2028-03-15", "2028-04-15", "2028-05-15", "2028-06-15"],
    "quarterly": ["2028-03-15", "2028-06-15", "2028-09-15", "2028-12-15", "2029-03-15", "2029-06-15"],
}


@pytest.mark.parametrize(("kind", "frequency", "day_count"), EXAMPLES)
def test_every_kind_frequency_and_day_count_is_what_another_tool_says(kind, frequency, day_count):
    terms = Terms(BasisPoints(600), kind, frequency, day_count)
    lines = schedule(terms, eur(5_000_00), 6, date(2027, 12, 15))
    interest, principal = EXAMPLES[kind, frequency, day_count]
    assert [line.interest.minor for line in lines] == interest
    assert [line.principal.minor for line in lines] == principal
    assert [line.due_on.isoformat() for line in lines] == DAYS[frequency]


def test_a_whole_year_of_30_360_is_twelve_equal_months_and_actual_365_is_not():
    """600.00 a year on 10,000.00 at 6 %: 50.00 a month, or 50.96 for 31 days and 46.03 for February."""
    by_count = {
        count: [
            line.interest
            for line in schedule(
                Terms(BasisPoints(600), "bullet", day_count=count), eur(10_000_00), 12, date(2026, 1, 1)
            )
        ]
        for count in ("30E/360", "ACT/365F")
    }
    assert by_count["30E/360"] == [eur(50_00)] * 12
    assert by_count["ACT/365F"][:3] == [eur(50_96), eur(46_03), eur(50_96)]
