"""The schedule of a loan."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregates.servicing import Servicing, servicing_id
from eventstore import Sealed
from projections.schedule import Schedule
from tests.kit import fact
from tests.stories import (
    AWA,
    AWA_DUE,
    AWA_LOAN,
    CHLOE,
    DUE,
    FIRST,
    JEAN,
    JUNE_6,
    LOAN,
    MAY_6,
    REPAYMENT,
    SECOND,
    SERVICING,
    awa_servicing_opened,
    eur,
    fell_due,
    received,
    servicing_opened,
)

AWAS_DUE = AWA_DUE[0]
AWAS_FIRST = {
    "number": 1, "due_on": AWAS_DUE.due_on, "interest": AWAS_DUE.interest, "principal": AWAS_DUE.principal, "applied": [],
}  # fmt: skip
JUNE_7, JUNE_16 = date(2026, 6, 7), date(2026, 6, 16)


def told(screens, *facts) -> None:
    """Jean's loan, then Awa's, then what happened to Jean's."""
    screens.happened(servicing_opened, awa_servicing_opened)
    for each in facts:
        screens.happened(fact(each.kind, SERVICING, **each.says))


def states(screens, day: date) -> list[str]:
    return [entry.state for entry in screens.read(Schedule).of(LOAN, day)][:3]


def test_a_loan_that_was_not_paid_out_has_no_schedule(screens):
    screens.happened(awa_servicing_opened)
    assert screens.read(Schedule).of(LOAN, MAY_6) == []


def test_every_instalment_has_its_day_and_its_amounts(screens):
    told(screens)
    schedule = screens.read(Schedule)
    entries = schedule.of(LOAN, MAY_6)
    assert [entry.number for entry in entries] == list(range(1, 25))
    assert (entries[0].due_on, entries[0].interest, entries[0].principal) == (JUNE_6, 25_00, 196_60)
    assert (entries[-1].due_on, entries[-1].interest + entries[-1].principal) == (date(2028, 5, 6), 221_69)
    assert sum(entry.principal for entry in entries) == 5_000_00
    assert {entry.state for entry in entries} == {"upcoming"}
    assert sum(entry.principal for entry in schedule.of(AWA_LOAN, MAY_6)) == 500_000
    assert {entry.currency for entry in schedule.of(AWA_LOAN, MAY_6)} == {"XOF"}


@pytest.mark.parametrize(
    ("day", "expected", "days"),
    [
        (date(2026, 6, 5), ["due", "upcoming", "upcoming"], 0),
        (JUNE_6, ["due", "upcoming", "upcoming"], 0),
        (JUNE_7, ["late", "upcoming", "upcoming"], 1),
        (JUNE_16, ["late", "upcoming", "upcoming"], 10),
        (date(2026, 7, 6), ["late", "due", "upcoming"], 30),
    ],
)
def test_the_state_of_an_instalment_depends_on_the_day_that_is_asked(screens, day, expected, days):
    told(screens, fell_due(1))
    assert states(screens, day) == expected
    assert screens.read(Schedule).of(LOAN, day)[0].days_past_due == days


def test_an_instalment_whose_day_has_not_been_worked_through_is_due_but_not_late(screens):
    told(screens)
    assert states(screens, JUNE_16) == ["due", "upcoming", "upcoming"]


def test_a_payment_in_part_pays_interest_first_and_leaves_the_instalment_open(screens):
    part = fact(
        Servicing.RepaymentReceived,
        **received(eur(100_00)).says | {"allocations": [type(FIRST)(1, eur(25_00), eur(75_00))]},
    )
    told(screens, fell_due(1), part)
    entry = screens.read(Schedule).of(LOAN, JUNE_7)[0]
    assert (entry.interest_paid, entry.principal_paid, entry.state) == (25_00, 75_00, "late")
    assert screens.read(Schedule).of(AWA_LOAN, JUNE_7)[0].interest_paid == 0


def test_a_paid_instalment_is_never_late_again(screens):
    told(screens, fell_due(1), received(eur(221_60), FIRST))
    assert states(screens, date(2027, 1, 1)) == ["paid", "due", "due"]


