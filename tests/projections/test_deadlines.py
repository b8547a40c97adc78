"""The deadlines."""

from datetime import date

from aggregates.rules.standing import Balance
from aggregates.servicing import Servicing, servicing_id
from eventstore import lane_of
from projections.deadlines import Deadlines
from tests.kit import fact
from tests.stories import (
    ANA,
    AWA,
    AWA_LOAN,
    CHLOE,
    INDEXED,
    JEAN,
    JUNE_6,
    MAY_6,
    SERVICING,
    awa_servicing_opened,
    eur,
    fell_due,
    rate_reset,
    servicing_opened,
)

AWAS = servicing_id(AWA_LOAN)


def told(screens, *numbers: int) -> Deadlines:
    """Both loans, then instalments of Jean's that fell due."""
    screens.happened(servicing_opened, awa_servicing_opened)
    for number in numbers:
        screens.happened(fact(fell_due(number).kind, SERVICING, **fell_due(number).says))
    return screens.read(Deadlines)


def instalments(lines):
    return [line for line in lines if line.kind == "instalment"]


def test_nothing_is_due_before_its_day(screens):
    deadlines = told(screens)
    assert instalments(deadlines.due(date(2026, 6, 5))) == []
    assert deadlines.due(date(2026, 5, 31)) == []


def test_a_month_is_over_on_the_first_day_of_the_next_until_the_loan_is_looked_at_no_more(screens):
    deadlines = told(screens)
    june_1 = date(2026, 6, 1)
    assert [(line.kind, line.number, line.due) for line in deadlines.due(june_1, lane=lane_of(JEAN))] == [
        ("month-end", 2026 * 12 + 5, june_1)
    ]
    closed = {"since": MAY_6, "month_end": date(2026, 6, 30)}
    screens.happened(fact(Servicing.MonthClosed, SERVICING, **closed, next_on=date(2026, 8, 1)))
    due = screens.read(Deadlines).due(date(2026, 8, 1), lane=lane_of(JEAN))
    assert [(line.number, line.due) for line in due if line.kind == "month-end"] == [
        (2026 * 12 + 7, date(2026, 8, 1))
    ]
    closed = {"since": date(2026, 7, 1), "month_end": date(2026, 7, 31)}
    screens.happened(fact(Servicing.MonthClosed, SERVICING, **closed, next_on=None))
    assert instalments(due) == [
        line for line in screens.read(Deadlines).due(date(2026, 8, 1), lane=lane_of(JEAN))
    ]


def test_what_was_written_off_falls_due_no_more(screens):
    told(screens, 1)
    lost = Balance.of([0, 0, 0, 25_00, 5_000_00], "EUR")
    screens.happened(
        fact(
            Servicing.WrittenOff,
            SERVICING,
            written_off_on=JUNE_6,
            lost=lost,
            after=1,
            replaces=23,
            by=CHLOE,
            proposed_by=ANA,
        )
    )
    assert instalments(screens.read(Deadlines).due(date(2028, 6, 6), lane=lane_of(JEAN))) == []


def test_on_its_day_an_instalment_of_each_loan_is_due(screens):
    due = instalments(told(screens).due(JUNE_6))
    assert {(line.kind, line.stream_id, line.number, line.due) for line in due} == {
        ("instalment", SERVICING, 1, JUNE_6),
        ("instalment", AWAS, 1, JUNE_6),
    }
    assert {line.stream_id: line.lane for line in due} == {SERVICING: lane_of(JEAN), AWAS: lane_of(AWA)}


def test_what_was_missed_is_still_due_later_oldest_first(screens):
    due = instalments(told(screens).due(date(2026, 8, 20), lane=lane_of(JEAN)))
    assert [(line.number, line.due) for line in due] == [
        (1, JUNE_6),
        (2, date(2026, 7, 6)),
        (3, date(2026, 8, 6)),
    ]


def test_what_fell_due_is_gone_and_the_rest_stays(screens):
    deadlines = told(screens, 1, 2)
    due = instalments(deadlines.due(date(2026, 8, 6)))
    assert [(line.stream_id, line.number) for line in due if line.stream_id == SERVICING] == [(SERVICING, 3)]
    assert [line.number for line in due if line.stream_id == AWAS] == [1, 2, 3]


def test_the_deadlines_of_one_lane_can_be_asked_alone(screens):
    deadlines = told(screens)
    assert {line.stream_id for line in deadlines.due(JUNE_6, lane=lane_of(JEAN))} == {SERVICING}
    assert deadlines.due(MAY_6, lane=lane_of(AWA)) == []


# ── of a rate that follows an index ────────────────────────────────────────

AUGUST_6 = date(2026, 8, 6)
follows = servicing_opened.but(indexed=INDEXED, first_reset_on=AUGUST_6)


def resets(screens, *facts) -> list[tuple[int, date]]:
    screens.happened(follows, *(fact(each.kind, SERVICING, **each.says) for each in facts))
    lines = screens.read(Deadlines).due(date(2027, 12, 31))
    return [(line.number, line.due) for line in lines if line.kind == "rate-reset"]


def test_the_first_reset_is_a_deadline_on_its_day(screens):
    assert resets(screens) == [(1, AUGUST_6)]


def test_one_reset_follows_the_other(screens):
    assert resets(screens, rate_reset) == [(2, date(2026, 11, 6))]


def test_a_loan_that_is_repaid_waits_for_no_reset(screens):
    repaid = fact(Servicing.Repaid, repaid_on=AUGUST_6, total=eur(5_000_00), no_reset=2)
    assert resets(screens, rate_reset, repaid) == []
