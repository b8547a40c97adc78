"""The account of a loan: it has to say what the servicing itself would say, whatever came in."""

import random
from datetime import date, timedelta

import pytest

from aggregates.rules.allocation import Allocation
from aggregates.rules.calendar import months_after
from aggregates.rules.four_eyes import Decider
from aggregates.rules.limits import Allowance
from aggregates.rules.repayments import Arrived, Leaving
from aggregates.rules.standing import Balance
from aggregates.servicing import Servicing
from aggregates.values import AccountId, BasisPoints, RepaymentId
from eventstore import Sealed
from eventstore.codec import fields_of
from projections.loan_account import NOTHING_PROPOSED, LoanAccount, LoanBalance, WouldLose
from projections.monthly_flows import MonthlyFlows
from projections.repayment_list import RepaymentList
from projections.schedule import Schedule
from tests.kit import fact, replay
from tests.stories import (
    ANA,
    AWA,
    AWA_CONTACT,
    AWA_DUE,
    AWA_LOAN,
    CHLOE,
    DUE,
    FIRST,
    JEAN,
    JEAN_CONTACT,
    JUNE_6,
    LOAN,
    MAY_6,
    SECOND,
    _id,
    awa_servicing_opened,
    eur,
    fell_due,
    loan_repaid,
    received,
    servicing_opened,
    xof,
)

FREE = Allowance(eur(1_000_000_00), None)
JUNE_16, JULY_6 = date(2026, 6, 16), date(2026, 7, 6)


def told(screens, *facts) -> LoanAccount:
    """Awa's loan, then Jean's, then what happened to Jean's; the schedule is joined by the query."""
    screens.happened(awa_servicing_opened, servicing_opened, *facts)
    screens.follow(Schedule)
    return screens.read(LoanAccount)


def test_a_loan_that_was_not_paid_out_has_no_account(screens):
    screens.happened(awa_servicing_opened)
    screens.follow(Schedule)
    assert screens.read(LoanAccount).of(LOAN, MAY_6) is None


def test_a_new_account_owes_everything_and_nothing_is_late(screens):
    account = told(screens).of(LOAN, MAY_6)
    assert (account.principal, account.principal_owed, account.instalments) == (5_000_00, 5_000_00, 24)
    assert (account.interest, account.received, account.overdue) == (318_49, 0, 0)
    assert (account.days_past_due, account.next_due_on, account.next_due) == (0, JUNE_6, 221_60)
    assert (account.status, account.version, account.value_date) == ("open", 1, MAY_6)


def test_days_past_due_are_counted_from_the_day_that_is_asked(screens):
    accounts = told(screens, fell_due(1))
    assert [accounts.of(LOAN, day).days_past_due for day in (JUNE_6, JUNE_16, JULY_6)] == [0, 10, 30]
    account = accounts.of(LOAN, JUNE_16)
    assert (account.interest_due, account.principal_due, account.overdue) == (25_00, 196_60, 221_60)
    assert (account.next_due_on, account.next_due) == (JULY_6, 221_60)
    assert (accounts.of(AWA_LOAN, JULY_6).overdue, accounts.of(AWA_LOAN, JULY_6).days_past_due) == (0, 0)


def test_a_repayment_ahead_is_kept_and_taken_off_the_next_instalment(screens):
    accounts = told(screens, fell_due(1), received(eur(321_60), FIRST, advance=eur(100_00)))
    account = accounts.of(LOAN, JUNE_16)
    assert (account.interest_paid, account.principal_paid, account.advance) == (25_00, 196_60, 100_00)
    assert (account.received, account.overdue, account.days_past_due) == (321_60, 0, 0)
    assert (account.principal_owed, account.next_due) == (5_000_00 - 196_60, 121_60)


def test_an_advance_beyond_the_next_instalment_leaves_nothing_to_pay_for_it(screens):
    accounts = told(screens, fell_due(1), received(eur(500_00), FIRST, advance=eur(278_40)))
    assert accounts.of(LOAN, JUNE_16).next_due == 0
    screens.happened(fell_due(2, SECOND))
    account = screens.read(LoanAccount).of(LOAN, JULY_6)
    assert (account.advance, account.overdue, account.received) == (278_40 - 221_60, 0, 500_00)


def test_money_ahead_of_its_day_does_not_make_less_overdue(screens):
    """As terms with in_advance pay by component: the principal of the third before the interest of the first."""
    third = Allocation(3, eur(0), DUE[2].principal)
    accounts = told(screens, received(third.total, third), fell_due(1))
    assert accounts.of(LOAN, JUNE_16).overdue == DUE[0].total.minor
    screens.happened(fell_due(2), fell_due(3))
    late = sum(line.total.minor for line in DUE[:3]) - third.total.minor
    assert screens.read(LoanAccount).of(LOAN, JULY_6 + timedelta(days=40)).overdue == late


