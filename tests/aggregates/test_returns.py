"""Money that comes back: a repayment that closed the loan, or on which a schedule rests, comes to nothing."""

import os
from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from aggregates.rules.allocation import Allocation
from aggregates.rules.facts import Noticed, Refunded
from aggregates.rules.four_eyes import Decider
from aggregates.rules.life import movements
from aggregates.rules.limits import Allowance
from aggregates.rules.movements import balances
from aggregates.rules.repayments import Arrived, Leaving
from aggregates.rules.servicing_refusals import AlreadyReversed, NoWriteOffProposed
from aggregates.rules.servicing_terms import (
    COMPONENTS,
    Acceleration,
    EarlyFee,
    Late,
    Order,
    ServicingTerms,
)
from aggregates.servicing import Servicing
from aggregates.values import BasisPoints, Money, RepaymentId
from eventstore import Rejected
from tests.kit import replay
from tests.stories import (
    ANA,
    CHLOE,
    DUE,
    FIRST,
    JULY_6,
    JUNE_6,
    SECOND_REPAYMENT,
    eur,
    fell_due,
    received,
    servicing_opened,
)

JUNE_21 = date(2026, 6, 21)
WHY = "Chèque revenu impayé"
LIVES = int(os.environ.get("LIVES", "200"))
"""How many random lives the first of the two below follows."""

FREE = Allowance(eur(1_000_000_00), None)
AHEAD = ServicingTerms("EUR", order=Order(timings=("past_due", "due", "in_advance")))
DEAR = ServicingTerms(
    "EUR",
    late=Late(rate=BasisPoints(1_200), share=BasisPoints(800)),
    early=EarlyFee(rate=BasisPoints(300)),
    order=AHEAD.order,
    acceleration=Acceleration(BasisPoints(800), notice_days=1, instalments=1),
)


def running(terms: ServicingTerms | None = None) -> Servicing:
    """Jean's loan after its first instalment, which is paid."""
    return replay(servicing_opened.but(terms=terms), fell_due(1), received(FIRST.total, FIRST))[0]


def money(amount: Money, on: date = JUNE_21) -> Arrived:
    return Arrived(RepaymentId(SECOND_REPAYMENT), amount, on, "cheque", "CHQ 0200")


def told(loan: Servicing) -> list[str]:
    return [type(event).kind.removeprefix("Servicing.") for event in loan.collect_events()]


def is_as_told(loan: Servicing, on: date) -> None:
    """What the events say is what the facts say."""
    now = loan.standing(on)
    facts: dict[int, Counter[str]] = {}
    for part in now.parts:
        if part.what in COMPONENTS:
            facts.setdefault(part.number, Counter())[part.what] += part.amount.minor
    said = {number: Counter({w: part.minor(w) for w in COMPONENTS}) for number, part in loan.paid.items()}
    assert {n: +c for n, c in said.items() if +c} == {n: +c for n, c in facts.items() if +c}
    assert not any(minor < 0 for paid in said.values() for minor in paid.values())
    assert loan.advance == now.unallocated
    assert loan.instalments == [each.line for each in now.instalments]
    assert loan.chain[-1].number == now.version
    if loan.status in ("open", "repaid"):
        assert loan.fallen_due == sum(line.due_on <= on for line in loan.instalments)
        all_is_due = loan.fallen_due == len(loan.instalments)
        assert (loan.status == "repaid") == (now.status == "repaid" and all_is_due)
    else:
        assert loan.lost == now.written_off
        assert (loan.status == "recovered") == (not now.owed)
    is_all_there(loan, on)


def is_all_there(loan: Servicing, on: date) -> None:
    """Whatever came is paid, brought a loss back, went back, or waits; what waits is what the books call advances."""
    now = loan.standing(on)
    to = Counter[str]()
    for part in now.parts:
        to[part.what if part.what in ("refund", "claim", "recovery") else "paid"] += part.amount.minor
    assert loan.received.minor == sum(to.values()) + now.unallocated.minor
    assert (to["paid"], to["recovery"]) == (now.paid.total.minor, now.recovered.minor)
    sent = sum(fact.amount.minor for fact in loan.facts if isinstance(fact, Refunded))
    assert sent == to["refund"] + to["claim"] + now.claim.minor
    assert min(now.owed.minor, now.overpaid.minor) == 0
    ahead = sum(
        each.line.total.minor - each.unpaid.total.minor for each in now.instalments if each.line.due_on > on
    )
    waits = now.claim.minor - now.unallocated.minor - (0 if now.written_off else ahead)
    assert balances(movements(loan.agreed, loan.versions, loan.facts, on)).get("advances", 0) == waits


