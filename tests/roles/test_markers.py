"""Secrets are planted, and nothing that a program says about itself holds one of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from roles import keys, status
from runtime.settings import Settings

ROOT = Path(__file__).parents[2]
MARKERS = {
    "QUITTANCE_DATABASE_URL": "postgresql://app:marker-app@127.0.0.1:1/q",
    "QUITTANCE_OWNER_URL": "postgresql://store_owner:marker-owner@127.0.0.1:1/q",
    "QUITTANCE_PROJECTOR_URL": "postgresql://projector:marker-projector@127.0.0.1:1/q",
    "QUITTANCE_AUDITOR_URL": "postgresql://auditor:marker-auditor@127.0.0.1:1/q",
    "QUITTANCE_ADMIN_URL": "postgresql://postgres:marker-admin@127.0.0.1:1/q",
    "QUITTANCE_REDIS_URL": "redis://:marker-redis@127.0.0.1:1/0",
    "QUITTANCE_SMTP_PASSWORD": "marker-smtp",
    "QUITTANCE_OIDC_CLIENT_SECRET": "marker-oidc",
}
"""Port 1: nobody answers there."""


@pytest.fixture
def planted(tmp_path: Path) -> dict[str, str]:
    """The environment of an installation whose every secret is a marker."""
    folder = tmp_path / "keys"
    folder.mkdir()
    for name in ("kek", "secret", "fleeting"):
        (folder / name).write_bytes(f"marker-{name}".encode().ljust(32, b"-"))
    return {**MARKERS, "QUITTANCE_STATE_DIR": str(tmp_path), "PATH": os.environ["PATH"]}


def test_settings_show_no_secret_however_they_are_shown(
    planted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in planted.items():
        monkeypatch.setenv(name, value)
    settings = Settings.load()
    assert "marker-app" in settings.database_url
    assert "marker-" not in repr(settings) + str(settings) + f"{settings}"


def test_settings_that_are_refused_show_no_secret(
    planted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in planted.items():
        monkeypatch.setenv(name, value.replace("127.0.0.1", "far.example.org"))
    monkeypatch.setenv("QUITTANCE_HTTP_PORT", "marker-port")
    with pytest.raises(ValueError, match="http_port") as refused:
        Settings.load()
    assert "marker-" not in str(refused.value) + repr(refused.value)
    monkeypatch.delenv("QUITTANCE_HTTP_PORT")
    with pytest.raises(ValueError, match="verify-full") as refused:
        Settings.load()
    assert "marker-" not in str(refused.value) + repr(refused.value)


def test_lists_and_looks_show_no_secret(
    planted: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in planted.items():
        monkeypatch.setenv(name, value)
    settings = Settings.load()
    for action in ("list", "create"):
        assert keys.run(settings, action, "") == 0
    for which in ("kek", "signing", "passwords", "secret"):
        assert keys.run(settings, "rotate", which) == 1
    status.show(settings, json=True)
    said = capsys.readouterr()
    assert json.loads(said.out.splitlines()[-1])["database"].startswith("does not answer")
    assert "marker-" not in said.out + said.err


@pytest.mark.parametrize(
    "verb", ["serve", "project", "migrate", "audit verify", "parked", "rebuild", "backup"]
)
def test_a_process_that_does_not_come_up_shows_no_secret(planted: dict[str, str], verb: str) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), *verb.split()]
    try:
        done = subprocess.run(
            command, env=planted, cwd=planted["QUITTANCE_STATE_DIR"], capture_output=True, text=True, timeout=8, check=False
        )  # fmt: skip
        said = done.stdout + done.stderr
    except subprocess.TimeoutExpired as late:  # it tries again and again: what it said meanwhile counts
        said = str((late.stdout or b"") + (late.stderr or b""))
    assert "marker-" not in said
    assert said, "it said something"
