"""The schedule of a loan."""

from datetime import date

import pytest

from aggregates.servicing import Servicing
from eventstore import Sealed
from projections.schedule import Schedule
from tests.kit import fact
from tests.stories import (
    AWA,
    AWA_LOAN,
    CHLOE,
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