def test_a_part_repaid_early_by_a_cheque_that_bounces_leaves_the_schedule_as_it_was():
    loan = running()
    before = list(loan.instalments)
    loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)
    loan.collect_events()
    loan.reverse(RepaymentId(SECOND_REPAYMENT), WHY, CHLOE, date(2026, 6, 25))
    reversed_, restored = loan.collect_events()
    assert isinstance(reversed_, Servicing.RepaymentReversed)
    assert isinstance(restored, Servicing.ScheduleRestored)
    assert (restored.version, restored.after, restored.replaces, len(restored.lines)) == (1, 1, 24, 23)
    assert restored.fallen_due == Allocation(1, eur(12_01), eur(1_987_99))
    assert (restored.principal, restored.to_come) == (eur(5_000_00), True)
    assert (loan.instalments, loan.fallen_due) == (before, 1)
    is_as_told(loan, date(2026, 6, 25))


def test_a_loan_settled_by_a_cheque_that_bounces_is_open_again_and_what_is_late_is_so_at_once():
    loan = running()
    loan.settle(money(eur(4_815_41)), CHLOE, JUNE_21)
    loan.collect_events()
    loan.reverse(RepaymentId(SECOND_REPAYMENT), WHY, CHLOE, JULY_6 + timedelta(days=4))
    events = loan.collect_events()
    assert [type(event).__name__ for event in events] == [
        "RepaymentReversed", "Reopened", "ScheduleRestored", "InstalmentFellDue",
    ]  # fmt: skip
    assert (events[1].number, events[1].next_on, events[1].received) == (1, date(2026, 6, 1), FIRST.total)
    assert (events[3].number, events[3].applied) == (2, [])
    assert (loan.status, loan.fallen_due, loan.standing(JULY_6).due.total) == ("open", 2, DUE[1].total)
    assert loan.unpaid() == [Allocation(2, DUE[1].interest, DUE[1].principal)]


def test_the_money_of_others_pays_what_comes_back():
    """A second receipt had paid an instalment that vanishes: it pays those of the schedule before."""
    loan = running()
    loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)
    third = loan.instalments[2].total
    loan.receive(RepaymentId(UUID(int=9)), third, JULY_6, "transfer", "VIR", CHLOE, JULY_6)
    loan.collect_events()
    loan.reverse(RepaymentId(SECOND_REPAYMENT), WHY, CHLOE, JULY_6)
    _, moved, restored, due = loan.collect_events()
    (line,) = moved.lines
    assert [share.what for share in line.after] == [None]
    assert restored.fallen_due.principal > eur(1_987_99)
    assert sum(part.total.minor for part in due.applied) == third.minor
    is_as_told(loan, JULY_6)


def test_a_version_that_was_built_on_one_that_falls_goes_with_it():
    loan = running()
    loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)
    loan.move_due_day(15, "Sa paie vient le 15.", Decider(CHLOE), date(2026, 6, 22))
    loan.reverse(RepaymentId(SECOND_REPAYMENT), WHY, CHLOE, date(2026, 6, 25))
    assert [version.number for version in loan.chain] == [1]
    assert loan.instalments == DUE
    loan.move_due_day(20, "Enfin le 20.", Decider(CHLOE), date(2026, 6, 26))
    assert (loan.versions[-1].number, loan.versions[-1].over) == (4, 1)
    assert loan.repaid_early(date(2026, 6, 26)) == eur(0)


def test_what_a_receipt_goes_on_paying_is_not_said_again_when_a_schedule_comes_back():
    """0.10 paid a penalty of the second instalment, before the arrears were taken in and after that fell; nothing else."""
    due_first = ServicingTerms("EUR", order=Order(timings=("due", "past_due")), late=Late(BasisPoints(1_200)))
    loan, cheque, early = running(due_first), RepaymentId(UUID(int=5)), RepaymentId(UUID(int=6))
    loan.mark_due(2, JULY_6)
    july_9, july_21, august_16 = date(2026, 7, 9), date(2026, 7, 21), date(2026, 8, 16)
    loan.receive(cheque, DUE[1].total, date(2026, 7, 8), "cheque", "CHQ", CHLOE, july_9)
    loan.receive(RepaymentId(UUID(int=7)), eur(10), july_9, "cash", "Caisse", CHLOE, july_9)
    loan.repay_early(
        Arrived(early, eur(2_000_00), july_21, "cheque", "CHQ"), "lower-instalment", CHLOE, july_21
    )
    loan.reverse(cheque, WHY, CHLOE, date(2026, 8, 1))
    loan.reschedule(12, "Baisse de revenus.", Decider(CHLOE), august_16, takes_in_arrears=True)
    assert loan.versions[-1].after == 1
    is_as_told(loan, august_16)
    loan.reverse(early, WHY, CHLOE, august_16)
    assert (loan.chain[-1].number, loan.paid[2].minor("penalty")) == (1, 10)
    is_as_told(loan, august_16)


