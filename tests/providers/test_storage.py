"""Keeping documents: the promises every storage makes, and what the disk adds to them."""

from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from providers import ProviderDown, ProviderRefused
from providers.storage import DamagedDocument, KeyTaken, MissingDocument, key_for
from providers.storage.disk import DiskStorage

CONTRACT = UUID("c0000000-0000-4000-8000-000000000001")
PDF = b"%PDF-1.7 a contract"
SHA256 = hashlib.sha256(PDF).hexdigest()
KEY = key_for("contract", CONTRACT, SHA256, "application/pdf")

EVERY_PROVIDER = [DiskStorage]


@pytest.fixture(params=EVERY_PROVIDER)
def storage(request, tmp_path):
    return request.param(tmp_path / "documents")


def test_what_was_put_comes_back(storage):
    storage.put(KEY, PDF)
    assert storage.get(KEY, SHA256) == PDF


def test_putting_the_same_again_changes_nothing(storage):
    storage.put(KEY, PDF)
    storage.put(KEY, PDF)
    assert storage.get(KEY, SHA256) == PDF


def test_nothing_is_ever_overwritten(storage):
    storage.put(KEY, PDF)
    with pytest.raises(KeyTaken):
        storage.put(KEY, b"%PDF-1.7 another contract")
    assert storage.get(KEY, SHA256) == PDF


def test_a_re_issue_has_a_key_of_its_own():
    again = key_for("contract", CONTRACT, hashlib.sha256(b"corrected").hexdigest(), "application/pdf")
    assert again != KEY
    assert again.startswith(f"contracts/{CONTRACT}/")


def test_each_purpose_has_a_folder_and_each_type_an_ending():
    assert key_for("signed-copy", CONTRACT, SHA256, "image/jpeg") == f"signed/{CONTRACT}/{SHA256}.jpg"
    assert key_for("quittance", CONTRACT, SHA256, "application/pdf") == f"quittances/{CONTRACT}/{SHA256}.pdf"


def test_what_was_never_put_is_missing(storage):
    with pytest.raises(MissingDocument):
        storage.get(KEY, SHA256)


def test_bytes_that_are_not_those_recorded_are_damaged(storage):
    storage.put(KEY, PDF)
    with pytest.raises(DamagedDocument):
        storage.get(KEY, hashlib.sha256(b"what the event says").hexdigest())


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../evil.pdf",
        "contracts/../../evil.pdf",
        "/etc/passwd",
        f"contracts/{CONTRACT}/../{SHA256}.pdf",
        f"contracts\\{CONTRACT}\\{SHA256}.pdf",
        f"contracts/{CONTRACT}/{SHA256}.pdf\0.png",
        f"contracts/{CONTRACT}/{SHA256}.pdf\n",
        f"contracts/{CONTRACT}/%2e%2e/{SHA256}.pdf",
        f"contracts/{CONTRACT}/{SHA256}.pdf.",
        f"contracts/{str(CONTRACT).upper()}/{SHA256}.pdf",
        f"secrets/{CONTRACT}/{SHA256}.pdf",
        f"contracts/{CONTRACT}/{SHA256}.exe",
        f"contracts/{CONTRACT}/{SHA256 * 200}.pdf",
    ],
)
def test_a_key_of_another_shape_reaches_no_file(storage, key, tmp_path):
    with pytest.raises(ProviderRefused, match="not a key of ours"):
        storage.put(key, PDF)
    with pytest.raises(ProviderRefused, match="not a key of ours"):
        storage.get(key, SHA256)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_same_document_put_by_many_at_once_is_there_once(storage):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: storage.put(KEY, PDF), range(40)))
    assert storage.get(KEY, SHA256) == PDF


def test_of_two_documents_for_one_key_exactly_one_wins(storage):
    def put(content: bytes) -> str:
        try:
            storage.put(KEY, content)
        except KeyTaken:
            return "taken"
        return "kept"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(put, [PDF, *(b"%d" % n for n in range(7))]))
    assert sorted(outcomes) == ["kept"] + ["taken"] * 7


# ── the disk ───────────────────────────────────────────────────────────────────


def test_only_this_user_reads_the_files_and_enters_the_folders(tmp_path):
    umask = os.umask(0)
    try:
        DiskStorage(tmp_path / "documents").put(KEY, PDF)
    finally:
        os.umask(umask)
    modes = {
        path: stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "documents", *tmp_path.rglob("*/*")]
    }
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_flipped_bit_on_the_disk_is_seen(tmp_path):
    storage = DiskStorage(tmp_path)
    storage.put(KEY, PDF)
    (tmp_path / KEY).write_bytes(bytes([PDF[0] ^ 1]) + PDF[1:])
    with pytest.raises(DamagedDocument):
        storage.get(KEY, SHA256)


def test_nothing_half_written_stays_behind(tmp_path):
    storage = DiskStorage(tmp_path)
    storage.put(KEY, PDF)
    with pytest.raises(KeyTaken):
        storage.put(KEY, b"other")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / KEY]


def test_a_link_planted_in_place_of_a_document_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(PDF)
    storage = DiskStorage(tmp_path / "documents")
    (tmp_path / "documents" / KEY).parent.mkdir(parents=True)
    (tmp_path / "documents" / KEY).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ProviderDown):
        storage.get(KEY, SHA256)


def test_a_disk_that_is_gone_is_a_provider_that_is_down(tmp_path):
    storage = DiskStorage(tmp_path / "documents")
    (tmp_path / "documents").rmdir()
    (tmp_path / "documents").write_text("a file where the folder was")
    with pytest.raises(ProviderDown):
        storage.put(KEY, PDF)
    with pytest.raises(ProviderDown):
        storage.get(KEY, SHA256)
