"""An HTTP client that costs next to nothing: keep-alive sockets, requests that are bytes already, answers barely read.

One thread serves every connection, so that the server, not the client, keeps the cores busy.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing

_HEAD = re.compile(rb"HTTP/1\.1 (\d+).*?\r\ncontent-length: (\d+).*?\r\n\r\n", re.IGNORECASE | re.DOTALL)

Request = Callable[[], bytes]
"""The bytes of the next request of one connection."""


class Refused(Exception):
    """The server answered with something else than 200 or 201; the message is its answer."""


class Line:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, port: int, request: Request) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request, self._read = request, b""

    def close(self) -> None:
        self.socket.close()

    def send(self) -> None:
        self.socket.sendall(self._request())

    def hear(self) -> bool:
        """Read what has arrived; whether that completes the answer. Raises Refused."""
        arrived = self.socket.recv(65_536)
        self._read += arrived
        head = _HEAD.match(self._read)
        if not arrived or (head and head[1] not in (b"200", b"201")):
            raise Refused(self._read.decode(errors="replace") or "the connection was closed")
        if head is None or len(self._read) < head.end() + int(head[2]):
            return False
        self._read = b""
        return True


def post(path: str, body: bytes, token: str) -> bytes:
    """A request as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def drive(port: int, requests: Sequence[Request], seconds: float) -> tuple[int, float]:
    """A connection for each of the requests, kept busy for so long; how many answers came, and until the last one.

    The connections are opened anew each time, before the clock starts: a server closes those that rest for long.
    """
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(Line(port, request))) for request in requests]
        return _drive(lines, seconds)


def _drive(lines: Sequence[Line], seconds: float) -> tuple[int, float]:
    answered, under_way, began = 0, len(lines), time.perf_counter()
    with selectors.DefaultSelector() as waiting:
        for line in lines:
            waiting.register(line.socket, selectors.EVENT_READ, line)
            line.send()
        while under_way:
            for key, _ in waiting.select(30) or _silence():
                if key.data.hear():
                    answered += 1
                    if time.perf_counter() - began < seconds:
                        key.data.send()
                    else:
                        under_way -= 1
    return answered, time.perf_counter() - began


def _silence() -> list[tuple[selectors.SelectorKey, int]]:
    raise Refused("no answer within 30 seconds")
