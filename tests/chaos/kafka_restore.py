"""A restore to a moment: another history begins, and nothing of the one that was lost comes back by the broker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from aggregates.stop_switch import STOP_SWITCH_ID
from commands.stop_switch import AskForRelease, ReleaseStopSwitch
from demo.seed import PLAYERS
from roles.backup import backup
from roles.restore import Wish, restore
from tests.chaos.kafka_child import Place, forked
from tests.chaos.projectors_traffic import FIRST_DAY, asker_of

if TYPE_CHECKING:
    from tests.chaos.kafka_house import House


def restored(house: House, scale: Any, random: Random) -> None:
    """Everybody is stopped, as the guide says, and started again on the other history."""
    base, moment = _begin(house)
    house.rest(scale.backlog)
    _go_back(house, base, moment, house.names)
    house.start(*house.names)


def restored_behind_sleepers(house: House, scale: Any, random: Random) -> None:
    """A relay, a projector and a reactor slept through it and wake with what they knew before, and with messages
    of the history that was lost on their lines."""
    base, _ = _begin(house)
    sleepers = [house.leader(), house.of("projector")[0], house.of("reactor")[0]]
    others = [name for name in house.names if name not in sleepers]
    # A job in hand would be done, as if its event were still there: who restores stops whoever does jobs.
    house.stop(*house.of("writer"))
    house.settle()
    house.freeze(*sleepers)
    (moment,) = house.ask("SELECT clock_timestamp()")[0]
    house.start(*house.of("writer"))
    house.rest(scale.backlog)
    _go_back(house, base, moment, others)
    house.start(*others)
    house.excused.update(sleepers)
    house.thaw(*sleepers)
    house.until("the consumers know that their history is over", lambda: house.excused <= {sleepers[0]})
    # A relay that stands by learns of it when it is to lead.
    others = [name for name in house.of("relay") if name != sleepers[0]]
    house.stop(*others)
    house.until("the relay knows that its history is over", lambda: not house.excused)
    house.start(*others)


def _begin(house: House) -> tuple[Path, datetime]:
    """A base backup, and a moment after it."""
    base = house.folder / f"base-{house.incarnation()}"
    house.do(take, base)
    (moment,) = house.ask("SELECT clock_timestamp()")[0]
    return base, moment


def _go_back(house: House, base: Path, moment: datetime, stopped: Sequence[str]) -> None:
    before = house.incarnation()
    house.stop(*stopped)
    house.forget_connection()
    house.postgres.stop()
    house.do(go_back, base, moment)
    house.postgres.start()
    assert house.incarnation() != before
    house.do(release)


@forked
def take(place: Place, name: str, base: Path) -> None:
    assert backup(place.settings, base, "base") == 0


@forked
def go_back(place: Place, name: str, base: Path, moment: datetime) -> None:
    wish = Wish(base, "moment", moment, replace=place.settings.state_dir.name)
    assert restore(place.settings, wish) == 0


@forked
def release(place: Place, name: str) -> None:
    """Two people let money leave again: commands go on as before."""
    with place.store() as store:
        reason = "Chaque versement ouvert a été vérifié chez le prestataire."
        asks, confirms = (asker_of(player.account_id, FIRST_DAY) for player in PLAYERS[:2])
        store.send(AskForRelease(reason=reason), asks, to=STOP_SWITCH_ID)
        store.send(ReleaseStopSwitch(), confirms, to=STOP_SWITCH_ID)
