"""What happens before anything is installed: clear words when something cannot be done, nothing twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from roles import bootstrap

ROOT = Path(__file__).parents[2]


def test_it_needs_the_standard_library_alone() -> None:
    """It runs where nothing is installed yet."""
    look = "import sys; sys.path.insert(0, '.'); import roles.bootstrap; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", look], cwd=ROOT, capture_output=True, text=True, check=True
    )
    foreign = {name.partition(".")[0] for name in done.stdout.split()} - set(sys.stdlib_module_names)
    assert {name for name in foreign if not name.startswith("_")} == {"roles"}


def test_who_is_not_root_gets_the_one_line_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "LIBRARIES", {"libnowhere.so.9": "libnowhere9"})
    monkeypatch.setattr("os.getuid", lambda: 1000)
    with pytest.raises(SystemExit, match="sudo apt-get install -y libnowhere9"):
        bootstrap.install()


def test_what_is_there_is_not_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "LIBRARIES", {"libc.so.6": "libc6"})
    monkeypatch.setattr(bootstrap, "_is_installed", lambda lock: True)
    monkeypatch.setattr("subprocess.run", None)
    bootstrap.install()


def test_another_lock_file_is_another_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    (tmp_path / "requirements.lock").write_text("one==1")
    (tmp_path / "requirements-dev.lock").write_text("one==1\ntwo==2")
    assert not bootstrap._is_installed("requirements.lock")
    (tmp_path / "requirements-dev.lock.installed").write_text(bootstrap._stamp("requirements-dev.lock"))
    assert bootstrap._is_installed("requirements.lock")
    (tmp_path / "requirements-dev.lock").write_text("one==2\ntwo==2")
    assert not bootstrap._is_installed("requirements-dev.lock")


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 9, 0))
    with pytest.raises(SystemExit, match="Python 3.11 or newer"):
        bootstrap.install()
