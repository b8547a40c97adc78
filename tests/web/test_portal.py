"""Every page of the portal: well made, light, honest where there is nothing or where something is refused."""

from __future__ import annotations

import pytest

from tests.web.conftest import PATIENCE, Screens


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE + 60)
def test_every_page_of_the_portal(screens: Screens) -> None:
    screens.drive("check/portal.check.ts")


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE + 60)
def test_lighthouse_has_nothing_to_say(screens: Screens) -> None:
    screens.drive("check/lighthouse.check.ts")
