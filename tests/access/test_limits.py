"""Limits: exact where somebody guesses, shared through Redis, and neither open nor closed when Redis is lost."""

from __future__ import annotations

import socket
import time

import pytest
import redis
from structlog.testing import capture_logs

from access.counting import InProcess
from access.limits import AGAIN_AFTER, Limits, TooManyRequests, rules

SECRET = b"s" * 32


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def here(watch: Watch) -> Limits:
    return Limits(SECRET, clock=watch)


def passed(limits: Limits, rule: str, *keys: str, tries: int = 100) -> int:
    """How many of so many tries are let through."""
    through = 0
    for _ in range(tries):
        try:
            limits.hit(rule, *keys)
            through += 1
        except TooManyRequests:
            pass
    return through


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("sign-in.account", 10),
        ("sign-in.address", 10),
        ("factor", 5),
        ("mail.mailbox", 5),
        ("mail.address", 20),
    ],
)
def test_as_many_tries_as_the_rule_says_are_let_through(here, rule, first):
    assert passed(here, rule, "somebody") == first
    assert passed(here, rule, "somebody else") == first


def test_all_together_are_counted_without_a_key(here):
    assert passed(here, "sign-in.all", tries=1_100) == 1_000


def test_a_refusal_says_when_it_is_possible_again(here, watch):
    passed(here, "sign-in.account", "awa", tries=10)
    watch.now += 100
    with pytest.raises(TooManyRequests) as refused:
        here.hit("sign-in.account", "awa")
    assert refused.value.retry_after == 200
    assert refused.value.headers == {
        "Retry-After": "200",
        "RateLimit-Policy": '"sign-in.account";q=10;w=300',
        "RateLimit": '"sign-in.account";r=0;t=200',
    }
    watch.now += 200.5
    here.hit("sign-in.account", "awa")


def test_no_day_has_more_than_fifty_guesses_however_they_are_spread(here, watch):
    """One a minute, for two days: whichever 24 hours are looked at, at most fifty were let through."""
    moments = []
    for _ in range(2 * 24 * 60):
        watch.now += 60
        try:
            here.hit("sign-in.account", "victim")
            moments.append(watch.now)
        except TooManyRequests:
            pass
    for first in moments:
        assert sum(first <= moment < first + 86_400 for moment in moments) <= 50
    assert 95 <= len(moments) <= 100


def test_a_success_gives_its_hit_back(here):
    for _ in range(200):
        here.hit("sign-in.account", "awa")
        here.give_back("sign-in.account", "awa")
    assert passed(here, "sign-in.account", "awa") == 10


def test_giving_back_what_was_never_taken_gives_nothing(here):
    here.give_back("factor", "awa")
    assert passed(here, "factor", "awa") == 5


def test_requests_are_weighed_over_a_minute(here, watch):
    assert passed(here, "api.identity", "ana", tries=700) == 600
    with pytest.raises(TooManyRequests) as refused:
        here.hit("api.identity", "ana")
    assert 1 <= refused.value.retry_after <= 60
    watch.now += 30
    assert passed(here, "api.identity", "ana", tries=700) < 320
    watch.now += 120
    assert passed(here, "api.identity", "ana", tries=700) == 600


def test_keys_do_not_run_into_each_other(here):
    assert passed(here, "factor", "a", "b") == 5
    assert passed(here, "factor", "ab") == 5
    assert passed(here, "factor", "a\0b") <= 5


def test_a_hit_costs_little(here):
    began = time.process_time()
    for n in range(5_000):
        here.hit("api.identity", f"account-{n % 100}")
    assert (time.process_time() - began) / 5_000 < 50e-6


def test_what_is_remembered_has_a_bound(watch):
    storage = InProcess(watch, keys=100)
    for n in range(1_000):
        assert storage.acquire_entry(f"key {n}", 5, 300)
        assert storage.acquire_sliding_window_entry(f"key {n}", 5, 300)
    assert storage.reset() <= 202


