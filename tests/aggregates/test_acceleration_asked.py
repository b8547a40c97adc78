"""Notice, acceleration and its lifting as they are asked for, with their refusals; the figures: test_acceleration.py."""

from datetime import date
from uuid import UUID

from aggregates.rules.servicing_refusals import (
    NoNotice,
    NotAccelerated,
    NothingPastDue,
    NothingToCome,
    NoticeRunning,
    NoticeTooShort,
    NotInDefault,
    OwnNotice,
)
from aggregates.rules.servicing_terms import ServicingTerms
from commands.servicing import AccelerateLoan, GiveNotice, LiftAcceleration
from eventstore import Command
from tests.aggregates.test_acceleration import DAY, LAST_DAY, NOTICE, PLAIN, WHY
from tests.aggregates.test_losses import Life, paying
from tests.stories import ANA, CHLOE, DUE, FIRST, HOUSE, JULY_6, eur, fell_due, received, single_operator


def asked(*steps: tuple[Command, UUID, date], terms: ServicingTerms | None = PLAIN) -> Life:
    """Jean's loan after its first instalment, and what was asked of it; the books are its life after each step."""
    life = Life(fell_due(1), received(FIRST.total, FIRST), terms=terms)
    for command, by, on in steps:
        life.asked(command, by, on)
    return life


NOTICED = (GiveNotice(until=LAST_DAY), CHLOE, NOTICE)
AT_ONCE = AccelerateLoan(grounds=WHY)
LIFT = LiftAcceleration(reason="Accord amiable")


def test_a_loan_is_put_on_notice_accelerated_and_as_it_was_before():
    life = asked(NOTICED, (AT_ONCE, ANA, DAY), (LIFT, CHLOE, DAY))
    assert life.loan.instalments == DUE


def test_each_step_waits_for_the_one_before():
    asked().tried(NOTICED[0], on=JULY_6).then_rejected(NothingPastDue)
    asked().tried(GiveNotice(until=NOTICE), on=NOTICE).then_rejected(NoticeTooShort)
    asked(NOTICED).tried(GiveNotice(until=DAY), on=NOTICE).then_rejected(NoticeRunning)
    asked().tried(AT_ONCE, ANA, DAY).then_rejected(NoNotice)
    asked(NOTICED).tried(AT_ONCE, CHLOE, DAY).then_rejected(OwnNotice)
    asked(NOTICED).tried(LIFT, ANA, DAY).then_rejected(NotAccelerated)
    asked(NOTICED, (AT_ONCE, ANA, DAY)).tried(AT_ONCE, ANA, DAY).then_rejected(NothingToCome)


def test_a_notice_that_was_obeyed_leads_nowhere():
    paid = paying(eur(221_60), LAST_DAY)
    asked(NOTICED, (paid, CHLOE, LAST_DAY)).tried(AT_ONCE, ANA, DAY).then_rejected(NotInDefault)


def test_whoever_gave_the_notice_says_why_they_accelerate_alone():
    alone = AccelerateLoan(grounds=WHY, reason="La seconde conseillère est absente.")
    asked(NOTICED).tried(alone, CHLOE, DAY).then_rejected(OwnNotice)
    life = Life(fell_due(1), received(FIRST.total, FIRST), terms=PLAIN, house=(*HOUSE, single_operator))
    life.asked(NOTICED[0], CHLOE, NOTICE)
    assert life.asked(alone, CHLOE, DAY)[-3:] == ["Accelerated", "ScheduleChanged", "InstalmentFellDue"]


def test_money_recorded_late_lifts_it_in_the_same_breath():
    life = asked(NOTICED, (AT_ONCE, ANA, DAY))
    assert life.asked(paying(eur(221_60), LAST_DAY), CHLOE, DAY) == [
        "RepaymentReceived", "AccelerationLifted", "ScheduleRestored",
    ]  # fmt: skip
