"""Arrears of many loans: the report by bucket, and the portfolio at risk."""

from datetime import timedelta
from fractions import Fraction

from aggregates.rules.arrears import aging, portfolio_at_risk
from aggregates.rules.buckets import BUCKETS, Provisions
from aggregates.rules.facts import Receipt, Version, WrittenOff
from aggregates.rules.life import standing
from aggregates.values import BasisPoints
from tests.lives import LOAN, PAID_OUT, due, line, terms
from tests.stories import eur

RATES = Provisions(*(BasisPoints(rate) for rate in (100, 500, 2_500, 5_000, 10_000)))
TERMS = terms(provisions=RATES)
ON = due(4)


def paid(instalments, *more):
    """A loan on the day of the fourth instalment, of which so many were paid on their days."""
    receipts = [Receipt(10 + n, due(n), eur(221_60)) for n in range(1, instalments + 1)]
    return standing(TERMS, [LOAN], [*receipts, *more], ON)


IN_TIME, A_MONTH, TWO, THREE = paid(4), paid(2), paid(1), paid(0)
WRITTEN_OFF = paid(4, WrittenOff(3, ON))


def test_each_loan_stands_in_one_bucket():
    assert [now.days_past_due for now in (IN_TIME, A_MONTH, TWO, THREE)] == [0, 31, 62, 92]
    report = aging([IN_TIME, A_MONTH, TWO, THREE, THREE, WRITTEN_OFF], "EUR")
    assert [row.bucket for row in report] == list(BUCKETS)
    assert [row.loans for row in report] == [1, 0, 1, 1, 2]


def test_the_report_sums_what_is_past_due_and_what_is_outstanding():
    report = {row.bucket: row for row in aging([THREE, THREE, A_MONTH], "EUR")}
    assert report["90+"].past_due == eur(2 * 3 * 221_60)
    assert report["90+"].outstanding == eur(2 * 5_000_00)
    assert report["90+"].provision == eur(2 * 5_000_00)
    assert report["31-60"].past_due == eur(221_60)
    assert report["current"].outstanding == eur(0)


def test_provisions_are_a_share_of_the_principal_by_bucket():
    assert [now.provision.minor for now in (IN_TIME, A_MONTH, TWO)] == [
        (now.outstanding.minor * rate + 5_000) // 10_000
        for now, rate in ((IN_TIME, 100), (A_MONTH, 2_500), (TWO, 5_000))
    ]
    assert WRITTEN_OFF.provision == eur(0)
    assert standing(TERMS, [LOAN], [], due(1) + timedelta(days=30)).provision == eur(250_00)


def test_the_portfolio_at_risk_is_all_principal_of_late_loans():
    report = {
        line.days: line for line in portfolio_at_risk([IN_TIME, A_MONTH, TWO, THREE, WRITTEN_OFF], "EUR")
    }
    everything = IN_TIME.outstanding + A_MONTH.outstanding + TWO.outstanding + THREE.outstanding
    assert [report[days].loans for days in (1, 30, 60, 90)] == [3, 3, 2, 1]
    assert report[90].outstanding == eur(5_000_00)
    assert report[90].share == Fraction(5_000_00, everything.minor)


def test_par_1_counts_from_the_first_day_and_the_others_beyond_their_days():
    first = standing(TERMS, [LOAN], [], due(1) + timedelta(days=1))
    thirtieth = standing(TERMS, [LOAN], [], due(1) + timedelta(days=30))
    assert [row.loans for row in portfolio_at_risk([first], "EUR")] == [1, 0, 0, 0]
    assert [row.loans for row in portfolio_at_risk([thirtieth], "EUR")] == [1, 0, 0, 0]


def test_a_rescheduled_loan_is_told_beside_what_is_late():
    """Its days past due are gone with the change; its risk may not be."""
    changed = Version(2, due(3), 1, 0, (line(1, PAID_OUT, due(9), 90_00, 5_000_00),), "rescheduled")
    eased = standing(TERMS, [LOAN, changed], [], ON)
    assert (eased.days_past_due, eased.rescheduled, THREE.rescheduled) == (0, True, False)
    report = portfolio_at_risk([eased, THREE], "EUR")
    assert [row.rescheduled for row in report] == [eur(5_000_00)] * 4
    assert report[0].outstanding == eur(5_000_00)
    assert standing(TERMS, [LOAN, changed], [], due(2)).rescheduled is False


def test_an_empty_portfolio_has_no_risk():
    assert [row.share for row in portfolio_at_risk([], "EUR")] == [0, 0, 0, 0]
    assert [row.loans for row in aging([], "EUR")] == [0] * 5
