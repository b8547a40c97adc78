"""What a worker may reach: made from settings, and calling nobody before it is asked."""

from __future__ import annotations

from uuid import uuid4

import pytest

from aggregates.loan import Loan
from providers import from_settings
from runtime.settings import Settings


def test_an_installation_gets_what_its_settings_say(tmp_path):
    settings = Settings.load(
        state_dir=tmp_path, upload_limit=123, smtp_port=2525, public_url="https://prets.example"
    )
    outside = from_settings(settings, clock=None)
    assert outside.storage.root == tmp_path / "documents"
    assert outside.checking.limit == 123
    assert outside.mail.port == 2525
    assert outside.links.address == "https://prets.example/api/v1/links/"


def test_only_the_runner_of_reactions_loads_and_reads(tmp_path):
    outside = from_settings(Settings.load(state_dir=tmp_path), clock=None)
    with pytest.raises(RuntimeError, match="the runner"):
        outside.load(Loan, uuid4())
