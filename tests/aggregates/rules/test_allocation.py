"""What a payment pays: oldest instalment first, interest before principal; and how it is taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.rules.allocation import Allocation, allocate, take_back
from tests.stories import eur

OWED = [Allocation(1, eur(25_00), eur(196_60)), Allocation(2, eur(24_02), eur(197_58))]

PARTS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 5_000)), max_size=8).map(
    lambda parts: [Allocation(n, eur(i), eur(p)) for n, (i, p) in enumerate(parts, 1) if i + p]
)


def test_interest_is_paid_before_principal():
    assert allocate(eur(30_00), OWED) == ([Allocation(1, eur(25_00), eur(5_00))], eur(0))


def test_a_payment_smaller_than_the_interest_pays_interest_only():
    assert allocate(eur(10_00), OWED) == ([Allocation(1, eur(10_00), eur(0))], eur(0))


def test_the_oldest_instalment_is_paid_first_in_whatever_order_they_stand():
    parts, rest = allocate(eur(230_00), reversed(OWED))
    assert parts == [OWED[0], Allocation(2, eur(8_40), eur(0))]
    assert rest == eur(0)


def test_what_is_more_than_due_is_left_over():
    parts, rest = allocate(eur(500_00), OWED)
    assert parts == OWED
    assert rest == eur(56_80)


def test_nothing_due_leaves_everything_over():
    assert allocate(eur(500_00), []) == ([], eur(500_00))


def test_taking_back_starts_with_the_newest_principal():
    assert take_back(eur(200_00), OWED) == [Allocation(2, eur(2_42), eur(197_58))]
    assert take_back(eur(0), OWED) == []


def test_more_than_was_paid_cannot_be_taken_back():
    with pytest.raises(ValueError, match="more to take back"):
        take_back(eur(1_000_00), OWED)


@given(PARTS, st.integers(0, 60_000))
def test_no_cent_is_lost_and_none_is_paid_twice(owed, amount):
    parts, rest = allocate(eur(amount), owed)
    assert sum(part.total.minor for part in parts) + rest.minor == amount
    by_number = {part.number: part for part in owed}
    assert all(part.interest <= by_number[part.number].interest for part in parts)
    assert all(part.principal <= by_number[part.number].principal for part in parts)
    assert rest.minor == 0 or parts == owed, "an advance only when everything due is paid"


@given(PARTS, st.integers(0, 60_000), st.integers(0, 60_000))
def test_two_payments_pay_what_one_of_their_sum_pays(owed, first, second):
    once, rest = allocate(eur(first + second), owed)
    paid = {part.number: part for part in allocate(eur(first), owed)[0]}
    left = [part.minus(paid[part.number]) if part.number in paid else part for part in owed]
    again, rest_again = allocate(eur(second) + allocate(eur(first), owed)[1], left)
    for part in again:
        paid[part.number] = paid[part.number].plus(part) if part.number in paid else part
    assert (sorted(paid.values(), key=lambda part: part.number), rest_again) == (once, rest)


@given(PARTS, st.integers(0, 60_000), st.integers(0, 60_000))
def test_taking_back_leaves_what_the_rest_alone_would_have_paid(owed, kept, mistaken):
    paid, rest = allocate(eur(kept + mistaken), owed)
    from_advance = min(eur(mistaken), rest)
    back = {part.number: part for part in take_back(eur(mistaken) - from_advance, paid)}
    left = [part.minus(back[part.number]) if part.number in back else part for part in paid]
    assert ([part for part in left if part], rest - from_advance) == allocate(eur(kept), owed)
