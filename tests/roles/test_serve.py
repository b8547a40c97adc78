"""The server before the application: where one message ends and the next begins is never a matter of opinion."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from tests.soon import soon

HEAD = b"POST /a HTTP/1.1\r\nHost: x\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
AMBIGUOUS = {
    "a length and pieces": HEAD
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + HIDDEN,
    "pieces and a length": HEAD
    + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
    + HIDDEN,
    "two lengths": HEAD + b"Content-Length: 4\r\nContent-Length: 0\r\n\r\nabcd",
    "pieces of an unknown kind": HEAD + b"Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\nabc",
    "pieces, but not at last": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a space before the colon": HEAD + b"Content-Length : 3\r\n\r\nabc",
    "a length with a sign": HEAD + b"Content-Length: +3\r\n\r\nabc",
    "a header over two lines": HEAD + b"X: a\r\n b\r\nContent-Length: 3\r\n\r\nabc",
    "lines that end in half": HEAD.replace(b"\r", b"") + b"Content-Length: 3\n\nabc",
}
"""Source: RFC 9112 §5.1, §5.2, §6.1, §6.3 and §11.2, where each of these is an error or a way to smuggle."""


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(scope["path"])(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """As roles/serve.py starts it: with the parser that uvicorn chooses by itself."""
    config = uvicorn.Config(answers, port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    soon(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def said(port: int, message: bytes) -> bytes:
    """All that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(message)
        return b"".join(iter(lambda: line.recv(4096), b""))


def test_a_clear_message_is_answered(port: int) -> None:
    whole = HEAD + b"Content-Length: 3\r\nConnection: close\r\n\r\nabc"
    assert said(port, whole).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("message", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_a_message_whose_end_is_unclear_is_refused_and_nothing_behind_it_is_read(
    port: int, message: bytes
) -> None:
    answer = said(port, message)
    assert answer.startswith(b"HTTP/1.1 400")
    assert (answer.count(b"HTTP/1.1"), b"/hidden" in answer) == (1, False)
