"""The stop switch: pulled by one, released by two."""

from uuid import uuid4

from aggregates.stop_switch import MoneyStopped, NotPulled, OwnRelease, ReleaseNotAsked
from commands.loan import DisburseLoan
from commands.stop_switch import AskForRelease, PullStopSwitch, ReleaseStopSwitch, StopAfterRestore
from eventstore import Command
from tests.kit import Given, given
from tests.stories import (
    ADMIN,
    ANA,
    CHLOE,
    HOUSE,
    MAY_6,
    approved,
    contract_signed,
    release_asked,
    requested,
    single_operator,
    switch_installed,
    switch_pulled,
    switch_released,
)

PULL = PullStopSwitch(reason="Un virement que personne ne connaît.")
ASK = AskForRelease(reason="Le virement est expliqué.")
ALONE = "Je suis seule ce soir."


def switch(*facts) -> Given:
    return given(switch_installed, *facts).with_(*HOUSE)


def pays() -> Given:
    return given(requested, approved, contract_signed).with_(*HOUSE).as_(CHLOE).on(MAY_6)


PAYOUT = DisburseLoan(value_date=MAY_6, method="cash", reference="REÇU 7")


def test_one_person_pulls_it_at_once():
    given().with_(*HOUSE).as_(ANA).when(PULL).then(switch_installed, switch_pulled)
    assert not PULL.needs_step_up()


def test_it_is_pulled_again_while_a_release_is_being_asked_for():
    again = given().with_(*HOUSE, switch_installed, switch_pulled, release_asked).as_(ANA)
    again.when(PULL).then(switch_pulled)
    after = switch(switch_pulled, release_asked, switch_pulled).as_(ADMIN)
    after.when(ReleaseStopSwitch()).then_rejected(ReleaseNotAsked)


def test_no_money_leaves_while_it_is_pulled():
    for facts in ((switch_pulled,), (switch_pulled, release_asked)):
        stopped = pays().with_(switch_installed, *facts)
        stopped.when(PAYOUT).then_rejected(MoneyStopped, "personne ne connaît")


def test_money_leaves_before_it_was_ever_pulled_and_after_it_is_released():
    assert pays().when(PAYOUT).refusal is None
    again = pays().with_(switch_installed, switch_pulled, release_asked, switch_released)
    assert again.when(PAYOUT).refusal is None


def test_two_people_release_it():
    switch(switch_pulled).as_(CHLOE).when(ASK).then(release_asked)
    switch(switch_pulled, release_asked).as_(ADMIN).when(ReleaseStopSwitch()).then(switch_released)


def test_one_person_does_not():
    switch(switch_pulled).as_(CHLOE).when(ReleaseStopSwitch()).then_rejected(ReleaseNotAsked)
    own = switch(switch_pulled, release_asked).as_(CHLOE)
    own.when(ReleaseStopSwitch()).then_rejected(OwnRelease)
    own.when(ReleaseStopSwitch(reason=ALONE)).then_rejected(OwnRelease)


def test_a_single_operator_releases_alone_and_says_why():
    alone = switch(switch_pulled, release_asked).with_(single_operator).as_(CHLOE)
    alone.when(ReleaseStopSwitch(reason=ALONE)).then(switch_released.but(by=CHLOE, self_approval=ALONE))
    alone.when(ReleaseStopSwitch()).then_rejected(OwnRelease)


def test_what_is_not_pulled_is_not_released():
    switch().as_(CHLOE).when(ASK).then_rejected(NotPulled)
    switch(switch_pulled, release_asked, switch_released).as_(ADMIN).when(ReleaseStopSwitch()).then_rejected(
        ReleaseNotAsked
    )


def test_a_restore_pulls_it_in_nobodys_name():
    incarnation = uuid4()
    pulled = given().when(StopAfterRestore(incarnation=incarnation)).recorded[1]
    assert (pulled.by, pulled.restored) == (None, incarnation)
    assert StopAfterRestore.may is None


def test_a_release_takes_a_fresh_proof():
    assert ASK.needs_step_up()
    assert ReleaseStopSwitch().needs_step_up()


def test_every_command_that_sends_money_out_asks_the_switch():
    leaving = [c for c in Command.registry if (c.may or "").endswith((".disburse", ".pay-out"))]
    assert DisburseLoan in leaving
    assert [c for c in leaving if MoneyStopped not in c.rejects] == []
