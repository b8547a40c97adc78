"""What goes through Redis can be read and made up by nobody without the key, and losing Redis costs nobody time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
import redis
from structlog.testing import capture_logs

from runtime.embedded.valkey import Valkey
from runtime.live.changes import Stretch
from runtime.live.channel import Channel, Forget, Said
from tests.runtime.live.ears import KEY
from tests.runtime.live.test_changes import change
from tests.soon import soon

SAID = Stretch(uuid4(), 5, 9, [change(7), change(9)])


@pytest.fixture
def channel(valkey: Valkey) -> Iterator[Channel]:
    made = Channel(valkey.url, KEY)
    yield made
    made.close()


@contextmanager
def hearing(channel: Channel) -> Iterator[list[Said]]:
    """What a process hears, once it listens."""
    heard: list[Said] = []
    stop = threading.Event()
    thread = threading.Thread(target=channel.listen, args=(heard.append, stop))
    thread.start()
    try:
        soon(lambda: channel.say(Forget()) and heard)
        heard.clear()
        yield heard
    finally:
        stop.set()
        thread.join(10)


def said(heard: list[Said]) -> list[Said]:
    """Without what was said to find out whether anybody listens."""
    return [each for each in heard if not isinstance(each, Forget)]


def test_every_process_hears_what_one_says(valkey: Valkey, channel: Channel):
    other = Channel(valkey.url, KEY)
    with hearing(channel) as here, hearing(other) as there:
        assert channel.say(SAID)
        soon(lambda: said(here) and said(there))
        assert (said(here), said(there)) == ([SAID], [SAID])
    other.close()


def test_nobody_reads_there_what_happened_to_whom(valkey: Valkey, channel: Channel):
    """Not by its bytes, and not by comparing messages: the same thing said twice is not the same."""
    spy = redis.from_url(valkey.url).pubsub(ignore_subscribe_messages=True)
    spy.psubscribe("*")
    spy.get_message(timeout=1)
    channel.say(SAID)
    channel.say(SAID)
    first, second = (soon(lambda: spy.get_message(timeout=0.1)) for _ in range(2))
    for message in (first, second):
        seen = message["data"] + message["channel"]
        for secret in (b"Book", b"Read", b"stretch", str(SAID.history).encode(), SAID.history.bytes):
            assert secret not in seen
    assert first["data"] != second["data"]
    spy.close()


def test_nothing_stays_in_redis(valkey: Valkey, channel: Channel):
    channel.say(SAID)
    assert list(redis.from_url(valkey.url).scan_iter()) == []


def test_what_somebody_else_says_there_is_not_heard(valkey: Valkey, channel: Channel):
    """Made up, damaged, or of another installation that shares the server."""
    stranger = Channel(valkey.url, b"x" * 32)
    assert stranger.name != channel.name
    stranger.name = channel.name
    with hearing(channel) as heard:
        raw = redis.from_url(valkey.url)
        sealed = channel._sealed(b'["stretch","x"]')
        for made_up in (b"", b"x", b"x" * 500, sealed, sealed[:-1], sealed[:-1] + b"\0"):
            raw.publish(channel.name, made_up)
        stranger.say(SAID)
        channel.say(SAID)
        soon(lambda: said(heard))
        assert said(heard) == [SAID]
    stranger.close()


def test_a_redis_that_is_gone_is_not_waited_for_and_is_found_again(valkey: Valkey, channel: Channel):
    with capture_logs() as lines, hearing(channel) as heard:
        valkey.kill()
        soon(lambda: not channel.say(SAID))
        began = time.perf_counter()
        for _ in range(200):
            channel.say(SAID)
        assert time.perf_counter() - began < 1.5
        assert not channel.answers()
        valkey.start()
        soon(lambda: channel.say(SAID) and said(heard))
        assert channel.answers()
    told = [line["event"] for line in lines]
    assert told == ["other processes are not heard", "other processes are heard again"]


def test_a_redis_that_says_nothing_is_left(valkey: Valkey, channel: Channel):
    """It keeps its connections and answers nothing: a line is doubted when nobody says anything on it for long."""
    with hearing(channel) as heard:
        valkey.freeze()
        began = time.perf_counter()
        assert not channel.say(SAID)
        assert not channel.answers()
        assert time.perf_counter() - began < 2
        valkey.thaw()
        soon(lambda: channel.say(SAID) and said(heard))
