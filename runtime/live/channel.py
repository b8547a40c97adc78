"""What the API processes of one installation tell each other through Redis: stretches of the feed, and "forget".

Nothing stays in Redis, and nothing in it can be read or made up without the key: whoever looks sees when something
happened and about how much. A message that is lost costs a read of the store, one that comes again costs nothing.
"""

from __future__ import annotations

import hmac
import os
import threading
from collections.abc import Callable
from time import monotonic

import msgspec
import redis
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from runtime.live.changes import Stretch

PATIENCE = 0.25
"""Seconds that Redis may take to answer before it counts as lost."""

AGAIN_AFTER = 0.5
"""Seconds after which a lost Redis is asked again."""

SILENCE = 3.0
"""Seconds without any message after which the line itself is doubted: a leader says something twice a second."""

_LOOK = 0.25
"""Seconds after which a listener that is to stop notices it."""

_NONCE = 16

log = structlog.get_logger()


class Forget(msgspec.Struct, frozen=True, array_like=True, tag="forget"):
    """An account or a session has changed: what is remembered of any is to be looked up again."""


Said = Stretch | Forget

_encode = msgspec.json.Encoder().encode
_DECODER: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


class Channel:
    """One for each process.

    url  redis://, rediss:// or redis+unix://
    key  32 bytes, the same in every process of the installation and known to nobody else
    """

    def __init__(self, url: str, key: bytes) -> None:
        self.name = f"quittance:live:{hmac.digest(key, b'name', 'sha256').hex()[:12]}"
        self._box = AESSIV(hmac.digest(key, b"box", "sha256"))
        self._redis = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )  # fmt: skip
        self._not_before = 0.0
        self._is_lost = False

    def say(self, said: Said) -> bool:
        """Tell every process, this one too; whether Redis took it. Never raises, and asks a lost Redis rarely."""
        if monotonic() < self._not_before:
            return False
        try:
            self._redis.publish(self.name, self._sealed(_encode(said)))
        except RedisError:
            self._not_before = monotonic() + AGAIN_AFTER
            return False
        return True

    def listen(self, hear: Callable[[Said], None], stop: threading.Event) -> None:
        """Hand on what is said, until ``stop``: what comes from elsewhere or is damaged is left out."""
        while not stop.is_set():
            try:
                self._listen(hear, stop)
            except RedisError as error:
                if not self._is_lost:
                    log.warning("other processes are not heard", cause=type(error).__name__)
                self._is_lost = True
                stop.wait(AGAIN_AFTER)

    def answers(self) -> bool:
        """Whether Redis does, just now."""
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False

    def close(self) -> None:
        self._redis.close()

    # ── inside ─────────────────────────────────────────────────────────────

    def _listen(self, hear: Callable[[Said], None], stop: threading.Event) -> None:
        with self._redis.pubsub(ignore_subscribe_messages=True) as ear:  # type: ignore[no-untyped-call]
            ear.subscribe(self.name)
            heard = monotonic()
            while not stop.is_set():
                message = ear.get_message(timeout=_LOOK)
                if message is not None and (said := self._opened(message["data"])) is not None:
                    heard = monotonic()
                    self._note_heard()
                    hear(said)
                elif monotonic() - heard > SILENCE:
                    raise redis.ConnectionError("nothing is said")

    def _note_heard(self) -> None:
        if self._is_lost:
            log.info("other processes are heard again")
        self._is_lost = False

    def _sealed(self, said: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._box.encrypt(said, [self.name.encode(), nonce])

    def _opened(self, message: bytes) -> Said | None:
        try:
            nonce, box = message[:_NONCE], message[_NONCE:]
            return _DECODER.decode(self._box.decrypt(box, [self.name.encode(), nonce]))
        except (InvalidTag, ValueError, msgspec.MsgspecError):
            return None
