"""Several API processes of one installation: what they tell each other, and what goes on when Redis is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

import httpx
import pytest

from access import desk
from access.limits import TooManyRequests
from api import auth, live, viewers
from runtime.embedded.valkey import Valkey
from runtime.live.updates import running
from tests.access.people import PASSWORD, somebody
from tests.api.house import House, id_of, opened, served
from tests.api.listening import listening
from tests.conftest import Database
from tests.soon import soon


@pytest.fixture
def house(database: Database, tmp_path: Path, valkey: Valkey) -> Iterator[House]:
    """One process, with Redis."""
    with opened(database.app_url, database.owner_url, tmp_path, redis_url=valkey.url) as house:
        yield house


@pytest.fixture
def other(house: House) -> Iterator[House]:
    """Another one."""
    with another(house) as other:
        yield other


@contextmanager
def another(house: House) -> Iterator[House]:
    """A further process: everything that one remembers is its own, the store is the same."""
    platform = house.platform
    settings, store = platform.settings, platform.store
    access = desk.from_settings(settings, store.pool, platform.clock, store, platform.business_date)
    news = live.from_settings(settings, store)
    own = replace(platform, access=access, live=news)
    with running(news), served(own) as url:
        yield House(own, url)
        access.log.close()


@pytest.fixture
def long_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is forgotten and nobody looks because time passes: what counts here counts because it was said."""
    monkeypatch.setattr(auth, "FRESH", 3_600.0)
    monkeypatch.setattr(viewers, "LOOK", 3_600.0)
    monkeypatch.setattr(viewers, "SURE", 3_600.0)


def ready(house: House) -> tuple[int, str, dict[str, str]]:
    answer = httpx.get(f"{house.url}/health/ready")
    said = answer.json()
    return answer.status_code, said["status"], {each["name"]: each["status"] for each in said["checks"]}


def are_sharing(*houses: House) -> bool:
    return all(each.platform.live.is_shared for each in houses)


# ── what is told ───────────────────────────────────────────────────────────


def test_whoever_is_connected_to_another_process_is_told_the_same(house: House, other: House) -> None:
    with listening(house, "awa") as here, listening(other, "awa") as there, listening(other, "jean") as jean:
        loans = [str((house, other)[turn % 2].requested("awa")) for turn in range(6)]
        for page in (here, there):
            page.hears(lambda page: len(page.ids()) >= 6)
            assert page.ids() == loans
        assert here.positions() == there.positions()
        assert jean.ids() == []


def test_whoever_comes_back_to_another_process_has_missed_nothing(house: House, other: House) -> None:
    """Also when it has not come as far yet as the one before."""
    told: list[str] = []
    loans: list[str] = []
    last = None
    for turn in range(10):
        with listening((house, other)[turn % 2], "awa", after=last) as page:
            loans += [str(house.requested("awa")), str(other.requested("awa"))]
            page.hears(lambda page: page.ids())
        told += page.ids()
        last = page.last_id
    with listening(house, "awa", after=last) as page:
        page.hears(lambda page: (told + page.ids())[-1] == loans[-1])
        told += page.ids()
    assert told == loans


def test_a_session_that_ends_in_one_process_is_over_in_all_at_once(
    house: House, other: House, long_memory: None
) -> None:
    """Its connections, and what was remembered of its token."""
    token = {"Authorization": f"Bearer {house.token('awa')}"}
    with listening(other, None, authorization=token["Authorization"]) as page:
        assert other.get(None, "/me", **token).status_code == 200
        _hears_of_others(other)
        assert house.post(None, "/auth/sign-out", None, **token).status_code == 200
        soon(lambda: other.get(None, "/me", **token).status_code == 401)
        page.hears(lambda page: page.of("signed-out") and page.is_over)