def test_what_was_proposed_before_the_end_is_proposed_anew_when_its_money_came_back():
    """Whoever confirms gives up what somebody else has looked at."""
    loan = running()
    loan.propose_write_off(WHY, CHLOE, JUNE_21)
    loan.settle(money(eur(4_815_41)), CHLOE, JUNE_21)
    loan.reverse(RepaymentId(SECOND_REPAYMENT), WHY, CHLOE, JULY_6)
    assert loan.status == "open"
    with pytest.raises(NoWriteOffProposed):
        loan.refuse_write_off(WHY, CHLOE)


def test_the_last_cheque_bounces_and_the_loan_is_repaid_a_second_time():
    loan = replay(servicing_opened)[0]
    last = DUE[-1].due_on
    loan.mark_due(24, last)
    owed = loan.owed(last)
    loan.receive(RepaymentId(UUID(int=8)), owed, last, "cheque", "CHQ", CHLOE, last)
    loan.close_month(last + timedelta(days=30))
    loan.collect_events()
    day = last + timedelta(days=40)
    loan.reverse(RepaymentId(UUID(int=8)), WHY, CHLOE, day)
    assert told(loan) == ["RepaymentReversed", "Reopened"]
    with pytest.raises(AlreadyReversed):
        loan.reverse(RepaymentId(UUID(int=8)), WHY, CHLOE, day)
    loan.receive(RepaymentId(UUID(int=10)), loan.owed(day), day, "transfer", "VIR", CHLOE, day)
    *_, end = loan.collect_events()
    assert isinstance(end, Servicing.Repaid)
    assert (end.number, loan.reopenings) == (2, 1)


def test_a_version_falls_after_the_write_off_too():
    loan = running()
    loan.repay_early(money(eur(2_000_00)), "lower-instalment", CHLOE, JUNE_21)
    lost_on = date(2026, 9, 15)
    loan.propose_write_off("Perdu", CHLOE, lost_on)
    loan.write_off(Decider(ANA), lost_on)
    loan.collect_events()
    loan.reverse(RepaymentId(SECOND_REPAYMENT), WHY, CHLOE, date(2026, 10, 1))
    kinds = told(loan)
    assert kinds[:2] == ["RepaymentReversed", "ScheduleRestored"]
    assert kinds[-1] == "LossRestated"
    is_as_told(loan, date(2026, 10, 1))


# ── whatever happens ───────────────────────────────────────────────────────

STEP = (
    "pay", "pay", "early", "settle", "settle", "move", "return", "return", "late money",
    "too much", "too much", "late too much", "send back", "send back", "give up", "notice", "at once", "lift",
    "take in", "take in",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from(STEP),
        st.integers(1, 70),
        st.integers(1, 120_000),
    ),
    min_size=2,
    max_size=9,
)
LOST = st.tuples(
    st.lists(
        st.tuples(st.sampled_from(["pay", "early", "move"]), st.integers(1, 70), st.integers(1, 60_000)),
        max_size=4,
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["pay", "the rest", "return", "late money"]),
            st.integers(1, 40),
            st.integers(1, 400_000),
        ),
        min_size=2,
        max_size=7,
    ),
).map(lambda parts: [*parts[0], ("give up", 30, 1), *parts[1]])


