"""One address before several: connections go to who is ready, in turn, and find another one when somebody is gone."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from socketserver import BaseRequestHandler, ThreadingTCPServer

import httpx
import pytest

from runtime.entry import Address, Entry
from tests.soon import soon


class Behind:
    """An HTTP server that says its name, is ready or not, and sends back what it is sent."""

    def __init__(self, name: str) -> None:
        self.ready = True
        behind = self

        class Pages(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                well = behind.ready or self.path != "/health/ready"
                self._say(200 if well else 503, name.encode())

            def do_POST(self) -> None:
                self._say(200, self.rfile.read(int(self.headers["Content-Length"])))

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.server.daemon_threads = True
        self.address: Address = ("127.0.0.1", self.server.server_address[1])
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self._thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@contextmanager
def entry(*to: Address, ready: str | None = "/health/ready") -> Iterator[str]:
    loop, stop, heard = asyncio.new_event_loop(), asyncio.Event(), Queue[Address]()
    one = Entry(("127.0.0.1", 0), to, ready)
    thread = threading.Thread(target=loop.run_until_complete, args=(one.serve(stop, heard.put),))
    thread.start()
    try:
        host, port = heard.get(timeout=20)
        yield f"http://{host}:{port}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@pytest.fixture
def two() -> Iterator[tuple[Behind, Behind]]:
    both = Behind("one"), Behind("other")
    yield both
    for behind in both:
        if behind.server.socket.fileno() >= 0:
            behind.stop()


def who_answers(at: str, times: int = 6) -> set[str]:
    """Each with a connection of its own."""
    return {httpx.get(f"{at}/", timeout=20).text for _ in range(times)}


def test_connections_go_to_each_in_turn(two: tuple[Behind, Behind]) -> None:
    with entry(two[0].address, two[1].address) as at:
        assert who_answers(at, 2) == {"one", "other"}


def test_who_is_not_ready_is_left_alone_until_it_is(two: tuple[Behind, Behind]) -> None:
    two[0].ready = False
    with entry(two[0].address, two[1].address) as at:
        assert who_answers(at) == {"other"}
        two[0].ready = True
        soon(lambda: who_answers(at, 2) == {"one", "other"})


def test_where_nobody_is_ready_somebody_says_why(two: tuple[Behind, Behind]) -> None:
    two[0].ready = two[1].ready = False
    with entry(two[0].address, two[1].address) as at:
        assert httpx.get(f"{at}/health/ready", timeout=20).status_code == 503


def test_who_talks_nonsense_is_not_ready_and_the_others_are_still_looked_at(
    two: tuple[Behind, Behind],
) -> None:
    class Nonsense(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.sendall(b"x" * 200_000)

    with ThreadingTCPServer(("127.0.0.1", 0), Nonsense) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        two[0].ready = False
        try:
            with entry(("127.0.0.1", server.server_address[1]), two[0].address, two[1].address) as at:
                assert who_answers(at) == {"other"}
                two[0].ready = True
                soon(lambda: who_answers(at, 2) == {"one", "other"})
        finally:
            server.shutdown()


def test_who_is_gone_is_passed_over_at_once(two: tuple[Behind, Behind]) -> None:
    with entry(two[0].address, two[1].address) as at:
        two[0].stop()
        assert who_answers(at) == {"other"}


def test_a_connection_ends_where_nobody_is(two: tuple[Behind, Behind]) -> None:
    for behind in two:
        behind.stop()
    with entry(two[0].address, ("nobody.invalid", 1)) as at, pytest.raises(httpx.TransportError):
        httpx.get(f"{at}/", timeout=20)


def test_large_bodies_arrive_whole_in_both_directions(two: tuple[Behind, Behind]) -> None:
    body = bytes(range(256)) * 20_000
    with entry(two[0].address) as at, httpx.Client(base_url=at, timeout=60) as client:
        assert all(client.post("/", content=body).content == body for _ in range(2))


def test_ports_of_other_kinds_are_carried_as_well() -> None:
    """No question is asked first: whoever takes connections is ready."""
    listening = socket.create_server(("127.0.0.1", 0))
    with entry(listening.getsockname(), ready=None) as at:
        host, _, port = at.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), 20) as asked:
            asked.sendall(b"HELO\r\n")
            there, _ = listening.accept()
            there.settimeout(20)
            assert there.recv(100) == b"HELO\r\n"
            asked.shutdown(socket.SHUT_WR)
            assert there.recv(100) == b""
            there.sendall(b"250 after the other side had ended\r\n")
            assert asked.recv(100).startswith(b"250")
            there.close()
    listening.close()


def test_who_never_says_a_word_is_let_go(two: tuple[Behind, Behind], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.entry.FIRST_WORD", 0.2)
    with entry(two[0].address) as at:
        host, _, port = at.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), 20) as asked:
            assert asked.recv(1) == b""
