"""The demo runs on a state of its own, whatever the machine's owner has configured."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.installation import Installation, of_its_own
from runtime.settings import Settings
from runtime.supervise import AlreadyRunning, alone


def test_the_settings_of_another_installation_do_not_reach_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "QUITTANCE_SMTP_HOST=mail.example.org\nQUITTANCE_SMTP_TLS=tls\nQUITTANCE_KEK_FILE=/other/kek\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUITTANCE_DATABASE_URL", "postgresql://other@localhost/database")
    monkeypatch.setenv("QUITTANCE_STATE_DIR", "/other/state")
    monkeypatch.setenv("QUITTANCE_PUBLIC_URL", "https://quittance.example.org")
    assert Settings.load().smtp_host == "mail.example.org"
    own = of_its_own(tmp_path / "demo")
    assert own.state_dir == tmp_path / "demo"
    assert own.kek_file.is_relative_to(own.state_dir)
    assert "localhost" not in own.database_url + own.owner_url
    assert (own.smtp_host, own.public_url) == ("127.0.0.1", "http://localhost:8000")


def test_a_state_that_somebody_looks_after_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    with alone(tmp_path), pytest.raises(AlreadyRunning):
        Installation(tmp_path).start()
    assert (tmp_path / "documents").exists()
