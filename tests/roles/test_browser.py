"""Chromium: had where it can be had; else the tests go on without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from roles import bootstrap, browser


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system without a browser, whose user may install nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr("os.getuid", lambda: 1000)
    return tmp_path


def test_who_is_not_root_goes_on_and_gets_the_one_line_that_helps(
    bare: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    browser.prepare()
    said = capfd.readouterr().err
    assert "Screens will not be driven" in said
    assert "sudo apt-get install -y chromium" in said
    with pytest.raises(browser.NoBrowser):
        browser.chromium()


def test_what_is_there_is_not_installed_again(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = bare / "chromium"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    monkeypatch.setattr("subprocess.run", None)
    assert browser.missing() == ""
    assert browser.chromium() == str(program)


def test_another_browser_may_be_chosen(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert browser.chromium() == "/opt/chromium"


def test_running_the_product_never_asks_for_a_browser() -> None:
    assert not {"up", "serve", "project", "react", "clock", "relay", "migrate"} & set(bootstrap.WITH_BROWSER)
    assert set(bootstrap.WITH_BROWSER) <= set(bootstrap.FOR_DEVELOPERS)
