"""What goes back to the borrower, what is given up as lost, what comes back of it, and lateness that costs nothing."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from aggregates.rules.buckets import Provisions
from aggregates.rules.facts import Paused
from aggregates.rules.four_eyes import Decider
from aggregates.rules.life import movements
from aggregates.rules.limits import AboveLimit, Allowance
from aggregates.rules.movements import balances
from aggregates.rules.repayments import Leaving
from aggregates.rules.servicing_refusals import (
    AlreadyRepaid,
    MoreThanOwed,
    MoreThanUnallocated,
    NothingToWriteOff,
    NoWriteOffProposed,
    OwnReceipt,
    OwnWriteOff,
    PenaltiesNotPaused,
    PenaltiesPausedAlready,
    WriteOffPending,
    WrongCurrency,
)
from aggregates.rules.servicing_terms import Late, ServicingTerms
from aggregates.rules.standing import Balance
from aggregates.servicing import Servicing
from aggregates.stop_switch import MoneyStopped
from aggregates.values import AccountId, BasisPoints, Money, RepaymentId, ValueDateInvalid
from commands.servicing import (
    ChangeDueDay,
    CloseMonth,
    ConfirmWriteOff,
    PausePenalties,
    ProposeWriteOff,
    RecordRepayment,
    RefundOverpayment,
    RefuseWriteOff,
    ResumePenalties,
    ReverseRepayment,
)
from eventstore import Aggregate, Ask, Command, Rejected
from tests.clerk import Clerk
from tests.kit import ANYBODY, Fact, Memory, Outcome, replay
from tests.stories import (
    ANA,
    BEN,
    CHLOE,
    DUE,
    FIRST,
    HOUSE,
    JEAN,
    JULY_6,
    JUNE_6,
    MAY_6,
    REPAYMENT,
    SECOND_REPAYMENT,
    SERVICING,
    eur,
    fell_due,
    received,
    servicing_opened,
    single_operator,
    switch_installed,
    switch_pulled,
    xof,
)

WHY = "Sans nouvelles depuis un an."
ALONE = "La seconde conseillère est absente."
JUNE_7 = JUNE_6 + timedelta(days=1)
LATE = ServicingTerms("EUR", late=Late(BasisPoints(1_000)))


class Life:
    """Jean's loan, asked by commands; the clerk enters what it records, and the books are compared with the life."""

    def __init__(self, *more: Fact, house: tuple[Fact, ...] = HOUSE, terms: ServicingTerms | None = None):
        self.house, self.clerk = house, Clerk()
        for version, each in enumerate([servicing_opened.but(terms=terms), *more], 1):
            on = MAY_6 if version == 1 else JUNE_6
            self.clerk.hear(each.event(version, SERVICING, on, JEAN), on)

    @property
    def loan(self) -> Servicing:
        return [servicing for servicing, _ in self.clerk.told()][-1]

    def asked(self, command: Command, by: UUID = CHLOE, on: date = JUNE_7) -> list[str]:
        """What is recorded in the end; the books are the life as it is known then."""
        loan = self._done(command, by, on)
        new = [event for event in loan.collect_events() if isinstance(event, Aggregate.Event)]
        for event in new:
            self.clerk.hear(event, on)
        loan = self.loan
        assert balances(self.clerk.entered) == balances(movements(loan.agreed, loan.versions, loan.facts, on))
        return [type(event).kind.partition(".")[2] for event in new]

    def tried(self, command: Command, by: UUID = CHLOE, on: date = JUNE_7) -> Outcome:
        try:
            self._done(command, by, on)
        except Rejected as refusal:
            return Outcome(refusal=refusal)
        return Outcome()

    def books(self) -> dict[str, int]:
        return {role: minor for role, minor in balances(self.clerk.entered).items() if minor}

    def _done(self, command: Command, by: UUID, on: date) -> Servicing:
        asker = replace(ANYBODY, account=by, on=on, now=datetime.combine(on, time(12), UTC))
        ask, loan = Ask(asker, Memory(replay(*self.house)), ExitStack()), self.loan
        ask.add(loan)
        command.perform(loan, ask)
        return loan


def paying(amount: Money, on: date = JUNE_7, id: UUID = SECOND_REPAYMENT) -> RecordRepayment:
    return RecordRepayment(
        repayment_id=RepaymentId(id), amount=amount, value_date=on, method="transfer", reference="VIR 2"
    )


def sending_back(amount: Money, on: date = JUNE_7, reason: str | None = None) -> RefundOverpayment:
    return RefundOverpayment(
        amount=amount, value_date=on, method="cash", reference="Caisse 12", reason=reason
    )


WAITING = (fell_due(1), received(FIRST.total + eur(50_00), FIRST, advance=eur(50_00)))
"""The first instalment is paid, and 50.00 wait; Chloé recorded it."""

