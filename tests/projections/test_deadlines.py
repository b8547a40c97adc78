"""The deadlines."""

from datetime import date

from aggregates.servicing import servicing_id
from eventstore import lane_of
from projections.deadlines import Deadlines
from tests.kit import fact
from tests.stories import (
    AWA,
    AWA_LOAN,
    JEAN,
    JUNE_6,
    MAY_6,
    SERVICING,
    awa_servicing_opened,
    fell_due,
    servicing_opened,
)

AWAS = servicing_id(AWA_LOAN)


def told(screens, *numbers: int) -> Deadlines:
    """Both loans, then instalments of Jean's that fell due."""
    screens.happened(servicing_opened, awa_servicing_opened)
    for number in numbers:
        screens.happened(fact(fell_due(number).kind, SERVICING, **fell_due(number).says))
    return screens.read(Deadlines)


def test_nothing_is_due_before_its_day(screens):
    assert told(screens).due(date(2026, 6, 5)) == []


def test_on_its_day_an_instalment_of_each_loan_is_due(screens):
    due = told(screens).due(JUNE_6)
    assert {(line.kind, line.stream_id, line.number, line.due) for line in due} == {
        ("instalment", SERVICING, 1, JUNE_6),
        ("instalment", AWAS, 1, JUNE_6),
    }
    assert {line.stream_id: line.lane for line in due} == {SERVICING: lane_of(JEAN), AWAS: lane_of(AWA)}


def test_what_was_missed_is_still_due_later_oldest_first(screens):
    due = told(screens).due(date(2026, 8, 20), lane=lane_of(JEAN))
    assert [(line.number, line.due) for line in due] == [
        (1, JUNE_6),
        (2, date(2026, 7, 6)),
        (3, date(2026, 8, 6)),
    ]


def test_what_fell_due_is_gone_and_the_rest_stays(screens):
    deadlines = told(screens, 1, 2)
    due = deadlines.due(date(2026, 8, 6))
    assert [(line.stream_id, line.number) for line in due if line.stream_id == SERVICING] == [(SERVICING, 3)]
    assert [line.number for line in due if line.stream_id == AWAS] == [1, 2, 3]


def test_the_deadlines_of_one_lane_can_be_asked_alone(screens):
    deadlines = told(screens)
    assert {line.stream_id for line in deadlines.due(JUNE_6, lane=lane_of(JEAN))} == {SERVICING}
    assert deadlines.due(MAY_6, lane=lane_of(AWA)) == []
