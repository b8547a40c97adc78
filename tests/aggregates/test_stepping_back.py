"""Stepping back after the payout: what has to come back, until when, what each day costs; many lines, one story each.

Every amount is reckoned by hand.

Jean's 5,000.00 at 6 % (30E/360), signed on Monday 4 May 2026, paid out on Tuesday 12 May, the eighth day. A day costs
5,000.00 × 6 % / 360 = 0.8333… until the money is back.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from aggregates.loan import CannotStepBack, Loan, NoDrawdownToCome, NotDisbursed, NotReadyToDisburse
from aggregates.rules.clocks import ClockSettings, clocks_after_signature, return_clock
from aggregates.rules.facts import GivenBack, Refunded
from aggregates.rules.four_eyes import Decider
from aggregates.rules.life import movements
from aggregates.rules.limits import Allowance
from aggregates.rules.movements import balances
from aggregates.rules.repayments import Arrived, Leaving
from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_refusals import (
    ImpossibleSchedule,
    MoreThanOwed,
    NothingRepaidEarly,
    NotTheQuote,
)
from aggregates.rules.servicing_terms import EarlyFee, Late, Order, ServicingTerms
from aggregates.rules.stepping_back import Return, line_to_return
from aggregates.rules.terms import Drawdown, Fee, Insurance, Terms
from aggregates.servicing import Servicing
from aggregates.values import BasisPoints, RepaymentId, ValueDateInvalid
from commands.loan import CancelDrawdowns, DisburseLoan, NoteReopened, NoteRepaid, NoteWrittenOff, StepBack
from commands.servicing import OpenServicing
from eventstore import Rejected
from tests.aggregates.test_returns import is_as_told
from tests.kit import Fact, Given, fact, given, replay
from tests.modelled import line_of
from tests.models.changes import to_return
from tests.stories import (
    ANA,
    CHLOE,
    HOUSE,
    INDEXED,
    JEAN_ACCOUNT,
    LOAN,
    MAY_4,
    TERMS,
    approved_in_law,
    approved_in_parts,
    clocks_started,
    contract_signed,
    disbursed,
    eur,
    first_drawn,
    in_law,
    offer_taken,
    requested,
    servicing_opened,
)

MAY_5, MAY_6, MAY_12, MAY_16, MAY_18, MAY_19, MAY_24 = (
    date(2026, 5, day) for day in (5, 6, 12, 16, 18, 19, 24)
)
JUNE_12, JUNE_15, JUNE_17, JUNE_20 = (date(2026, 6, day) for day in (12, 15, 17, 20))
LOCK_OVER = fact(Loan.ClockEnded, number=2, clock="no-payment", because="time")
SIGNED = (requested, *in_law, contract_signed, offer_taken, clocks_started, LOCK_OVER)
OUT = disbursed.but(value_date=MAY_12)
OPENED = servicing_opened.but(value_date=MAY_12, instalments=schedule(TERMS, eur(5_000_00), 24, MAY_12))
DEAR = ServicingTerms("EUR", late=Late(rate=BasisPoints(1_200)), early=EarlyFee(rate=BasisPoints(300)))
AHEAD = ServicingTerms("EUR", order=Order(timings=("past_due", "due", "in_advance")))
WHY = "Chèque revenu impayé"


def paid_out(*opened: Fact, on: date = MAY_16) -> Given:
    house = given(*SIGNED, OUT).with_(*HOUSE, *(opened or (OPENED,)))
    return house.as_(JEAN_ACCOUNT).on(on)


def owed(notified_on: date = MAY_16, due_on: date = JUNE_15, **other) -> Return:
    says = {"bears_interest": True, "drawn": [Drawdown(MAY_12, eur(5_000_00))]} | other
    return Return(notified_on, due_on, **says)


def stepped(terms: ServicingTerms | None = None, asked: Return | None = None, **opened) -> Servicing:
    """Jean stepped back on 16 May, the twelfth day."""
    [loan] = replay(OPENED.but(terms=terms or ServicingTerms("EUR"), **opened))
    loan.step_back(asked or owed(), CHLOE, MAY_16)
    is_as_told(loan, MAY_16)
    return loan


def id_of(number: int) -> RepaymentId:
    return RepaymentId(UUID(int=number))


def pays(loan: Servicing, minor: int, on: date, known_on: date | None = None, number: int = 1) -> None:
    loan.receive(id_of(number), eur(minor), on, "transfer", "VIR", CHLOE, known_on or on)
    is_as_told(loan, known_on or on)


def told(loan: Servicing) -> list[str]:
    return [type(event).kind.removeprefix("Servicing.") for event in loan.collect_events()]


def asked_for(loan: Servicing) -> tuple[date, int, int]:
    [line] = loan.instalments
    assert (line.fee, line.insurance) == (eur(0), eur(0))
    return line.due_on, line.principal.minor, line.interest.minor


# ── the loan ───────────────────────────────────────────────────────────────


def test_the_notice_of_the_twelfth_day_asks_for_the_money_within_thirty():
    outcome = paid_out().when(StepBack())
    clock = return_clock("fr-consumer", MAY_16, 4)
    loan = outcome.recorded[:3]
    assert [type(event).kind for event in outcome.recorded] == [
        "Loan.ReturnOwed", "Loan.ClockEnded", "Loan.ClocksStarted", "Servicing.SteppedBack",
        "Servicing.ScheduleChanged",
    ]  # fmt: skip
    assert (loan[0].notified_on, loan[0].return_by, loan[0].with_interest) == (MAY_16, JUNE_15, True)
    assert (loan[0].principal, loan[0].cancelled) == (eur(5_000_00), None)
    assert (loan[1].clock, loan[1].because) == ("step-back", "stepped-back")
    assert loan[2].clocks == [clock]
    assert (clock.days, clock.ends_on, clock.source) == (
        30,
        JUNE_15,
        "Code de la consommation, art. L. 312-26",
    )


def test_the_last_day_to_return_is_a_working_day():
    """14 May 2026 + 30 days is Saturday 13 June: Monday 15 June."""
    assert return_clock("fr-consumer", date(2026, 5, 14), 4).ends_on == JUNE_15


def test_the_fourteenth_day_is_the_last_and_a_letter_of_it_counts_later():
    assert paid_out(on=MAY_18).when(StepBack()).refusal is None
    late = paid_out(on=MAY_19)
    late.when(StepBack()).then_rejected(
        CannotStepBack, "the last day was 2026-05-18 (Code de la consommation"
    )
    entered = paid_out(on=MAY_24).as_(ANA)
    event = entered.when(StepBack(notified_on=MAY_18)).recorded[0]
    assert (event.notified_on, event.return_by) == (MAY_18, JUNE_17)
    entered.when(StepBack(notified_on=MAY_19)).then_rejected(CannotStepBack)
    entered.when(StepBack(notified_on=date(2026, 5, 25))).then_rejected(ValueDateInvalid)


def test_a_letter_sent_before_the_payout_and_opened_after_it_counts():
    """Sent on 11 May, opened on the 13th: the money came back from the day it left."""
    outcome = paid_out(on=date(2026, 5, 13)).as_(ANA).when(StepBack(notified_on=date(2026, 5, 11)))
    changed = outcome.recorded[-1]
    assert changed.version.on == MAY_12
    assert changed.version.lines[0].due_on == date(2026, 6, 10)


def test_it_waits_for_the_schedule():
    """Which is open a moment after the money has left."""
    early = given(*SIGNED, OUT).with_(*HOUSE).as_(JEAN_ACCOUNT).on(MAY_12)
    early.when(StepBack()).then_rejected(CannotStepBack, "ask again in a moment")


def returning(*more: Fact) -> Given:
    said = (
        fact(
            Loan.ReturnOwed,
            notified_on=MAY_16,
            return_by=JUNE_15,
            with_interest=True,
            principal=eur(5_000_00),
            by=JEAN_ACCOUNT,
        ),
        fact(Loan.ClockEnded, number=3, clock="step-back", because="stepped-back"),
        fact(Loan.ClocksStarted, clocks=[return_clock("fr-consumer", MAY_16, 4)]),
    )
    return given(*SIGNED, OUT, *said, *more).with_(*HOUSE, OPENED).on(MAY_24)


BACK = fact(Loan.CapitalReturned, returned_on=MAY_24)
CLOCK_OVER = fact(Loan.ClockEnded, number=4, clock="capital-back", because="returned")


def test_the_loan_has_ended_as_stepped_back_once_the_money_is_back():
    returning().when(NoteRepaid(on=MAY_24)).then(BACK, CLOCK_OVER)
    returning(BACK, CLOCK_OVER).when(NoteRepaid(on=MAY_24)).then_nothing()
    before = given(*SIGNED, fact(Loan.SteppedBack, notified_on=MAY_12, by=JEAN_ACCOUNT))
    before.when(NoteRepaid(on=MAY_24)).then_rejected(NotDisbursed, "stepped-back")


def test_money_that_came_back_and_bounces_lets_the_clock_go_on():
    again = return_clock("fr-consumer", MAY_16, 5)
    ended = returning(BACK, CLOCK_OVER)
    reopened = fact(Loan.Reopened, reopened_on=MAY_24)
    ended.when(NoteReopened(on=MAY_24)).then(reopened, fact(Loan.ClocksStarted, clocks=[again]))
    ended.on(JUNE_17).when(NoteReopened(on=JUNE_17)).then(reopened.but(reopened_on=JUNE_17))
    twice = returning(BACK, CLOCK_OVER, reopened, fact(Loan.ClocksStarted, clocks=[again]))
    twice.when(NoteRepaid(on=MAY_24)).then(
        BACK, fact(Loan.ClockEnded, number=5, clock="capital-back", because="returned")
    )


def test_nobody_steps_back_twice_and_no_money_leaves_any_more():
    returning().as_(JEAN_ACCOUNT).when(StepBack()).then_rejected(CannotStepBack)
    payout = DisburseLoan(value_date=MAY_24, method="transfer", reference="VIR 2")
    returning().as_(CHLOE).when(payout).then_rejected(NotReadyToDisburse)
    written_off = fact(Loan.WrittenOff, written_off_on=MAY_24)
    returning().when(NoteWrittenOff(on=MAY_24)).then(written_off)


def test_drawdowns_that_have_not_left_never_will():
    parts = approved_in_parts.but(law="fr-consumer", apr=617)
    said = [parts if each is approved_in_law else each for each in SIGNED]
    opened = OPENED.but(principal=eur(3_000_00), instalments=schedule(TERMS, eur(3_000_00), 24, MAY_12))
    loan = given(*said, first_drawn.but(value_date=MAY_12)).with_(*HOUSE, opened).on(MAY_16)
    outcome = loan.as_(JEAN_ACCOUNT).when(StepBack())
    assert (outcome.recorded[0].principal, outcome.recorded[0].cancelled) == (eur(3_000_00), eur(2_000_00))
    [line] = outcome.recorded[-1].version.lines
    assert (line.principal, line.interest) == (eur(3_000_00), eur(16_50))  # 3,000 × 6 % × 33 / 360
    after = fact(Loan.ReturnOwed, **vars_of(outcome.recorded[0]))
    ended = given(*said, first_drawn.but(value_date=MAY_12), after).with_(*HOUSE).on(MAY_24)
    ended.when(CancelDrawdowns(reason="Plus besoin.")).then_rejected(NoDrawdownToCome)


def vars_of(event) -> dict:
    names = ("notified_on", "return_by", "with_interest", "principal", "by", "cancelled")
    return {name: getattr(event, name) for name in names}


# ── Quebec: two days, and no interest ──────────────────────────────────────

IN_QUEBEC = approved_in_law.but(law="qc-consumer", apr=617)
[TWO_DAYS] = clocks_after_signature(
    "qc-consumer", 617, MAY_4, ClockSettings(high_cost_apr=BasisPoints(2_200)), 2
)


def in_quebec(on: date) -> Given:
    said = (requested, IN_QUEBEC, contract_signed, fact(Loan.ClocksStarted, clocks=[TWO_DAYS]))
    out, opened = (
        disbursed.but(value_date=MAY_5),
        OPENED.but(value_date=MAY_5, instalments=schedule(TERMS, eur(5_000_00), 24, MAY_5)),
    )
    return given(*said, out).with_(*HOUSE, opened).as_(JEAN_ACCOUNT).on(on)


def test_quebec_two_days_and_nothing_but_the_capital():
    assert TWO_DAYS.ends_on == MAY_6
    outcome = in_quebec(MAY_6).when(StepBack())
    assert (outcome.recorded[0].return_by, outcome.recorded[0].with_interest) == (date(2026, 6, 5), False)
    [clock] = outcome.recorded[2].clocks
    assert (clock.days, clock.source) == (30, None), "the law says no number: ours"
    [line] = outcome.recorded[-1].version.lines
    assert (line.due_on, line.principal, line.interest) == (date(2026, 6, 5), eur(5_000_00), eur(0))
    in_quebec(date(2026, 5, 7)).when(StepBack()).then_rejected(CannotStepBack, "2026-05-06")


# ── what comes back ────────────────────────────────────────────────────────


def test_one_line_on_the_last_day_takes_the_place_of_every_instalment():
    """From 12 May to 15 June are 33 days of 30E/360: 27.50."""
    loan = stepped()
    assert asked_for(loan) == (JUNE_15, 5_000_00, 27_50)
    assert [version.why for version in loan.chain] == ["agreed", "stepped-back"]
    assert (loan.chain[-1].on, loan.chain[-1].given_back) == (MAY_16, None)
    assert told(loan) == ["SteppedBack", "ScheduleChanged"]


def test_back_on_the_twentieth_day_it_costs_the_interest_to_that_day():
    """24 May: 12 days, 10.00; whoever pays exactly that owes nothing more and need not wait for the last day."""
    loan = stepped(DEAR)
    [*_, offer] = loan.quotes(MAY_16)[:9]
    assert (offer.on, offer.accrued, offer.fee, offer.total) == (MAY_24, eur(10_00), eur(0), eur(5_010_00))
    loan.collect_events()
    pays(loan, 5_010_00, MAY_24)
    assert (loan.status, asked_for(loan)) == ("repaid", (MAY_24, 5_000_00, 10_00))
    assert told(loan) == ["RepaymentReceived", "ScheduleChanged", "InstalmentFellDue", "Repaid"]
    assert loan.owed(MAY_24) == eur(0)


def test_the_button_of_early_repayment_takes_the_same_sum_and_no_other():
    loan = stepped(DEAR)
    money = Arrived(id_of(1), eur(5_010_01), MAY_24, "transfer", "VIR")
    with pytest.raises(NotTheQuote, match=r"5010\.00 EUR"):
        loan.settle(money, CHLOE, MAY_24)
    loan.settle(Arrived(id_of(1), eur(5_010_00), MAY_24, "transfer", "VIR"), CHLOE, MAY_24)
    is_as_told(loan, MAY_24)
    assert loan.status == "repaid"


def test_back_on_the_thirtieth_day_it_costs_what_the_schedule_says():
    loan = stepped(DEAR)
    loan.mark_due(1, JUNE_15)
    assert loan.standing(JUNE_15).days_past_due == 0
    pays(loan, 5_027_50, JUNE_15)
    assert loan.status == "repaid"


def test_late_it_is_past_due_like_anything_else_and_penalties_begin_then():
    """Five days on 5,000.00 at 12 % (actual/365): 8.22; no day before the last one costs anything."""
    loan = stepped(DEAR)
    loan.mark_due(1, JUNE_15)
    now = loan.standing(JUNE_20)
    assert (now.days_past_due, now.past_due.penalty, now.past_due.interest) == (5, eur(8_22), eur(27_50))
    pays(loan, 5_035_72, JUNE_20)
    assert loan.status == "repaid"


def test_a_part_that_comes_back_bears_no_interest_from_its_day():
    """3,000.00 on 24 May: 10.00 until then; 2,000.00 for 21 days more, 7.00."""
    loan = stepped()
    pays(loan, 3_000_00, MAY_24)
    assert asked_for(loan) == (JUNE_15, 5_000_00, 17_00)
    assert loan.owed(MAY_24) == eur(2_017_00)
    assert loan.quote(date(2026, 5, 30)).total == eur(2_012_00)  # six days more: 2.00
    pays(loan, 2_012_00, date(2026, 5, 30), number=2)
    assert loan.status == "repaid"


def test_more_than_it_comes_to_waits_and_may_go_back():
    """The whole line on 24 May: 17.50 of its interest is of days that never came."""
    loan = stepped()
    pays(loan, 5_027_50, MAY_24)
    assert loan.status == "repaid"
    assert loan.standing(MAY_24).unallocated == eur(17_50)
    with pytest.raises(MoreThanOwed):
        pays(loan, 1_00, MAY_24, number=2)
    other = stepped()
    with pytest.raises(MoreThanOwed):
        pays(other, 5_027_51, MAY_24)


def test_money_learnt_late_counts_from_its_value_date():
    """Known after the last day, it came on 24 May: the interest ends there, and no penalty is left."""
    loan = stepped(DEAR)
    loan.mark_due(1, JUNE_15)
    pays(loan, 5_010_00, MAY_24, known_on=JUNE_20)
    assert (loan.status, asked_for(loan)) == ("repaid", (MAY_24, 5_000_00, 10_00))


def test_a_cheque_that_bounces_lets_the_interest_run_again():
    loan = stepped()
    pays(loan, 5_010_00, MAY_24)
    loan.collect_events()
    loan.reverse(id_of(1), WHY, CHLOE, date(2026, 5, 28))
    is_as_told(loan, date(2026, 5, 28))
    assert (loan.status, asked_for(loan)) == ("open", (JUNE_15, 5_000_00, 27_50))
    kinds = told(loan)
    assert kinds == ["RepaymentReversed", "Reopened", "ScheduleChanged"]


def test_instalments_that_were_paid_count():
    """A letter of 18 May opened on 20 June, when 221.60 had been paid on 12 June, the day of the first instalment.

    5,000.00 for 30 days is 25.00; 4,778.40 for 5 days is 3.98; 4,807.38 are three days late.
    """
    [loan] = replay(OPENED.but(terms=DEAR))
    loan.mark_due(1, JUNE_12)
    pays(loan, 221_60, JUNE_12)
    loan.collect_events()
    loan.step_back(owed(MAY_18, JUNE_17), ANA, JUNE_20)
    is_as_told(loan, JUNE_20)
    assert asked_for(loan) == (JUNE_17, 5_000_00, 28_98)
    now = loan.standing(JUNE_20)
    assert now.days_past_due == 3
    assert now.past_due.total - now.past_due.penalty == eur(4_807_38)
    assert told(loan) == ["SteppedBack", "Reallocated", "ScheduleChanged", "InstalmentFellDue"]


def test_what_fell_due_before_is_taken_back_with_its_fees_and_its_insurance():
    terms = Terms(
        BasisPoints(600),
        fees=(Fee("Gestion", "per-instalment", fixed=eur(2_00)),),
        insurance=Insurance(BasisPoints(36)),
    )
    [loan] = replay(OPENED.but(instalments=schedule(terms, eur(5_000_00), 24, MAY_12), terms=DEAR))
    loan.mark_due(1, JUNE_12)
    loan.collect_events()
    loan.step_back(owed(MAY_18, JUNE_17), ANA, JUNE_15)
    is_as_told(loan, JUNE_15)
    changed = next(event for event in loan.collect_events() if isinstance(event, Servicing.ScheduleChanged))
    assert (changed.fallen_due.fee, changed.fallen_due.insurance) == (eur(2_00), eur(1_50))
    assert (loan.fallen_due, asked_for(loan)) == (0, (JUNE_17, 5_000_00, 29_17))
    books = balances(movements(loan.agreed, loan.versions, loan.facts, JUNE_15))
    assert not any(
        books[role] for role in ("fees_earned", "fees_due", "insurer", "insurance_due", "penalties_due")
    )


# ── what was kept is given back ────────────────────────────────────────────

WITH_FEES = Terms(
    BasisPoints(600),
    fees=(Fee("Dossier", "up-front", fixed=eur(75_00)), Fee("Courtage", "financed", fixed=eur(100_00))),
)


def test_fees_kept_or_financed_are_given_back_in_the_books_too():
    """4,925.00 left; 100.00 more were to be repaid. For 33 days 4,925.00 cost 27.09, for twelve 9.85."""
    asked = owed(kept_fee=eur(75_00))
    lines = schedule(WITH_FEES, eur(5_000_00), 24, MAY_12)
    loan = stepped(DEAR, asked, instalments=lines, financed=eur(100_00))
    assert asked_for(loan) == (JUNE_15, 4_925_00, 27_09)
    assert loan.chain[-1].given_back == GivenBack(eur(175_00), eur(0))
    given_back = [m for m in movements(loan.agreed, loan.versions, [], MAY_16) if m.kind == "given-back"]
    assert [dict(m.amounts) for m in given_back] == [{"fees_earned": eur(175_00), "loans": eur(-175_00)}]
    assert loan.quote(MAY_24).total == eur(4_934_85)
    pays(loan, 4_934_85, MAY_24)
    assert loan.status == "repaid"
    books = balances(movements(loan.agreed, loan.versions, loan.facts, MAY_24))
    assert {role: minor for role, minor in books.items() if minor} == {
        # The servicing knows nothing of the payout: 5,000.00 lent, 75.00 of them kept and earned.
        "bank": 4_934_85, "loans": -5_000_00, "fees_earned": 75_00, "interest_earned": -9_85,
    }  # fmt: skip


def test_the_command_reads_what_was_kept_off_the_loan():
    approval = approved_in_law.but(terms=WITH_FEES)
    said = [approval if each is approved_in_law else each for each in SIGNED]
    out = OUT.but(kept_fee=eur(75_00))
    opened = given().with_(*said, out).when(OpenServicing(loan_id=LOAN)).recorded[0]
    assert opened.financed == eur(100_00)
    servicing = OPENED.but(instalments=opened.instalments, financed=opened.financed)
    outcome = given(*said, out).with_(*HOUSE, servicing).as_(JEAN_ACCOUNT).on(MAY_16).when(StepBack())
    changed = outcome.recorded[-1]
    assert (changed.version.lines[0].principal, changed.version.given_back.fees) == (
        eur(4_925_00),
        eur(175_00),
    )


def test_interest_that_was_kept_is_given_back_and_reckoned_anew():
    loan = stepped(None, owed(kept_interest=eur(4_00)))
    assert asked_for(loan) == (JUNE_15, 4_996_00, 27_48)
    assert loan.chain[-1].given_back == GivenBack(eur(0), eur(4_00))


# ── what is no longer possible ─────────────────────────────────────────────


def test_nothing_else_is_agreed_on_once_the_client_stepped_back():
    loan = stepped()
    money = Arrived(id_of(3), eur(1_000_00), MAY_24, "transfer", "VIR")
    with pytest.raises(NothingRepaidEarly, match="record it as a repayment"):
        loan.repay_early(money, "lower-instalment", CHLOE, MAY_24)
    for change in (
        lambda: loan.move_due_day(15, "Sa paie.", Decider(CHLOE), MAY_24),
        lambda: loan.grant_holiday(1, "paid", "Congé.", Decider(CHLOE), MAY_24),
        lambda: loan.reschedule(12, "Plus court.", Decider(CHLOE), MAY_24),
    ):
        with pytest.raises(ImpossibleSchedule, match="stepped back"):
            change()


def test_its_rate_follows_nothing_any_more():
    [loan] = replay(OPENED.but(indexed=INDEXED, first_reset_on=date(2026, 8, 6)))
    loan.step_back(owed(), CHLOE, MAY_16)
    said = loan.collect_events()[0]
    assert (said.no_reset, loan.next_reset_on) == (1, None)
    loan.reset_rate(1, BasisPoints(300), CHLOE, date(2026, 8, 6))
    assert told(loan) == []


def test_it_may_be_given_up_and_come_back_later():
    loan = stepped()
    day = date(2026, 9, 1)
    loan.mark_due(1, day)
    loan.propose_write_off("Sans nouvelles.", ANA, day)
    loan.write_off(Decider(CHLOE), day)
    assert loan.lost is not None
    assert loan.lost.total == eur(5_027_50)
    loan.receive(id_of(1), eur(5_027_50), day, "transfer", "VIR", CHLOE, day)
    assert loan.status == "recovered"


# ── another formulation, and whatever happens ──────────────────────────────


@settings(max_examples=300, deadline=None)
@drawn(chance=st.integers(0, 2**32).map(Random))
def test_the_line_is_that_of_the_model(chance):
    count = chance.choice(["30E/360", "ACT/365F", "ACT/ACT-ISDA"])
    first = date(2027, 12, 1) + timedelta(days=chance.randint(0, 90))
    end = first + timedelta(days=chance.randint(1, 45))
    parts = sorted(first + timedelta(days=chance.randint(0, 20)) for _ in range(chance.randint(0, 2)))
    paid = [Drawdown(day, eur(chance.randint(100_00, 900_000_00))) for day in [first, *parts]]
    kept = chance.choice([0, 0, 20_00]), chance.choice([0, 3_00])
    rate = chance.choice([0, 601, 1_999])
    left: Counter[date] = Counter()
    for each in paid:
        left[each.on] += each.amount.minor
    left[first] -= sum(kept)
    asked = Return(first, end, bool(rate), paid, *(eur(minor) or None for minor in kept))
    money = some_money(chance, first, sum(left.values()))
    came: Counter[date] = Counter()
    for day, minor in money:
        came[day] += minor
    line = line_to_return(asked, money, BasisPoints(rate or 600), ServicingTerms("EUR", day_count=count))
    assert line_of(line) == to_return(left, came, end, rate, count)


def some_money(chance: Random, first: date, capital: int) -> Sequence[tuple[date, int]]:
    days = [first + timedelta(days=chance.randint(0, 50)) for _ in range(chance.randint(0, 4))]
    sums = [capital, capital // 2, 10_00, capital + 20_00, -5_00]
    return [(day, chance.choice(sums)) for day in days]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "late money", "quote", "return", "refund", "step back", "early"]),
        st.integers(0, 20),
        st.integers(1, 520_000),
    ),
    min_size=2,
    max_size=10,
)


def live(loan: Servicing, steps: Sequence[tuple[str, int, int]]) -> Counter[str]:
    """Lets it happen, refusals left out; what the events say is what the facts say after every step."""
    on, kinds = MAY_12, Counter[str]()
    for number, (what, days, minor) in enumerate(steps, start=100):
        on += timedelta(days=days)
        most = 300_00 if loan.to_return is None else minor
        id, amount = id_of(number), eur(min(minor, most))
        standing = [known for known, each in loan.repayments.items() if not each.reversed]
        try:
            match what:
                case "pay":
                    loan.receive(id, min(amount, loan.owed(on)), on, "transfer", "VIR", CHLOE, on)
                case "late money":
                    then = max(MAY_12, on - timedelta(days=minor % 40))
                    loan.receive(id, amount, then, "transfer", "VIR", CHLOE, on)
                case "quote":
                    total = loan.quote(on).total
                    loan.settle(Arrived(id, total, on, "cheque", "CHQ"), CHLOE, on)
                    assert loan.status == "repaid", "what the quote says is all that it takes"
                case "return" if standing:
                    loan.reverse(standing[minor % len(standing)], WHY, CHLOE, on)
                case "early":
                    loan.repay_early(
                        Arrived(id, amount, on, "transfer", "VIR"), "lower-instalment", CHLOE, on
                    )
                case "refund":
                    free = Leaving(loan.standing(on).unallocated, on, "cash", "Caisse")
                    loan.refund(free, Decider(ANA), Allowance(eur(1_000_000_00), None), on)
                case "step back" if loan.to_return is None:
                    sent = max(MAY_12, on - timedelta(days=minor % 9))
                    loan.step_back(owed(sent, sent + timedelta(days=30)), ANA, on)
        except (Rejected, ValueError):
            pass
        loan._catch_up(on)
        loan._close_when_paid(on)
        kinds.update(type(event).kind for event in loan.collect_events())
        is_as_told(loan, on)
        if loan.to_return is not None and loan.status == "open":
            left = Counter({MAY_12: 5_000_00})
            facts, standing_ones = (
                Counter[date](),
                {r.number for r in loan.repayments.values() if not r.reversed},
            )
            for each in loan.facts:
                if each.number in standing_ones:
                    facts[each.on] += each.amount.minor
                if isinstance(each, Refunded):
                    facts[each.on] -= each.amount.minor
            model = to_return(left, facts, loan.to_return.due_on, 600, loan.agreed.day_count)
            assert [line_of(line) for line in loan.instalments] == [model]
    return kinds


@settings(max_examples=200, deadline=None)
@drawn(steps=STEPS, terms=st.sampled_from([None, AHEAD, DEAR]))
def test_whatever_happens_around_it_the_line_is_that_of_the_money(steps, terms):
    [loan] = replay(OPENED.but(terms=terms or ServicingTerms("EUR")))
    live(loan, steps)


def test_the_lives_above_do_what_they_are_about():
    steps = [
        ("early", 5, 1_000_00), ("step back", 2, 1), ("return", 3, 1), ("pay", 1, 2_000_00), ("quote", 3, 1),
        ("return", 1, 1), ("quote", 1, 1),
    ]  # fmt: skip
    [loan] = replay(OPENED)
    kinds = live(loan, steps)
    assert kinds["Servicing.Reopened"] == 1
    assert kinds["Servicing.ScheduleRestored"] == 1, "the early repayment bounced, with what was built on it"
    assert (loan.status, kinds["Servicing.Repaid"]) == ("repaid", 2)


def test_money_that_waits_and_is_sent_back_bears_interest_again():
    """1,000.00 came on 24 May and went back on the 27th: 10.00, then 4,000.00 for 3 days, 2.00, then all of it again, 15.00."""
    loan = stepped()
    pays(loan, 1_000_00, MAY_24)
    assert asked_for(loan) == (JUNE_15, 5_000_00, 24_00)
    away = Leaving(eur(1_000_00), date(2026, 5, 27), "cash", "Caisse")
    loan.refund(away, Decider(ANA), Allowance(eur(1_000_000_00), None), date(2026, 5, 27))
    is_as_told(loan, date(2026, 5, 27))
    assert asked_for(loan) == (JUNE_15, 5_000_00, 27_00)
