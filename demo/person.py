"""Somebody who signs in as everybody does: over HTTP, with a password and a one-time code, or with a passkey.

nobody ──sign in──▶ in ──five minutes──▶ renewed ──too long idle──▶ sign in again
                     └──a command wants a fresh proof──▶ proved again ──▶ the same command
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from demo.authenticator import Authenticator, code
from demo.people import Held
from demo.watch import LONG_AGO

STEP: Final = 30
"""Seconds for which an authenticator app shows a code."""
CODES: Final = 3
"""How many codes are tried: somebody else may have used the one of this moment."""
TRIES: Final = 2
"""How often a request is sent again: with a renewed token, and with a fresh proof."""
AGENT: Final = "Quittance demonstration"
EARLY: Final = timedelta(seconds=20)
"""How long before its end an access token is renewed."""

Flow = Generator[httpx.Request, httpx.Response, Any]


class NotLetIn(Exception):
    """The sign-in was refused; the message holds the answer."""


class Carrying(httpx.Auth):
    """A token and nobody behind it: what is refused stays refused."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Flow:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class Person(httpx.Auth):
    """Goes before each request, as often as it takes.

    origin  where the browser says that it is: the public address
    now     what time it is on the telephone
    """

    requires_response_body = True

    def __init__(self, held: Held, origin: str, now: Callable[[], datetime]) -> None:
        self.held, self._now = held, now
        mine = [held.passkey] if held.passkey is not None else []
        self._authenticator = Authenticator(origin.rstrip("/"), passkeys=mine)
        self._token, self._refresh = "", ""
        self._until = LONG_AGO
        self._last_step = 0
        self.sign_ins = self.renewals = self.proofs = 0
        """How often."""

    def takes(self, held: Held) -> None:
        """Has something else to sign in with from now on."""
        self.held = held

    @property
    def token(self) -> str:
        """The access token of now; empty before the first request."""
        return self._token

    def auth_flow(self, request: httpx.Request) -> Flow:
        if self._now() > self._until - EARLY:
            yield from self._go_on(request)
        for _ in range(TRIES):
            answer = yield self._carrying(request)
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                return
            if answer.json()["type"] == "step-up-required":
                yield from self._prove_again(request)
            else:
                yield from self._go_on(request)
        yield self._carrying(request)

    # ── being in ───────────────────────────────────────────────────────────

    def _go_on(self, request: httpx.Request) -> Flow:
        if self._refresh:
            renewed = yield from self._asked(request, "/auth/refresh", {"refresh_token": self._refresh})
            if renewed.is_success:
                self.renewals += 1
                return self._take(renewed)
        return (yield from self._sign_in(request))

    def _sign_in(self, request: httpx.Request) -> Flow:
        self._token = self._refresh = ""
        self.sign_ins += 1
        if self.held.passkey is not None:
            shown = yield from self._passkey(request, "/auth/passkey/options")
            said = yield from self._asked(request, "/auth/passkey", {**shown, "carrier": "bearer"})
            return self._take(said)
        typed = {"email": self.held.email, "password": self.held.password, "carrier": "bearer"}
        said = yield from self._asked(request, "/auth/sign-in", typed)
        if said.is_success and said.json()["outcome"] == "factor-needed":
            pending = {"pending": said.json()["pending"], "carrier": "bearer"}
            said = yield from self._with_code(request, "/auth/sign-in/factor", pending)
        return self._take(said)

    def _prove_again(self, request: httpx.Request) -> Flow:
        self.proofs += 1
        if self.held.passkey is not None:
            shown = yield from self._passkey(request, "/auth/step-up/options")
            said = yield from self._asked(request, "/auth/step-up", shown)
        elif self.held.app is not None:
            said = yield from self._with_code(request, "/auth/step-up", {"password": self.held.password})
        else:
            said = yield from self._asked(request, "/auth/step-up", {"password": self.held.password})
        return self._take(said)

    def _take(self, said: httpx.Response) -> None:
        if not said.is_success:
            raise NotLetIn(f"{self.held.email}: {said.request.url.path}: {said.status_code} {said.text}")
        answer = said.json()
        self._token, self._refresh = answer["access_token"], answer["refresh_token"]
        self._until = self._now() + timedelta(seconds=answer["expires_in"])

    # ── the second factor ──────────────────────────────────────────────────

    def _passkey(self, request: httpx.Request, path: str) -> Flow:
        asked = yield from self._asked(request, path, {})
        if not asked.is_success:
            raise NotLetIn(f"{self.held.email}: {path}: {asked.status_code} {asked.text}")
        return {"passkey": self._authenticator.get(asked.json()["passkey"])}

    def _with_code(self, request: httpx.Request, path: str, body: dict[str, Any]) -> Flow:
        for _ in range(CODES):
            said = yield from self._asked(request, path, {**body, "code": self.code()})
            if said.is_success or said.json()["type"] != "factor-refused":
                break
        return said

    def has_a_code(self) -> bool:
        """Whether the telephone shows one that was not used yet."""
        return self._last_step < self._step()

    def code(self) -> str:
        """A code that this person did not use yet; waits for the next one."""
        assert self.held.app is not None, "only who has an app"
        step = max(self._step(), self._last_step + 1)
        while step > self._step() + 1:  # one step ahead is tolerated
            time.sleep(0.2)
        self._last_step = step
        return code(self.held.app, datetime.fromtimestamp(step * STEP, UTC))

    def _step(self) -> int:
        return int(self._now().timestamp()) // STEP

    # ── how it is asked ────────────────────────────────────────────────────

    def _asked(self, request: httpx.Request, path: str, body: dict[str, Any]) -> Flow:
        """An answer, whatever it is, except that nobody is there: then the request itself is tried again."""
        headers = {"User-Agent": AGENT, "Accept-Language": "en"}
        if self._token and path != "/auth/refresh":
            headers["Authorization"] = f"Bearer {self._token}"
        url = request.url.copy_with(raw_path=f"/api/v1{path}".encode())
        asked = httpx.Request("POST", url, json=body, headers=headers, extensions=request.extensions)
        said = yield asked
        if said.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise httpx.ConnectError("a part that signing in needs is away", request=asked)
        return said

    def _carrying(self, request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request
