"""A browser that listens: one connection, its messages as an EventSource reads them."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from api import viewers
from tests.api.house import House
from tests.soon import soon


@dataclass(frozen=True)
class Message:
    event: str
    data: Any
    id: str | None


@dataclass
class Page:
    """What has come so far."""

    answer: httpx.Response
    messages: list[Message] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    last_id: str = ""
    """What a browser sends when it connects again."""
    retry: int | None = None
    is_over: bool = False
    """The server has ended the connection, politely or not."""
    is_cut: bool = False
    """Not politely."""

    def read(self) -> None:
        """Until it is over."""
        block: list[str] = []
        try:
            for line in self.answer.iter_lines():
                if line:
                    block.append(line)
                elif block:
                    self._take(block)
                    block = []
        except (httpx.HTTPError, httpx.StreamError):
            self.is_cut = True
        self.is_over = True

    def of(self, event: str) -> list[Message]:
        return [message for message in list(self.messages) if message.event == event]

    def events(self) -> list[str]:
        """Of what changed: Loan.Approved."""
        return [message.data["event"] for message in self.of("changed")]

    def ids(self) -> list[str]:
        """Of what changed."""
        return [message.data["id"] for message in self.of("changed")]

    def positions(self) -> list[int]:
        return [int(message.id or 0) for message in self.of("changed")]

    def hears(self, look: Callable[[Page], Any]) -> Any:
        """Waits for it."""
        return soon(lambda: look(self))

    def _take(self, block: list[str]) -> None:
        fields: dict[str, str] = {}
        for line in block:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        if "id" in fields:
            self.last_id = fields["id"]
        if "" in fields:
            self.comments.append(fields[""])
        if "retry" in fields:
            self.retry = int(fields["retry"])
        if "data" in fields:
            data = json.loads(fields["data"])
            self.messages.append(Message(fields.get("event", "message"), data, fields.get("id")))


@contextmanager
def listening(
    house: House,
    name: str | None,
    after: int | str | None = None,
    query: dict[str, str] | None = None,
    **headers: str,
) -> Iterator[Page]:
    """Somebody's page, until it is closed; has heard ``ready`` or ``reset`` when it is handed over.

    after  ``Last-Event-ID``
    """
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if after is not None:
        given["Last-Event-ID"] = str(after)
    with house.calling(name, **given) as client:
        client.timeout = httpx.Timeout(30, read=None)
        with client.stream("GET", "/events", params=query) as answer:
            page = Page(answer)
            thread = threading.Thread(target=page.read, daemon=True)
            thread.start()
            try:
                if answer.status_code == 200:
                    page.hears(lambda page: page.of("ready") or page.of("reset") or page.is_over)
                yield page
            finally:
                _hang_up(answer)
                thread.join(10)
                assert not thread.is_alive()


def asks_for(house: House, name: str, count: int = 1) -> list[str]:
    """Loans that somebody asks for."""
    return [str(house.requested(name)) for _ in range(count)]


def caught_up(house: House) -> None:
    """This process has followed everything that happened so far."""
    last = max(house.platform.store.lane_ends().values())
    soon(lambda: house.platform.live.hub.position >= last)


def hears_loans(page: Page, loans: list[str]) -> None:
    """Exactly these, in this order."""
    page.hears(lambda page: page.ids()[-1:] == loans[-1:])
    assert page.ids() == loans


@contextmanager
def brief_connections() -> Iterator[None]:
    """Live connections end by themselves after what was missed: for whoever waits for the end of every answer."""
    before, viewers.LIVES = viewers.LIVES, 0.2
    try:
        yield
    finally:
        viewers.LIVES = before


def _hang_up(answer: httpx.Response) -> None:
    """As a page that is closed does; wakes the thread that reads."""
    line = answer.extensions["network_stream"].get_extra_info("socket")
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
