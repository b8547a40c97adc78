"""A borrower who was put on notice and has not paid owes everything at once; hand-computed, and undone again.

The loan is the vector of the rules of lending: 5,000.00 at 6 % over 24 months, 221.60 each. The first instalment is
paid; those of 6 July (24.02 + 197.58) and 6 August (23.03 + 198.57) are not, and 4,407.25 of principal is to come.
"""

from datetime import date, timedelta
from uuid import UUID

import pytest

from aggregates.rules.facts import Lifted, Noticed
from aggregates.rules.four_eyes import Decider
from aggregates.rules.life import movements
from aggregates.rules.movements import balances
from aggregates.rules.servicing_refusals import (
    NoNotice,
    NotAccelerated,
    NothingPastDue,
    NothingToCome,
    NoticeRunning,
    NoticeTooShort,
    NotInDefault,
    OwnNotice,
    PaidAhead,
)
from aggregates.rules.servicing_terms import Acceleration, Late, Order, ServicingTerms
from aggregates.servicing import Servicing
from aggregates.values import BasisPoints, Money, RepaymentId
from eventstore import Aggregate, Meta
from tests.aggregates.test_returns import is_as_told
from tests.clerk import Clerk
from tests.kit import replay
from tests.stories import (
    ANA,
    CHLOE,
    DUE,
    FIRST,
    JULY_6,
    JUNE_6,
    eur,
    fell_due,
    received,
    servicing_opened,
)

NOTICE = date(2026, 7, 10)
LAST_DAY = date(2026, 8, 9)
DAY = date(2026, 8, 21)
WHY = "Deux échéances impayées, sans réponse à la mise en demeure."
PLAIN = ServicingTerms("EUR", acceleration=Acceleration(indemnity=BasisPoints(800)))
SHARED = ServicingTerms(
    "EUR", late=Late(BasisPoints(0), share=BasisPoints(800)), acceleration=PLAIN.acceleration
)


def late(terms: ServicingTerms | None = PLAIN) -> Servicing:
    """Jean's loan after its first instalment, which is paid; nothing else is."""
    return replay(servicing_opened.but(terms=terms), fell_due(1), received(FIRST.total, FIRST))[0]


def noticed(terms: ServicingTerms | None = PLAIN) -> Servicing:
    loan = late(terms)
    loan.give_notice(LAST_DAY, CHLOE, NOTICE)
    return loan


def accelerated(terms: ServicingTerms | None = PLAIN) -> Servicing:
    loan = noticed(terms)
    loan.accelerate(WHY, Decider(ANA), DAY)
    return loan


def told(loan: Servicing) -> list[str]:
    return [type(event).kind.removeprefix("Servicing.") for event in loan.collect_events()]


def pay(loan: Servicing, amount: Money, value_date: date, on: date, number: int = 50) -> None:
    loan.receive(RepaymentId(UUID(int=number)), amount, value_date, "transfer", "VIR", CHLOE, on)


# ── the notice ─────────────────────────────────────────────────────────────


def test_a_notice_says_what_is_past_due_and_until_when_it_is_to_be_paid():
    loan = noticed()
    *_, given = loan.collect_events()
    assert isinstance(given, Servicing.NoticeGiven)
    assert (given.given_on, given.until, given.late_since) == (NOTICE, LAST_DAY, JULY_6)
    assert given.past_due == eur(221_60)
    assert loan.notice == Noticed(2, NOTICE, LAST_DAY)


def test_the_notice_has_the_penalties_so_far():
    """197.58 at 12 % for four days: 25.98 cents, as 26."""
    loan = noticed(ServicingTerms("EUR", late=Late(BasisPoints(1_200))))
    *_, given = loan.collect_events()
    assert given.past_due == eur(221_86)


def test_only_who_is_late_is_put_on_notice():
    loan = replay(servicing_opened)[0]
    with pytest.raises(NothingPastDue):
        loan.give_notice(JULY_6, CHLOE, JUNE_6)
    loan.give_notice(JULY_6 + timedelta(days=1), CHLOE, JUNE_6 + timedelta(days=1))


def test_a_notice_gives_the_days_of_the_terms():
    with pytest.raises(NoticeTooShort, match="2026-08-09"):
        late().give_notice(LAST_DAY - timedelta(days=1), CHLOE, NOTICE)
    short = ServicingTerms("EUR", acceleration=Acceleration(notice_days=15))
    late(short).give_notice(NOTICE + timedelta(days=15), CHLOE, NOTICE)


