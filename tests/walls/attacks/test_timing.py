"""Enumeration by timing: an address that is known takes as long as one that is not, and is told in the same words.

Two questions are asked in turns, so that what slows the machine slows both. Where they differ by less than two
milliseconds at the median, or by no more than the same question asked twice does, nobody learns anything; on a machine
that is too busy to tell, more is asked. Noise: the 99th percentile of bootstrapped differences of two halves of one
and the same series.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from statistics import median, quantiles
from time import perf_counter
from uuid import uuid4

import httpx
import pytest

from access.limits import Limits
from access.passwords import ARGON2ID, Passwords
from commands.account import CloseAccount
from tests.access.people import Person, somebody
from tests.api.house import FAST, House
from tests.walls.attacks.knocking import gate

TOLD_APART = 0.002
"""Seconds: what may be seen through a network by somebody who asks often."""
SAMPLES, ROUNDS = 30, 6
"""Pairs a round, and rounds at most."""
VOLATILE = ("date", "x-request-id", "traceparent", "content-length")

Ask = Callable[[], httpx.Response]


@pytest.fixture(params=[ARGON2ID, FAST], ids=["as it is", "fast"])
def at(house: House, request):
    """Once with the work that hides everything else, once with so little that everything else shows."""
    with gate(house, Unlimited(), Passwords(request.param)) as opened:
        yield opened


class Unlimited(Limits):
    """Counts nothing: whoever measures asks more often than anybody may."""

    def __init__(self) -> None:
        super().__init__(b"s" * 32)

    def hit(self, rule: str, *keys: str) -> None: ...

    def give_back(self, rule: str, *keys: str) -> None: ...


def differ(one: Ask, other: Ask, rounds: int = ROUNDS) -> tuple[float, float]:
    """Seconds between the medians of two questions, and what noise alone makes of it; after as many as it takes."""
    took: tuple[list[float], list[float]] = ([], [])
    apart = noise = 0.0
    for _ in range(rounds):
        for _ in range(SAMPLES):
            turns = [(one, took[0]), (other, took[1])]
            random.shuffle(turns)
            for ask, times in turns:
                gc.disable()
                began = perf_counter()
                ask()
                times.append(perf_counter() - began)
                gc.enable()
        apart, noise = abs(median(took[0]) - median(took[1])), _noise(took[0])
        if apart < max(TOLD_APART, noise):
            break
    return apart, noise


def _noise(times: list[float]) -> float:
    """How far the medians of two series of one question lie apart by chance."""
    many = len(times)
    differences = [
        abs(median(random.choices(times, k=many)) - median(random.choices(times, k=many))) for _ in range(200)
    ]
    return quantiles(differences, n=100)[-1]


def told(answer: httpx.Response) -> tuple[int, dict[str, object], dict[str, str]]:
    """Everything that an answer says of itself, but for what is different each time."""
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in VOLATILE}
    return answer.status_code, {**answer.json(), "request_id": None}, headers


# ── signing in ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["wrong", "closed", "empty", "staff"])
def test_a_sign_in_that_fails_takes_as_long_as_one_of_nobody(at: House, kind: str) -> None:
    person = _of_kind(at, kind)
    nobody = Person(at, uuid4(), "nobody.of.that.name@prets.example")
    with at.calling() as client:
        ask, ask_nobody = (
            lambda of=of: client.post(
                "/auth/sign-in",
                json={"email": of.email, "password": "not this one at all", "carrier": "bearer"},
            )
            for of in (person, nobody)
        )
        assert told(ask()) == told(ask_nobody())
        apart, noise = differ(ask, ask_nobody)
    assert apart < max(TOLD_APART, noise), (apart, noise)


def _of_kind(house: House, kind: str) -> Person:
    """Wrong password; closed; without a password; staff with a second factor."""
    person = somebody(house, kind, "client" if kind != "staff" else "advisor",
                      **({"password": None} if kind == "empty" else {}))  # fmt: skip
    if kind == "closed":
        house.does(CloseAccount(reason="left"), person.account)
    if kind == "staff":
        assert person.is_in().enrols_app().status_code == 200
        person.said = {}
    return person


# ── asking for a mail ──────────────────────────────────────────────────────


@pytest.mark.parametrize("at", [FAST], indirect=True, ids=["without passwords"])
@pytest.mark.parametrize("path", ["/auth/sign-up", "/auth/password-reset"])
def test_asking_for_a_mail_takes_as_long_for_a_stranger(at: House, path: str) -> None:
    known = somebody(at, "known", "client").email
    name = {"name": "Awa Ba"} if path.endswith("up") else {}
    with at.calling() as client:
        ask, ask_nobody = (
            lambda email=email: client.post(path, json={"email": email, **name})
            for email in (known, "other@prets.example")
        )
        assert told(ask()) == told(ask_nobody())
        assert ask().status_code == 202
        apart, noise = differ(ask, ask_nobody)
    assert apart < max(TOLD_APART, noise), (apart, noise)


# ── the measure itself ─────────────────────────────────────────────────────


@pytest.mark.parametrize("at", [ARGON2ID], indirect=True, ids=["as it is"])
def test_a_difference_that_somebody_could_use_is_seen(at: House) -> None:
    """One that hashes against one that does not: what a door without dummy work would be like."""
    body = {"email": "nobody@prets.example", "password": "not this one at all", "carrier": "bearer"}
    with at.calling() as client:
        apart, noise = differ(
            lambda: client.post("/auth/sign-in", json=body),
            lambda: client.post("/auth/sign-in", json={**body, "carrier": "pigeon"}),
            rounds=1,  # more are asked where nothing was told apart
        )
    assert apart > max(TOLD_APART, noise), (apart, noise)
