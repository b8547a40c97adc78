"""A line to the database that can be cut, swallow an answer, or turn into a black hole; the server behind it is real.

    client ──loopback TCP──▶ proxy ──the server's own socket──▶ server

Nothing of the protocol is simulated: bytes are handed on, or not.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

_ATTACH_FILTER, _DETACH_FILTER = 26, 27
_DROP = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
"""A packet filter of one instruction, return 0: the kernel drops the packet before it is acknowledged."""
_FILTERS = struct.pack("HP", 1, ctypes.addressof(_DROP))
_AT_REST = b"Z\0\0\0\5I"
"""How an answer ends after which nothing is open any more: what was asked is committed."""

Moment = Callable[[bytes], bool]
"""Is shown what the client sends and says whether this is the moment."""


@dataclass
class Line:
    """One connection of a client, and the proxy's own to the server."""

    client: socket.socket
    server: socket.socket
    deaf: bool = False
    """What the server answers is thrown away, and its last word cuts the line."""

    def cut(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Proxy:
    """Carries connections to a server's unix socket until it is closed."""

    def __init__(self, place: Path, port: int) -> None:
        self._target = str(place / f".s.PGSQL.{port}")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lines: list[Line] = []
        self._cut_at: Moment | None = None
        self._deaf_at: Moment | None = None
        self._then_refuse = False
        self.refusing = False
        """Whoever connects is hung up on."""
        self.refused = 0
        """How often that happened."""
        self.struck = threading.Event()
        """Set when an armed fault has met its moment."""
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def url(self, direct: str) -> str:
        """The connection string that leads through here instead of to the socket."""
        parts = urlsplit(direct)
        known = {name: values[0] for name, values in parse_qs(parts.query).items()}
        places = {**known, "host": "127.0.0.1", "port": str(self.port)}
        return f"postgresql://{parts.username}@{parts.path}?{urlencode(places, quote_via=quote)}"

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()
        self._accepting.join(timeout=5)

    # ── faults ─────────────────────────────────────────────────────────────

    def cut_before(self, moment: Moment) -> None:
        """Once: cut the line when the client sends this; the server never gets it."""
        self.struck.clear()
        self._cut_at = moment

    def swallow_answer(self, moment: Moment, then_refuse: bool = False) -> None:
        """Once: hand this on, throw the server's answer away, and cut the line when the server has done it.

        then_refuse  every line is cut and nobody can connect, until ``refusing`` is taken back
        """
        self.struck.clear()
        self._deaf_at = moment
        self._then_refuse = then_refuse

    def cut_all(self) -> None:
        """Cut every line there is; new ones are carried."""
        for line in list(self._lines):
            line.cut()

    @contextmanager
    def black_hole(self) -> Iterator[None]:
        """No packet of a client arrives any more, so none is acknowledged; whoever connects hears nothing."""
        ends = [self._listener, *(line.client for line in list(self._lines))]
        for end in ends:
            end.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, _FILTERS)
        try:
            yield
        finally:
            for end in ends:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, _DETACH_FILTER, 0)

    # ── carrying ───────────────────────────────────────────────────────────

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                if self.refusing:
                    raise ConnectionRefusedError
                server.connect(self._target)
            except OSError:
                self.refused += 1
                client.close()
                server.close()
                continue
            line = Line(client, server)
            self._lines.append(line)
            for carry in (self._carry_up, self._carry_down):
                threading.Thread(target=carry, args=(line,), daemon=True).start()

    def _carry_up(self, line: Line) -> None:
        with suppress(OSError):
            while data := line.client.recv(65_536):
                if self._cut_at is not None and self._cut_at(data):
                    self._cut_at = None
                    self.struck.set()
                    break
                if self._deaf_at is not None and self._deaf_at(data):
                    self._deaf_at, line.deaf = None, True
                line.server.sendall(data)
        line.cut()

    def _carry_down(self, line: Line) -> None:
        with suppress(OSError):
            while data := line.server.recv(65_536):
                if not line.deaf:
                    line.client.sendall(data)
                elif data.endswith(_AT_REST):
                    self.struck.set()
                    self.refusing = self._then_refuse
                    if self.refusing:
                        self.cut_all()
                    break
        line.cut()
        for end in (line.client, line.server):
            end.close()
        self._lines.remove(line)


@contextmanager
def proxy_to(place: Path, port: int) -> Iterator[Proxy]:
    """A proxy in front of the socket in this folder; gone with the block."""
    proxy = Proxy(place, port)
    try:
        yield proxy
    finally:
        proxy.close()