def test_one_notice_runs_at_a_time():
    loan = noticed()
    with pytest.raises(NoticeRunning, match="2026-08-09"):
        loan.give_notice(LAST_DAY + timedelta(days=30), CHLOE, LAST_DAY)
    loan.give_notice(LAST_DAY + timedelta(days=31), CHLOE, LAST_DAY + timedelta(days=1))


# ── everything at once ─────────────────────────────────────────────────────


def test_everything_to_come_falls_due_with_interest_so_far_and_the_indemnity():
    """15 of 30 days of 22.04; 8 % of 4,803.40 is 384.272, never more."""
    loan = noticed()
    expected = loan.at_once(DAY)
    loan.collect_events()
    loan.accelerate(WHY, Decider(ANA), DAY)
    due, said, changed, fell = loan.collect_events()
    assert isinstance(due, Servicing.InstalmentFellDue)
    assert isinstance(said, Servicing.Accelerated)
    assert isinstance(changed, Servicing.ScheduleChanged)
    assert isinstance(fell, Servicing.InstalmentFellDue)
    assert (said.overdue, said.principal, said.interest, said.indemnity) == (
        eur(443_20), eur(4_407_25), eur(11_02), eur(384_27),
    )  # fmt: skip
    assert said.total == expected.total == eur(5_245_74)
    assert (changed.version.why, changed.version.after, changed.version.rests_on) == ("accelerated", 3, 2)
    assert (fell.number, fell.principal, fell.interest, fell.next_due_on) == (
        4, eur(4_407_25), eur(11_02), None,
    )  # fmt: skip
    now = loan.standing(DAY)
    assert (now.due.penalty, now.due.principal, now.past_due.total) == (
        eur(384_27),
        eur(4_407_25),
        eur(443_20),
    )
    assert (now.owed, now.not_due.total, now.days_past_due) == (eur(5_245_74), eur(0), 46)
    assert loan.repaid_early(DAY) == eur(0), "nobody repaid anything"
    is_as_told(loan, DAY)


def test_afterwards_nothing_grows_but_the_penalties_of_the_terms():
    """At the rate of the loan, 6 %, on all principal: 4,407.25 for ten days is 7.24."""
    at_the_rate = ServicingTerms("EUR", late=Late(BasisPoints(600), fixed=eur(15_00)))
    loan = accelerated(at_the_rate)
    later = loan.standing(DAY + timedelta(days=10))
    assert later.instalments[3].unpaid.penalty == eur(7_24), "and nothing fixed: it is no instalment"
    assert later.past_due.principal == eur(4_803_40)
    assert (later.accrued, later.not_due.total) == (eur(0), eur(0))


def test_an_instalment_that_bears_a_share_bears_no_second_one():
    """8 % of 221.60 each is 17.72; 8 % of the 4,407.25 that were to come is 352.58."""
    loan = accelerated(SHARED)
    now = loan.standing(DAY + timedelta(days=30))
    assert [one.unpaid.penalty for one in now.instalments] == [eur(0), eur(17_72), eur(17_72), eur(352_58)]


def test_the_share_is_of_what_is_unpaid():
    """100.00 came on the day: 8 % of 121.60 is 9.728."""
    loan = late(SHARED)
    loan.mark_due(2, JULY_6)
    pay(loan, eur(100_00), JULY_6, JULY_6)
    assert loan.standing(NOTICE).past_due.penalty == eur(9_72)
    pay(loan, eur(50_00), NOTICE, NOTICE, 51)
    assert loan.standing(DAY).instalments[1].unpaid.penalty == eur(0), "paid first, and asked for once"


def test_money_pays_the_indemnity_in_the_order_of_the_loan_and_the_books_have_it():
    clerk = Clerk()
    loan = accelerated()
    clerk.events, clerk.entered = [], []
    for event in _whole(loan):
        clerk.hear(event, event.meta.on)
    books = balances(clerk.entered)
    assert (books["penalties_due"], books["penalties_earned"]) == (384_27, -384_27)
    assert (books["loans"], books["interest_due"]) == (4_803_40 - 5_000_00, 24_02 + 23_03 + 11_02)
    assert books == balances(movements(loan.agreed, loan.versions, loan.facts, DAY))
    loan.collect_events()
    pay(loan, eur(5_245_74), DAY, DAY)
    assert told(loan)[-1] == "Repaid"
    assert loan.standing(DAY).paid.penalty == eur(384_27)
    assert loan.status == "repaid"


