"""Keeping documents: the promises every storage makes, by every storage there is, and what the disk adds to them.

What S3 adds is in test_s3.py; the forms are posted in tests/api/test_upload.py, where both have somebody to take them.
"""

from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import get_args
from uuid import UUID, uuid4

import pytest

from aggregates.document import Purpose
from providers import ProviderDown, ProviderRefused
from providers.storage import KEY as KEY_SHAPE
from providers.storage import DamagedDocument, KeyTaken, MissingDocument, Storage, key_for
from providers.storage.disk import DiskStorage
from providers.storage.permits import Announced, Permit, Permits, UploadAltered, UploadMissing
from tests.providers.buckets import DOOR, THE_CLOCK, in_a_bucket

CONTRACT = UUID("c0000000-0000-4000-8000-000000000001")
PDF = b"%PDF-1.7 a contract"
SHA256 = hashlib.sha256(PDF).hexdigest()
KEY = key_for("contract", CONTRACT, SHA256, "application/pdf")


def announced(content: bytes = PDF) -> Permit:
    """A permit for a file."""
    file = Announced(len(content), "application/pdf", hashlib.sha256(content).hexdigest())
    return Permits(bytes(32), THE_CLOCK).issue(uuid4(), CONTRACT, uuid4(), file)


EVERY_PROVIDER = ["disk", "s3"]


@pytest.fixture(scope="module")
def bucket(s3_server) -> Storage:
    """For this file alone; asked for only by those whose turn it is."""
    return in_a_bucket(s3_server)


@pytest.fixture(params=EVERY_PROVIDER)
def storage(request, tmp_path) -> Storage:
    if request.param == "disk":
        return DiskStorage(tmp_path / "documents", DOOR)
    return request.getfixturevalue("bucket")


@pytest.fixture
def key() -> str:
    """Where nothing is yet: in the bucket a document stays for ten years."""
    return key_for("contract", uuid4(), SHA256, "application/pdf")


def test_what_was_put_comes_back(storage, key):
    storage.put(key, PDF)
    assert storage.get(key, SHA256) == PDF


def test_putting_the_same_again_changes_nothing(storage, key):
    storage.put(key, PDF)
    storage.put(key, PDF)
    assert storage.get(key, SHA256) == PDF


def test_nothing_is_ever_overwritten(storage, key):
    storage.put(key, PDF)
    with pytest.raises(KeyTaken):
        storage.put(key, b"%PDF-1.7 another contract")
    assert storage.get(key, SHA256) == PDF


def test_a_re_issue_has_a_key_of_its_own():
    again = key_for("contract", CONTRACT, hashlib.sha256(b"corrected").hexdigest(), "application/pdf")
    assert again != KEY
    assert again.startswith(f"contracts/{CONTRACT}/")


def test_each_purpose_has_a_folder_and_each_type_an_ending():
    assert key_for("signed-copy", CONTRACT, SHA256, "image/jpeg") == f"signed/{CONTRACT}/{SHA256}.jpg"
    assert key_for("quittance", CONTRACT, SHA256, "application/pdf") == f"quittances/{CONTRACT}/{SHA256}.pdf"


@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_what_is_kept_for_any_purpose_has_a_key_that_a_storage_takes(purpose):
    assert KEY_SHAPE.fullmatch(key_for(purpose, CONTRACT, SHA256, "application/pdf"))


def test_what_was_never_put_is_missing(storage, key):
    with pytest.raises(MissingDocument):
        storage.get(key, SHA256)


def test_bytes_that_are_not_those_recorded_are_damaged(storage, key):
    storage.put(key, PDF)
    with pytest.raises(DamagedDocument):
        storage.get(key, hashlib.sha256(b"what the event says").hexdigest())


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


def test_the_same_document_put_by_many_at_once_is_there_once(storage, key):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: storage.put(key, PDF), range(40)))
    assert storage.get(key, SHA256) == PDF


def test_of_two_documents_for_one_key_exactly_one_wins(storage, key):
    def put(content: bytes) -> str:
        try:
            storage.put(key, content)
        except KeyTaken:
            return "taken"
        return "kept"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(put, [PDF, *(b"%d" % n for n in range(7))]))
    assert sorted(outcomes) == ["kept"] + ["taken"] * 7


# ── what a sender brings ───────────────────────────────────────────────────────


