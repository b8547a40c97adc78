"""S3 itself: versions, locks, encryption, forms and addresses that expire; against a real server, also one that dies."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import traceback
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from botocore.exceptions import ClientError

from providers import ProviderDown, ProviderRefused
from providers.storage import DamagedDocument, MissingDocument, UploadForm, key_for
from providers.storage.permits import Announced, Permit, Permits, UploadMissing
from providers.storage.s3 import S3Storage
from runtime.embedded.s3 import S3Server
from runtime.settings import Settings
from tests.providers.buckets import DOOR, THE_CLOCK, in_a_bucket, settings_of, versions
from tests.soon import soon

CONTRACT = UUID("c0000000-0000-4000-8000-000000000001")
PDF = b"%PDF-1.7 a contract"
SHA256 = hashlib.sha256(PDF).hexdigest()
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def storage(s3_server: S3Server) -> S3Storage:
    """One bucket for this file: documents stay in it for ten years, so each test has a key of its own."""
    return in_a_bucket(s3_server)


@pytest.fixture
def key() -> str:
    return key_for("contract", uuid4(), SHA256, "application/pdf")


def announced(content: bytes = PDF, lasts: timedelta = DAY) -> Permit:
    file = Announced(len(content), "application/pdf", hashlib.sha256(content).hexdigest())
    permit = Permits(bytes(32), THE_CLOCK).issue(uuid4(), CONTRACT, uuid4(), file)
    return replace(permit, expires_at=THE_CLOCK.now() + lasts)


def posted(form: UploadForm, content: bytes, **changed: str) -> int:
    """What a browser does."""
    file = {"file": ("copie.pdf", content, "application/pdf")}
    return httpx.post(form.url, data={**form.fields, **changed}, files=file).status_code


# ── nothing is lost ────────────────────────────────────────────────────────────


def test_whoever_overwrites_with_rights_of_their_own_leaves_the_version_before(storage, key):
    storage.put(key, PDF)
    storage.client.put_object(Bucket=storage.bucket, Key=key, Body=b"forged")
    with pytest.raises(DamagedDocument):
        storage.get(key, SHA256)
    first = next(each for each in versions(storage) if each.key == key and not each.is_latest)
    kept = storage.client.get_object(Bucket=storage.bucket, Key=key, VersionId=first.version)["Body"].read()
    assert kept == PDF


@pytest.mark.parametrize("purpose", ["contract", "signed-copy", "quittance"])
def test_a_document_is_locked_until_the_clocks_day(storage, purpose):
    key = key_for(purpose, CONTRACT, SHA256, "application/pdf")
    storage.put(key, PDF)
    known = storage.stored(key)
    assert known["ObjectLockMode"] == "COMPLIANCE"
    lasts = known["ObjectLockRetainUntilDate"] - THE_CLOCK.now()
    assert timedelta(days=3_649) < lasts < timedelta(days=3_651)


def test_a_lock_is_neither_shortened_nor_lifted_by_whoever_may_do_everything(storage, key):
    storage.put(key, PDF)
    of = {"Bucket": storage.bucket, "Key": key, "VersionId": storage.stored(key)["VersionId"]}
    tomorrow, later = THE_CLOCK.now() + DAY, THE_CLOCK.now() + timedelta(days=9_000)
    attempts = {
        "delete": lambda s3: s3.delete_object(**of),
        "delete with leave": lambda s3: s3.delete_object(**of, BypassGovernanceRetention=True),
        "shorten": lambda s3: s3.put_object_retention(
            **of, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": tomorrow}
        ),
        "soften": lambda s3: s3.put_object_retention(
            **of, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": later}
        ),
    }
    for attempt in attempts.values():
        with pytest.raises(ClientError):
            attempt(storage.client)
        assert storage.get(key, SHA256) == PDF


def test_what_waits_to_be_handed_in_is_not_locked(storage):
    permit = announced()
    storage.take_upload(permit, PDF)
    known = storage.stored(f"incoming/{permit.name}")
    assert "ObjectLockMode" not in known
    name = {"Bucket": storage.bucket, "Key": f"incoming/{permit.name}"}
    storage.client.delete_object(**name, VersionId=known["VersionId"])
    with pytest.raises(UploadMissing):
        storage.uploaded(permit)


def test_without_days_nothing_is_locked(s3_server, key):
    storage = in_a_bucket(s3_server, s3_lock_days=0)
    storage.put(key, PDF)
    assert "ObjectLockMode" not in storage.stored(key)


def test_the_server_compares_the_digest_of_what_arrives(storage, key):
    wrong = {"ChecksumSHA256": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    with pytest.raises(ClientError):
        storage.client.put_object(Bucket=storage.bucket, Key=key, Body=PDF, **wrong)
    with pytest.raises(MissingDocument):
        storage.get(key, SHA256)
    storage.put(key, PDF)
    assert bytes.fromhex(SHA256) == base64.b64decode(storage.stored(key)["ChecksumSHA256"])


# ── nobody looks in ────────────────────────────────────────────────────────────


def test_nobody_reads_without_credentials(storage, s3_server, key):
    storage.put(key, PDF)
    address = f"{s3_server.url}/{storage.bucket}"
    assert [httpx.get(f"{address}/{key}").status_code, httpx.get(address).status_code] == [403, 403]


@pytest.mark.parametrize("chosen", ["AES256", "none"])
def test_what_is_kept_and_what_is_brought_is_encrypted_as_the_settings_say(s3_server, chosen, key):
    storage, permit = in_a_bucket(s3_server, s3_encryption=chosen), announced()
    if chosen != "none":  # what the bucket does by itself is another matter
        storage.client.delete_bucket_encryption(Bucket=storage.bucket)
    storage.put(key, PDF)
    assert posted(storage.offer_upload(permit), PDF) == 204
    found = [
        storage.stored(key).get("ServerSideEncryption", "none") for key in (key, f"incoming/{permit.name}")
    ]
    assert found == [chosen, chosen]


def test_a_key_of_the_house_is_named_where_one_is_chosen(s3_server):
    """The server of the tests has no keys of its own; what is asked of one that has is seen in the form."""
    settings = settings_of(s3_server, s3_encryption="aws:kms", s3_kms_key="alias/quittance")
    fields = S3Storage(settings, THE_CLOCK, DOOR).offer_upload(announced()).fields
    assert fields["x-amz-server-side-encryption"] == "aws:kms"
    assert fields["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/quittance"


TOLD = re.compile(
    r"document storage: [A-Za-z0-9]+ is answered 403 \w+: look at the credentials and what they may do"
)


def test_wrong_credentials_are_a_storage_that_is_down_and_are_told_to_nobody(storage, s3_server, key):
    secret = "not-the-secret-of-this-server"
    settings = settings_of(s3_server, s3_bucket=storage.bucket, s3_secret_key=secret)
    wrong = S3Storage(settings, THE_CLOCK, DOOR)
    for ask in (
        lambda: wrong.put(key, PDF),
        lambda: wrong.get(key, SHA256),
        lambda: wrong.download_url(key, SHA256, "K.pdf", 60),
        lambda: wrong.take_upload(announced(), PDF),
        lambda: versions(wrong),
    ):
        with pytest.raises(ProviderDown) as caught:
            ask()
        assert caught.value.__cause__ is None, "what the server says may hold what was signed"
        assert TOLD.fullmatch(str(caught.value))
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__dict__)
        assert secret not in told
        assert settings.s3_access_key not in str(caught.value)
    assert secret not in repr(settings)
    with pytest.raises(MissingDocument):
        storage.get(key, SHA256)


def test_a_bucket_that_is_not_there_is_a_storage_that_is_down(s3_server, key):
    storage = S3Storage(settings_of(s3_server), THE_CLOCK, DOOR)
    for ask in (lambda: storage.put(key, PDF), lambda: storage.get(key, SHA256)):
        with pytest.raises(ProviderDown, match="NoSuchBucket"):
            ask()


def test_a_lock_that_the_bucket_does_not_know_is_refused_for_good(s3_server, key):
    without = in_a_bucket(s3_server, s3_lock_days=0)
    locking = S3Storage(settings_of(s3_server, s3_bucket=without.bucket), THE_CLOCK, DOOR)
    with pytest.raises(ProviderRefused):
        locking.put(key, PDF)


# ── forms ──────────────────────────────────────────────────────────────────────


def test_a_form_takes_the_file_that_was_announced(storage):
    permit = announced()
    assert posted(storage.offer_upload(permit), PDF) == 204
    assert storage.uploaded(permit) == PDF


def test_a_form_says_its_size_itself_too(storage):
    """A server that compares no digests refuses another size at least."""
    policy = json.loads(base64.b64decode(storage.offer_upload(announced()).fields["policy"]))
    assert ["content-length-range", len(PDF), len(PDF)] in policy["conditions"]


ELSEWHERE = key_for("contract", CONTRACT, "0" * 64, "application/pdf")
OTHERS = {
    "larger": (PDF + b"x", {}),
    "smaller": (PDF[:-1], {}),
    "empty": (b"", {}),
    "other bytes": (PDF[:-1] + b"T", {}),
    "other type": (PDF, {"Content-Type": "text/html"}),
    "other digest": (PDF[:-1] + b"T", {"x-amz-checksum-sha256": "A" * 43 + "="}),
    "other place": (PDF, {"key": ELSEWHERE}),
    "one field more": (PDF, {"x-amz-meta-owner": "me"}),
    "not encrypted": (PDF, {"x-amz-server-side-encryption": "aws:kms"}),
    "another key": (PDF, {"x-amz-credential": "other/20260504/eu-west-3/s3/aws4_request"}),
    "a later policy": (PDF, {"policy": "eyJleHBpcmF0aW9uIjogIjIwOTktMDEtMDFUMDA6MDA6MDBaIn0="}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_form_takes_nothing_else(storage, name):
    (content, changed), permit = OTHERS[name], announced()
    before = list(versions(storage))
    assert 400 <= posted(storage.offer_upload(permit), content, **changed) < 500
    with pytest.raises(UploadMissing):
        storage.uploaded(permit)
    assert list(versions(storage)) == before


def test_a_form_that_is_over_takes_nothing(storage):
    permit = announced(lasts=timedelta(seconds=-2))
    assert posted(storage.offer_upload(permit), PDF) in (400, 403)
    with pytest.raises(UploadMissing):
        storage.uploaded(permit)


@pytest.mark.parametrize(
    ("server", "named", "people", "reached"),
    [
        ("", "", "https://prets.example", True),
        ("https://s3.example", "", "https://prets.example", True),
        ("http://127.0.0.1:8333", "", "http://localhost:8000", True),
        ("http://127.0.0.1:8333", "", "https://prets.example", False),
        ("http://s3:8333", "s3,postgres", "http://localhost:8000", False),
    ],
)
def test_a_browser_is_sent_where_it_gets_to(server, named, people, reached):
    settings = Settings.load(
        s3_url=server, unencrypted_hosts=named, public_url=people, s3_bucket="documents",
        s3_access_key="a", s3_secret_key="b",
    )  # fmt: skip
    storage, permit = S3Storage(settings, THE_CLOCK, DOOR), announced()
    form = storage.offer_upload(permit)
    assert form.url.startswith(DOOR) != reached
    if not reached:
        assert (
            storage.download_url(key_for("contract", CONTRACT, SHA256, "application/pdf"), SHA256, "K", 60)
            is None
        )


# ── addresses ──────────────────────────────────────────────────────────────────


def test_an_address_hands_out_this_version_as_an_attachment(storage, key):
    storage.put(key, PDF)
    address = storage.download_url(key, SHA256, "K-2026-000001.pdf", 60)
    storage.client.put_object(Bucket=storage.bucket, Key=key, Body=b"forged")
    fetched = httpx.get(address)
    assert (fetched.status_code, fetched.content) == (200, PDF)
    assert fetched.headers["content-type"] == "application/pdf"
    assert fetched.headers["content-disposition"] == 'attachment; filename="K-2026-000001.pdf"'


def test_an_altered_address_hands_out_nothing(storage, key):
    storage.put(key, PDF)
    address = storage.download_url(key, SHA256, "K-2026-000001.pdf", 60)
    altered = [
        address.replace("attachment", "inline"),
        address.replace("application%2Fpdf", "text%2Fhtml"),
        address.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        address.replace("contracts/", "signed/"),
        address.partition("?")[0],
    ]
    assert all(each != address for each in altered)
    assert [httpx.get(each).status_code for each in altered] == [403] * len(altered)


def test_an_address_expires(storage, key):
    storage.put(key, PDF)
    address = storage.download_url(key, SHA256, "K-2026-000001.pdf", 1)
    assert soon(lambda: httpx.get(address).status_code in (400, 403), 15)


def test_no_address_leads_to_what_is_missing_or_damaged(storage, key):
    with pytest.raises(MissingDocument):
        storage.download_url(key, SHA256, "K.pdf", 60)
    storage.put(key, PDF)
    with pytest.raises(DamagedDocument):
        storage.download_url(key, "0" * 64, "K.pdf", 60)


# ── a server that dies ─────────────────────────────────────────────────────────


def test_a_server_that_is_killed_while_it_takes_documents_keeps_them_whole_or_not_at_all(tmp_path):
    server = S3Server(tmp_path / "s3", die_with_parent=True)
    server.start()
    storage = in_a_bucket(server)
    contents = [bytes([n]) * 3_000_000 for n in range(40)]
    keys = [key_for("contract", CONTRACT, hashlib.sha256(c).hexdigest(), "application/pdf") for c in contents]
    kept: list[int] = []
    down = threading.Event()

    def put() -> None:
        for number, content in enumerate(contents):
            try:
                storage.put(keys[number], content)
            except ProviderDown:
                down.set()
                return
            kept.append(number)

    putting = threading.Thread(target=put)
    putting.start()
    soon(lambda: len(kept) >= 3, 60)
    server.kill()
    putting.join(120)
    assert down.is_set(), "all of it was kept before the server was killed"
    with pytest.raises(ProviderDown):
        storage.get(keys[0], hashlib.sha256(contents[0]).hexdigest())
    server.start()
    _all_or_nothing(storage, keys, contents, kept)
    server.stop()


def _all_or_nothing(storage: S3Storage, keys: list[str], contents: list[bytes], kept: list[int]) -> None:
    for number, (key, content) in enumerate(zip(keys, contents, strict=True)):
        sha256 = hashlib.sha256(content).hexdigest()
        if number in kept:
            assert storage.get(key, sha256) == content
        elif (known := storage.stored(key)) is not None:
            assert known["ContentLength"] == len(content)
        storage.put(key, content)  # again, whatever became of it
        assert storage.get(key, sha256) == content
    assert [each.size for each in versions(storage)] == [3_000_000] * len(contents)
