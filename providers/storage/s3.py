"""Documents in S3 or in a server that speaks it: private, versioned, encrypted, and locked for as long as the law asks.

    put ──▶ PutObject with If-None-Match: *, a SHA-256 and a lock ──▶ 412: are the same bytes there?
    get ──▶ GetObject ──▶ the SHA-256 is compared here, too

One request each, no multipart: that begins to pay beyond the 50 MB that a document has at most, and its checksum is not
the file's. The bucket is made and looked at by `manage.py migrate` (bucket.py), never by a request.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from providers.errors import ProviderRefused
from providers.storage import ENDINGS, KEY, DamagedDocument, KeyTaken, MissingDocument, UploadForm, form_at
from providers.storage.permits import Permit, UploadMissing
from providers.storage.s3_errors import GONE, TAKEN, code_of, in_our_words
from runtime.clock import Clock
from runtime.encryption import stays_here
from runtime.settings import Settings, listed

INCOMING: Final = "incoming/"

TYPES: Final = {ending: media_type for media_type, ending in ENDINGS.items()}

PATIENT: Final = {
    "connect_timeout": 3,
    "read_timeout": 20,
    "retries": {"mode": "standard", "total_max_attempts": 3},
}
"""Seconds for each exchange, and how often one is tried: an API request waits for it."""


class S3Storage:
    """Documents in the bucket of the settings; starts nothing and asks nobody yet.

    door  where our own API takes uploads, for a server that browsers do not reach: the address without the permit
    """

    def __init__(self, settings: Settings, clock: Clock, door: str) -> None:
        self.bucket, self._clock = settings.s3_bucket, clock
        self._door = None if is_reached(settings) else door
        self._lock_for = timedelta(days=settings.s3_lock_days)
        self._encrypted = _encryption(settings)
        self.client = client_of(settings)

    def put(self, key: str, content: bytes) -> None:
        _check(key)
        try:
            with in_our_words():
                self._put(key, content, IfNoneMatch="*", **self._locked())
        except _Taken:
            if not self._has(key, content):
                raise KeyTaken(key) from None

    def get(self, key: str, sha256: str) -> bytes:
        _check(key)
        content = self._read(key)
        if content is None:
            raise MissingDocument(key)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedDocument(key)
        return content

    def download_url(self, key: str, sha256: str, called: str, seconds: int) -> str | None:
        _check(key)
        if self._door is not None:
            return None
        stored = self.stored(key)
        if stored is None:
            raise MissingDocument(key)
        if "ChecksumSHA256" not in stored:
            return None  # put there by other means: we read it, and compare
        if stored["ChecksumSHA256"] != _base64(sha256):
            raise DamagedDocument(key)
        shown = {
            # This very version: nothing that comes later is handed out under an address made before.
            "VersionId": stored["VersionId"],
            "ResponseContentType": TYPES[key.rpartition(".")[2]],
            "ResponseContentDisposition": f'attachment; filename="{called}"',
            "ResponseCacheControl": "no-store",
        }
        with in_our_words():
            address: str = self.client.generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": key, **shown}, ExpiresIn=seconds
            )
        return address

    # ── what a sender brings ───────────────────────────────────────────────

    def offer_upload(self, permit: Permit) -> UploadForm:
        if self._door is not None:
            return form_at(self._door, permit)
        fields = {
            "Content-Type": permit.file.media_type,
            "x-amz-checksum-algorithm": "SHA256",
            "x-amz-checksum-sha256": _base64(permit.file.sha256),
            "success_action_status": "204",
            **{_HEADERS[name]: value for name, value in self._encrypted.items() if name in _HEADERS},
        }
        exact = ["content-length-range", permit.file.size, permit.file.size]
        seconds = int((permit.expires_at - self._clock.now()).total_seconds())
        with in_our_words():
            form = self.client.generate_presigned_post(
                self.bucket,
                INCOMING + permit.name,
                Fields=fields,
                # The library adds the key and the bucket; what else is in the form has to be said here, too.
                Conditions=[*({name: value} for name, value in fields.items()), exact],
                ExpiresIn=seconds,
            )
        return UploadForm(form["url"], form["fields"], permit.expires_at)

    def take_upload(self, permit: Permit, content: bytes) -> None:
        permit.file.check(content)
        with in_our_words():
            self._put(INCOMING + permit.name, content, ContentType=permit.file.media_type)

    def uploaded(self, permit: Permit) -> bytes:
        content = self._read(INCOMING + permit.name)
        if content is None:
            raise UploadMissing("no file has come for this permit")
        permit.file.check(content)
        return content

    def sweep(self) -> int:
        """The bucket has a rule for it, see bucket.py: so nothing of ours needs the right to delete."""
        return 0

    def stored(self, key: str) -> dict[str, Any] | None:
        """What the server knows of an object: its checksum, version, size, lock; None when it is not there."""
        try:
            with in_our_words():
                known: dict[str, Any] = self._asked("head_object", Key=key, ChecksumMode="ENABLED")
                return known
        except _Gone:
            return None

    # ── inside ─────────────────────────────────────────────────────────────

    def _put(self, key: str, content: bytes, **more: Any) -> None:
        digest = _base64(hashlib.sha256(content).hexdigest())
        more.setdefault("ContentType", TYPES.get(key.rpartition(".")[2], ""))
        self._asked("put_object", Key=key, Body=content, ChecksumSHA256=digest, **self._encrypted, **more)

    def _read(self, key: str) -> bytes | None:
        """The bytes under a key as they come; None without any."""
        try:
            with in_our_words():
                content: bytes = self._asked("get_object", Key=key)["Body"].read()
                return content
        except _Gone:
            return None

    def _has(self, key: str, content: bytes) -> bool:
        """Whether these are the bytes that are there."""
        stored = self.stored(key) or {}
        if "ChecksumSHA256" in stored:
            return bool(stored["ChecksumSHA256"] == _base64(hashlib.sha256(content).hexdigest()))
        return self._read(key) == content

    def _locked(self) -> dict[str, Any]:
        if not self._lock_for:
            return {}
        return {
            "ObjectLockMode": "COMPLIANCE",
            "ObjectLockRetainUntilDate": self._clock.now() + self._lock_for,
        }

    def _asked(self, operation: str, **said: Any) -> Any:
        try:
            return getattr(self.client, operation)(Bucket=self.bucket, **said)
        except ClientError as error:
            if code_of(error) in GONE:
                raise _Gone from None
            if code_of(error) in TAKEN:
                raise _Taken from None
            raise


class _Gone(Exception):
    """There is no such object."""


class _Taken(Exception):
    """There is an object already."""


_HEADERS: Final = {
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
}
"""How a form says what a request says."""


def client_of(settings: Settings) -> Any:
    """A client for one bucket's server; made once, used by every thread."""
    own = bool(settings.s3_url)
    with in_our_words():
        return boto3.session.Session().client(
            "s3",
            endpoint_url=settings.s3_url or None,
            region_name=settings.s3_region,
            aws_access_key_id=settings.s3_access_key or None,
            aws_secret_access_key=settings.s3_secret_key or None,
            config=Config(
                signature_version="s3v4",
                # AWS by the bucket's name and region, which forms need, too; others know the path.
                s3={"addressing_style": "path" if own else "virtual"},
                # What comes is compared with the digest that the event names, which says more than the server's own.
                response_checksum_validation="when_required",
                max_pool_connections=32,
                **PATIENT,
            ),
        )


def is_reached(settings: Settings) -> bool:
    """Whether a browser reaches the server: not one that containers alone know by its name, and one of this machine only
    where people are on this machine, too."""
    host = urlsplit(settings.s3_url).hostname or ""
    if host in listed(settings.unencrypted_hosts):
        return False
    ours = urlsplit(settings.public_url).hostname or ""
    return not settings.s3_url or not stays_here(host) or stays_here(ours)


def _encryption(settings: Settings) -> dict[str, str]:
    if settings.s3_encryption == "none":
        return {}
    key = {"SSEKMSKeyId": settings.s3_kms_key} if settings.s3_kms_key else {}
    return {"ServerSideEncryption": settings.s3_encryption, **key}


def _check(key: str) -> None:
    if not KEY.fullmatch(key):
        raise ProviderRefused(f"not a key of ours: {key[:200]!r}")


def _base64(sha256: str) -> str:
    """As S3 writes the digest."""
    return base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
