"""`manage.py audit verify` looks at the access log as well as at the streams."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from access.log import AccessLog, Entry
from roles.audit import audit
from runtime.settings import Settings
from tests.conftest import Database

LOOK = Entry(
    "account:ana", None, ("advisor",), "cookie", "Loan", "loan", None, (), "allow", None, 200, "r1", "::1"
)


def looked(database: Database) -> None:
    with ConnectionPool(database.app_url, kwargs={"autocommit": True}, min_size=1, open=True) as pool:
        log = AccessLog(pool, b"s" * 32, lambda: None)

        async def three_times() -> None:
            await asyncio.gather(*(log.note(LOOK) for _ in range(3)))

        asyncio.run(three_times())
        log.close()


def test_a_changed_access_is_reported_with_its_number(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.load(state_dir=tmp_path, auditor_url=database.auditor_url)
    looked(database)
    assert audit(settings, "verify", json=True) == 0
    before = json.loads(capsys.readouterr().out)
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE access.log DISABLE TRIGGER log_is_final")
        owner.execute("UPDATE access.log SET roles = '{auditor}' WHERE entry = 2")
    assert audit(settings, "verify", json=True) == 1
    after = json.loads(capsys.readouterr().out)
    assert (before["well"], before["accesses"], len(before["access_log_head"])) == (True, 3, 64)
    assert [(row["stream"], row["version"]) for row in after["rows"]] == [("access log", 2)]