def test_what_was_announced_and_brought_is_there_and_is_no_document(storage, key):
    permit = announced()
    storage.take_upload(permit, PDF)
    assert storage.uploaded(permit) == PDF
    assert storage.uploaded(permit) == PDF, "handing it in twice is harmless"
    with pytest.raises(MissingDocument):
        storage.get(key, SHA256)


def test_what_was_never_brought_is_missing(storage):
    with pytest.raises(UploadMissing):
        storage.uploaded(announced())


@pytest.mark.parametrize("other", [PDF + b"x", PDF[:-1], PDF[:-1] + b"T", b""])
def test_other_bytes_than_those_announced_are_refused(storage, other):
    permit = announced()
    with pytest.raises(UploadAltered):
        storage.take_upload(permit, other)
    with pytest.raises(UploadMissing):
        storage.uploaded(permit)


def test_a_later_upload_takes_the_place_of_the_one_before(storage):
    """One waits for each account and thing: the name says which."""
    first, better = announced(), announced(b"%PDF-1.7 signed")
    second = replace(better, name=first.name)
    storage.take_upload(first, PDF)
    storage.take_upload(second, b"%PDF-1.7 signed")
    assert storage.uploaded(second) == b"%PDF-1.7 signed"
    with pytest.raises(UploadAltered):
        storage.uploaded(first)


def test_a_form_names_what_it_takes_and_until_when(storage):
    permit = announced()
    form = storage.offer_upload(permit)
    assert form.fields["Content-Type"] == "application/pdf"
    assert form.expires_at == permit.expires_at
    assert form.url.startswith("http")


# ── the disk ───────────────────────────────────────────────────────────────────


def test_only_this_user_reads_the_files_and_enters_the_folders(tmp_path):
    umask = os.umask(0)
    try:
        DiskStorage(tmp_path / "documents", DOOR).put(KEY, PDF)
    finally:
        os.umask(umask)
    modes = {
        path: stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "documents", *tmp_path.rglob("*/*")]
    }
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_flipped_bit_on_the_disk_is_seen(tmp_path):
    storage = DiskStorage(tmp_path, DOOR)
    storage.put(KEY, PDF)
    (tmp_path / KEY).write_bytes(bytes([PDF[0] ^ 1]) + PDF[1:])
    with pytest.raises(DamagedDocument):
        storage.get(KEY, SHA256)


def test_nothing_half_written_stays_behind(tmp_path):
    storage = DiskStorage(tmp_path, DOOR)
    storage.put(KEY, PDF)
    with pytest.raises(KeyTaken):
        storage.put(KEY, b"other")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / KEY]


def test_a_link_planted_in_place_of_a_document_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(PDF)
    storage = DiskStorage(tmp_path / "documents", DOOR)
    (tmp_path / "documents" / KEY).parent.mkdir(parents=True)
    (tmp_path / "documents" / KEY).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ProviderDown):
        storage.get(KEY, SHA256)


def test_a_disk_that_is_gone_is_a_provider_that_is_down(tmp_path):
    storage = DiskStorage(tmp_path / "documents", DOOR)
    (tmp_path / "documents").rmdir()
    (tmp_path / "documents").write_text("a file where the folder was")
    with pytest.raises(ProviderDown):
        storage.put(KEY, PDF)
    with pytest.raises(ProviderDown):
        storage.get(KEY, SHA256)


def test_what_was_never_handed_in_goes_after_a_day_and_documents_stay(tmp_path):
    storage, old, young = DiskStorage(tmp_path, DOOR), announced(), announced()
    storage.put(KEY, PDF)
    for permit in (old, young):
        storage.take_upload(permit, PDF)
    yesterday = (tmp_path / KEY).stat().st_mtime - 86_500
    os.utime(tmp_path / ".incoming" / old.name, (yesterday, yesterday))
    os.utime(tmp_path / KEY, (yesterday, yesterday))
    assert storage.sweep() == 1
    assert storage.sweep() == 0
    assert storage.uploaded(young) == PDF
    assert storage.get(KEY, SHA256) == PDF
    with pytest.raises(UploadMissing):
        storage.uploaded(old)


def test_the_bytes_on_the_disk_come_through_us_alone(tmp_path):
    storage = DiskStorage(tmp_path, DOOR)
    storage.put(KEY, PDF)
    assert storage.download_url(KEY, SHA256, "K-2026-000001.pdf", 60) is None
    permit = announced()
    assert storage.offer_upload(permit).url == DOOR + permit.token
