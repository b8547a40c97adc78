"""How often something may be tried: the rules as data, counted in Redis when there is one, in this process otherwise.

This process always counts for itself too: when Redis is lost, what it has seen still counts. Losing Redis therefore
neither opens the door nor closes it; with several processes each one then counts alone, and says so in the log.
"""

from __future__ import annotations

import hmac
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import structlog
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from access.counting import InProcess
from eventstore import Rejected

Answer = TypeVar("Answer")

REQUESTS = 600
"""Of one account a minute."""

PATIENCE = 0.25
"""Seconds that Redis may take to answer before it counts as lost."""

AGAIN_AFTER = 5.0
"""Seconds after which a lost Redis is asked again."""

PREFIX = "quittance"
"""Of every key in Redis."""

log = structlog.get_logger("access")


@dataclass(frozen=True)
class Rule:
    """What is counted, in one or more windows, the shortest first: a refused try costs nothing in the longer ones.

    exact  counts every try by its moment, so no window of that length ever holds more. Otherwise the last window
           is weighed by how much of it is left: two numbers whatever the amount, right to a few per cent.
    """

    windows: tuple[RateLimitItem, ...]
    exact: bool = True


RULES: dict[str, Rule] = {
    "sign-in.account": Rule((RateLimitItemPerMinute(10, 5), RateLimitItemPerDay(50))),
    "sign-in.address": Rule((RateLimitItemPerMinute(10, 5),)),
    "sign-in.all": Rule((RateLimitItemPerMinute(1_000, 5),)),
    "factor": Rule((RateLimitItemPerMinute(5, 5), RateLimitItemPerHour(20), RateLimitItemPerDay(50))),
    "mail.mailbox": Rule((RateLimitItemPerDay(5),)),
    "mail.address": Rule((RateLimitItemPerHour(20),)),
}
"""By what is counted, dot, what it is counted for.

sign-in.account  tries to sign in with one address of mail, whoever it belongs to; a success gives its hit back
sign-in.address  the same from one client address
sign-in.all      tries of passwords from everywhere together; has no key
factor           tries to prove a second factor of one account
mail.mailbox     mails that anybody can cause to one address of mail: sign-up, forgotten password
mail.address     the same asked from one client address
api.identity     requests of one account
api.address      requests from one client address that no account stands behind
"""


def rules(requests_per_minute: int) -> dict[str, Rule]:
    """RULES, and the two about any request: of one account, and a fifth of that without one."""
    return {
        **RULES,
        "api.identity": Rule((RateLimitItemPerMinute(requests_per_minute),), exact=False),
        "api.address": Rule((RateLimitItemPerMinute(max(1, requests_per_minute // 5)),), exact=False),
    }


class TooManyRequests(Rejected):
    """This was tried too often; it is possible again after a while."""

    status: ClassVar[int] = 429

    def __init__(self, retry_after: int, rule: str = "", window: RateLimitItem | None = None) -> None:
        super().__init__(f"again in {retry_after} s")
        self.rule, self.retry_after = rule, retry_after
        """Seconds."""
        self.headers = {"Retry-After": str(retry_after)}
        if window is not None:
            policy = f'"{rule}"'
            self.headers["RateLimit-Policy"] = f"{policy};q={window.amount};w={window.get_expiry()}"
            self.headers["RateLimit"] = f"{policy};r=0;t={retry_after}"


class Limits:
    """Counts tries by rule and key.

    secret      keys the names of what is counted: nobody's address or account stands in Redis
    redis_url   redis://, rediss:// or redis+unix://; without it this process counts alone
    per_minute  requests of one account
    clock       seconds, for the part that is counted here
    """

    def __init__(
        self,
        secret: bytes,
        redis_url: str = "",
        per_minute: int = REQUESTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules = rules(per_minute)
        self._key = secret
        self._clock = clock
        self._here = InProcess(clock)
        self._exact, self._weighed = (
            MovingWindowRateLimiter(self._here),
            SlidingWindowCounterRateLimiter(self._here),
        )
        self._redis = _redis(redis_url) if redis_url else None
        self._away_until: float | None = None

    @property
    def is_shared(self) -> bool:
        """Whether every process counts together just now."""
        return self._redis is not None and self._away_until is None

    @property
    def waits(self) -> bool:
        """Whether a hit waits for another server: then it does not belong on an event loop."""
        return self._redis is not None

    def hit(self, rule: str, *keys: str) -> None:
        """Count one try. Raises TooManyRequests when there were enough."""
        name = self._name(rule, keys)
        for window in self._rules[rule].windows:
            if (seconds := self._refused(rule, window, name)) is not None:
                raise TooManyRequests(max(1, math.ceil(seconds)), rule, window)

    def give_back(self, rule: str, *keys: str) -> None:
        """The try that was counted last does not count after all; for rules that count each one."""
        assert self._rules[rule].exact, "a weighed window does not know which try was the last"
        name = self._name(rule, keys)
        for window in self._rules[rule].windows:
            key = window.key_for(rule, name)
            self._here.give_back(key)
            if self._redis is not None:
                self._asked(lambda redis, key=key: redis.storage.lpop(redis.prefixed_key(key)))  # type: ignore[misc]

    def _refused(self, rule: str, window: RateLimitItem, name: str) -> float | None:
        """Seconds until the next try is let through; None: this one is. What is refused here is not asked of Redis."""
        exact = self._rules[rule].exact
        here = self._exact if exact else self._weighed
        if not here.hit(window, rule, name):
            return self._wait_here(window, window.key_for(rule, name), exact)
        if self._redis is None:
            return None
        kind = MovingWindowRateLimiter if exact else SlidingWindowCounterRateLimiter
        seconds = self._asked(lambda redis: _wait(kind(redis), window, rule, name))
        if seconds is not None:
            self._here.give_back(window.key_for(rule, name))
        return seconds

    def _wait_here(self, window: RateLimitItem, key: str, exact: bool) -> float:
        """Not by the library's ``get_window_stats``: for a weighed window that tells the machine's time."""
        if not exact:
            return self._here.get_sliding_window(key, window.get_expiry())[1]
        oldest, _ = self._here.get_moving_window(key, window.amount, window.get_expiry())
        return oldest + window.get_expiry() - self._clock()

    def _asked(self, question: Callable[[RedisStorage], Answer]) -> Answer | None:
        """What Redis says; None while it is lost."""
        assert self._redis is not None
        if self._away_until is not None and self._clock() < self._away_until:
            return None
        try:
            answer = question(self._redis)
        except RedisError as error:
            if self._away_until is None:
                log.warning("limits are counted by this process alone", cause=type(error).__name__)
            self._away_until = self._clock() + AGAIN_AFTER
            return None
        if self._away_until is not None:
            log.info("limits are counted together again")
        self._away_until = None
        return answer

    def _name(self, rule: str, keys: Iterable[str]) -> str:
        said = "\0".join((rule, *keys)).encode()
        return hmac.digest(self._key, said, "sha256")[:16].hex()


def _redis(url: str) -> RedisStorage:
    return RedisStorage(
        url,
        key_prefix=PREFIX,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
    )


def _wait(limiter: RateLimiter, window: RateLimitItem, rule: str, name: str) -> float | None:
    if limiter.hit(window, rule, name):
        return None
    return limiter.get_window_stats(window, rule, name).reset_time - _machine()


def _machine() -> float:
    return time.time()  # noqa: TID251 - Redis counts by the machine's time, whatever was lapsed
