"""Every page of the back-office, as tests/web/test_portal.py; and each check is shown something broken."""

from __future__ import annotations

import pytest

from tests.web.conftest import PATIENCE, Screens


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE + 60)
def test_every_page_of_the_bureau(screens: Screens) -> None:
    screens.drive("check/bureau.check.ts")


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE + 60)
def test_each_check_finds_what_is_broken(screens: Screens) -> None:
    screens.drive("check/mutants.check.ts")