def _whole(loan: Servicing) -> list[Aggregate.Event]:
    """Every event of an accelerated loan, with its business day."""
    told = [
        servicing_opened.but(terms=loan.terms).event(1, loan.id, date(2026, 5, 6), loan.customer_id),
        fell_due(1).event(2, loan.id, JUNE_6, loan.customer_id),
        received(FIRST.total, FIRST).event(3, loan.id, JUNE_6, loan.customer_id),
    ]
    rest = [event for event in loan.collect_events() if isinstance(event, Aggregate.Event)]
    for event in rest:
        on = NOTICE if isinstance(event, Servicing.NoticeGiven) else DAY
        event.__dict__["meta"] = Meta(by="test", on=on)
    rest[0].__dict__["meta"] = Meta(by="test", on=NOTICE)
    return [*told, *rest]


# ── who may, and when ──────────────────────────────────────────────────────


def test_there_is_no_acceleration_without_a_notice_whose_last_day_is_over():
    with pytest.raises(NoNotice, match="give notice first"):
        late().accelerate(WHY, Decider(ANA), DAY)
    with pytest.raises(NoNotice, match="2026-08-09"):
        noticed().accelerate(WHY, Decider(ANA), LAST_DAY)
    noticed().accelerate(WHY, Decider(ANA), LAST_DAY + timedelta(days=1))


def test_who_paid_what_the_notice_asked_for_is_not_accelerated_for_what_came_since():
    loan = noticed()
    pay(loan, eur(221_60), LAST_DAY, LAST_DAY)
    assert loan.standing(DAY).days_past_due == 15, "August is not paid"
    with pytest.raises(NotInDefault):
        loan.accelerate(WHY, Decider(ANA), DAY)


def test_as_many_instalments_are_unpaid_as_the_terms_ask_for():
    """Three; and two, where the second one falls due after the notice."""
    three = ServicingTerms("EUR", acceleration=Acceleration(instalments=3))
    with pytest.raises(NotInDefault, match="and 3 in all"):
        noticed(three).accelerate(WHY, Decider(ANA), DAY)
    short = ServicingTerms("EUR", acceleration=Acceleration(notice_days=5))
    loan = late(short)
    loan.give_notice(NOTICE + timedelta(days=5), CHLOE, NOTICE)
    with pytest.raises(NotInDefault, match="and 2 in all"):
        loan.accelerate(WHY, Decider(ANA), date(2026, 8, 6))
    loan.accelerate(WHY, Decider(ANA), date(2026, 8, 7))


def test_a_part_of_it_is_not_all_of_it():
    loan = noticed()
    pay(loan, eur(221_59), LAST_DAY, LAST_DAY)
    loan.accelerate(WHY, Decider(ANA), DAY)


def test_whoever_gave_the_notice_does_not_accelerate_alone():
    with pytest.raises(OwnNotice):
        noticed().accelerate(WHY, Decider(CHLOE), DAY)
    loan = noticed()
    loan.accelerate(WHY, Decider(CHLOE, alone_because="La seconde conseillère est absente."), DAY)
    said = next(e for e in loan.collect_events() if isinstance(e, Servicing.Accelerated))
    assert said.self_approval == "La seconde conseillère est absente."


def test_what_is_due_already_is_accelerated_no_more():
    loan = accelerated()
    with pytest.raises(NothingToCome):
        loan.accelerate(WHY, Decider(ANA), DAY)
    with pytest.raises(NothingToCome):
        loan.give_notice(DAY + timedelta(days=40), CHLOE, DAY)
    with pytest.raises(ValueError, match="no instalment comes"):
        loan.at_once(DAY)


def test_what_was_paid_ahead_is_settled_first():
    """Where interest of all instalments is paid before principal of any, one can be late and ahead at once."""
    odd = Order(timings=("in_advance", "past_due", "due"))
    loan = late(ServicingTerms("EUR", order=odd))
    loan.mark_due(2, JULY_6)
    pay(loan, eur(321_60), NOTICE, NOTICE)
    loan.give_notice(LAST_DAY, CHLOE, NOTICE)
    with pytest.raises(PaidAhead):
        loan.accelerate(WHY, Decider(ANA), DAY)


# ── when it is no more ─────────────────────────────────────────────────────


