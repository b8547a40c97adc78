"""The ways in of those who play: a session at the desk of the installation, and another before its proof is too old.

It opens the database of the installation, so it works for whoever may read its keys and for nobody else.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

import httpx
import psycopg
from psycopg_pool import PoolTimeout

from access import desk
from access.desk import Access
from access.sessions import Device, Opened
from aggregates.account import Account
from demo.seed import PLAYERS
from eventstore import Keyring, Store, Unavailable
from runtime import database
from runtime.clock import Clock
from runtime.settings import Settings

AMR: Final = ("pwd", "otp", "mfa")
BROWSER: Final = Device("Quittance demo", "127.0.0.1")
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

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        try:
            request.headers["Authorization"] = f"Bearer {self.opened()[1]}"
        except (psycopg.OperationalError, PoolTimeout, Unavailable) as error:
            raise httpx.ConnectError("the database is away", request=request) from error
        yield request


class Doors:
    """A door for each demonstration account, by its label."""

    def __init__(self, store: Store, access: Access, clock: Clock) -> None:
        self._doors = {one.label: Door(store, access, clock, one.account_id) for one in PLAYERS}

    def __getitem__(self, label: str) -> Door:
        return self._doors[label]


@contextmanager
def doors(settings: Settings) -> Iterator[Doors]:
    """Those of an installation that runs in other processes."""
    with database.pool(settings.database_url, name="doors", size=2) as pool:
        keyring, clock = Keyring(pool, settings.keks()), Clock(pool)
        store = Store(pool, keyring, settings.secret())
        yield Doors(store, desk.from_settings(settings, pool, clock, store), clock)
        keyring.close()