def test_a_repaid_loan_has_nothing_to_come(screens):
    servicing = opened_by_jean()
    screens.happened(servicing, awa_servicing_opened, on=MAY_6)
    end = loan_repaid.says["repaid_on"]
    servicing.receive(repayment(1), servicing.owed(MAY_6), MAY_6, "transfer", "VIR", CHLOE, MAY_6)
    screens.happened(servicing, on=MAY_6)
    servicing.mark_due(24, end)
    screens.happened(servicing, on=end)
    screens.follow(Schedule)
    account = screens.read(LoanAccount).of(LOAN, end)
    assert (account.status, account.repaid_on, account.principal_owed) == ("repaid", end, 0)
    assert (account.received, account.advance, account.overdue) == (5_318_49, 0, 0)
    assert (account.next_due_on, account.next_due, account.version) == (None, 0, servicing.version)


@pytest.mark.parametrize(("client", "own", "foreign"), [(JEAN, LOAN, AWA_LOAN), (AWA, AWA_LOAN, LOAN)])
def test_a_client_sees_only_its_own_account(screens, client, own, foreign):
    told(screens)
    accounts = screens.read(LoanAccount, customers=[client])
    assert accounts.of(own, MAY_6).next_due_on == JUNE_6
    assert accounts.of(foreign, MAY_6) is None


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_in_the_account_says_what_the_servicing_says(screens, seed):
    chance = random.Random(seed)
    jean, awa = opened_by_jean(), opened_by_awa()
    screens.happened(jean, awa, on=MAY_6)
    for step in range(1, 13):
        day = months_after(MAY_6, step)
        for servicing in (jean, awa):
            servicing.mark_due(step, day)
            live_a_month(servicing, day, step, chance)
            screens.happened(servicing, on=day)
    screens.follow(Schedule, RepaymentList)
    agrees(screens, LOAN, jean, day)
    agrees(screens, AWA_LOAN, awa, day)


