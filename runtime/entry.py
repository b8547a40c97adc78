"""One address before several API processes: each connection goes to the next of them that is ready.

    browser ──▶ entry ──▶ serve 1, serve 2, …        a host's name may stand for all of them, as in Docker's network

It carries bytes and reads none: headers arrive as they were sent, and whoever answers sees the entry's address. So a
proxy with a certificate stands before it, writes ``X-Forwarded-For`` and is named in ``trusted_proxies`` with the entry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from itertools import count

import structlog

log = structlog.get_logger()

FIRST_WORD = 20.0
"""Seconds that a connection has for its first byte."""
LOOK = 1.0
"""Seconds between two looks at who is ready, and who is there."""
ANSWERS_WITHIN = 3.0
"""Seconds for an answer about that: one that is frozen still takes connections."""
CONNECTS_WITHIN = 2.0
CHUNK = 65_536

Address = tuple[str, int]


class Entry:
    """Listens at one address and leads to others.

    to     addresses; a name is looked up anew all the time, and stands for everything it is told
    ready  path that answers 200 where somebody is ready; None: whoever takes connections is
    """

    def __init__(self, listen: Address, to: Sequence[Address], ready: str | None) -> None:
        self._listen, self._to, self._ready_path = listen, to, ready
        self._there: list[Address] = []
        self._ready: frozenset[Address] = frozenset()
        self._turn = count()
        self._open = set[asyncio.Task[None]]()

    async def serve(self, stop: asyncio.Event, heard: Callable[[Address], None] = lambda _: None) -> None:
        """Until ``stop``; ``heard`` is told the address once it listens. Raises OSError when that is taken."""
        await self._look()
        server = await asyncio.start_server(self._take, *self._listen)
        heard(server.sockets[0].getsockname()[:2])
        looking = asyncio.create_task(self._keep_looking())
        await stop.wait()
        looking.cancel()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(looking, *self._open, return_exceptions=True)

    # ── who is ready ───────────────────────────────────────────────────────

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            await self._look()

    async def _look(self) -> None:
        there = sorted({address for name, port in self._to for address in await _named(name, port)})
        well = await asyncio.gather(*(self._is_ready(address) for address in there))
        ready = frozenset(address for address, is_ready in zip(there, well, strict=True) if is_ready)
        if ready != self._ready:
            log.info("ready", of=len(there), ready=sorted(f"{host}:{port}" for host, port in ready))
        self._there, self._ready = there, ready

    async def _is_ready(self, address: Address) -> bool:
        if self._ready_path is None:
            return True
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                reader, writer = await asyncio.open_connection(*address)
                with closing(writer):
                    ask = f"GET {self._ready_path} HTTP/1.1\r\nHost: entry\r\nConnection: close\r\n\r\n"
                    writer.write(ask.encode())
                    said = await reader.readline()
        except (OSError, ValueError):  # TimeoutError is one of the first; the second: a line without an end
            return False
        return said.startswith(b"HTTP/1.1 200")

    def _in_turn(self) -> list[Address]:
        """Everybody, the ready ones first: where nobody is, somebody still says why."""
        start = next(self._turn)
        turned = [self._there[(start + n) % len(self._there)] for n in range(len(self._there))]
        return sorted(turned, key=lambda address: address not in self._ready)

    # ── one connection ─────────────────────────────────────────────────────

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with suppress(OSError):
                await self._lead(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(FIRST_WORD):
            first = await reader.read(CHUNK)
        onwards = await self._connected() if first else None
        if onwards is None:
            return
        there, back = onwards
        back.write(first)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_carry(reader, back))
                both.create_task(_carry(there, writer))
        except* OSError:
            pass  # one side is gone: the other one sees it, too
        finally:
            back.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for address in self._in_turn():
            with suppress(OSError):
                async with asyncio.timeout(CONNECTS_WITHIN):
                    return await asyncio.open_connection(*address)
        return None


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All that one side says, then that it has ended."""
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()


async def _named(name: str, port: int) -> list[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, port, type=1)
    except OSError:
        return []
    return [(str(sockaddr[0]), int(sockaddr[1])) for *_, sockaddr in found]
