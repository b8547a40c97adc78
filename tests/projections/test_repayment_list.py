"""The repayments of a loan."""

from datetime import date

import pytest

from aggregates.rules.reallocated import Share
from aggregates.rules.repayments import Moved
from aggregates.servicing import Servicing, servicing_id
from eventstore import Sealed
from projections.repayment_list import RepaymentList
from tests.kit import fact
from tests.stories import (
    AWA,
    AWA_LOAN,
    CHLOE,
    FIRST,
    JEAN,
    JUNE_6,
    LOAN,
    REPAYMENT,
    SECOND_REPAYMENT,
    SERVICING,
    awa_servicing_opened,
    eur,
    received,
    servicing_opened,
    xof,
)

JUNE_9 = date(2026, 6, 9)

undone = fact(
    Servicing.RepaymentReversed,
    SERVICING,
    customer_id=JEAN,
    repayment_id=REPAYMENT,
    amount=eur(321_60),
    reason=Sealed("Saisi deux fois."),
    allocations=[FIRST],
    advance=eur(100_00),
    method="transfer",
    by=CHLOE,
)


learnt = fact(
    Servicing.Reallocated,
    SERVICING,
    lines=[
        Moved(
            REPAYMENT,
            before=[Share(1, 1, "interest", eur(25_00)), Share(1, 1, "principal", eur(196_60))],
            after=[Share(1, 1, "interest", eur(25_00)), Share(1, 0, None, eur(196_60))],
        )
    ],
)


def told(screens) -> None:
    """Jean pays twice, Awa once and under the same id as Jean's first, which is another loan's."""
    screens.happened(servicing_opened, received(eur(321_60), FIRST, advance=eur(100_00)), on=JUNE_6)
    screens.happened(received(eur(50_00), advance=eur(50_00), id=SECOND_REPAYMENT, on=JUNE_9), on=JUNE_9)
    screens.happened(awa_servicing_opened, received(xof(9_000), advance=xof(9_000)), on=JUNE_9)


def test_repayments_are_listed_with_what_they_paid(screens):
    told(screens)
    first, second = screens.read(RepaymentList).of(LOAN)
    assert (first.repayment_id, first.amount, first.currency) == (REPAYMENT, 321_60, "EUR")
    assert (first.interest, first.principal, first.advance) == (25_00, 196_60, 100_00)
    assert (first.value_date, first.method) == (JUNE_6, "transfer")
    assert first.reference == received(eur(1)).says["reference"]
    assert (first.recorded_by, first.recorded_on, first.customer_id) == (CHLOE, JUNE_6, JEAN)
    assert (second.repayment_id, second.amount, second.recorded_on) == (SECOND_REPAYMENT, 50_00, JUNE_9)
    (awas,) = screens.read(RepaymentList).of(AWA_LOAN)
    assert (awas.amount, awas.currency, awas.customer_id) == (9_000, "XOF", AWA)
    assert awas.servicing_id == servicing_id(AWA_LOAN)


def test_a_reversed_repayment_stays_in_the_list_with_its_reason(screens):
    told(screens)
    screens.happened(undone, on=JUNE_9)
    repayments = screens.read(RepaymentList)
    first, second = repayments.of(LOAN)
    assert (first.reversed, first.reversed_on, first.reversed_because) == (True, JUNE_9, "Saisi deux fois.")
    assert (second.reversed, second.reversed_on) == (False, None)
    assert [line.reversed for line in repayments.of(AWA_LOAN)] == [False]


@pytest.mark.parametrize(("client", "own", "foreign"), [(JEAN, LOAN, AWA_LOAN), (AWA, AWA_LOAN, LOAN)])
def test_a_client_sees_only_its_own_repayments(screens, client, own, foreign):
    told(screens)
    repayments = screens.read(RepaymentList, customers=[client])
    assert repayments.of(own)
    assert repayments.of(foreign) == []


def test_a_repayment_says_what_it_paid_before_and_since_more_became_known(screens):
    told(screens)
    screens.happened(learnt, on=JUNE_9)
    first, second = screens.read(RepaymentList).of(LOAN)
    (moved,) = first.reallocated
    assert moved.on == JUNE_9
    assert [(part.what, part.number, part.amount) for part in moved.before] == [
        ("interest", 1, 25_00), ("principal", 1, 196_60),
    ]  # fmt: skip
    assert [(part.what, part.number, part.amount) for part in moved.after] == [
        ("interest", 1, 25_00), (None, 0, 196_60),
    ]  # fmt: skip
    assert second.reallocated == []
    assert screens.read(RepaymentList).of(AWA_LOAN)[0].reallocated == []
