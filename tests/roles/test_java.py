"""Java and the jars of Apache Kafka: had where they can be had; else the tests go on without them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from roles import bootstrap, java
from runtime.embedded import jars


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A system with neither Java nor Maven, whose user may install nothing. Its programs are in the folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(jars, "OTHERS", tmp_path / "jvm")
    monkeypatch.setattr(jars, "folder", lambda home=None: tmp_path / "jars")
    monkeypatch.setattr("os.getuid", lambda: 1000)
    jars.java.cache_clear()
    yield tmp_path
    jars.java.cache_clear()


def program(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o700)


def test_what_is_there_is_not_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        jars.java()
    except jars.NoJava as error:
        pytest.skip(f"Apache Kafka not tried: {error}")
    monkeypatch.setattr("subprocess.run", None)
    monkeypatch.setattr(jars, "folder", lambda home=None: Path(__file__).parent)
    monkeypatch.setattr(jars, "archive", lambda: Path(__file__))
    assert java.missing() == ""


def test_who_is_not_root_goes_on_and_gets_the_one_line_that_helps(
    bare: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    java.prepare()
    said = capfd.readouterr().err
    assert "Apache Kafka will not be tried" in said
    assert "sudo apt-get install -y default-jre-headless maven" in said


def test_a_java_without_maven_is_half_of_it(bare: Path) -> None:
    program(bare / "java", "echo 'openjdk version \"17.0.1\"' >&2")
    assert "sudo apt-get install" in java.missing()
    (bare / "jars").mkdir()
    assert java.missing() == ""


def test_a_maven_without_a_network_is_no_reason_to_stop(bare: Path) -> None:
    program(bare / "java", "echo 'openjdk version \"17.0.1\"' >&2")
    program(bare / "mvn", "echo '[ERROR] Unknown host'; exit 1")
    assert java.missing() == "Maven cannot fetch the jars: [ERROR] Unknown host"


def test_running_the_product_never_asks_for_java() -> None:
    assert not {"up", "serve", "project", "react", "clock", "relay", "migrate"} & set(bootstrap.WITH_KAFKA)
    assert set(bootstrap.WITH_KAFKA) <= set(bootstrap.FOR_DEVELOPERS)
