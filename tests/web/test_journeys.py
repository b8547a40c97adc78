"""Ten journeys through the screens, in a browser, against a house that is open: each says in its name what happens."""

from __future__ import annotations

from typing import TypeGuard

import pytest

from roles.browser import WEB
from tests.web.conftest import PATIENCE, Screens

JOURNEYS = sorted(
    file.name.removesuffix(".journey.ts") for file in (WEB / "e2e" / "journeys").glob("*.journey.ts")
)


@pytest.fixture(scope="module")
def played(screens: Screens, request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """Those that were chosen, in one browser: it takes longer to start than most of them to play."""
    chosen = {item.callspec.params["journey"] for item in request.session.items if _is_journey(item)}
    return screens.drive_together([f"journeys/{journey}.journey.ts" for journey in sorted(chosen)])


def _is_journey(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return isinstance(item, pytest.Function) and item.function is test_journey


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE + 60)
@pytest.mark.parametrize("journey", JOURNEYS)
def test_journey(played: dict[str, list[str]], journey: str) -> None:
    wrong = played[f"journeys/{journey}.journey.ts"]
    assert not wrong, "\n\n".join(wrong)


def test_there_are_ten() -> None:
    assert len(JOURNEYS) == 10
