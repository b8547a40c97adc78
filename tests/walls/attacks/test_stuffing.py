"""Credential stuffing: thousands of pairs from hundreds of addresses, over HTTP; who is looked at, and who still gets in.

The full form has 10,000 pairs over a simulated day; the short one a tenth of them.
"""

from __future__ import annotations

import threading
from collections import Counter
from statistics import quantiles
from uuid import uuid4

import pytest

from access.limits import Limits
from commands.account import ChoosePassword, OpenAccount
from tests.access.people import PASSWORD, Person, somebody
from tests.api.house import FAST, House, id_of
from tests.walls.attacks.knocking import Gate, Looked, Watch, gate, knock, places, taken

HURRIED = 1_000
"""Guesses at nobody in particular."""
ROUNDS, EACH = 40, 10
"""Over a day: so often ten guesses at each account, always as many as five minutes allow."""
A_DAY = 86_400.0
FROM = places(500)


@pytest.fixture
def at(house: House):
    watch, looked = Watch(), Looked()
    limits = Limits(b"s" * 32, per_minute=1_000_000, clock=watch)
    with gate(house, limits, looked) as opened:
        yield Gate(opened, watch, looked)


def victim(house: House, name: str) -> str:
    """An account with a password; its address of mail."""
    email, account, secret = f"{name}@prets.example", id_of(f"account of {name}"), uuid4()
    house.does(OpenAccount(account_id=account, roles=["client"], customers=[id_of("awa customer")], label=name,
                           email=email))  # fmt: skip
    house.platform.access.secrets.keep(secret, account, "password", FAST.hash(PASSWORD).encode())
    house.does(ChoosePassword(secret_id=secret), account, account)
    return email


@pytest.mark.parametrize("pairs", [1_200, pytest.param(10_000, marks=pytest.mark.slow)])
def test_over_a_day_fifty_guesses_at_an_account_are_looked_at(house: House, at: Gate, pairs: int) -> None:
    """As slowly as no other limit notices, from addresses that are never used twice in a round."""
    names = [f"v{n}" for n in range(pairs // (ROUNDS * EACH))]
    emails = {name: victim(house, name) for name in names}
    told: Counter[int] = Counter()
    for round in range(ROUNDS):
        guesses = [(emails[name], f"{name} guess {round} {n}") for n in range(EACH) for name in names]
        told += at.all_try((*guess, FROM[(n + round * 7) % 500]) for n, guess in enumerate(guesses))
        at.watch.now += A_DAY / ROUNDS
    assert told.total() == pairs
    assert at.looked.at == dict.fromkeys(names, 50)
    assert told == {401: 50 * len(names), 429: told.total() - 50 * len(names)}
    # Nobody is locked out for good: a day after the fifty that were looked at, the right password is looked at.
    assert [at.tries(emails[name], PASSWORD, "127.0.0.1") for name in names] == [200] * len(names)


def test_in_a_hurry_ten_an_account_and_a_thousand_in_all_are_looked_at(house: House, at: Gate) -> None:
    names = [f"h{n}" for n in range(20)]
    emails = {name: victim(house, name) for name in names}
    crowd = [(f"nobody{n}@prets.example", f"crowd guess {n}") for n in range(HURRIED)]
    aimed = [(emails[name], f"{name} guess {n}") for n in range(15) for name in names]
    told = at.all_try((*guess, FROM[n % 500]) for n, guess in enumerate(aimed))
    assert at.looked.at == dict.fromkeys(names, 10)
    assert told == {401: 200, 429: 100}
    at.all_try((*guess, FROM[n % 500]) for n, guess in enumerate(crowd))
    assert at.looked.at.total() <= 1_000


def test_one_address_is_let_through_ten_times_whomever_it_guesses_at(at: Gate) -> None:
    told = at.all_try((f"nobody{n}@prets.example", f"sprayed {n}", "127.9.9.9") for n in range(40))
    assert (told, at.looked.at["sprayed"]) == ({401: 10, 429: 30}, 10)


def test_meanwhile_the_victim_gets_in_with_a_passkey(house: House, at: Gate) -> None:
    ana = somebody(at.house, "ana", "client").is_in()
    assert ana.enrols_key().status_code == 200
    told = at.all_try((ana.email, f"ana guess {n}", FROM[n]) for n in range(30))
    assert told[429] > 0
    assert ana.knocks().status_code == 429
    options = ana.post("/auth/passkey/options").json()["passkey"]
    shown = {"passkey": ana.key.get(options), "carrier": "bearer"}
    assert ana.post("/auth/passkey", shown).status_code == 200


def test_meanwhile_everybody_else_is_served(house: House, at: Gate) -> None:
    """Compared with as many requests that do no harm: what a refused guess costs is what any request costs."""
    awa: Person = somebody(at.house, "awa", "client").is_in()
    token = awa.said["access_token"]

    def guess(n: int) -> None:
        at.tries(f"nobody{n % 50}@prets.example", f"meanwhile {n}", FROM[n % 500])

    def harmless(n: int) -> None:
        knock(at.house.url, FROM[n % 500], "GET", "/me", Authorization=f"Bearer {token}")

    waits = {}
    for _ in range(3):
        waits = {ask.__name__: _p95_beside(ask, at, token) for ask in (harmless, guess)}
        if waits["guess"] <= 3 * waits["harmless"]:
            break
    assert waits["guess"] <= 3 * waits["harmless"], waits


def _p95_beside(ask, at: Gate, token: str) -> float:
    """Of somebody signed in, while others ask as fast as they can."""
    over = threading.Event()

    def keep_asking(start: int) -> None:
        n = start
        while not over.is_set():
            ask(n := n + 2)

    others = [threading.Thread(target=keep_asking, args=(start,)) for start in (0, 1)]
    for other in others:
        other.start()
    try:
        return quantiles(taken(at.house.url, token, 100), n=20)[-1]
    finally:
        over.set()
        for other in others:
            other.join()
