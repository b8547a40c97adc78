"""What a posting can do: balance, or not be made. Which entries are made: rules/test_postings.py."""

from dataclasses import replace
from uuid import uuid4

import pytest
from pydantic import ValidationError

from aggregates.posting import Line, MalformedLine, Posting, Unbalanced
from aggregates.rules.charts import PCG
from aggregates.rules.postings import entries, of_payout
from aggregates.values import PostingId
from commands.posting import MakePostings, NewEntry
from tests.kit import fact, given
from tests.stories import JEAN, LOAN, disbursed, eur, xof

PAYOUT = disbursed.event(version=4, stream=LOAN, owner=JEAN)
ENTRY = entries(of_payout(PAYOUT), PAYOUT, LOAN, "L-2026-000001", PCG)[0]
BODY = {
    "posting_id": ENTRY.id,
    "customer_id": JEAN,
    "entry_on": ENTRY.entry_on,
    "movement": ENTRY.movement,
    "about": ENTRY.about,
    "cause": ENTRY.cause,
    "label": ENTRY.label,
    "lines": ENTRY.lines,
}
made = fact(Posting.Made, ENTRY.id, **{name: value for name, value in BODY.items() if name != "posting_id"})


def making(**facts) -> MakePostings:
    return MakePostings(entries=[NewEntry(**(BODY | facts))])


def test_a_balanced_entry_is_made():
    given().when(making()).then(made)


def test_entries_of_one_event_are_made_together_or_not_at_all():
    other, uneven = PostingId(uuid4()), [Line("2748", eur(100), eur(0)), Line("512", eur(0), eur(99))]
    first, second = making().entries[0], making(posting_id=other).entries[0]
    given().when(MakePostings(entries=[first, second])).then(made, replace(made, stream=other))
    broken = second.model_copy(update={"lines": uneven})
    given().when(MakePostings(entries=[first, broken])).then_rejected(Unbalanced)


def test_the_houses_own_entries_have_no_customer():
    outcome = given().when(making(customer_id=None))
    outcome.then(made.but(customer_id=None))
    assert outcome.recorded[0].owner_id() is None


@pytest.mark.parametrize(
    "lines",
    [
        (Line("2748", eur(100), eur(0)), Line("512", eur(0), eur(99))),
        (Line("2748", eur(100), eur(0)), Line("512", xof(0), xof(100))),
        (Line("2748", eur(100), eur(0)), Line("512", eur(100), eur(0))),
    ],
)
def test_debits_and_credits_are_the_same_in_each_currency(lines):
    given().when(making(lines=list(lines))).then_rejected(Unbalanced)


@pytest.mark.parametrize(
    "lines",
    [
        (Line("2748", eur(0), eur(0)), Line("512", eur(0), eur(0))),
        (Line("2748", eur(5), eur(5)), Line("512", eur(0), eur(1))),
        (Line("2748", eur(-5), eur(0)), Line("512", eur(0), eur(-5))),
        (Line("2748", eur(5), xof(0)), Line("512", eur(0), eur(5))),
    ],
)
def test_a_line_is_a_debit_or_a_credit(lines):
    given().when(making(lines=list(lines))).then_rejected(MalformedLine)


def test_one_line_is_no_entry():
    with pytest.raises(ValidationError):
        making(lines=[Line("2748", eur(100), eur(0))])
    with pytest.raises(Unbalanced):
        Posting.make(ENTRY.id, None, ENTRY.entry_on, "x", LOAN, "x", "x", [])
