"""The bucket as documents need it: made where it is missing, looked at otherwise. By `manage.py migrate`, never else.

What others have configured is kept: a rule of ours stands beside theirs, and a policy that is there is only read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from providers.storage import KEY
from providers.storage.s3 import INCOMING, client_of
from providers.storage.s3_errors import TAKEN, code_of, in_our_words, status_of
from runtime.settings import Settings, listed

RULE: Final = "quittance-incoming"
"""Name of our rule in every list of rules."""

SWEPT: Final = {
    "ID": RULE,
    "Status": "Enabled",
    "Filter": {"Prefix": INCOMING},
    "Expiration": {"Days": 1},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}
"""What waits to be handed in is gone after a day."""

CLOSED: Final = {
    "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True,
}  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """One version of one object, as the bucket lists it."""

    key: str
    version: str
    size: int
    """Bytes."""
    is_latest: bool


class BucketUnfit(Exception):
    """Documents would not be safe in this bucket; the message says why and what to do."""


def prepare(settings: Settings) -> Iterator[str]:
    """Says what it did, and what this server has no words for, a line each.

    Raises BucketUnfit, or ProviderDown when the server does not answer.
    """
    bucket = Bucket(settings)
    with in_our_words():
        if bucket.make():
            yield f"made the bucket {bucket.name}"
        bucket.refuse_to_lose()
        for what, configure in bucket.further().items():
            if (said := _told(what, configure)) is not None:
                yield said
        bucket.refuse_to_overwrite()


def _told(what: str, configure: Callable[[], bool]) -> str | None:
    """What came of one configuration; None when it was so already."""
    try:
        return f"the bucket: {what}" if configure() else None
    except ClientError as error:
        if status_of(error) in (403, 405, 501) or code_of(error) in ("NotImplemented", "MalformedXML"):
            return f"the bucket: NOT {what} ({code_of(error)}): see docs/how-to/keep-documents-in-s3.md"
        raise


class Bucket:
    """One bucket and what is asked of it; a step says whether it changed anything, and may raise ClientError."""

    def __init__(self, settings: Settings) -> None:
        self.name, self._settings, self._client = settings.s3_bucket, settings, client_of(settings)
        self._locks = settings.s3_lock_days > 0

    def make(self) -> bool:
        """With Object Lock from the first moment: most servers give it to no bucket later."""
        try:
            self._ask("head_bucket")
            return False
        except ClientError as error:
            if status_of(error) != 404:
                raise
        region = self._settings.s3_region
        # The oldest region has no name here. Source: S3 API, CreateBucket, LocationConstraint.
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self._ask("create_bucket", ObjectLockEnabledForBucket=self._locks, **place)
        except ClientError as error:
            if code_of(error) != "BucketAlreadyOwnedByYou":  # made by another one that migrates
                raise
        return True

    def refuse_to_lose(self) -> None:
        """Every version is kept, and what is locked stays. Raises BucketUnfit."""
        if self._ask("get_bucket_versioning").get("Status") != "Enabled":
            self._ask("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
        if self._locks and not self._has_lock():
            raise BucketUnfit(
                f"The bucket {self.name} was made without Object Lock: whoever has its key could delete contracts."
                " Name a bucket that does not exist yet, and it is made with it; or say QUITTANCE_S3_LOCK_DAYS=0."
            )

    def refuse_to_overwrite(self) -> None:
        """A second put of one key is refused. Raises BucketUnfit by a server that does not look at the condition."""
        probe = {"Key": f"{INCOMING}probe-{token_hex(8)}", "IfNoneMatch": "*"}
        self._ask("put_object", Body=b"1", **probe)
        try:
            self._ask("put_object", Body=b"2", **probe)
        except ClientError as error:
            if code_of(error) in TAKEN:
                return
            raise
        raise BucketUnfit(
            f"The server of the bucket {self.name} overwrites although it is asked not to (If-None-Match): take"
            " another one, or a newer version of it."
        )

    def further(self) -> dict[str, Callable[[], bool]]:
        """What makes it safer, by what it says; a server may lack the words for it."""
        steps: dict[str, Callable[[], bool]] = {
            "closed to the public": self._close,
            "uploads are swept after a day": self._sweep,
            "takes uploads from our pages": self._open_to_pages,
        }
        if self._settings.s3_encryption != "none":
            steps["encrypts what comes unencrypted"] = self._encrypt
        if urlsplit(self._settings.s3_url).scheme != "http":
            steps["refuses what comes without TLS"] = self._refuse_clear
        return steps

    # ── one configuration each ─────────────────────────────────────────────

    def _close(self) -> bool:
        asked = self._there("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
        if asked.get("PublicAccessBlockConfiguration") == CLOSED:
            return False
        self._ask("put_public_access_block", PublicAccessBlockConfiguration=CLOSED)
        return True

    def _sweep(self) -> bool:
        rules = self._there("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration").get(
            "Rules", []
        )
        # Ours in every part: somebody who gave it other days has contracts in the making swept away, or nothing.
        if any(all(rule.get(part) == said for part, said in SWEPT.items()) for rule in rules):
            return False
        kept = [rule for rule in rules if rule.get("ID") != RULE]
        self._ask("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": [*kept, SWEPT]})
        return True

    def _open_to_pages(self) -> bool:
        ours = {
            "ID": RULE,
            "AllowedOrigins": _origins(self._settings),
            "AllowedMethods": ["GET", "POST"],
            "AllowedHeaders": ["*"],
            "MaxAgeSeconds": 600,
        }
        rules = self._there("get_bucket_cors", "NoSuchCORSConfiguration").get("CORSRules", [])
        if any(rule.get("ID") == RULE and rule["AllowedOrigins"] == ours["AllowedOrigins"] for rule in rules):
            return False
        kept = [rule for rule in rules if rule.get("ID") != RULE]
        self._ask("put_bucket_cors", CORSConfiguration={"CORSRules": [*kept, ours]})
        return True

    def _encrypt(self) -> bool:
        key = {"KMSMasterKeyID": self._settings.s3_kms_key} if self._settings.s3_kms_key else {}
        by_default = {"SSEAlgorithm": self._settings.s3_encryption, **key}
        asked = self._there("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError")
        rules = asked.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
        if any(rule.get("ApplyServerSideEncryptionByDefault") == by_default for rule in rules):
            return False
        rule = {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}
        self._ask("put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": [rule]})
        return True

    def _refuse_clear(self) -> bool:
        """A policy that is there is somebody's own: it is never replaced."""
        if self._there("get_bucket_policy", "NoSuchBucketPolicy"):
            return False
        everything = [f"arn:aws:s3:::{self.name}", f"arn:aws:s3:::{self.name}/*"]
        statement = {
            "Sid": "NeverInClear", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": everything,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }  # fmt: skip
        self._ask("put_bucket_policy", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        return True

    # ── inside ─────────────────────────────────────────────────────────────

    def _has_lock(self) -> bool:
        asked = self._there("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError")
        return bool(asked.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled")

    def _there(self, operation: str, absent: str) -> dict[str, Any]:
        """What is configured; nothing when the server says that it is absent."""
        try:
            return self._ask(operation)
        except ClientError as error:
            if code_of(error) == absent or status_of(error) == 404:
                return {}
            raise

    def _ask(self, operation: str, **said: Any) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self._client, operation)(Bucket=self.name, **said)
        return answer


def versions(client: Any, name: str) -> Iterator[Kept]:
    """Every version of every document in a bucket; uploads that wait are none. Raises ProviderDown."""
    with in_our_words():
        pages = client.get_paginator("list_object_versions").paginate(Bucket=name)
        for each in (each for page in pages for each in page.get("Versions", [])):
            if KEY.fullmatch(each["Key"]):
                yield Kept(each["Key"], each["VersionId"], each["Size"], each["IsLatest"])


def _origins(settings: Settings) -> list[str]:
    at = urlsplit(settings.public_url)
    return [f"{at.scheme}://{at.netloc}", *listed(settings.allowed_origins)]
