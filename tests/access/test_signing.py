"""Signing keys: the newest signs, older ones verify while a token can live, and other processes find out."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from access import signing
from access.signing import OVERLAP, ROTATE_AFTER, NoSigningKey, SigningKeys
from tests.access.clockwork import Watch


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is looked through by the machine's time, which no test waits for."""
    monkeypatch.setattr(signing, "LOOK_AGAIN", 0.0)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.pem"))


def test_the_first_key_is_made_when_one_is_asked_for(tmp_path: Path, watch: Watch) -> None:
    keys = SigningKeys(tmp_path / "signing", watch)
    kid = keys.newest().kid
    (file,) = files(tmp_path / "signing")
    assert kid in file.name
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o400, 0o700)
    assert SigningKeys(tmp_path / "signing", watch).newest().kid == kid


def test_where_keys_are_made_on_purpose_none_is_made_in_passing(tmp_path: Path, watch: Watch) -> None:
    with pytest.raises(NoSigningKey):
        SigningKeys(tmp_path, watch, make_first=False).newest()
    assert files(tmp_path) == []


def test_the_newest_signs_and_the_one_before_verifies_while_its_tokens_live(
    tmp_path: Path, watch: Watch
) -> None:
    keys = SigningKeys(tmp_path, watch)
    first = keys.newest().kid
    watch.lapse(days=80)
    second = keys.rotate()
    assert keys.newest().kid == second
    watch.lapse(seconds=OVERLAP.total_seconds())
    assert keys.verifying(first)
    watch.lapse(seconds=1)
    assert keys.verifying(first) is None
    assert keys.verifying(second)


def test_a_key_that_another_process_made_is_found_when_a_token_names_it(tmp_path: Path, watch: Watch) -> None:
    here, there = SigningKeys(tmp_path, watch), SigningKeys(tmp_path, watch)
    here.newest()
    watch.lapse(seconds=1)
    made = there.rotate()
    assert here.verifying(made)
    assert here.newest().kid == made


def test_a_name_that_nobody_knows_does_not_make_us_look_again_and_again(
    tmp_path: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = SigningKeys(tmp_path, watch), SigningKeys(tmp_path, watch)
    here.newest()
    watch.lapse(seconds=1)
    monkeypatch.setattr(signing, "LOOK_AGAIN", 3600.0)
    assert here.verifying(there.rotate()) is None


def test_what_verifies_nothing_any_more_is_deleted_at_the_next_rotation(tmp_path: Path, watch: Watch) -> None:
    keys = SigningKeys(tmp_path, watch)
    keys.newest()
    for _ in range(3):
        watch.lapse(days=1)
        keys.rotate()
    assert len(files(tmp_path)) == 2


def test_the_age_of_a_key_is_by_the_clock(tmp_path: Path, watch: Watch) -> None:
    keys = SigningKeys(tmp_path, watch)
    keys.newest()
    watch.lapse(days=91)
    assert keys.age() > ROTATE_AFTER


def test_a_file_that_is_not_the_key_of_its_name_is_refused(tmp_path: Path, watch: Watch) -> None:
    keys = SigningKeys(tmp_path, watch)
    keys.newest()
    (file,) = files(tmp_path)
    written, _, _ = file.name.rpartition(".pem")
    (tmp_path / f"{written[:-3]}abc.pem").write_bytes(file.read_bytes())
    with pytest.raises(ValueError, match="not the Ed25519 key"):
        SigningKeys(tmp_path, watch).newest()