def live(loan: Servicing, steps: list[tuple[str, int, int]]) -> tuple[date, int, int]:
    """Lets it happen, refusals left out; returns the last day, and how often a schedule came back and a loan was open again."""
    on, restored, reopened = JUNE_6, 0, 0
    for number, (what, days, minor) in enumerate(steps, start=100):
        on += timedelta(days=days)
        came = Arrived(RepaymentId(UUID(int=number)), eur(minor), on, "cheque", "CHQ")
        try:
            match what:
                case "pay":
                    loan.receive(came.repayment_id, came.amount, on, "cheque", "CHQ", CHLOE, on)
                case "late money":
                    then = max(JUNE_6, on - timedelta(days=60))
                    loan.receive(came.repayment_id, came.amount, then, "cheque", "CHQ", CHLOE, on)
                case "early":
                    keeps = ("lower-instalment", "same-instalment")[minor % 2]
                    loan.repay_early(came, keeps, CHLOE, on)
                case "settle":
                    over = eur(minor * (minor % 2))
                    total = loan.quote(on).total + over
                    loan.settle(Arrived(came.repayment_id, total, on, "cheque", "CHQ", True), CHLOE, on)
                case "too much" | "late too much":
                    then = max(JUNE_6, on - timedelta(days=60)) if what == "late too much" else on
                    much = loan.owed(on) + came.amount
                    loan.receive(came.repayment_id, much, then, "cheque", "CHQ", CHLOE, on, True)
                case "send back":
                    then = max(JUNE_6, on - timedelta(days=minor % 40))
                    free = loan.standing(then).unallocated.minor
                    leaving = Leaving(eur(min(free, minor)), then, "cash", "Caisse")
                    loan.refund(leaving, Decider(ANA), FREE, on)
                case "give up":
                    loan.propose_write_off("Perdu.", CHLOE, on)
                    loan.write_off(Decider(ANA), on)
                case "the rest":
                    loan.receive(came.repayment_id, loan.owed(on), on, "cheque", "CHQ", CHLOE, on)
                case "move":
                    loan.move_due_day(minor % 28 + 1, "Sa paie.", Decider(CHLOE), on)
                case "take in":
                    loan.reschedule(minor % 20 + 1, "Baisse de revenus.", Decider(CHLOE), on, True)
                case "notice":
                    loan.give_notice(on + timedelta(days=minor % 30 + 1), CHLOE, on)
                case "at once":
                    loan.accelerate(WHY, Decider(ANA), on)
                case "lift":
                    loan.lift_acceleration(WHY, CHLOE, on)
                case "return":
                    standing = [id for id, each in loan.repayments.items() if not each.reversed]
                    if standing:
                        loan.reverse(standing[minor % len(standing)], WHY, CHLOE, on)
        except (Rejected, ValueError):
            pass
        if due := sum(line.due_on <= on for line in loan.instalments):
            loan.mark_due(due, on)
        events = loan.collect_events()
        restored += sum(isinstance(event, Servicing.ScheduleRestored) for event in events)
        reopened += sum(isinstance(event, Servicing.Reopened) for event in events)
        is_as_told(loan, on)
    return on, restored, reopened


@settings(max_examples=LIVES, deadline=None)
@drawn(steps=STEPS, terms=st.sampled_from([None, AHEAD, DEAR]))
def test_whatever_comes_back_the_events_say_what_the_facts_say(steps, terms):
    live(running(terms), steps)


@settings(max_examples=100, deadline=None)
@drawn(steps=LOST, terms=st.sampled_from([None, AHEAD, DEAR]))
def test_whatever_comes_back_of_a_loss_the_events_say_what_the_facts_say(steps, terms):
    live(running(terms), steps)


def test_a_loss_that_came_back_does_so_twice():
    """Principal of 4,803.40, and the month's interest on it, 24.02."""
    loan = running()
    live(loan, [("give up", 30, 1), ("the rest", 5, 1), ("return", 5, 1), ("the rest", 5, 1)])
    assert (loan.status, loan.lost and loan.lost.total) == ("recovered", eur(4_827_42))


def test_the_lives_above_do_what_they_are_about():
    """A schedule comes back, and a loan is open again, with money that came since."""
    steps = [("early", 10, 100_000), ("settle", 5, 1), ("return", 3, 1), ("pay", 3, 500), ("return", 9, 0)]
    _, restored, reopened = live(running(), steps)
    assert (restored, reopened) == (1, 1)
    steps = [("notice", 35, 1), ("at once", 9, 1), ("late money", 30, 60_000), ("return", 2, 1)]
    loan = running(DEAR)
    _, restored, _ = live(loan, steps)
    assert (restored, loan.acceleration, loan.versions[-1].why) == (1, None, "accelerated")


@settings(max_examples=LIVES // 2, deadline=None)
@drawn(steps=STEPS)
def test_when_all_that_came_came_back_the_books_are_those_of_a_loan_that_nobody_paid(steps):
    """What was sent back meanwhile is owed; a write-off stays one, so lives without any."""
    steps = [step for step in steps if step[0] != "give up"]
    loan = running(DEAR)
    on, _, _ = live(loan, steps)
    for id, each in list(loan.repayments.items()):
        if not each.reversed:
            loan.reverse(id, WHY, CHLOE, on)
    is_as_told(loan, on)
    moved = [v for v in loan.versions if v.number in {c.number for c in loan.chain}]
    rest = [fact for fact in loan.facts if isinstance(fact, Noticed | Refunded)]
    assert movements(loan.agreed, loan.versions, loan.facts, on) == movements(loan.agreed, moved, rest, on)
    assert loan.received == loan.advance == eur(0)
