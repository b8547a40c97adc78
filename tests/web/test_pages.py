"""Every page of both faces: well made, light, honest where there is nothing or where something is refused.

Each check is shown something broken as well. One house for all: it is looked at before anything happens there.
"""

from __future__ import annotations

import pytest

from tests.web.conftest import PATIENCE, Screens

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PATIENCE + 60)]


def test_every_page_where_there_is_nothing_yet(screens: Screens) -> None:
    screens.drive("check/empty.check.ts")


def test_every_page_of_the_portal(screens: Screens) -> None:
    screens.drive("check/portal.check.ts")


def test_every_page_of_the_bureau(screens: Screens) -> None:
    screens.drive("check/bureau.check.ts")


def test_each_check_finds_what_is_broken(screens: Screens) -> None:
    screens.drive("check/mutants.check.ts")


def test_lighthouse_has_nothing_to_say(screens: Screens) -> None:
    screens.drive("check/lighthouse.check.ts")
