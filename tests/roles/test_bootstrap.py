"""What happens before anything is installed: clear words when something cannot be done, nothing twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
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


def test_an_image_has_the_shorter_list_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    (tmp_path / "requirements.lock").write_text("one==1")
    assert not bootstrap._is_installed("requirements.lock")
    (tmp_path / "requirements.lock.installed").write_text(bootstrap._stamp("requirements.lock"))
    assert bootstrap._is_installed("requirements.lock")


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 9, 0))
    with pytest.raises(SystemExit, match="Python 3.11 or newer"):
        bootstrap.install()


def test_an_older_release_of_the_system_gets_what_it_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = _system_with(monkeypatch, tmp_path, "maven java-17")
    bootstrap.apt("Java", ["java-21", "maven"], ["java-17", "maven"], ["java-11", "maven"])
    assert [line for line in asked() if "install" in line] == [
        "install -y java-21 maven -q --no-install-recommends",
        "install -y java-17 maven -q --no-install-recommends",
    ]


def test_what_no_release_has_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _system_with(monkeypatch, tmp_path, "maven")
    with pytest.raises(bootstrap.CannotInstall, match=r"Unable to locate java-17[\s\S]*failed; see above"):
        bootstrap.apt("Java", ["java-21"], ["java-17"])


def _system_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, packages: str) -> Callable[[], list[str]]:
    """Root on a system whose apt-get knows these packages; what it was asked for."""
    program, asked = tmp_path / "apt-get", tmp_path / "asked"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {asked}\nfor word; do case $word in -*|install|update) ;; *)\n'
        f'case " {packages} " in *" $word "*) ;; *) echo "Unable to locate $word" >&2; exit 100;; esac;; esac; done\n'
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("os.getuid", lambda: 0)
    return lambda: asked.read_text().splitlines()