def test_what_no_longer_counts_goes_first(watch):
    storage = InProcess(watch, keys=100)
    storage.acquire_entry("victim", 5, 86_400)
    for n in range(500):
        watch.now += 10
        storage.acquire_entry(f"key {n}", 5, 300)
    assert storage.get("victim") == 1


# ── with a server ──────────────────────────────────────────────────────────


def test_two_processes_count_together(valkey):
    one, other = (Limits(SECRET, valkey.url) for _ in range(2))
    assert passed(one, "sign-in.account", "awa", tries=6) == 6
    assert passed(other, "sign-in.account", "awa") == 4
    assert (one.is_shared, other.is_shared) == (True, True)
    assert passed(one, "api.identity", "ana", tries=400) == 400
    assert passed(other, "api.identity", "ana", tries=400) == 200


def test_a_refusal_of_the_server_says_when_too(valkey):
    one, other = (Limits(SECRET, valkey.url) for _ in range(2))
    passed(one, "factor", "awa", tries=5)
    with pytest.raises(TooManyRequests) as refused:
        other.hit("factor", "awa")
    assert 295 <= refused.value.retry_after <= 300


def test_a_hit_is_given_back_to_everybody(valkey):
    one, other = (Limits(SECRET, valkey.url) for _ in range(2))
    for _ in range(30):
        one.hit("sign-in.account", "awa")
        one.give_back("sign-in.account", "awa")
    assert passed(other, "sign-in.account", "awa") == 10


def test_nobody_stands_in_the_server_by_name(valkey):
    limits = Limits(SECRET, valkey.url)
    limits.hit("mail.mailbox", "awa@example.org")
    limits.hit("api.address", "203.0.113.7")
    stored = redis.from_url(valkey.url)
    keys = [key.decode() for key in stored.scan_iter()]
    assert len(keys) == 2
    assert all(key.startswith("quittance:") and "awa" not in key and "203" not in key for key in keys)
    assert all(stored.ttl(key) > 0 for key in keys)


def test_another_installation_counts_apart(valkey):
    assert passed(Limits(SECRET, valkey.url), "factor", "awa") == 5
    assert passed(Limits(b"t" * 32, valkey.url), "factor", "awa") == 5


def test_losing_the_server_neither_opens_the_door_nor_closes_it(valkey, watch):
    limits = Limits(SECRET, valkey.url, clock=watch)
    passed(limits, "sign-in.account", "awa", tries=7)
    valkey.stop()
    with capture_logs() as lines:
        began = time.perf_counter()
        assert passed(limits, "sign-in.account", "awa") == 3
        assert passed(limits, "sign-in.account", "jean") == 10
        assert time.perf_counter() - began < 2
    assert [line["event"] for line in lines] == ["limits are counted by this process alone"]
    assert not limits.is_shared


def test_a_server_that_is_back_is_used_again(valkey, watch):
    limits = Limits(SECRET, valkey.url, clock=watch)
    valkey.stop()
    limits.hit("factor", "awa")
    assert not limits.is_shared
    valkey.start()
    limits.hit("factor", "awa")
    assert not limits.is_shared, "it is left alone for a while"
    watch.now += AGAIN_AFTER
    limits.hit("factor", "awa")
    assert limits.is_shared


def test_a_server_that_says_nothing_is_not_waited_for(watch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limits = Limits(SECRET, f"redis://127.0.0.1:{silent.getsockname()[1]}", clock=watch)
        began = time.perf_counter()
        assert passed(limits, "factor", "awa", tries=20) == 5
        assert time.perf_counter() - began < 2
    assert not limits.is_shared


def test_every_window_of_a_rule_is_longer_than_the_one_before():
    for rule in rules(600).values():
        seconds = [window.get_expiry() for window in rule.windows]
        assert seconds == sorted(set(seconds))
