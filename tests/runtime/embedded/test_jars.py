"""The jars of Apache Kafka: fetched once, whole or not at all, exactly those that were published."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from roles import bootstrap
from runtime.embedded import jars
from runtime.embedded.kafka import Kafka, NoJars, NoJava
from tests import servers

ROOT = Path(__file__).parents[3]


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name that brings one jar, and writes down that it was called. Its word is in the file."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "mvn"
    program.write_text(
        f"#!/bin/sh\necho called >> {tmp_path}/calls\n"
        'for word; do case $word in -DoutputDirectory=*) to="${word#*=}";; esac; done\n'
        f'mkdir "$to" && printf published > "$to/one.jar"\nsleep 0.3\n. {tmp_path}/then\n'
    )
    program.chmod(0o700)
    (tmp_path / "then").write_text("")
    (tmp_path / "digests").write_text(f"{hashlib.sha256(b'published').hexdigest()}  one.jar\n")
    monkeypatch.setattr(jars, "DIGESTS", tmp_path / "digests")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return tmp_path


def test_they_are_fetched_once(maven: Path) -> None:
    assert [file.name for file in jars.have(maven).iterdir()] == ["one.jar"]
    assert jars.have(maven) == jars.folder(maven)
    assert (maven / "calls").read_text() == "called\n"


def test_two_processes_at_once_fetch_once(maven: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from runtime.embedded import jars; home = Path(sys.argv[1]);"
        "jars.DIGESTS = home / 'digests'; print(len(list(jars.have(home).iterdir())))"
    )
    command = [sys.executable, "-c", program, str(maven)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[0] for process in both] == ["1\n", "1\n"]
    assert (maven / "calls").read_text() == "called\n"


def test_what_a_mirror_changed_is_refused(maven: Path) -> None:
    (maven / "then").write_text('printf changed > "$to/one.jar"; printf new > "$to/two.jar"')
    with pytest.raises(NoJars, match=r"one\.jar, two\.jar"):
        jars.have(maven)
    assert not jars.folder(maven).exists()


def test_the_reason_of_maven_is_said(maven: Path) -> None:
    (maven / "then").write_text("echo '[ERROR] Could not find artifact in central'; exit 1")
    with pytest.raises(NoJars, match="Could not find artifact in central"):
        jars.have(maven)
    assert not jars.folder(maven).exists()
    (maven / "then").write_text("")
    assert jars.have(maven).is_dir()


def test_without_maven_the_words_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoJars, match="sudo apt-get install -y maven"):
        jars.have(tmp_path)


@pytest.mark.parametrize("version", ["11.0.27", "1.8.0_452"])
def test_an_old_java_is_as_good_as_none(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "java"
    old.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    old.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(jars, "OTHERS", tmp_path / "jvm")
    jars.java.cache_clear()
    with pytest.raises(NoJava, match="Java 17 or newer"):
        jars.java()
    jars.java.cache_clear()


def test_a_test_without_them_is_left_out_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(jars, "POM", ROOT / "pyproject.toml")
    monkeypatch.setattr(servers, "_WHY_NOT", [])
    with pytest.raises(pytest.skip.Exception, match=r"Apache Kafka not tried: (Maven|Java) .* needed"):
        servers.started(Kafka(tmp_path / "kafka"))


def test_fetching_them_needs_the_standard_library_alone() -> None:
    """It runs before anything is installed."""
    look = "import sys; sys.path.insert(0, '.'); import runtime.embedded.jars; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", look],
        cwd=bootstrap.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    foreign = {name.partition(".")[0] for name in done.stdout.split()} - set(sys.stdlib_module_names)
    assert {name for name in foreign if not name.startswith("_")} == {"runtime"}
