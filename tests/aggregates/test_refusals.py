"""What a refusal tells: the state of the thing, and the commands it would accept now."""

import pytest

import commands
from aggregates.rules.standing import Balance
from aggregates.servicing import Servicing
from eventstore import KINDS, Command, Rejected
from eventstore.command import accepted_by
from tests.kit import fact, replay
from tests.stories import (
    ANA,
    CHLOE,
    MAY_6,
    account_closed,
    ana,
    approved,
    contract_expired,
    contract_sent,
    contract_signed,
    copy_received,
    counter_offer_over,
    declined,
    disbursed,
    drafted,
    equipment_loan,
    established,
    eur,
    in_law,
    loan_expired,
    loan_repaid,
    offer_over,
    offered_less,
    release_asked,
    rendered,
    requested,
    servicing_opened,
    signed,
    stepped_back,
    switch_installed,
    switch_pulled,
    withdrawn,
    withdrawn_product,
)

DECIDE = ("ApproveLoan", "MakeCounterOffer", "DeclineLoan", "WithdrawLoanRequest")
ANSWER = ("MakeCounterOffer", "AcceptCounterOffer", "DeclineCounterOffer", "WithdrawLoanRequest")
REPAYING = (
    "RecordRepayment", "ReverseRepayment", "RepayInFull", "RepayEarly", "ChangeDueDay", "GrantPaymentHoliday",
    "RescheduleLoan", "RefundOverpayment", "GiveNotice", "AccelerateLoan", "LiftAcceleration", "ProposeWriteOff", "RefuseWriteOff", "ConfirmWriteOff", "PausePenalties",
    "ResumePenalties",
)  # fmt: skip
UNSIGNED = ("SendContractAgain", "ReceiveSignedCopy")
REVIEW = (*UNSIGNED, "RefuseSignedCopy", "AcceptSignedCopy")
ACCOUNT = (
    "ChangeRoles",
    "ChangeAccountCustomers",
    "ChangePortfolio",
    "InviteAgain",
    "RemoveFactorOfAnother",
    "CloseAccount",
    "ChoosePassword",
    "ChangeSignInAddress",
    "AddFactor",
    "RemoveFactor",
    "MakeRecoveryCodes",
    "LinkIdentity",
    "IssueKey",
    "RevokeKey",
)
HOUSE_RULES = (
    "ChangeLegalIdentity",
    "ChangeReturnAddress",
    "ChangeClockSettings",
    "ChangeChart",
    "ChangeFourEyesPolicy",
    "ChangeLimits",
    "ConfirmProposal",
    "RefuseProposal",
)
written_off = fact(
    Servicing.WrittenOff,
    written_off_on=MAY_6,
    lost=Balance.of([0, 0, 0, 0, 5_000_00], "EUR"),
    after=0,
    replaces=24,
    by=CHLOE,
    proposed_by=ANA,
)
servicing_repaid = fact(Servicing.Repaid, repaid_on=MAY_6, total=eur(5_318_49))


@pytest.mark.parametrize(
    ("facts", "state", "accepts"),
    [
        ((requested,), "requested", DECIDE),
        ((requested, *offered_less), "counter-offered", ANSWER),
        ((requested, *offered_less, counter_offer_over, loan_expired), "expired", ()),
        ((requested, declined), "declined", ()),
        ((requested, withdrawn), "withdrawn", ()),
        ((requested, approved), "approved", ("ConfirmInformation",)),
        ((requested, *in_law, offer_over, loan_expired), "expired", ()),
        ((requested, approved, contract_signed), "ready", ("StepBack", "DisburseLoan")),
        ((requested, approved, contract_signed, stepped_back), "stepped-back", ()),
        ((requested, approved, contract_signed, disbursed), "disbursed", ("DisburseLoan", "CancelDrawdowns")),
        ((requested, approved, contract_signed, disbursed, loan_repaid), "repaid", ()),
        ((drafted,), "drafted", ()),
        ((drafted, rendered), "rendered", UNSIGNED),
        ((drafted, rendered, contract_sent), "sent", UNSIGNED),
        ((drafted, rendered, contract_sent, contract_expired), "expired", ()),
        ((drafted, rendered, contract_sent, copy_received), "returned", REVIEW),
        ((drafted, rendered, contract_sent, copy_received, signed), "signed", ()),
        ((servicing_opened,), "open", REPAYING),
        ((servicing_opened, servicing_repaid), "repaid", ("ReverseRepayment", "RefundOverpayment")),
        (
            (servicing_opened, written_off),
            "written-off",
            ("RecordRepayment", "ReverseRepayment", "RefundOverpayment"),
        ),
        ((equipment_loan,), "offered", ("ReviseLoanProduct", "WithdrawLoanProduct")),
        ((equipment_loan, withdrawn_product), "withdrawn", ()),
        ((ana,), "open", ACCOUNT),
        ((ana, account_closed), "closed", ()),
        ((switch_installed,), "released", ()),
        ((switch_installed, switch_pulled), "pulled", ("AskForRelease",)),
        (
            (switch_installed, switch_pulled, release_asked),
            "release-asked",
            ("AskForRelease", "ReleaseStopSwitch"),
        ),
        ((established,), None, HOUSE_RULES),
    ],
)
def test_the_commands_that_each_state_accepts(facts, state, accepts):
    aggregate = replay(*facts)[0]
    assert getattr(aggregate, "status", None) == state
    assert accepted_by(aggregate) == accepts


def test_every_command_that_names_a_decision_is_guarded_by_it():
    assert commands
    for command in Command.registry:
        if command.decides is not None and command.__module__.startswith("commands."):
            assert getattr(command.decides, "allowed_in", ()), command.__name__


def every_refusal() -> list[type[Rejected]]:
    ours = [kind for kind in Rejected.__subclasses__() if kind.__module__.startswith("aggregates.")]
    return sorted(ours, key=lambda kind: kind.__name__)


def test_each_refusal_has_a_message_and_a_code_of_its_own():
    codes = [kind.code() for kind in every_refusal()]
    assert len(codes) == len(set(codes)) > 30
    assert all((kind.__doc__ or "").endswith(".") for kind in every_refusal())


def test_each_refusal_of_the_domain_is_declared_by_a_command():
    declared = {refusal for command in Command.registry for refusal in command.rejects}
    assert set(every_refusal()) <= declared


def test_each_event_is_a_fact_in_the_past():
    for kind in KINDS:
        if KINDS[kind].__module__.startswith("aggregates."):
            last = kind.partition(".")[2]
            assert last in {"Sent", "Withdrawn", "Begun", "Taken", "Kept", "InstalmentFellDue", "YearBegun", "Made", "PasswordSet", "RecoveryCodesMade",
                            "Repaid", "SteppedBack", "WrittenOff", "RateReset", "NoticeGiven"} or last.endswith("ed"), kind  # fmt: skip