# ── what goes back ─────────────────────────────────────────────────────────


def test_money_that_pays_nothing_goes_back():
    life = Life(*WAITING)
    assert life.asked(sending_back(eur(30_00)), by=ANA) == ["OverpaymentRefunded", "Reallocated"]
    assert life.loan.advance == eur(20_00)
    assert (life.books()["till"], life.books()["advances"]) == (-30_00, -20_00)
    assert life.asked(sending_back(eur(20_00)), by=ANA) == ["OverpaymentRefunded", "Reallocated"]
    assert life.loan.advance == eur(0)


@pytest.mark.parametrize("amount", [eur(50_01), eur(0)])
def test_no_more_goes_back_than_waits(amount):
    money = sending_back(eur(1)).model_copy(update={"amount": amount})
    Life(*WAITING).tried(money, by=ANA).then_rejected(MoreThanUnallocated, "50.00 EUR pays nothing")


def test_what_waited_on_its_day_and_has_paid_since_stays():
    """50.00 waited in June and pay the instalment of 6 July."""
    life = Life(*WAITING)
    life.tried(sending_back(eur(50_00), on=JUNE_7), by=ANA, on=JULY_6).then_rejected(MoreThanUnallocated)


def test_money_goes_back_in_its_currency_and_on_a_day_that_can_be():
    life = Life(*WAITING)
    life.tried(sending_back(xof(5_000)), by=ANA).then_rejected(WrongCurrency)
    life.tried(sending_back(eur(1_00), on=MAY_6 - timedelta(days=1)), by=ANA).then_rejected(ValueDateInvalid)
    life.tried(sending_back(eur(1_00), on=JULY_6), by=ANA).then_rejected(ValueDateInvalid)


def test_whoever_recorded_the_money_does_not_send_it_back_alone():
    Life(*WAITING).tried(sending_back(eur(1_00)), by=CHLOE).then_rejected(OwnReceipt)
    Life(*WAITING).tried(sending_back(eur(1_00), reason=ALONE), by=CHLOE).then_rejected(OwnReceipt)
    life = Life(*WAITING, house=(*HOUSE, single_operator))
    life.asked(sending_back(eur(1_00), reason=ALONE), by=CHLOE)
    assert [e.self_approval for e in life.clerk.events if isinstance(e, Servicing.OverpaymentRefunded)] == [
        ALONE
    ]


def test_the_stop_switch_holds_refunds_too():
    life = Life(*WAITING, house=(*HOUSE, switch_installed, switch_pulled))
    life.tried(sending_back(eur(1_00)), by=ANA).then_rejected(MoneyStopped)


def test_a_refund_counts_in_the_limits_of_what_one_account_pays_out():
    life = Life(*WAITING)
    who = Decider(AccountId(ANA))
    money = Leaving(eur(30_00), JUNE_7, "cash", "Caisse 12")
    with pytest.raises(AboveLimit):
        life.loan.refund(money, who, Allowance(eur(29_99), None), JUNE_7)


# ── what is given up ───────────────────────────────────────────────────────


def written_off(*more: Fact, house: tuple[Fact, ...] = HOUSE) -> Life:
    life = Life(*(more or (fell_due(1),)), house=house)
    assert life.asked(ProposeWriteOff(reason=WHY), by=ANA) == ["WriteOffProposed"]
    would_lose = life.clerk.events[-1].would_lose
    recorded = life.asked(ConfirmWriteOff(), by=CHLOE)
    assert recorded[0] == "WrittenOff"
    [lost] = [event for event in life.clerk.events if isinstance(event, Servicing.WrittenOff)]
    assert lost.lost == would_lose, "on the same day"
    return life


def test_a_loan_is_written_off_by_two_people():
    life = written_off()
    assert (life.loan.status, life.loan.lost) == (
        "written-off",
        Balance.of([0, 0, 0, 25_00, 5_000_00], "EUR"),
    )
    assert life.books() == {"losses": 5_025_00, "loans": -5_000_00, "interest_earned": -25_00}


def test_nobody_writes_off_alone():
    life = Life(fell_due(1))
    life.tried(ConfirmWriteOff(), by=CHLOE).then_rejected(NoWriteOffProposed)
    life.tried(RefuseWriteOff(reason=WHY), by=CHLOE).then_rejected(NoWriteOffProposed)
    life.asked(ProposeWriteOff(reason=WHY), by=ANA)
    life.tried(ProposeWriteOff(reason=WHY), by=BEN).then_rejected(WriteOffPending)
    life.tried(ConfirmWriteOff(), by=ANA).then_rejected(OwnWriteOff)
    life.tried(ConfirmWriteOff(reason=ALONE), by=ANA).then_rejected(OwnWriteOff)
    assert life.asked(RefuseWriteOff(reason=WHY), by=CHLOE) == ["WriteOffRefused"]
    life.tried(ConfirmWriteOff(), by=CHLOE).then_rejected(NoWriteOffProposed)