def test_money_learnt_late_that_obeyed_the_notice_lifts_the_acceleration():
    loan = accelerated()
    loan.collect_events()
    before = list(DUE)
    on = date(2026, 9, 10)
    pay(loan, eur(221_60), LAST_DAY, on)
    assert told(loan) == [
        "RepaymentReceived", "AccelerationLifted", "ScheduleRestored", "InstalmentFellDue",
    ]  # fmt: skip
    assert loan.instalments == before
    assert (loan.acceleration, loan.notice, loan.fallen_due) == (None, None, 4)
    now = loan.standing(on)
    assert (now.past_due.penalty, now.past_due.total, now.days_past_due) == (eur(0), eur(443_20), 35)
    assert isinstance(loan.facts[-1], Lifted)
    is_as_told(loan, on)


def test_money_of_the_day_itself_lifts_nothing():
    loan = accelerated()
    pay(loan, eur(443_20), DAY, DAY)
    assert loan.acceleration is not None
    pay(loan, eur(10_00), DAY - timedelta(days=1), DAY, 51)
    assert loan.acceleration is not None, "10.00 were not enough"
    is_as_told(loan, DAY)


def test_a_cheque_that_bounces_after_it_does_not_bring_the_acceleration_back():
    """The house gives notice again: the borrower was told that it was lifted."""
    loan = accelerated()
    pay(loan, eur(221_60), LAST_DAY, DAY)
    loan.collect_events()
    loan.reverse(RepaymentId(UUID(int=50)), "Chèque impayé", CHLOE, DAY)
    assert loan.acceleration is None
    with pytest.raises(NoNotice):
        loan.accelerate(WHY, Decider(ANA), DAY)
    is_as_told(loan, DAY)


def test_a_pause_of_penalties_may_free_money_for_what_the_notice_asked():
    """1,000 % a year make 21.65 in four days, paid first; without them 221.60 pay the whole of July."""
    dear = ServicingTerms("EUR", late=Late(BasisPoints(100_000)), acceleration=Acceleration(BasisPoints(800)))
    loan = noticed(dear)
    pay(loan, eur(221_60), NOTICE, NOTICE)
    loan.accelerate(WHY, Decider(ANA), DAY)
    loan.pause_penalties(JULY_6, None, "Erreur de notre banque", Decider(CHLOE), DAY)
    assert loan.acceleration is None
    is_as_told(loan, DAY)


def test_a_person_takes_it_back_with_a_reason():
    loan = accelerated()
    loan.collect_events()
    on = DAY + timedelta(days=20)
    loan.lift_acceleration("Accord amiable du 5 septembre", CHLOE, on)
    lifted, restored, due = loan.collect_events()
    assert isinstance(lifted, Servicing.AccelerationLifted)
    assert isinstance(restored, Servicing.ScheduleRestored)
    assert isinstance(due, Servicing.InstalmentFellDue)
    assert (lifted.accelerated_on, lifted.notice) == (DAY, 2)
    assert restored.fallen_due.principal == eur(4_407_25)
    assert loan.instalments == DUE
    with pytest.raises(NotAccelerated):
        loan.lift_acceleration("Encore", CHLOE, on)
    is_as_told(loan, on)


def test_the_books_of_a_lifted_acceleration_are_those_of_a_loan_that_never_was():
    clerk, loan = Clerk(), accelerated()
    for event in _whole(loan):
        clerk.hear(event, event.meta.on)
    loan.collect_events()
    loan.lift_acceleration("Accord amiable", CHLOE, DAY)
    clerk.enter(loan, DAY)
    never = late()
    assert balances(clerk.entered) == balances(movements(never.agreed, never.versions, never.facts, DAY))


def test_it_falls_after_the_write_off_too_and_less_is_lost():
    loan = accelerated()
    loan.propose_write_off("Perdu", CHLOE, DAY)
    loan.write_off(Decider(ANA), DAY)
    assert loan.lost is not None
    assert loan.lost.total == eur(5_245_74)
    loan.collect_events()
    pay(loan, eur(221_60), LAST_DAY, DAY)
    assert told(loan)[-1] == "LossRestated"
    # What is left: August, and the principal to come.
    assert loan.lost.total == eur(221_60 + 4_407_25)
    is_as_told(loan, DAY)


def test_money_learnt_later_can_lift_what_it_would_have_repaid():
    """It came before the acceleration, and is all that was owed with it: what is more than due waits."""
    loan = accelerated()
    loan.collect_events()
    pay(loan, eur(5_245_74), LAST_DAY, DAY)
    assert "Repaid" not in told(loan)
    assert (loan.status, loan.advance) == ("open", eur(5_245_74 - 443_20))
    is_as_told(loan, DAY)
