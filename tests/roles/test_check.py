"""What `manage.py check` does with its steps."""

from __future__ import annotations

import sys

import pytest

from roles import check, web


def test_every_step_runs_and_one_that_fails_says_so(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    said = {"well": "pass", "wrong": "print('because'); raise SystemExit(3)", "after": "pass"}
    monkeypatch.setattr(check, "STEPS", {name: [sys.executable, "-c", code] for name, code in said.items()})
    monkeypatch.setattr(web, "prepare_checks", lambda console: None)
    monkeypatch.setattr(web, "checks", dict)
    assert check.check() == 1
    out = capfd.readouterr().out
    assert [line.split()[:2] for line in out.splitlines() if line.startswith(("✓", "✗"))] == [
        ["✓", "well"],
        ["✗", "wrong"],
        ["✓", "after"],
    ]
    assert "because" in out
    monkeypatch.setattr(check, "STEPS", {"well": [sys.executable, "-c", "pass"]})
    assert check.check() == 0
