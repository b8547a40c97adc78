"""One person at the API: sends commands, reads screens, and asks again when the line breaks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx

from demo.ids import Ids
from demo.papers import Paper
from demo.person import NotLetIn

T = TypeVar("T")

PAUSE = 0.05
"""Seconds between two looks at something that is awaited."""

AWAY = (httpx.TransportError, httpx.DecodingError)
"""What a request meets when the process that answers was killed."""


class NeverHappened(Exception):
    """Something awaited did not come in time; the message says what."""


class Unexpected(Exception):
    """The API answered something else than the story needs; the message holds the answer."""


def until(what: str, look: Callable[[], T | None], seconds: float = 60.0) -> T:
    """Look again and again until what is seen counts as true; returns it. Raises NeverHappened after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if time.monotonic() > deadline:
            raise NeverHappened(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(PAUSE)


class Desk:
    """A way in and a connection.

    base      for example ``http://localhost:8000``
    auth      who sits here; nobody without
    seen      positions by lane that every screen must have passed; shared by desks that work together
    keys      what requests are told apart by; shared alike
    patience  seconds for which a request is repeated, under the same key, while nobody answers
    """

    def __init__(
        self,
        base: str,
        who: str,
        auth: httpx.Auth | None = None,
        seen: dict[str, str] | None = None,
        keys: Ids | None = None,
        patience: float = 60.0,
    ) -> None:
        self.who = who
        self._patience = patience
        self._client = httpx.Client(base_url=base, headers={"Accept-Language": "en"}, auth=auth, timeout=30.0)
        self._seen = {} if seen is None else seen
        self._keys = keys or Ids()
        self.repeats = 0
        """How many requests had to be sent again because nobody answered."""

    # ── asking ─────────────────────────────────────────────────────────────

    def send(
        self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None
    ) -> dict[str, Any]:
        """A command; returns its receipt. Repeated as it is until it is answered."""
        return self._accepted(self._answer("POST", path, key or self._keys.new(), json=body or {}))

    def send_plain(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A request that is no command and has no receipt; returns the answer."""
        answer: dict[str, Any] = self._good(self._answer("POST", path, self._keys.new(), json=body)).json()
        return answer

    def hand_in(self, path: str, paper: Paper, *, key: str | None = None) -> dict[str, Any]:
        """A file; returns the receipt."""
        return self._accepted(self._answer("POST", path, key or self._keys.new(), files=_parts(paper)))

    def refused(
        self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None
    ) -> dict[str, Any]:
        """A command that has to be refused; returns the problem. Raises Unexpected when it is accepted."""
        return self._problem(self._answer("POST", path, key or self._keys.new(), json=body or {}))

    def refused_paper(self, path: str, paper: Paper) -> dict[str, Any]:
        """A file that has to be refused; returns the problem."""
        return self._problem(self._answer("POST", path, self._keys.new(), files=_parts(paper)))

    # ── looking ────────────────────────────────────────────────────────────

    def read(self, path: str, **query: Any) -> Any:
        """A screen, not older than what was done at these desks."""
        return self._good(self._answer("GET", path, params=query)).json()

    def find(self, path: str) -> Any:
        """The same; None when there is nothing there (yet)."""
        answer = self._answer("GET", path)
        return None if answer.status_code == httpx.codes.NOT_FOUND else self._good(answer).json()

    def problem(self, path: str) -> dict[str, Any]:
        """A screen that has to be refused; returns the problem."""
        return self._problem(self._answer("GET", path))

    def rows(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every line of a list, page after page."""
        cursor: dict[str, Any] = {}
        while True:
            page = self.read(path, **query, **cursor)
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    def fetch(self, path: str) -> bytes:
        """A document's bytes."""
        return self._good(self._answer("GET", path)).content

    def status(self, path: str) -> int:
        """Only how a page answers."""
        return self._answer("GET", path).status_code

    def close(self) -> None:
        self._client.close()

    # ── how it is done ─────────────────────────────────────────────────────

    def _answer(self, method: str, path: str, key: str | None = None, **rest: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else self._read_after()
        deadline = time.monotonic() + self._patience
        while True:
            try:
                answer = self._client.request(method, path, headers=headers, **rest)
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return answer
                cause: object = answer.text
            except NotLetIn as refusal:
                raise Unexpected(str(refusal)) from None
            except AWAY as error:
                cause = error
            if time.monotonic() > deadline:
                raise NeverHappened(f"{method} {path}: {cause!r}")
            self.repeats += 1
            time.sleep(PAUSE)

    def _read_after(self) -> dict[str, str]:
        return {"Read-After": json.dumps(self._seen)} if self._seen else {}

    def _accepted(self, answer: httpx.Response) -> dict[str, Any]:
        receipt: dict[str, Any] = self._good(answer).json()
        for lane, position in receipt["positions"].items():
            self._seen[lane] = max(self._seen.get(lane, "0"), position, key=int)
        return receipt

    def _good(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            return answer
        raise Unexpected(
            f"{self.who}: {answer.request.method} {answer.url.path}: {answer.status_code} {answer.text}"
        )

    def _problem(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.is_client_error:
            return {**answer.json(), "status": answer.status_code}
        raise Unexpected(
            f"{self.who}: {answer.url.path} should be refused: {answer.status_code} {answer.text}"
        )


def _parts(paper: Paper) -> dict[str, tuple[str, bytes, str]]:
    return {"file": (paper.name, paper.content, paper.media_type)}
