"""What is entered in the journal."""

from __future__ import annotations

from collections import Counter

from aggregates.rules.postings import POSTED
from commands.posting import MakePosting
from eventstore import Sealed
from runtime.reactions import REACTIONS
from tests.kit import fact
from tests.stories import (
    FIRST,
    JEAN,
    LOAN,
    REPAYMENT,
    SERVICING,
    Servicing,
    disbursed,
    eur,
    fell_due,
    received,
    requested,
    servicing_opened,
)
from tests.workers.conftest import asked_twice
from workers.post import enter_the_movement, enter_the_payout


def balance(sent) -> dict[str, int]:
    """Debits less credits; also checks what every entry has in common."""
    sums: Counter[str] = Counter()
    for command, to in sent:
        assert isinstance(command, MakePosting)
        assert (to, command.customer_id, command.about) == (None, JEAN, LOAN)
        assert "L-2026-000001" in command.label
        for line in command.lines:
            sums[line.account] += line.debit.minor - line.credit.minor
    assert sum(sums.values()) == 0
    return dict(sums)


def test_a_payout_is_entered_once_however_often_we_hear_of_it(world):
    sent = asked_twice(enter_the_payout, disbursed.event(4, LOAN), world.knowing(requested))
    assert balance(sent) == {"2748": 5_000_00, "512": -5_000_00}


def test_an_instalment_paid_by_an_advance_makes_two_entries(world):
    event = fell_due(1, FIRST).event(2, SERVICING)
    sent = asked_twice(enter_the_movement, event, world.knowing(requested, servicing_opened))
    assert len(sent) == len({command.posting_id for command, _ in sent}) == 2
    assert balance(sent)["7626"] == -FIRST.interest.minor


def test_a_repayment_and_its_reversal_cancel_out(world):
    known = world.knowing(requested, servicing_opened)
    came = received(FIRST.total, FIRST)
    went = fact(
        Servicing.RepaymentReversed,
        customer_id=JEAN,
        repayment_id=REPAYMENT,
        amount=FIRST.total,
        reason=Sealed("Saisi deux fois"),
        allocations=[FIRST],
        advance=eur(0),
        method="transfer",
        by=came.says["by"],
    )
    sent = [
        *asked_twice(enter_the_movement, came.event(3, SERVICING), known),
        *asked_twice(enter_the_movement, went.event(4, SERVICING), known),
    ]
    assert set(balance(sent).values()) == {0}


def test_every_movement_has_its_reaction():
    for event in POSTED:
        assert [r.path for r in REACTIONS[event.kind] if r.path.startswith("workers.post.")], event.kind
