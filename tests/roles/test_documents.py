"""Documents in S3 as the verbs see them: moved from the disk, audited, listed by a backup, found again by a restore."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from aggregates.document import Document
from aggregates.values import AccountId, CustomerId, DocumentId
from eventstore import Ask, Command, Store
from eventstore.migrate import migrate
from providers.storage import bucket, key_for
from providers.storage.disk import DiskStorage
from providers.storage.s3 import S3Storage
from roles import backup_folder
from roles.audit import audit
from roles.backup import backup
from roles.documents import move
from roles.keys import create as keys
from roles.migrate import FOLDERS, prepare
from roles.restore import Wish, restore
from runtime.embedded.s3 import S3Server
from tests.eventstore.shelf import MACHINE
from tests.providers.buckets import DOOR, THE_CLOCK, settings_of, versions
from tests.roles.backed_up import Installation

pytestmark = pytest.mark.slow

CONTENTS = [b"%%PDF-1.7 contract %d" % n for n in range(5)]


class KeepAny(Command, on=Document):
    """A document without the loan that it would belong to."""

    document_id: UUID
    key: str
    sha256: str
    size: int

    def create(self, ask: Ask) -> Document:
        return Document.keep(
            DocumentId(self.document_id), CustomerId(UUID(int=7)), "contract", UUID(int=8), "K-2026-000001", self.key,
            self.sha256, self.size, "application/pdf", 1, AccountId(ask.by),
        )  # fmt: skip


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def key_of(content: bytes) -> str:
    return key_for("contract", UUID(int=8), sha256(content), "application/pdf")


def told(store: Store, content: bytes) -> None:
    kept = KeepAny(document_id=uuid4(), key=key_of(content), sha256=sha256(content), size=len(content))
    store.send(kept, MACHINE)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory, s3_server: S3Server) -> Iterator[Installation]:
    """An installation whose documents are in a bucket; everything went there from its disk."""
    state = tmp_path_factory.mktemp("documents") / "state"
    installation = Installation.at(state)
    named = settings_of(s3_server)
    chosen = {name: getattr(named, name) for name in type(named).model_fields if name.startswith("s3_")}
    installation.settings = installation.settings.model_copy(update=chosen)
    list(keys(installation.settings))
    installation.server.start()
    prepare(installation.server)
    migrate(installation.settings.owner_url, FOLDERS)
    disk = DiskStorage(installation.settings.documents_dir, "")
    with installation.store() as store:
        for content in CONTENTS:
            disk.put(key_of(content), content)
            told(store, content)
    list(bucket.prepare(installation.settings))
    yield installation
    installation.server.stop()


@pytest.fixture
def storage(one: Installation) -> S3Storage:
    return S3Storage(one.settings, THE_CLOCK, DOOR)


def forgot(storage: S3Storage, content: bytes) -> dict[str, str]:
    """Somebody with rights deletes: the version stays, hidden by a marker; returns what brings it back."""
    name = {"Bucket": storage.bucket, "Key": key_of(content)}
    return {**name, "VersionId": storage.client.delete_object(**name)["VersionId"]}


def test_the_disk_goes_into_the_bucket_and_again_changes_nothing(
    one: Installation, storage: S3Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert move(one.settings) == 0
        assert "5 of 5 documents are in documents-" in capsys.readouterr().out
    assert sorted(each.key for each in versions(storage)) == sorted(map(key_of, CONTENTS))
    for content in CONTENTS:
        assert storage.get(key_of(content), sha256(content)) == content
    assert backup_folder.documents_in(one.settings.documents_dir) == sorted(map(key_of, CONTENTS))


def test_a_damaged_file_does_not_move_and_is_named(
    one: Installation, storage: S3Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    key = key_of(b"never")
    file = one.settings.documents_dir / key
    file.write_bytes(b"other")
    assert move(one.settings) == 1
    assert f"{key}: DamagedDocument" in capsys.readouterr().out
    assert key not in {each.key for each in versions(storage)}
    file.unlink()


def test_without_a_bucket_there_is_nowhere_to_move_to(
    one: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert move(one.settings.model_copy(update={"s3_bucket": ""})) == 1
    assert "QUITTANCE_S3_BUCKET" in capsys.readouterr().out


@pytest.mark.parametrize("where", ["disk", "s3"])
def test_an_audit_reads_every_document(
    one: Installation, storage: S3Storage, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = one.settings if where == "s3" else one.settings.model_copy(update={"s3_bucket": ""})
    move(one.settings)
    capsys.readouterr()
    assert audit(settings, "documents", json=True) == 0
    assert json.loads(capsys.readouterr().out) == {"well": True, "documents": 5, "rows": []}
    if where == "disk":
        (settings.documents_dir / key_of(CONTENTS[0])).rename(settings.documents_dir / "aside")
        (settings.documents_dir / key_of(CONTENTS[1])).write_bytes(b"forged")
    else:
        marker = forgot(storage, CONTENTS[0])
        forged = storage.client.put_object(Bucket=storage.bucket, Key=key_of(CONTENTS[1]), Body=b"forged")
    assert audit(settings, "documents", json=True) == 1
    assert json.loads(capsys.readouterr().out)["rows"] == [
        {"document": key_of(CONTENTS[0]), "what": "missing"},
        {"document": key_of(CONTENTS[1]), "what": "damaged"},
    ]
    if where == "disk":
        (settings.documents_dir / "aside").rename(settings.documents_dir / key_of(CONTENTS[0]))
        (settings.documents_dir / key_of(CONTENTS[1])).write_bytes(CONTENTS[1])
    else:
        storage.client.delete_object(**marker)
        name = {"Bucket": storage.bucket, "Key": key_of(CONTENTS[1])}
        storage.client.delete_object(**name, VersionId=forged["VersionId"])
    assert audit(settings, "documents", json=True) == 0
    capsys.readouterr()


def test_a_backup_lists_what_the_bucket_holds_and_a_restore_finds_it_there(
    one: Installation, storage: S3Storage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    move(one.settings)
    assert backup(one.settings, tmp_path / "dump", "dump") == 0
    assert "Not in it either: the documents." in capsys.readouterr().out
    manifest = backup_folder.read(tmp_path / "dump", "dump")
    assert (manifest.bucket, manifest.documents) == (storage.bucket, 5)
    listed = [json.loads(line) for line in (tmp_path / "dump/documents/objects.jsonl").open()]
    assert {(each["key"], each["sha256"], each["size"]) for each in listed} == {
        (key_of(content), sha256(content), len(content)) for content in CONTENTS
    }
    assert {each["version"] for each in listed} == {each.version for each in versions(storage)}
    assert [file.name for file in (tmp_path / "dump/documents").iterdir()] == ["objects.jsonl"]

    back = Installation.at(tmp_path / "back")
    wish = Wish(tmp_path / "dump", "dump", keys=one.settings.kek_file.parent)
    assert restore(back.settings, wish) == 1
    assert f"are in the bucket {storage.bucket}" in capsys.readouterr().out
    in_s3 = {
        name: getattr(one.settings, name)
        for name in type(one.settings).model_fields
        if name.startswith("s3_")
    }
    settings = back.settings.model_copy(update=in_s3)
    marker = forgot(storage, CONTENTS[0])
    assert restore(settings, wish) == 0
    said = capsys.readouterr().out
    storage.client.delete_object(**marker)
    assert "5 documents" not in said
    assert f"1 documents are named and were not found; the first: {key_of(CONTENTS[0])}" in said
    assert not settings.documents_dir.exists()


def test_a_backup_says_when_the_bucket_lacks_a_document(
    one: Installation, storage: S3Storage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    move(one.settings)
    marker = forgot(storage, CONTENTS[2])
    assert backup(one.settings, tmp_path / "dump", "dump") == 1
    said = capsys.readouterr().out
    storage.client.delete_object(**marker)
    assert key_of(CONTENTS[2]) in said
    assert (tmp_path / "dump" / "manifest.json").exists(), "the database is worth having all the same"


def test_a_backup_needs_the_bucket(
    one: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    away = one.settings.model_copy(update={"s3_url": "http://127.0.0.1:9"})
    assert backup(away, tmp_path / "dump", "dump") == 1
    assert "document storage" in capsys.readouterr().out
    assert not (tmp_path / "dump").exists()


def test_documents_of_a_disk_are_restored_to_the_disk_and_wait_to_be_moved(
    one: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on_disk = one.settings.model_copy(update={"s3_bucket": ""})
    assert backup(on_disk, tmp_path / "dump", "dump") == 0
    in_s3 = {
        name: getattr(one.settings, name)
        for name in type(one.settings).model_fields
        if name.startswith("s3_")
    }
    settings = Installation.at(tmp_path / "back").settings.model_copy(update=in_s3)
    assert restore(settings, Wish(tmp_path / "dump", "dump", keys=one.settings.kek_file.parent)) == 0
    assert "`manage.py documents move`" in capsys.readouterr().out
    assert backup_folder.documents_in(settings.documents_dir) == sorted(map(key_of, CONTENTS))
