"""A disk that is full: commands get a 503 and lose nothing, and with room it goes on by itself.

Reading goes on meanwhile, but for what is about a customer once that somebody looked cannot be recorded any more: such
a look gets a 503 too (docs/decisions/0021).
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from runtime.embedded.postgres import DatabaseUnavailable, Postgres
from runtime.supervise import Role, Supervisor, processes
from tests.api.house import House, request_of
from tests.chaos.pg_disk import Disk, disk
from tests.chaos.pg_house import housed
from tests.chaos.pg_server import Struck, furnished
from tests.soon import soon

ENOUGH = 3000
"""Requests after which the disk should long be full."""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Disk]:
    try:
        with disk(tmp_path / "small", megabytes=320) as small:
            yield small
    except PermissionError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def server(small: Disk) -> Iterator[Postgres]:
    server = Postgres(small.folder / "postgres", die_with_parent=True, durable=True)
    server.start()
    yield server
    server.stop()


@contextmanager
def at_home(server: Postgres, folder: Path) -> Iterator[tuple[House, Struck]]:
    """A lending house on this server."""
    place = furnished(server)
    with housed(place.app_url, place.owner_url, folder) as house:
        house.settle()
        yield house, place


def ask(house: House, loan: UUID) -> Any:
    with awa(house) as client:
        return client.post("/loans", json=request_of("awa", loan), headers={"Idempotency-Key": str(loan)})


def look(house: House, path: str) -> Any:
    with awa(house) as client:
        return client.get(path)


def awa(house: House) -> AbstractContextManager[httpx.Client]:
    """Signed in once: whoever has a token needs no database to send it."""
    return house.calling(None, Authorization=f"Bearer {house.doors['awa'].last()}")


def until_not_recorded(house: House, loan: UUID) -> tuple[int, Any]:
    """Look at a loan until there is no room to write it down: how often it was shown, and the answer then."""
    for shown in range(ENOUGH):
        answer = look(house, f"/loans/{loan}")
        if answer.status_code != 200:
            return shown, answer
    raise AssertionError("the log of accesses never became full")


def looks_recorded(place: Struck, loan: UUID) -> object:
    return place.one(f"SELECT count(*)::int FROM access.log WHERE action = 'Loan' AND resource = '{loan}'")


def until_refused(house: House) -> tuple[list[UUID], UUID, Any]:
    """Ask for loans until there is no room: those that were acknowledged, the first that was not, and its answer."""
    acknowledged: list[UUID] = []
    for _ in range(ENOUGH):
        loan = uuid4()
        answer = ask(house, loan)
        if answer.status_code != 201:
            return acknowledged, loan, answer
        acknowledged.append(loan)
    raise AssertionError("the disk never became full")


def is_a_full_answer(answer: Any) -> bool:
    """503 as problem+json, with when to come back and what to do."""
    return (
        answer.status_code == 503
        and answer.headers["content-type"] == "application/problem+json"
        and int(answer.headers["Retry-After"]) > 0
        and answer.json()["type"] == "away"
        and "Idempotency-Key" in answer.json()["what_to_do"]
    )


def all_are_there(house: House, loans: list[UUID]) -> bool:
    return [len(house.platform.store.history(loan)) for loan in loans] == [1] * len(loans)


@pytest.mark.slow
def test_a_full_disk_refuses_commands_and_loses_nothing(
    small: Disk, server: Postgres, tmp_path: Path
) -> None:
    server.stop()
    _move(server.data / "pg_wal", tmp_path / "wal")
    server.start()
    with at_home(server, tmp_path / "state") as (house, place):
        first = house.requested()
        house.settle()
        pid = server.pid
        small.fill()
        acknowledged, refused, answer = until_refused(house)
        assert is_a_full_answer(answer), answer.text
        assert look(house, "/loan-products").status_code == 200
        shown, unseen = until_not_recorded(house, first)
        assert (unseen.status_code, unseen.json()["type"]) == (503, "not-recorded"), unseen.text
        assert looks_recorded(place, first) == shown
        assert all_are_there(house, acknowledged)
        assert house.platform.store.history(refused) == []
        small.free()
        assert soon(lambda: ask(house, refused).status_code == 201)
        assert look(house, f"/loans/{first}").status_code == 200
        assert all_are_there(house, [first, *acknowledged, refused])
        assert server.pid == pid, "the server fell over"
        assert "could not extend file" in server.log.read_text()


@pytest.mark.slow
def test_a_disk_that_is_full_for_the_log_too_stops_the_server_until_there_is_room(
    small: Disk, server: Postgres, tmp_path: Path
) -> None:
    said: list[tuple[str, str]] = []
    supervisor = Supervisor(
        small.folder, [], {}, {"postgres": server}, lambda name, what: said.append((name, what))
    )
    supervisor.look_after()
    with at_home(server, tmp_path / "state") as (house, place):
        first = house.requested()
        small.fill()
        _use_up_the_log(place)
        acknowledged, refused, answer = until_refused(house)
        assert is_a_full_answer(answer), answer.text
        soon(lambda: (supervisor.look_after(), _gave_up(said))[1], seconds=60)
        assert is_a_full_answer(ask(house, refused))
        assert is_a_full_answer(look(house, f"/loans/{first}"))
        small.free()
        soon(lambda: (supervisor.look_after(), ask(house, refused).status_code)[1] == 201, seconds=60)
        assert all_are_there(house, [first, *acknowledged, refused])


def _gave_up(said: list[tuple[str, str]]) -> bool:
    """Whether the supervisor has tried, in vain, and said why."""
    return any(name == "postgres" and "No space left" in what for name, what in said)


def _use_up_the_log(place: Struck) -> None:
    """Write until there is no file for it. Its files are 16 MB each and those that are done with are used again: were
    they left, a table could be the first that finds no room, and the server would live."""
    with suppress(psycopg.OperationalError), psycopg.connect(place.admin_url, autocommit=True) as admin:
        for _ in range(ENOUGH):
            admin.execute("SELECT pg_logical_emit_message(false, 'bytes', 'x'), pg_switch_wal()")
    assert "PANIC" in place.server.log.read_text(), "the log of the database found room"


def _move(folder: Path, to: Path) -> None:
    shutil.move(folder, to)
    folder.symlink_to(to, target_is_directory=True)


# ── the settings of a server that cannot write ───────────────────────────────


def test_a_server_that_cannot_write_its_settings_says_so_and_keeps_the_old_ones(
    small: Disk, server: Postgres
) -> None:
    server.stop()
    before = (server.data / "quittance.conf").read_text()
    other = Postgres(server.folder, die_with_parent=True, durable=False)
    small.fill()
    with pytest.raises(DatabaseUnavailable, match="No space left"):
        other.start(seconds=5)
    assert (server.data / "quittance.conf").read_text() == before
    assert list(server.data.glob(".quittance.conf.*")) == []
    small.free()


def test_a_supervisor_that_cannot_write_goes_on_supervising(small: Disk, server: Postgres) -> None:
    role = Role("waits", [sys.executable, "-c", "import signal; signal.pause()"])
    supervisor = Supervisor(small.folder, [role], {}, {"postgres": server}, lambda name, what: None)
    try:
        supervisor.look_after()
        before = role.pid
        assert before is not None
        small.fill()
        os.kill(before, signal.SIGKILL)
        soon(lambda: (supervisor.look_after(), role.pid)[1] not in (None, before))
        assert processes(small.folder).get("waits") != role.pid, "there was room to write it down"
        small.free()
        soon(lambda: (supervisor.look_after(), processes(small.folder).get("waits"))[1] == role.pid)
        assert list((small.folder / "run").glob(".*")) == []
    finally:
        supervisor.stop()
