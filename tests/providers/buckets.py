"""Buckets of a test's own on the real S3 server, and storages in them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from providers.storage import bucket
from providers.storage.bucket import Kept
from providers.storage.s3 import S3Storage
from runtime.embedded.s3 import S3Server
from runtime.settings import Settings


class TheClock:
    """The machine's: the server has no other."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - a server of somebody else judges by its own clock


THE_CLOCK: Any = TheClock()
DOOR = "https://quittance.example/api/v1/uploads/"
"""Where uploads are taken that the storage does not take itself."""


def settings_of(server: S3Server, **chosen: Any) -> Settings:
    """Of an installation whose documents are in a bucket that nobody has yet."""
    said = {
        "s3_url": server.url, "s3_access_key": server.access_key, "s3_secret_key": server.secret_key,
        "s3_bucket": f"documents-{uuid4().hex[:12]}", "s3_lock_days": 3_650,
    }  # fmt: skip
    return Settings.load(state_dir=Path("nowhere"), **{**said, **chosen})


def in_a_bucket(server: S3Server, **chosen: Any) -> S3Storage:
    """An empty storage in a bucket of its own."""
    settings = settings_of(server, **chosen)
    list(bucket.prepare(settings))
    return S3Storage(settings, THE_CLOCK, DOOR)


def versions(storage: S3Storage) -> list[Kept]:
    """What its bucket holds, whoever put it there."""
    return list(bucket.versions(storage.client, storage.bucket))