def test_an_instalment_that_asks_for_nothing_is_not_called_paid(screens):
    """It was taken into those that follow, or its interest is put off."""
    nothing = replace(DUE[0], interest=eur(0), principal=eur(0))
    screens.happened(servicing_opened.but(instalments=[nothing, *DUE[1:]]))
    assert states(screens, JUNE_16) == ["nothing", "upcoming", "upcoming"]


def test_an_advance_pays_the_next_instalment_on_its_day(screens):
    told(screens, fell_due(1), received(eur(443_20), FIRST, advance=eur(221_60)), fell_due(2, SECOND))
    assert states(screens, date(2026, 7, 6)) == ["paid", "paid", "upcoming"]


def test_a_reversed_repayment_opens_its_instalment_again(screens):
    undone = fact(
        Servicing.RepaymentReversed,
        customer_id=JEAN,
        repayment_id=REPAYMENT,
        amount=eur(221_60),
        reason=Sealed("Saisi deux fois."),
        allocations=[FIRST],
        advance=eur(0),
        method="transfer",
        by=CHLOE,
    )
    told(screens, fell_due(1), received(eur(221_60), FIRST), undone)
    entry = screens.read(Schedule).of(LOAN, JUNE_16)[0]
    assert (entry.interest_paid, entry.principal_paid, entry.state, entry.days_past_due) == (0, 0, "late", 10)


@pytest.mark.parametrize(("client", "own", "foreign"), [(JEAN, LOAN, AWA_LOAN), (AWA, AWA_LOAN, LOAN)])
def test_a_client_sees_only_its_own_schedule(screens, client, own, foreign):
    told(screens)
    schedule = screens.read(Schedule, customers=[client])
    assert schedule.of(own, MAY_6)
    assert schedule.of(foreign, MAY_6) == []


def test_what_is_late_is_counted_by_how_long(screens):
    """Jean paid a part of the first instalment, and nothing of the second; Awa's first is just due."""
    told(screens, fell_due(1), fell_due(2), received(eur(100_00), replace(FIRST, principal=eur(75_00))))
    screens.happened(fact(Servicing.InstalmentFellDue, servicing_id(AWA_LOAN), **AWAS_FIRST))
    late = screens.read(Schedule).late
    assert [
        (line.currency, line.bucket, line.instalments, line.amount) for line in late(date(2026, 7, 10))
    ] == [
        ("EUR", "1-30", 1, 221_60),
        ("EUR", "31-60", 1, 121_60),
        ("XOF", "31-60", 1, 45_840),
    ]
    assert late(JUNE_6) == []
    assert {line.bucket for line in late(date(2026, 9, 5))} == {"61-90", "over-90"}
    assert {line.bucket for line in screens.read(Schedule, customers=[JEAN]).late(JUNE_7)} == {"1-30"}
    assert {line.currency for line in screens.read(Schedule, customers=[JEAN]).late(JUNE_7)} == {"EUR"}


@pytest.mark.parametrize(
    ("days", "bucket"), [(1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (90, "61-90"), (91, "over-90")]
)  # fmt: skip
def test_a_bucket_ends_with_its_last_day(screens, days, bucket):
    told(screens, fell_due(1))
    (line,) = screens.read(Schedule).late(JUNE_6 + timedelta(days=days))
    assert line.bucket == bucket


def test_the_instalments_of_a_day_are_there_before_and_after_it_was_worked_through(screens):
    told(screens)
    before = screens.read(Schedule).due_on(JUNE_6)
    screens.happened(fact(Servicing.InstalmentFellDue, SERVICING, **fell_due(1).says))
    screens.happened(fact(Servicing.RepaymentReceived, SERVICING, **received(eur(221_60), FIRST).says))
    after = screens.read(Schedule).due_on(JUNE_6)
    assert [(line.currency, line.instalments, line.amount, line.paid) for line in before] == [
        ("EUR", 1, 221_60, 0), ("XOF", 1, 45_840, 0),
    ]  # fmt: skip
    assert [(line.currency, line.paid) for line in after] == [("EUR", 221_60), ("XOF", 0)]
    assert screens.read(Schedule).due_on(JUNE_7) == []
