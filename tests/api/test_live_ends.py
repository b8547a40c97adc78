"""How long a connection lives: as its session, and through slow readers, restarts of the database, the end of a process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from api import viewers
from api.app import create_app
from commands.account import ChangeRoles, CloseAccount
from roles import serve
from runtime.embedded.ports import free_ports
from runtime.live import hub as hubs
from tests.api.house import House, id_of, served
from tests.api.listening import Page, asks_for, hears_loans, listening
from tests.soon import soon

ROOT = Path(__file__).parents[2]


# ── the session ───────────────────────────────────────────────────────────────


def is_signed_out(page: Page) -> bool:
    return bool(page.of("signed-out")) and page.is_over and not page.is_cut


def test_a_session_that_ends_ends_its_connections_and_no_others(house: House) -> None:
    with listening(house, "awa") as page, listening(house, "jean") as other:
        assert house.post("awa", "/auth/sign-out").status_code == 200
        page.hears(is_signed_out)
        asks_for(house, "jean")
        other.hears(lambda page: page.events() == ["Loan.Requested"])


def test_a_session_that_was_ended_behind_this_process_is_over_within_seconds(house: House) -> None:
    with listening(house, "awa") as page, psycopg.connect(house.platform.settings.database_url) as connection:
        began = time.monotonic()
        connection.execute("SELECT access.end_session(%s, now())", (house.session("awa"),))
        connection.commit()
        page.hears(is_signed_out)
        assert time.monotonic() - began < viewers.LOOK + 2


def test_an_account_that_is_closed_is_told_nothing_more(house: House, slow_looks: None) -> None:
    with listening(house, "jean") as page:
        house.does(CloseAccount(reason="Départ."), id_of("jean"), account=id_of("admin"))
        page.hears(is_signed_out)
        assert page.events() == []


def test_a_client_who_becomes_staff_signs_in_anew(house: House, slow_looks: None) -> None:
    with listening(house, "jean") as page:
        house.does(ChangeRoles(roles=["advisor"]), id_of("jean"), account=id_of("admin"))
        page.hears(is_signed_out)


def test_a_token_is_over_before_its_session_and_the_connection_goes_on(house: House) -> None:
    clock = house.platform.clock
    with listening(house, "awa") as page:
        clock.advance_to(clock.now() + timedelta(minutes=6))
        old = {"Authorization": f"Bearer {house.doors['awa'].last()}"}
        soon(lambda: house.get(None, "/me", **old).status_code == 401)
        loan = asks_for(house, "awa")
        hears_loans(page, loan)


def test_a_page_that_is_open_does_not_keep_an_idle_session_alive(house: House) -> None:
    clock = house.platform.clock
    with listening(house, "awa") as page:
        for _ in range(2):
            clock.advance_to(clock.now() + timedelta(minutes=16))
        page.hears(is_signed_out)


def test_an_hour_later_the_browser_connects_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewers, "LIVES", 0.3)
    with listening(house, "awa") as page:
        page.hears(lambda page: page.is_over)
        assert (page.is_cut, page.of("signed-out")) == (False, [])
        loans = asks_for(house, "awa", 2)
    monkeypatch.undo()
    with listening(house, "awa", after=page.last_id) as again:
        hears_loans(again, loans)


def test_an_account_has_so_many_connections_and_no_more(house: House) -> None:
    with listening(house, "awa") as first:
        opened = [listening(house, "awa") for _ in range(viewers.AT_ONCE - 1)]
        for each in opened:
            each.__enter__()
        with listening(house, "awa") as refused, listening(house, "jean") as other:
            assert (refused.answer.status_code, refused.answer.headers["retry-after"]) == (429, "60")
            assert other.answer.status_code == 200
        for each in opened:
            each.__exit__(None, None, None)
        assert not first.is_over
    soon(lambda: _opens(house, "awa"))


def _opens(house: House, name: str) -> bool:
    with listening(house, name) as page:
        return page.answer.status_code == 200


def test_connections_that_are_refused_for_another_reason_are_not_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look could not be recorded, so nothing is shown; that may happen any number of times."""
    monkeypatch.setattr("access.log.WAITING", 0)
    for _ in range(viewers.AT_ONCE + 1):
        with listening(house, "awa") as page:
            assert page.answer.status_code == 503
    monkeypatch.undo()
    assert _opens(house, "awa")


# ── the connection ─────────────────────────────────────────────────────────


