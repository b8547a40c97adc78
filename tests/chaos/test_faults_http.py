"""While the database is away every request is answered in time, says when to come back, and the log names nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from structlog.testing import capture_logs

from runtime import database as connections
from runtime.embedded import sockets
from runtime.embedded.postgres import PORT, Postgres
from tests.api.house import House, id_of, request_of
from tests.chaos.pg_house import housed
from tests.chaos.proxy import Proxy, proxy_to
from tests.conftest import Database
from tests.soon import soon

AT_ONCE = 20
"""Requests that meet the outage together: more than there are connections."""
PATIENCE = 30
"""Seconds after which whoever asks over HTTP has gone away."""
PERSONAL = ("Awa", "Diop", "awa@example.org", "République", "vélo", "eyJ", "912 345 678")


@pytest.fixture
def proxy(postgres: Postgres) -> Iterator[Proxy]:
    with proxy_to(sockets.folder_for(postgres.folder, PORT), PORT) as proxy:
        yield proxy


@pytest.fixture
def house(
    proxy: Proxy, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    monkeypatch.setitem(connections._SERVER_SIDE, "statement_timeout", "500ms")
    with housed(proxy.url(database.app_url), database.owner_url, tmp_path) as house:
        house.settle()
        yield house


def _ask(house: House, number: int) -> httpx.Response:
    """Half of them ask for a loan, half of them look at their own."""
    with house.calling("awa") as client:
        client.timeout = httpx.Timeout(PATIENCE)
        if number % 2:
            return client.get(f"/customers/{id_of('awa customer')}")
        return client.post("/loans", json=request_of("awa", uuid4()))


def _are_told_to_come_back(answers: list[httpx.Response]) -> bool:
    return all(
        (answer.status_code, answer.json()["type"]) == (503, "away")
        and answer.headers["content-type"] == "application/problem+json"
        and int(answer.headers["Retry-After"]) > 0
        and answer.json()["what_to_do"]
        and answer.json()["request_id"] == answer.headers["X-Request-Id"]
        for answer in answers
    )


def test_while_the_server_is_away_everybody_is_told_to_come_back(
    house: House, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines, ThreadPoolExecutor(AT_ONCE) as threads:
        proxy.refusing = True
        proxy.cut_all()
        answers = list(threads.map(lambda number: _ask(house, number), range(AT_ONCE)))
        proxy.refusing = False
        assert _are_told_to_come_back(answers), [answer.text for answer in answers]
        soon(lambda: {_ask(house, number).status_code for number in range(4)} == {200, 201})
    assert {line["cause"] for line in lines if line["event"] == "away"} <= {
        "PoolTimeout",
        "OperationalError",
        "Unavailable",
    }
    assert _names_in(lines, caplog.text) == []


def test_a_statement_that_the_server_ends_is_an_answer_too(
    house: House, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines, psycopg.connect(database.owner_url) as holder:
        holder.execute("LOCK TABLE store.events IN ACCESS EXCLUSIVE MODE")
        assert _are_told_to_come_back([_ask(house, 0)])
        holder.rollback()
        assert _ask(house, 0).status_code == 201
    assert [line["cause"] for line in lines if line["event"] == "away"] == ["QueryCanceled"]
    assert _names_in(lines, caplog.text) == []


def test_a_log_that_names_somebody_is_found_out() -> None:
    assert _names_in([{"event": "away", "detail": "Awa Diop asks again"}], "") == ["Awa", "Diop"]
    assert _names_in([], "awa@example.org") == ["awa@example.org"]


def _names_in(lines: list[Any], text: str) -> list[str]:
    said = f"{lines} {text}"
    return [word for word in PERSONAL if word in said]
