"""What is entered in the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from aggregates.organisation import Organisation
from aggregates.rules.postings import POSTED
from commands.posting import MakePostings, NewEntry
from eventstore import Sealed
from runtime.reactions import REACTIONS
from tests.kit import fact
from tests.stories import (
    FIRST,
    JEAN,
    JUNE_6,
    LOAN,
    REPAYMENT,
    SERVICING,
    Servicing,
    disbursed,
    drawn_down,
    established,
    eur,
    fell_due,
    first_drawn,
    received,
    requested,
    servicing_opened,
)
from tests.workers.conftest import asked_twice
from workers.post import enter_the_movement, enter_the_payout

IN_JUNE = {2: JUNE_6, 3: JUNE_6, 4: JUNE_6}


def entered(sent) -> list[NewEntry]:
    """What the commands enter; also checks that one event takes one of them."""
    ((command, to),) = sent
    assert isinstance(command, MakePostings)
    assert to is None
    return command.entries


def balance(made: Iterable[NewEntry]) -> dict[str, int]:
    """Debits less credits; also checks what every entry has in common."""
    sums: Counter[str] = Counter()
    for entry in made:
        assert (entry.customer_id, entry.about) == (JEAN, LOAN)
        assert "L-2026-000001" in entry.label
        for line in entry.lines:
            sums[line.account] += line.debit.minor - line.credit.minor
    assert sum(sums.values()) == 0
    return {account: rest for account, rest in sums.items() if rest}


def test_a_payout_is_entered_once_however_often_we_hear_of_it(world):
    made = entered(
        asked_twice(enter_the_payout, disbursed.event(4, LOAN), world.knowing(established, requested))
    )
    assert balance(made) == {"2748": 5_000_00, "512": -5_000_00}


def test_a_house_in_abidjan_enters_on_the_chart_of_its_country_until_it_chooses(world):
    abidjan = established.but(country="CI")
    event = disbursed.event(4, LOAN)
    made = entered(asked_twice(enter_the_payout, event, world.knowing(abidjan, requested)))
    assert balance(made) == {"2718": 5_000_00, "521": -5_000_00}
    chosen = fact(Organisation.ChartChanged, chart="PCG")
    made = entered(asked_twice(enter_the_payout, event, world.knowing(abidjan, chosen, requested)))
    assert balance(made) == {"2748": 5_000_00, "512": -5_000_00}


def test_an_instalment_is_entered_with_the_month_end_before_it(world):
    event = fell_due(1).event(2, SERVICING)
    known = world.knowing(established, requested, servicing_opened, fell_due(1), on=IN_JUNE)
    made = entered(asked_twice(enter_the_movement, event, known))
    assert len({entry.posting_id for entry in made}) == len(made) == 3
    assert balance(made) == {"7626": -FIRST.interest.minor, "27684": FIRST.interest.minor}


def test_each_drawdown_is_an_entry_of_its_own(world):
    known = world.knowing(established, requested)
    first = entered(asked_twice(enter_the_payout, first_drawn.event(4, LOAN), known))
    second = entered(asked_twice(enter_the_payout, drawn_down.event(5, LOAN), known))
    assert balance([*first, *second]) == {"2748": 5_000_00, "512": -5_000_00}
    assert second[0].entry_on == drawn_down.says["value_date"]
    assert first[0].posting_id != second[0].posting_id


def test_a_repayment_and_its_reversal_cancel_out(world):
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
    known = world.knowing(established, requested, servicing_opened, fell_due(1), came, went, on=IN_JUNE)
    paid = entered(asked_twice(enter_the_movement, came.event(3, SERVICING), known))
    assert balance(paid)["512"] == FIRST.total.minor
    back = entered(asked_twice(enter_the_movement, went.event(4, SERVICING), known))
    assert balance([*paid, *back]) == {}


def test_an_event_is_entered_as_it_was_known_then_whatever_came_later(world):
    """A retry after days, or a rebuilt queue: the entries are the same, so they are recognised."""
    came = received(FIRST.total, FIRST)
    event = fell_due(1).event(2, SERVICING)
    then = world.knowing(established, requested, servicing_opened, fell_due(1), on=IN_JUNE)
    later = world.knowing(established, requested, servicing_opened, fell_due(1), came, on=IN_JUNE)
    assert asked_twice(enter_the_movement, event, then) == asked_twice(enter_the_movement, event, later)


def test_every_movement_has_its_reaction():
    for event in POSTED:
        assert [r.path for r in REACTIONS[event.kind] if r.path.startswith("workers.post.")], event.kind
