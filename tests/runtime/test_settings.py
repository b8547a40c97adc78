"""Settings: from the environment, complete for the embedded profile, and quiet about secrets."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from runtime.settings import Settings


def test_the_embedded_profile_needs_no_setting(tmp_path: Path) -> None:
    settings = Settings.load(state_dir=tmp_path / "state")
    assert settings.database_url.startswith("postgresql://app@/quittance?")
    assert settings.owner_url.startswith("postgresql://store_owner@/quittance?")
    assert settings.public_url == "http://localhost:8000"
    assert settings.documents_dir == tmp_path / "state" / "documents"


def test_looking_at_the_settings_writes_nothing(tmp_path: Path) -> None:
    Settings.load(state_dir=tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_a_child_process_reads_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.load(state_dir=tmp_path, http_port=8100, time_lapse=True, link_ttl_days=3)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.load() == settings


def test_what_is_given_wins_over_what_follows_from_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUITTANCE_DATABASE_URL", "postgresql://app@127.0.0.1/quittance")
    monkeypatch.setenv("QUITTANCE_PUBLIC_URL", "https://prets.test")
    settings = Settings.load(state_dir=tmp_path)
    assert settings.database_url == "postgresql://app@127.0.0.1/quittance"
    assert settings.public_url == "https://prets.test"


@pytest.mark.parametrize(
    ("name", "value"), [("http_port", 70_000), ("link_ttl_days", 0), ("profile", "cloud")]
)
def test_a_setting_that_cannot_be_is_refused_by_name(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.load(state_dir=tmp_path, **{name: value})


def test_a_printed_setting_shows_no_secret(tmp_path: Path) -> None:
    settings = Settings.load(
        state_dir=tmp_path, smtp_password="s3cret", database_url="postgresql://app:s3cret@127.0.0.1/q"
    )
    assert "s3cret" not in repr(settings)


def test_keys_are_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    settings = Settings.load(state_dir=tmp_path)
    key = settings.kek()
    assert (len(key), settings.kek()) == (32, key)
    assert settings.secret() != key
    assert stat.S_IMODE(settings.kek_file.stat().st_mode) == 0o400


def test_in_the_scale_out_profile_a_missing_key_is_an_error_and_never_a_new_key(tmp_path: Path) -> None:
    settings = Settings.load(
        state_dir=tmp_path, profile="scale-out", database_url="dbname=x", owner_url="dbname=y"
    )
    with pytest.raises(FileNotFoundError):
        settings.kek()


def test_a_secret_is_said_in_the_environment_or_in_a_file_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    said.write_text("from a file\n")
    monkeypatch.setenv("QUITTANCE_SMTP_PASSWORD_FILE", str(said))
    assert Settings.load(state_dir=tmp_path).smtp_password == "from a file"
    monkeypatch.setenv("QUITTANCE_SMTP_PASSWORD", "from the environment")
    assert Settings.load(state_dir=tmp_path).smtp_password == "from the environment"
    monkeypatch.setenv("QUITTANCE_KEK_FILE", str(tmp_path / "kek"))
    assert Settings.load(state_dir=tmp_path).kek_file == tmp_path / "kek"


def test_a_file_that_is_named_and_missing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUITTANCE_DATABASE_URL_FILE", str(tmp_path / "nothing"))
    with pytest.raises(FileNotFoundError):
        Settings.load(state_dir=tmp_path)
