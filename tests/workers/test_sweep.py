"""Every morning: what was uploaded and never handed in is gone after a day."""

from __future__ import annotations

import hashlib
import os
from uuid import UUID

import pytest

from aggregates.business_day import BusinessDay
from providers.storage.permits import Announced, UploadMissing
from tests.kit import fact
from tests.stories import MAY_4
from tests.workers.conftest import asked_twice
from workers.sweep import sweep_uploads

PDF = b"%PDF-1.7 signed"


def test_uploads_of_yesterday_go_and_nothing_is_recorded(world, tmp_path):
    file = Announced(len(PDF), "application/pdf", hashlib.sha256(PDF).hexdigest())
    old, young = (world.outside.permits.issue(UUID(int=n), UUID(int=8), UUID(int=9), file) for n in (1, 2))
    for permit in (old, young):
        world.outside.storage.take_upload(permit, PDF)
    waiting = tmp_path / "documents" / ".incoming" / old.name
    yesterday = waiting.stat().st_mtime - 86_500
    os.utime(waiting, (yesterday, yesterday))
    morning = fact(BusinessDay.Opened, day=MAY_4, since=MAY_4).event()
    assert asked_twice(sweep_uploads, morning, world.outside) == []
    assert world.outside.storage.uploaded(young) == PDF
    with pytest.raises(UploadMissing):
        world.outside.storage.uploaded(old)
