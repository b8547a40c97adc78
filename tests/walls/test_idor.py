"""Every route, every role, ids of another customer in path, query and body: refused, and the owner is let through.

Drawn from the OpenAPI document, so that a new route is covered by itself or fails for want of a scene. Then the same
with the application's own filter taken away, so that the database stands alone; then with each policy of the database
taken away as well, which has to show.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.house import House
from tests.conftest import fresh_database
from tests.walls.attackers import ATTACKERS, EVERYBODYS, Siege, besieged
from tests.walls.calls import OPERATIONS
from tests.walls.scenes import SCENES
from tests.walls.second_wall import the_first_wall_is_down


@pytest.fixture(scope="module")
def house(postgres, _template, tmp_path_factory) -> Iterator[House]:
    """One for all: an attack changes nothing, and what a control changes is made anew for the next."""
    folder = tmp_path_factory.mktemp("walls")
    with fresh_database(postgres) as database, besieged(database, folder) as house:
        yield house


@pytest.fixture(scope="module")
def siege(house: House) -> Siege:
    return Siege(house)


def test_every_route_has_its_scene():
    assert set(SCENES) == set(OPERATIONS)


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_nobody_sees_or_does_what_is_not_theirs(siege: Siege, operation: str):
    before = siege.tried
    assert siege.of(operation) == []
    outsiders = len(ATTACKERS) - len(EVERYBODYS)
    assert OPERATIONS[operation].is_public or siege.tried - before >= outsiders


# ── the database alone ─────────────────────────────────────────────────────


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_the_database_alone_lets_nobody_through_either(
    siege: Siege, operation: str, monkeypatch: pytest.MonkeyPatch
):
    with the_first_wall_is_down(monkeypatch):
        assert siege.of(operation) == []
