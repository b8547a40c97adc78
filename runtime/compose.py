"""docker-compose.yml as Docker Compose reads it: variables put in, services in the order in which they may start.

Only what our file uses is understood; anything else is refused by name, so that nobody believes it was tried here.
Source: Compose Specification, "Interpolation" and "Services", read 2026-11-21.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml

Condition = Literal["service_started", "service_healthy", "service_completed_successfully"]

NOT_TRIED: Final = {
    "build", "cap_add", "cap_drop", "init", "networks", "read_only", "security_opt", "shm_size", "tmpfs", "user"
}  # fmt: skip
"""What binds a container and means nothing to a process beside others; limits are in ``deploy``."""
TRIED: Final = {
    "command", "depends_on", "deploy", "entrypoint", "environment", "healthcheck", "image", "ports", "restart",
    "stop_grace_period", "volumes",
}  # fmt: skip


class NotUnderstood(ValueError):
    """The file says something that cannot be done; the message says what, and where."""


@dataclass(frozen=True)
class Check:
    """How a container is asked whether it is well; all times in seconds.

    patience  how long after its start failures do not count
    eagerly   between two looks as long as that lasts
    """

    command: tuple[str, ...]
    interval: float
    timeout: float
    retries: int
    patience: float
    eagerly: float


@dataclass(frozen=True)
class Port:
    """A port of a container that this machine shows: ``host:outside`` leads to ``inside``."""

    host: str
    outside: int
    inside: int


@dataclass(frozen=True)
class Service:
    """One service: what each of its containers runs.

    image     None: our own
    again     after which ends it is started again
    grace     seconds that it has to end
    mounts    path in the container ──▶ name of the volume
    """

    name: str
    image: str | None
    entrypoint: tuple[str, ...] | None
    command: tuple[str, ...]
    environment: Mapping[str, str]
    needs: Mapping[str, Condition]
    check: Check | None
    again: Literal["always", "on-failure", "never"]
    replicas: int
    grace: float
    ports: tuple[Port, ...]
    mounts: Mapping[str, str]


def read(file: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """Every service by name, none before what it needs. Raises NotUnderstood."""
    document = interpolate(yaml.safe_load(file.read_text()), variables)
    found = {name: _service(name, said) for name, said in document["services"].items()}
    return {name: found[name] for name in _in_order(found)}


# ── variables ──────────────────────────────────────────────────────────────

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:(:?)([-?+])(.*))?", re.DOTALL)


def interpolate(value: Any, variables: Mapping[str, str]) -> Any:
    """The same document with every ``$NAME``, ``${NAME:-else}``, ``${NAME:?why}`` … in its values replaced.

    Raises NotUnderstood for a variable that has to have a value and has none.
    """
    if isinstance(value, str):
        return "".join(_pieces(value, variables))
    if isinstance(value, dict):
        return {name: interpolate(one, variables) for name, one in value.items()}
    if isinstance(value, list):
        return [interpolate(one, variables) for one in value]
    return value


def _pieces(text: str, variables: Mapping[str, str]) -> Iterator[str]:
    at = 0
    while (sign := text.find("$", at)) >= 0:
        yield text[at:sign]
        if text.startswith("$$", sign):
            yield "$"
            at = sign + 2
        elif text.startswith("${", sign):
            at = _closing(text, sign + 2)
            yield _braced(text[sign + 2 : at - 1], variables)
        elif bare := _NAME.match(text, sign + 1):
            yield variables.get(bare[0], "")
            at = bare.end()
        else:
            raise NotUnderstood(f"{text!r}: a dollar that begins no variable is written twice")
    yield text[at:]


def _closing(text: str, at: int) -> int:
    """Behind the brace that belongs to the one before ``at``; what stands instead of a variable may name others."""
    depth = 1
    while at < len(text):
        depth += (text[at] == "{") - (text[at] == "}")
        at += 1
        if not depth:
            return at
    raise NotUnderstood(f"{text!r}: a brace is not closed")


def _braced(inside: str, variables: Mapping[str, str]) -> str:
    said = _BRACED.fullmatch(inside)
    if said is None:
        raise NotUnderstood(f"${{{inside}}} is no variable")
    name, colon, how, word = said.groups()
    value = variables.get(name)
    there = value is not None and not (colon and value == "")
    if how == "+":
        return "".join(_pieces(word, variables)) if there else ""
    if there or how is None:
        return value or ""
    if how == "?":
        raise NotUnderstood(f"the variable {name} has to have a value{': ' if word else ''}{word}")
    return "".join(_pieces(word, variables))


# ── services ───────────────────────────────────────────────────────────────


def _service(name: str, said: dict[str, Any]) -> Service:
    if unknown := said.keys() - TRIED - NOT_TRIED:
        raise NotUnderstood(f"{name}: {', '.join(sorted(unknown))} is not understood here")
    deploy = said.get("deploy", {})
    if unknown := deploy.keys() - {"replicas", "resources"}:
        raise NotUnderstood(f"{name}: deploy: {', '.join(sorted(unknown))} is not understood here")
    return Service(
        name=name,
        image=None if "build" in said else said["image"],
        entrypoint=_words(name, "entrypoint", said["entrypoint"]) if "entrypoint" in said else None,
        command=_words(name, "command", said.get("command", [])),
        environment={variable: _plain(value) for variable, value in said.get("environment", {}).items()},
        needs={needed: _condition(name, how) for needed, how in said.get("depends_on", {}).items()},
        check=_check(said["healthcheck"]) if "healthcheck" in said else None,
        again=_again(name, said.get("restart", "no")),
        replicas=int(deploy.get("replicas", 1)),
        grace=seconds(said.get("stop_grace_period", "10s")),
        ports=tuple(_port(name, one) for one in said.get("ports", [])),
        mounts=dict(_mount(name, one) for one in said.get("volumes", [])),
    )


def _words(name: str, what: str, said: Any) -> tuple[str, ...]:
    """A list: a single line would be cut into words by rules of its own."""
    if not isinstance(said, list):
        raise NotUnderstood(f"{name}: {what} is written as a list")
    return tuple(map(str, said))


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _condition(name: str, how: Any) -> Condition:
    condition: Condition = how["condition"]
    if how.keys() != {"condition"}:
        raise NotUnderstood(f"{name}: depends_on says a condition and nothing else")
    return condition


def _check(said: dict[str, Any]) -> Check:
    how, *command = said["test"]
    if how != "CMD":
        raise NotUnderstood("a healthcheck is a list that begins with CMD")
    interval = seconds(said.get("interval", "30s"))
    return Check(
        command=tuple(command),
        interval=interval,
        timeout=seconds(said.get("timeout", "30s")),
        retries=int(said.get("retries", 3)),
        patience=seconds(said.get("start_period", "0s")),
        eagerly=seconds(said.get("start_interval", "5s")),
    )


def _again(name: str, restart: str) -> Literal["always", "on-failure", "never"]:
    ways: dict[str, Literal["always", "on-failure", "never"]] = {
        "no": "never", "always": "always", "unless-stopped": "always", "on-failure": "on-failure"
    }  # fmt: skip
    if restart not in ways:
        raise NotUnderstood(f"{name}: restart: {restart}")
    return ways[restart]


def _port(name: str, said: str) -> Port:
    found = re.fullmatch(r"([\d.]+):(\d+):(\d+)", said)
    if found is None:
        raise NotUnderstood(f"{name}: the port {said} is written address:outside:inside")
    return Port(found[1], int(found[2]), int(found[3]))


def _mount(name: str, said: str) -> tuple[str, str]:
    volume, _, rest = said.partition(":")
    target, _, how = rest.partition(":")
    if not target.startswith("/") or how not in ("", "ro"):
        raise NotUnderstood(f"{name}: the volume {said} is written name:/path or name:/path:ro")
    return target, volume


def seconds(said: str) -> float:
    """``1m30s``, ``2s``, ``500ms``."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    parts = re.findall(r"(\d+(?:\.\d+)?)(h|ms|m|s)", said)
    if not parts or "".join(number + unit for number, unit in parts) != said:
        raise NotUnderstood(f"{said!r} is no length of time")
    return sum(float(number) * units[unit] for number, unit in parts)


def _in_order(found: Mapping[str, Service]) -> Iterator[str]:
    waiting, ready = dict(found), set[str]()
    while waiting:
        now = [name for name, one in waiting.items() if one.needs.keys() <= ready]
        if not now:
            raise NotUnderstood(f"{', '.join(sorted(waiting))} wait for each other, or for what is not there")
        for name in now:
            del waiting[name]
            yield name
        ready.update(now)
