"""A short way in for tests about something else: a session opened at the desk, and another before its proof is too old."""

from __future__ import annotations

import threading
from collections.abc import Generator
from datetime import timedelta
from typing import Final
from uuid import UUID

import httpx
import psycopg
from psycopg_pool import PoolTimeout

from access.desk import Access
from access.sessions import Device, Opened
from aggregates.account import Account
from eventstore import Store, Unavailable
from runtime.clock import Clock

AMR: Final = ("pwd", "otp", "mfa")
BROWSER: Final = Device("Quittance test", "127.0.0.1")
FRESH: Final = timedelta(minutes=4)
"""After how long, by the Clock, somebody proves again who they are: the token and the proof are good for five."""


class Door(httpx.Auth):
    """Signs an account's person in with every factor, as often as it takes."""

    def __init__(self, store: Store, access: Access, clock: Clock, account: UUID) -> None:
        self._store, self._access, self._clock, self._account = store, access, clock, account
        self._lock = threading.Lock()
        self._in: tuple[Opened, str] | None = None

    def opened(self) -> tuple[Opened, str]:
        """A session with a fresh proof, and its access token."""
        with self._lock:
            if self._in is None or self._clock.now() - self._in[0].session.proved_at > FRESH:
                account = self._store.load(Account, self._account)
                opened = self._access.sessions.open(account, AMR, BROWSER)
                self._in = opened, self._access.tokens.mint(opened.session)
            return self._in

    def last(self) -> str:
        """The access token that was taken last; asks nobody, once there is one."""
        return (self._in or self.opened())[1]

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        try:
            request.headers["Authorization"] = f"Bearer {self.opened()[1]}"
        except (psycopg.OperationalError, PoolTimeout, Unavailable) as error:
            raise httpx.ConnectError("the database is away", request=request) from error
        yield request