class SlowReader:
    """A browser that takes one piece of the answer, and the next one when it is let."""

    def __init__(self, house: House, token: str) -> None:
        self._house = house
        self.taken: list[bytes] = []
        self._go_on, self._gone = asyncio.Event(), asyncio.Event()
        headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]
        self._scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
            "method": "GET", "scheme": "http", "path": "/api/v1/events", "raw_path": b"/api/v1/events",
            "query_string": b"", "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": None,
        }  # fmt: skip

    async def reads(self) -> None:
        await create_app(self._house.platform)(self._scope, self._receive, self._send)

    def let(self) -> None:
        self._go_on.set()

    def leave(self) -> None:
        self._go_on.set()
        self._gone.set()

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            self.taken.append(message["body"])
            if b"ready" in message["body"]:
                await self._go_on.wait()


def test_whoever_reads_too_slowly_is_told_to_load_everything_again_and_nothing_piles_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "WAITING", 5)
    token = house.token("awa")

    async def story() -> list[bytes]:
        reader = SlowReader(house, token)
        reading = asyncio.create_task(reader.reads())
        await asyncio.to_thread(soon, lambda: len(reader.taken) >= 2)
        for _ in range(8):
            await asyncio.to_thread(house.requested, "awa")
        last = max(house.platform.store.lane_ends().values())
        await asyncio.to_thread(soon, lambda: house.platform.live.hub.position >= last)
        (subscriber,) = house.platform.live.hub._subscribers
        assert (subscriber._missed, subscriber._waiting) == (True, [])
        reader.let()
        await asyncio.to_thread(soon, lambda: len(reader.taken) >= 3)
        await asyncio.to_thread(house.requested, "awa")
        await asyncio.to_thread(soon, lambda: len(reader.taken) >= 4)
        reader.leave()
        await reading
        return reader.taken

    retry, ready, reset, changed = asyncio.run(story())[:4]
    assert (retry[:6], ready[:12], reset[:12]) == (b"retry:", b"event: ready", b"event: reset")
    assert changed.count(b"event: changed") == 1
    assert house.platform.live.hub.size == 0


def test_whoever_leaves_is_taken_off_the_list(house: House) -> None:
    with listening(house, "awa"), listening(house, "jean"):
        assert house.platform.live.hub.size == 2
    soon(lambda: house.platform.live.hub.size == 0)


def test_a_database_that_restarts_interrupts_nobody(house: House) -> None:
    with listening(house, "awa") as page, listening(house, "ana") as staff:
        loans = []
        for _ in range(3):
            _cut_off(house)
            loans.append(str(soon(lambda: _requested(house))))
        for each in (page, staff):
            each.hears(lambda page: page.ids()[-1:] == loans[-1:])
            assert [id for id in each.ids() if id in loans] == loans
            assert not each.is_over


def _requested(house: House) -> str | None:
    """A loan, unless its answer or its credential was lost with the connection."""
    try:
        return str(house.requested("awa"))
    except (AssertionError, httpx.TransportError):
        return None


def _cut_off(house: House) -> None:
    with psycopg.connect(house.platform.settings.database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_that_ends_says_goodbye_first_and_waits_for_nobody(house: House) -> None:
    with ExitStack() as serving:
        there = House(house.platform, serving.enter_context(served(house.platform)))
        with listening(there, "awa") as page, listening(there, "ana") as other:
            began = time.monotonic()
            serving.close()
            assert time.monotonic() - began < 3
            for each in (page, other):
                soon(lambda each=each: each.is_over)
                assert (each.is_cut, each.of("signed-out")) == (False, [])


def test_a_process_that_is_told_to_end_does_so_while_pages_are_open(house: House, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    settings = house.platform.settings.model_copy(update={"http_port": port})
    said = (tmp_path / "serve.log").open("wb")
    running = subprocess.Popen(
        [sys.executable, "-c", "from roles import serve; from runtime.settings import Settings; serve.run(Settings.load())"],
        cwd=ROOT, env={**os.environ, **settings.environment()}, stderr=said, stdout=said,
    )  # fmt: skip
    try:
        there = House(house.platform, f"http://127.0.0.1:{port}")
        soon(lambda: _answers(there.url), 120)
        with listening(there, "awa") as page:
            loan = str(house.requested("awa"))
            page.hears(lambda page: page.ids() == [loan])
            running.send_signal(signal.SIGTERM)
            assert running.wait(serve.GRACE + 10) in (0, -signal.SIGTERM)
            soon(lambda: page.is_over)
            assert not page.is_cut
        assert b"timeout graceful shutdown exceeded" not in (tmp_path / "serve.log").read_bytes()
    finally:
        running.kill()
        running.wait()
        said.close()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live").status_code == 200
    except httpx.TransportError:
        return False
