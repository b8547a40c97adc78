"""Files with secrets: written once, whole, and for this user alone."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from runtime.secret_files import keep_once, write_whole


def test_all_who_write_at_the_same_moment_agree(tmp_path: Path) -> None:
    file, start = tmp_path / "keys" / "kek", Barrier(8)

    def keep(number: int) -> bytes:
        start.wait()
        return keep_once(file, bytes([number]) * 32)

    with ThreadPoolExecutor(8) as threads:
        seen = set(threads.map(keep, range(8)))
    assert seen == {file.read_bytes()}
    assert [entry.name for entry in file.parent.iterdir()] == ["kek"]


def test_what_is_kept_is_never_replaced(tmp_path: Path) -> None:
    assert keep_once(tmp_path / "kek", b"first") == b"first"
    assert keep_once(tmp_path / "kek", b"second") == b"first"
    assert stat.S_IMODE((tmp_path / "kek").stat().st_mode) == 0o400


def test_what_is_written_whole_can_be_replaced(tmp_path: Path) -> None:
    write_whole(tmp_path / "run" / "up.json", "one")
    write_whole(tmp_path / "run" / "up.json", "two")
    assert (tmp_path / "run" / "up.json").read_text() == "two"
    assert stat.S_IMODE((tmp_path / "run" / "up.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700