def test_what_an_account_may_no_more_counts_everywhere_at_once(
    house: House, other: House, long_memory: None
) -> None:
    token = {"Authorization": f"Bearer {house.token('jean')}"}
    assert other.get(None, "/loans", **token).status_code == 200
    _hears_of_others(other)
    answer = house.post("admin", f"/accounts/{id_of('jean')}/close", {"reason": "Départ."})
    assert answer.status_code == 200, answer.text
    soon(lambda: other.get(None, "/loans", **token).status_code == 401)


def _hears_of_others(house: House) -> None:
    """The process listens to Redis already."""
    assert house.platform.live.channel is not None
    with listening(house, "jean"):
        soon(lambda: house.platform.live.is_shared)


# ── Redis is lost ──────────────────────────────────────────────────────────


class Traffic:
    """People at work on both processes: commands, and wrong and right passwords; every answer is kept."""

    def __init__(self, *houses: House) -> None:
        self.person = somebody(houses[0], "zoe", "client")
        self.loans: list[str] = []
        self.sign_ins: list[int] = []
        self._houses, self._stop = houses, threading.Event()
        self.broken: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._work, args=(each,)) for each in (self._ask, self._sign_in)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        assert self.broken == []

    def goes_on(self) -> None:
        """Both kinds do."""
        loans, sign_ins = len(self.loans), len(self.sign_ins)
        soon(lambda: self.broken or (len(self.loans) > loans + 5 and len(self.sign_ins) > sign_ins + 2))
        assert self.broken == []

    def _work(self, turn: Callable[[House], None]) -> None:
        try:
            while not self._stop.wait(0.01):
                for house in self._houses:
                    turn(house)
        except BaseException as error:  # noqa: BLE001 - told by whoever waits
            self.broken.append(error)

    def _ask(self, house: House) -> None:
        self.loans.append(str(house.requested("awa")))

    def _sign_in(self, house: House) -> None:
        body = {"email": self.person.email, "password": PASSWORD, "carrier": "bearer"}
        self.sign_ins.append(house.post(None, "/auth/sign-in", body).status_code)
        assert self.sign_ins[-1] == 200


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_without_redis_everything_goes_on_and_with_it_everything_is_shared_again(
    house: House, other: House, valkey: Valkey, how: str
) -> None:
    lose, find = (valkey.kill, valkey.start) if how == "killed" else (valkey.freeze, valkey.thaw)
    with listening(house, "awa") as here, listening(other, "awa") as there:
        with Traffic(house, other) as traffic:
            soon(lambda: are_sharing(house, other))
            traffic.goes_on()
            assert ready(house)[:2] == ready(other)[:2] == (200, "ok")
            lose()
            traffic.goes_on()
            soon(lambda: not house.platform.live.is_shared and not other.platform.live.is_shared)
            status, said, checks = ready(house)
            assert (status, said, checks["redis"], checks["database"]) == (200, "degraded", "degraded", "ok")
            _limits_hold(house, other)
            traffic.goes_on()
            find()
            soon(lambda: are_sharing(house, other))
            soon(lambda: _count_together(house, other))
            assert ready(house)[:2] == ready(other)[:2] == (200, "ok")
            traffic.goes_on()
        for page in (here, there):
            soon(lambda: len(page.ids()) >= len(traffic.loans), 60)  # noqa: B023
            assert page.ids() == traffic.loans, "something is missing, doubled or out of order"


def _limits_hold(*houses: House) -> None:
    """Each process counts by itself: nobody is let through more often than it says, nobody is shut out."""
    for house in houses:
        name, limits = f"somebody {time.monotonic()}", house.platform.access.limits
        for _ in range(5):
            limits.hit("factor", name)
        with pytest.raises(TooManyRequests):
            limits.hit("factor", name)


def _count_together(one: House, other: House) -> bool:
    """What is tried at one counts at the other."""
    name = f"somebody {time.monotonic()}"
    try:
        for _ in range(5):
            one.platform.access.limits.hit("factor", name)
        other.platform.access.limits.hit("factor", name)
    except TooManyRequests:
        return one.platform.access.limits.is_shared and other.platform.access.limits.is_shared
    return False