def live_a_month(servicing: Servicing, day: date, step: int, chance: random.Random) -> None:
    """A few repayments, small and large, some learnt late; sometimes one of them is undone."""
    for n in range(chance.randrange(3)):
        if servicing.status == "open" and (owed := servicing.owed(day)):
            amount = type(owed)(chance.randrange(1, max(2, owed.minor // 6)), owed.currency)
            came_on = chance.choice([day, day, day - timedelta(days=20)])
            servicing.receive(repayment(step * 10 + n), amount, came_on, "cash", "Reçu", CHLOE, day)
    kept = [id for id, known in servicing.repayments.items() if not known.reversed]
    if servicing.status == "open" and kept and chance.random() < 0.3:
        servicing.reverse(chance.choice(kept), "Saisi deux fois.", CHLOE, day)


def agrees(screens, loan, servicing: Servicing, day: date) -> None:
    account: LoanBalance = screens.read(LoanAccount).of(loan, day)
    entries = screens.read(Schedule).of(loan, day)
    repayments = screens.read(RepaymentList).of(loan)
    assert (
        account.principal_owed + account.interest - account.interest_paid - account.advance
        == servicing.owed(day).minor - servicing.standing(day).overpaid.minor
    )
    assert (account.received, account.advance) == (servicing.received.minor, servicing.advance.minor)
    assert account.overpaid == servicing.standing(day).overpaid.minor
    assert account.overdue == sum(part.total.minor for part in servicing.unpaid())
    assert account.version == servicing.version
    assert sum(entry.interest_paid for entry in entries) == account.interest_paid
    assert sum(entry.principal_paid for entry in entries) == account.principal_paid
    assert sum(entry.fell_due for entry in entries) == servicing.fallen_due
    oldest = next((entry for entry in entries if entry.state == "late"), None)
    assert account.days_past_due == (oldest.days_past_due if oldest else 0)
    assert sum(line.amount for line in repayments if not line.reversed) == account.received


def opened_by_jean() -> Servicing:
    return Servicing.open(LOAN, JEAN, JEAN_CONTACT, eur(5_000_00), BasisPoints(600), MAY_6, DUE)


def opened_by_awa() -> Servicing:
    return Servicing.open(AWA_LOAN, AWA, AWA_CONTACT, xof(500_000), BasisPoints(1_800), MAY_6, AWA_DUE)


def repayment(number: int) -> RepaymentId:
    return RepaymentId(_id("4e", number))


def test_what_is_outstanding_is_what_the_loans_themselves_say(screens):
    told(screens, fell_due(1), received(eur(221_60), FIRST))
    assert [(line.currency, line.loans, line.principal) for line in screens.read(LoanAccount).outstanding()] == [
        ("EUR", 1, 5_000_00 - 196_60), ("XOF", 1, 500_000),
    ]  # fmt: skip
    own = screens.read(LoanAccount, customers=[AWA]).outstanding()
    assert [line.currency for line in own] == ["XOF"]


def test_what_is_too_much_is_told_while_the_loan_is_open_and_after_its_end(screens):
    """Of 5 400.00 that wait 81.51 are too much; once everything is paid all that waits is, until it is sent back."""
    jean = opened_by_jean()
    screens.happened(awa_servicing_opened, jean, on=MAY_6)
    screens.follow(Schedule)
    end = DUE[-1].due_on

    def overpaid(day: date) -> tuple[str, int, int]:
        screens.happened(jean, on=day)
        account = screens.read(LoanAccount).of(LOAN, day)
        assert account.overpaid == jean.standing(day).overpaid.minor
        return account.status, account.advance, account.overpaid

    jean.receive(repayment(1), eur(5_400_00), MAY_6, "transfer", "VIR", CHLOE, MAY_6, True)
    assert overpaid(MAY_6) == ("open", 5_400_00, 81_51)
    jean.mark_due(24, end)
    assert overpaid(end) == ("repaid", 81_51, 81_51)
    jean.receive(repayment(2), eur(10_00), end, "transfer", "VIR", CHLOE, end, True)
    assert overpaid(end) == ("repaid", 91_51, 91_51)
    jean.refund(Leaving(eur(91_51), end, "cash", "Caisse"), Decider(ANA), FREE, end)
    assert overpaid(end) == ("repaid", 0, 0)
    assert screens.read(LoanAccount).of(LOAN, end).refunded == 91_51


def test_what_is_more_than_a_loss_is_too_much_though_all_of_the_loss_was_no_loss(screens):
    """Everything was due; money of before the write-off shows that nothing was lost, and more came."""
    jean, end = opened_by_jean(), DUE[-1].due_on
    jean.mark_due(24, end)
    after = end + timedelta(days=1)
    jean.propose_write_off("Sans nouvelles.", CHLOE, after)
    jean.write_off(Decider(ANA), after)
    jean.receive(repayment(1), eur(5_400_00), end, "transfer", "VIR", CHLOE, after, True)
    screens.happened(awa_servicing_opened, jean, on=after)
    screens.follow(Schedule)
    account = screens.read(LoanAccount).of(LOAN, after)
    assert (account.status, account.written_off, account.unpaid) == ("recovered", 0, 0)
    assert (account.recovered, account.overpaid) == (0, 81_51)
    assert jean.standing(after).overpaid == eur(81_51)


def test_several_accounts_are_read_at_once(screens):
    accounts = told(screens, fell_due(1))
    assert {account.loan_id for account in accounts.balances([LOAN, AWA_LOAN], JUNE_6)} == {LOAN, AWA_LOAN}
    assert accounts.balances([], JUNE_6) == []


def test_a_loss_what_came_back_of_it_and_what_was_sent_back(screens):
    """Jean overpays, gets a part back, disappears; 1,000.00 come back later."""
    servicing = Servicing.open(LOAN, JEAN, JEAN_CONTACT, eur(5_000_00), BasisPoints(600), MAY_6, DUE)
    ana, chloe = AccountId(_id("aa")), AccountId(CHLOE)
    servicing.mark_due(1, JUNE_6)
    servicing.receive(
        RepaymentId(_id("4e", 1)), FIRST.total + eur(50_00), JUNE_6, "cash", "R1", chloe, JUNE_6
    )
    servicing.refund(Leaving(eur(30_00), JUNE_6, "cash", "R2"), Decider(ana), FREE, JUNE_6)
    screens.happened(awa_servicing_opened, servicing)
    screens.follow(Schedule, MonthlyFlows)
    account = screens.read(LoanAccount).of(LOAN, JUNE_16)
    assert (account.refunded, account.advance, account.received) == (30_00, 20_00, FIRST.total.minor + 50_00)
    servicing.propose_write_off("Sans nouvelles.", ana, JULY_6)
    servicing.write_off(Decider(chloe), JULY_6)
    lost = servicing.standing(JULY_6).written_off
    servicing.receive(
        RepaymentId(_id("4e", 3)),
        eur(1_000_00),
        JULY_6 + timedelta(days=1),
        "cash",
        "R3",
        chloe,
        JULY_6 + timedelta(days=1),
    )
    screens.happened(servicing)
    screens.follow(Schedule, MonthlyFlows)
    account = screens.read(LoanAccount).of(LOAN, JULY_6 + timedelta(days=40))
    assert (account.status, account.written_off, account.recovered) == (
        "written-off",
        lost.total.minor,
        1_020_00 - 20_00,
    )
    assert (account.overdue, account.days_past_due, account.next_due_on, account.principal_owed) == (
        0,
        0,
        None,
        0,
    )
    assert screens.read(Schedule).of(LOAN, JULY_6 + timedelta(days=40))[1].state in ("written-off", "late")
    assert [line.currency for line in screens.read(MonthlyFlows).outstanding()] == ["XOF"]
    assert [line.currency for line in screens.read(LoanAccount).outstanding()] == ["XOF"]
    cheque, day = RepaymentId(_id("4e", 4)), JULY_6 + timedelta(days=2)
    servicing.receive(cheque, servicing.owed(day), day, "cheque", "CHQ 4", chloe, day)
    screens.happened(servicing)
    assert screens.read(LoanAccount).of(LOAN, day).status == "recovered"
    servicing.reverse(cheque, "Chèque revenu impayé", chloe, day)
    screens.happened(servicing)
    account = screens.read(LoanAccount).of(LOAN, day)
    assert (account.status, account.recovered) == ("written-off", 1_000_00)


def test_when_early_money_comes_back_the_account_and_the_schedule_are_those_of_before(screens):
    """Told by the events of the servicing itself; compared with a loan that never had that money."""
    early = replay(servicing_opened, fell_due(1), received(FIRST.total, FIRST))[0]
    amount = early.quote(JUNE_16).total
    money = Arrived(RepaymentId(_id("ea", 7)), amount, JUNE_16, "cheque", "CHQ 1")
    early.settle(money, CHLOE, JUNE_16)
    settled = list(early.collect_events())
    early.reverse(money.repayment_id, "Revenu impayé", CHLOE, JULY_6)
    events = settled + list(early.collect_events())
    known = [fact(type(e), e.originator_id, **{n: getattr(e, n) for n in fields_of(type(e))}) for e in events]
    accounts = told(screens, fell_due(1), received(FIRST.total, FIRST), *known)
    account, lines = accounts.of(LOAN, JULY_6), screens.read(Schedule).of(LOAN, JULY_6)
    assert (account.status, account.repaid_on, account.instalments, account.advance) == ("open", None, 24, 0)
    assert (account.interest, account.principal_due) == (318_49, 196_60 + DUE[1].principal.minor)
    assert (account.overdue, account.next_due_on) == (DUE[1].total.minor, DUE[2].due_on)
    assert [(line.due_on, line.amount, line.paid) for line in lines] == [
        (line.due_on, line.total.minor, FIRST.total.minor if line.number == 1 else 0) for line in DUE
    ]
    flows = screens.read(MonthlyFlows).outstanding()
    assert [(each.currency, each.loans) for each in flows] == [("EUR", 1), ("XOF", 1)]


def test_a_proposed_loss_waits_with_who_and_why_until_it_is_decided(screens):
    proposed = fact(Servicing.WriteOffProposed, customer_id=JEAN, grounds=Sealed("Sans nouvelles."), by=CHLOE)
    lost = Balance.of([1_00, 2_00, 3_00, 25_00, 4_800_00], "EUR")
    accounts = told(screens, proposed.but(would_lose=lost))
    waiting = accounts.of(LOAN, MAY_6)
    assert (waiting.write_off_proposed_by, waiting.write_off_because) == (CHLOE, "Sans nouvelles.")
    assert waiting.write_off_proposed_on is not None
    assert waiting.would_lose == WouldLose(
        penalty=1_00, fee=2_00, insurance=3_00, interest=25_00, principal=4_800_00, total=4_831_00
    )
    assert accounts.of(AWA_LOAN, MAY_6).write_off_proposed_by is None

    refused = fact(Servicing.WriteOffRefused, customer_id=JEAN, grounds=Sealed("Il a écrit."), by=CHLOE)
    screens.happened(refused)
    decided = screens.read(LoanAccount).of(LOAN, MAY_6)
    assert [getattr(decided, name) for name in NOTHING_PROPOSED] == [None] * 4

    screens.happened(proposed)
    as_before_november = screens.read(LoanAccount).of(LOAN, MAY_6)
    assert (as_before_november.write_off_proposed_by, as_before_november.would_lose) == (CHLOE, None)