def test_a_single_operator_writes_off_with_a_reason():
    life = Life(fell_due(1), house=(*HOUSE, single_operator))
    life.asked(ProposeWriteOff(reason=WHY), by=ANA)
    assert life.asked(ConfirmWriteOff(reason=ALONE), by=ANA) == ["WrittenOff"]
    assert life.clerk.events[-1].self_approval == ALONE


def test_where_nothing_is_owed_nothing_is_given_up():
    life = Life(*(fell_due(number) for number in range(1, 25)))
    owed = life.loan.owed(DUE[-1].due_on)
    life.asked(paying(owed, DUE[-1].due_on), on=DUE[-1].due_on)
    life.tried(ProposeWriteOff(reason=WHY), by=ANA, on=DUE[-1].due_on).then_rejected(AlreadyRepaid)
    life = Life(fell_due(1))
    life.asked(paying(life.loan.owed(JUNE_7)))
    proposal = ProposeWriteOff(reason=WHY)
    life.tried(proposal, by=ANA, on=DUE[-1].due_on).then_rejected(NothingToWriteOff, "nothing is owed")


def test_money_that_waits_is_the_first_that_comes_back():
    life = written_off(*WAITING)
    assert [type(event).kind for event in life.clerk.events[-2:]] == [
        "Servicing.WrittenOff",
        "Servicing.Reallocated",
    ]
    assert life.loan.advance == eur(0)
    assert life.books()["recoveries"] == -50_00


def test_what_comes_later_is_a_recovery_until_all_of_it_came_back():
    life = written_off()
    assert life.asked(paying(eur(25_00))) == ["RepaymentReceived", "LossRestated"], "of the very day: no loss"
    assert life.asked(paying(eur(1_000_00), JULY_6, REPAYMENT), on=JULY_6) == ["RepaymentReceived"]
    assert life.books()["recoveries"] == -1_000_00
    too_much = paying(eur(4_000_01), JULY_6, UUID(int=9, version=4))
    life.tried(too_much, on=JULY_6).then_rejected(MoreThanOwed, "4000.00 EUR is owed")
    last = paying(eur(4_000_00), JULY_6, UUID(int=9, version=4))
    assert life.asked(last, on=JULY_6) == ["RepaymentReceived", "Recovered"]
    assert life.loan.status == "recovered"
    one_more = paying(eur(1), JULY_6, UUID(int=10, version=4))
    life.tried(one_more, on=JULY_6).then_rejected(MoreThanOwed, "0.00 EUR is owed")


def test_money_of_before_makes_the_loss_smaller_and_its_reversal_larger_again():
    life = written_off()
    assert life.asked(paying(FIRST.total, JUNE_6), on=JULY_6) == ["RepaymentReceived", "LossRestated"]
    assert life.loan.lost == Balance.of([0, 0, 0, 0, 4_803_40], "EUR")
    back = ReverseRepayment(repayment_id=SECOND_REPAYMENT, reason=WHY)
    assert life.asked(back, on=JULY_6) == ["RepaymentReversed", "LossRestated"]
    assert life.loan.lost == Balance.of([0, 0, 0, 25_00, 5_000_00], "EUR")


def test_nothing_falls_due_any_more_and_no_schedule_changes():
    life = written_off()
    loan = life.loan
    loan.mark_due(2, JULY_6)
    assert not loan.pending_events
    life.tried(ChangeDueDay(day=15, reason=WHY), on=JULY_6).then_rejected(AlreadyRepaid)


# ── lateness that costs nothing ────────────────────────────────────────────


def test_days_that_are_paused_cost_nothing_and_what_they_cost_is_taken_back():
    """Interest of 25.00 and principal of 196.60 unpaid; 10 % a year of the principal for ten days is 0.54."""
    day = JUNE_6 + timedelta(days=10)
    life = Life(fell_due(1), terms=LATE)
    assert life.loan.standing(day).past_due.penalty == eur(54)
    life.asked(paying(FIRST.total + eur(54), day), on=day)
    pause = PausePenalties(first_day=JUNE_7, last_day=day, reason=WHY)
    assert life.asked(pause, on=day) == ["PenaltiesPaused", "Reallocated"]
    assert life.loan.standing(day).past_due.penalty == eur(0)
    assert life.loan.advance == eur(54)


