"""A server of one's own is backed up and restored by its own means; the store hears of it all the same."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from eventstore import restoring
from roles.backup import backup
from roles.keys import create as keys
from roles.restore import Wish, adopt, restore
from roles.status import show
from runtime.settings import Settings


@pytest.fixture
def settings(database, tmp_path: Path) -> Settings:
    return Settings.load(
        profile="scale-out",
        state_dir=tmp_path,
        database_url=database.app_url,
        owner_url=database.owner_url,
        projector_url=database.projector_url,
        auditor_url=database.auditor_url,
    )


def test_it_is_neither_copied_nor_overwritten(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backup(settings, tmp_path / "backup", "base") == 1
    assert "restore --adopt" in capsys.readouterr().out
    assert not (tmp_path / "backup").exists()


def test_after_its_restore_another_history_begins(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(settings.database_url, autocommit=True) as app:
        before = restoring.incarnation(app)
        assert adopt(settings, "moment") == 0
        after = restoring.incarnation(app)
    assert after.incarnation != before.incarnation
    assert after.base > before.base
    assert str(after.incarnation) in capsys.readouterr().out


def test_not_while_somebody_writes(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(settings.owner_url) as writer:
        writer.execute("LOCK TABLE store.events IN ROW EXCLUSIVE MODE")
        assert adopt(settings, "dump") == 1
    assert "stop every role" in capsys.readouterr().out


def test_a_backup_is_not_restored_into_it(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(settings, Wish(tmp_path / "nothing", "dump")) == 1
    assert "by its own means, then say --adopt" in capsys.readouterr().out


def test_status_says_when_a_dump_was_loaded_and_not_adopted(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    list(keys(settings))
    with psycopg.connect(settings.owner_url) as owner:
        owner.execute("INSERT INTO store.positions VALUES ('somebody', 7, 2^50)")
    assert show(settings, json=False) == 1
    assert "restore --adopt dump" in " ".join(capsys.readouterr().out.split())
    assert adopt(settings, "dump") == 0
    capsys.readouterr()
    assert show(settings, json=False) == 0
