"""Java, Maven and the jars of Apache Kafka, for who works on this: had where they can be had, else said, loudly."""

from __future__ import annotations

import shutil
from contextlib import suppress

from roles import bootstrap
from runtime.embedded import jars, kafka

RELEASES = ("openjdk-21-jre-headless", "openjdk-17-jre-headless", "default-jre-headless")
"""Debian packages of a Java that is new enough; each release of Debian and Ubuntu has some of them."""


def prepare() -> None:
    """Go on without what cannot be had: the tests of it are left out, or fail where REQUIRE_ALL is set (CI)."""
    if reason := missing():
        bootstrap.say(f"Apache Kafka will not be tried. {reason}")


def missing() -> str:
    """Install what is missing; why that is not possible, else nothing."""
    try:
        with bootstrap.alone():
            _install()
            jars.java()
            if not jars.folder().is_dir():
                bootstrap.say("Fetching Apache Kafka (first start only)")
            jars.have()
            if not jars.archive().exists():
                with suppress(
                    kafka.ServerUnavailable
                ):  # it only makes starts faster; a test will say what is wrong
                    kafka.keep_classes()
    except (jars.NoJava, jars.NoJars, bootstrap.CannotInstall) as error:
        return str(error)
    return ""


def _install() -> None:
    maven = [] if jars.folder().is_dir() or shutil.which("mvn") else ["maven"]
    if maven or not _has_java():
        bootstrap.apt("what fetches and runs Apache Kafka", *([java, *maven] for java in RELEASES))


def _has_java() -> bool:
    try:
        jars.java()
    except jars.NoJava:
        return False
    return True