def test_a_pause_ends_today_and_lateness_costs_again_from_tomorrow():
    life = Life(fell_due(1), terms=LATE)
    life.tried(ResumePenalties(reason=WHY)).then_rejected(PenaltiesNotPaused)
    life.asked(PausePenalties(first_day=JUNE_7, reason=WHY))
    life.tried(PausePenalties(first_day=JULY_6, reason=WHY)).then_rejected(PenaltiesPausedAlready)
    assert life.asked(ResumePenalties(reason=WHY), on=JULY_6) == ["PenaltiesResumed"]
    assert life.loan.standing(JULY_6).past_due.penalty == eur(0)
    assert life.loan.standing(JULY_6 + timedelta(days=10)).past_due.penalty == eur(1_08), "two are late"
    life.tried(ResumePenalties(reason=WHY), on=JULY_6).then_rejected(PenaltiesNotPaused)


def test_of_several_pauses_the_one_that_is_on_ends():
    """The one of July was agreed first and stays."""
    life = Life(fell_due(1), terms=LATE)
    life.asked(PausePenalties(first_day=JULY_6, last_day=JULY_6 + timedelta(days=9), reason=WHY))
    life.asked(PausePenalties(first_day=JUNE_7, last_day=JUNE_7 + timedelta(days=20), reason=WHY))
    day = JUNE_7 + timedelta(days=3)
    life.asked(ResumePenalties(reason=WHY), on=day)
    pauses = [(fact.on, fact.until) for fact in life.loan.facts if isinstance(fact, Paused)]
    assert pauses == [(JULY_6, JULY_6 + timedelta(days=9)), (JUNE_7, day)]


def test_a_pause_has_days_that_can_be():
    life = Life(fell_due(1), terms=LATE)
    before = PausePenalties(first_day=MAY_6 - timedelta(days=1), reason=WHY)
    life.tried(before).then_rejected(ValueDateInvalid)
    life.tried(PausePenalties(first_day=JUNE_7, last_day=JUNE_6, reason=WHY)).then_rejected(ValueDateInvalid)


# ── the ends of months ─────────────────────────────────────────────────────

JULY_1 = date(2026, 7, 1)


def test_a_month_is_closed_once_on_a_day_after_it():
    life = Life(fell_due(1))
    close = CloseMonth(number=24_318)
    life.asked(close, on=date(2026, 6, 30))
    life.asked(close, on=JULY_1)
    assert life.asked(close, on=JULY_1) == []
    closed = [e for e in life.clerk.events if isinstance(e, Servicing.MonthClosed)]
    assert [(e.since, e.month_end, e.next_on) for e in closed] == [
        (MAY_6, date(2026, 5, 31), JULY_1),
        (date(2026, 6, 1), date(2026, 6, 30), date(2026, 8, 1)),
    ]


def test_months_that_nobody_closed_are_closed_together_each_on_its_day():
    life = Life()
    life.asked(CloseMonth(number=24_317), on=date(2026, 9, 2))
    accrued = [each.on for each in life.clerk.entered if each.kind == "interest-accrued"]
    assert accrued == [date(2026, month, day) for month, day in ((5, 31), (6, 30), (7, 31), (8, 31))]


def test_money_of_a_closed_month_is_entered_on_the_first_day_that_is_open():
    life = Life(fell_due(1))
    life.asked(CloseMonth(number=24_318), on=JULY_1)
    life.asked(paying(FIRST.total, JUNE_6), on=JULY_1)
    (entered,) = [each for each in life.clerk.entered if each.kind == "repayment"]
    assert entered.on == JULY_1


def test_what_was_provided_is_released_with_the_month_in_which_the_loan_ended_and_then_no_more():
    terms = ServicingTerms("EUR", provisions=Provisions(BasisPoints(0), BasisPoints(100)))
    life = Life(fell_due(1), terms=terms)
    life.asked(CloseMonth(number=24_318), on=JULY_1)
    assert life.books()["provision"] == -50_00
    life.asked(ProposeWriteOff(reason=WHY), by=ANA, on=JULY_1)
    life.asked(ConfirmWriteOff(), by=CHLOE, on=JULY_1)
    life.asked(CloseMonth(number=24_319), on=date(2026, 8, 3))
    assert "provision" not in life.books()
    assert life.clerk.events[-1].next_on is None


def test_a_loan_that_was_given_up_has_no_quote_and_a_recovery_is_foreseen_as_it_is_taken():
    loan = replay(servicing_opened, fell_due(1))[0]
    loan.propose_write_off(WHY, CHLOE, JUNE_7)
    loan.write_off(Decider(ANA), JUNE_7)
    loan.collect_events()
    assert loan.quotes(JUNE_7) == []
    later = JUNE_7 + timedelta(days=1)
    foreseen = loan.would_pay(eur(50_00), later, later)
    loan.receive(REPAYMENT, eur(50_00), later, "cash", "R", CHLOE, later)
    [came] = loan.collect_events()
    assert [share.what for share in came.beside] == ["recovery"]
    assert (foreseen.paid.beside, foreseen.others, foreseen.overpaid) == (came.beside, 0, eur(0))
