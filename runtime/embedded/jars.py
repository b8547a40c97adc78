"""Apache Kafka as published: jars that Maven resolves once from kafka.xml, kept in .venv. Standard library only.

A change of kafka.xml is another folder. kafka.sha256 names the digest of every jar: what a mirror changed is refused.
After a change of kafka.xml: delete kafka.sha256, run `manage.py test`, and `sha256sum *.jar` in the new folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

POM = Path(__file__).with_name("kafka.xml")
DIGESTS = Path(__file__).with_name("kafka.sha256")
OLDEST_JAVA = 17
OTHERS = Path("/usr/lib/jvm")
"""Where Debian keeps those that the path does not name."""
PATIENCE = 600.0
"""Seconds for Maven; 45 MB take about ten where the network is good."""


class NoJava(Exception):
    """No Java here can run Apache Kafka; the message says what to do."""


class NoJars(Exception):
    """The jars of Apache Kafka are not here and cannot be had; the message says why and what to do."""


@cache
def java() -> str:
    """The first Java that is new enough: of JAVA_HOME, of the path, of this system's others. Raises NoJava."""
    home, path = os.environ.get("JAVA_HOME", ""), shutil.which("java")
    candidates = [f"{home}/bin/java"] if home else []
    candidates += [path] if path else []
    candidates += sorted(map(str, OTHERS.glob("*/bin/java")), reverse=True)
    versions = {candidate: _version(candidate) for candidate in candidates}
    for candidate, version in versions.items():
        if version >= OLDEST_JAVA:
            return candidate
    had = f"; found only {max(versions.values())}" if any(versions.values()) else ""
    raise NoJava(
        f"Java {OLDEST_JAVA} or newer is needed{had}: sudo apt-get install -y openjdk-17-jre-headless"
    )


def archive() -> Path:
    """Where the classes of these jars are, as this Java keeps them once it has read them; see kafka.py. Raises NoJava."""
    program = Path(java()).resolve()
    which = f"{program} {program.stat().st_mtime_ns}"
    return folder().with_suffix(f".{hashlib.sha256(which.encode()).hexdigest()[:8]}.jsa")


def _version(program: str) -> int:
    """Its first number, 0 for what is no Java; ``1.8`` is 1, and too old either way."""
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    except OSError:
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def folder(home: Path | None = None) -> Path:
    """Where the jars of this kafka.xml are, once they are.

    home  the virtual environment; the one of this process without it
    """
    name = hashlib.sha256(POM.read_bytes()).hexdigest()[:16]
    return (home or Path(sys.prefix)) / "kafka" / name


def have(home: Path | None = None) -> Path:
    """The folder of the jars, filled by Maven when there is none; two processes at once are fine. Raises NoJars."""
    place = folder(home)
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with (place.parent / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.is_dir():
                _resolve(place)
    return place


def _resolve(place: Path) -> None:
    """Made aside and renamed: a folder that is there is whole."""
    maven = shutil.which("mvn")
    if maven is None:
        raise NoJars("Maven is needed once, to fetch the jars: sudo apt-get install -y maven")
    fresh = place.with_suffix(".part")
    shutil.rmtree(fresh, ignore_errors=True)
    command = [maven, "-B", "-q", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime",
               f"-DoutputDirectory={fresh}"]  # fmt: skip
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise NoJars(f"Maven did not end within {PATIENCE:.0f} s: is there a network?") from None
    if done.returncode:
        raise NoJars(f"Maven cannot fetch the jars: {_reason(done.stdout + done.stderr)}")
    _verify(fresh)
    fresh.rename(place)


def _verify(fresh: Path) -> None:
    expected = {name: digest for digest, name in map(str.split, DIGESTS.read_text().splitlines())}
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in fresh.iterdir()}
    if other := sorted(name for name, _ in expected.items() ^ found.items()):
        raise NoJars(f"Maven brought other jars than kafka.sha256 names: {', '.join(dict.fromkeys(other))}")


def _reason(said: str) -> str:
    errors = [line for line in said.splitlines() if "ERROR" in line]
    return (errors or said.splitlines() or ["it said nothing"])[0][:500]
