"""Many who knock at once, each from an address of its own: 127.0.0.0/8 is all loopback."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import urlsplit

from access.limits import Limits
from access.passwords import Passwords
from access.pending import Pending
from access.sign_in import SignIn
from tests.api.house import FAST, House, served

HANDS = 4


class Watch:
    """A clock that a test moves: the limits count by it."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Looked(Passwords):
    """Passwords that count whose were looked at; a guess says whom it is about."""

    def __init__(self) -> None:
        super().__init__(FAST)
        self.at: Counter[str] = Counter()

    def matches(self, hash: str | None, text: str) -> bool:
        self.at[text.partition(" ")[0]] += 1
        return super().matches(hash, text)


@dataclass
class Gate:
    """A house whose limits count by a watch, and whose passwords are counted."""

    house: House
    watch: Watch
    looked: Looked

    def tries(self, email: str, password: str, place: str) -> int:
        """The status of one try to sign in from an address."""
        return knock(self.house.url, place, "POST", "/auth/sign-in",
                     {"email": email, "password": password, "carrier": "bearer"})  # fmt: skip

    def all_try(self, pairs: Iterable[tuple[str, str, str]]) -> Counter[int]:
        """Every (address of mail, password, place), several at a time; how often each status."""
        with ThreadPoolExecutor(HANDS) as hands:
            return Counter(hands.map(lambda pair: self.tries(*pair), pairs))


@contextmanager
def gate(house: House, limits: Limits, looked: Passwords) -> Iterator[House]:
    """The same house with other limits and passwords; what makes it new closes them."""
    access, platform = house.platform.access, house.platform
    desk = SignIn(platform.store, access.secrets, looked, access.factors, access.sessions, limits,
                  Pending(b"p" * 32, platform.clock))  # fmt: skip
    watched = replace(access, limits=limits, passwords=looked, sign_in=desk)
    with served(replace(platform, access=watched)) as url:
        yield House(replace(platform, access=watched), url)
    looked.close()


def knock(url: str, place: str, method: str, path: str, body: object = None, **headers: str) -> int:
    """The status of one request from an address, over a connection of its own."""
    at = urlsplit(url)
    line = HTTPConnection(at.hostname or "", at.port, timeout=30, source_address=(place, 0))
    sent = {"Content-Type": "application/json", "Connection": "close", **headers}
    line.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), sent)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status


def places(many: int) -> list[str]:
    """Loopback addresses, each of which counts as somebody."""
    return [f"127.{1 + n // 60_000}.{n // 250 % 240}.{2 + n % 250}" for n in range(many)]


def taken(url: str, token: str, times: int) -> list[float]:
    """Seconds that a signed-in person waits for each answer."""
    waits = []
    for _ in range(times):
        began = perf_counter()
        assert knock(url, "127.0.0.1", "GET", "/me", Authorization=f"Bearer {token}") == 200
        waits.append(perf_counter() - began)
    return waits
