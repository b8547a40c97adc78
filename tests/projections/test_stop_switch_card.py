"""The stop switch on one card."""

from projections.stop_switch_card import NEVER_PULLED, StopSwitchCard
from tests.stories import (
    ADMIN,
    ANA,
    CHLOE,
    MAY_6,
    release_asked,
    switch_installed,
    switch_pulled,
    switch_released,
)


def test_before_it_was_ever_pulled_it_says_that_money_may_leave(screens):
    assert screens.read(StopSwitchCard).current() == NEVER_PULLED


def test_it_says_who_pulled_it_and_who_let_it_go(screens):
    screens.happened(switch_installed)
    screens.happened(switch_pulled, release_asked, on=MAY_6)
    card = screens.read(StopSwitchCard).current()
    assert (card.status, card.pulled_by, card.pulled_on) == ("release-asked", ANA, MAY_6)
    assert (card.reason, card.release_asked_by) == (switch_pulled.says["reason"], CHLOE)
    screens.happened(switch_released)
    card = screens.read(StopSwitchCard).current()
    assert (card.status, card.released_by, card.version) == ("released", ADMIN, 4)


def test_when_it_is_pulled_again_the_release_before_is_gone(screens):
    screens.happened(switch_installed, switch_pulled, release_asked, switch_pulled.but(by=None))
    card = screens.read(StopSwitchCard).current()
    assert (card.status, card.pulled_by, card.release_asked_by, card.version) == ("pulled", None, None, 4)
