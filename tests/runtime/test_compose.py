"""Reading docker-compose.yml: variables as Docker Compose puts them in, services in an order in which they may start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.compose import Check, NotUnderstood, Port, interpolate, read, seconds

VARIABLES = {"NAME": "quittance", "EMPTY": "", "PORT": "8100"}


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ("$NAME", "quittance"),
        ("${NAME}", "quittance"),
        ("a${NAME}b$NAME-c", "aquittancebquittance-c"),
        ("$UNKNOWN", ""),
        ("${UNKNOWN}", ""),
        ("${NAME:-else}", "quittance"),
        ("${EMPTY:-else}", "else"),
        ("${EMPTY-else}", ""),
        ("${UNKNOWN-else}", "else"),
        ("${UNKNOWN:-}", ""),
        ("${NAME:+then}", "then"),
        ("${EMPTY:+then}", ""),
        ("${EMPTY+then}", "then"),
        ("${UNKNOWN+then}", ""),
        ("${NAME:?why}", "quittance"),
        ("${EMPTY?why}", ""),
        ("${UNKNOWN:-http://localhost:${PORT:-8000}}/x", "http://localhost:8100/x"),
        ("${UNKNOWN:-${ALSO_UNKNOWN:-a{b}c}}", "a{b}c"),
        ("Quittance <a@b.example>", "Quittance <a@b.example>"),
        ("100 $$ and $${NAME}", "100 $ and ${NAME}"),
    ],
)
def test_a_variable_is_put_in_as_docker_compose_does(said: str, becomes: str) -> None:
    assert interpolate(said, VARIABLES) == becomes


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("${UNKNOWN:?}", "UNKNOWN has to have a value"),
        ("${EMPTY:?say it in .env}", "EMPTY has to have a value: say it in .env"),
        ("${UNKNOWN?}", "UNKNOWN has to have a value"),
        ("${UNKNOWN:-${EMPTY:?}}", "EMPTY has to have a value"),
        ("costs 3 $", "a dollar that begins no variable"),
        ("${NAME", "a brace is not closed"),
        ("${NAME/x/y}", "is no variable"),
        ("${1}", "is no variable"),
    ],
)
def test_what_cannot_be_put_in_is_refused(said: str, complaint: str) -> None:
    with pytest.raises(NotUnderstood, match=complaint):
        interpolate(said, VARIABLES)


def test_values_are_replaced_wherever_they_stand_and_names_are_not() -> None:
    document = {"$NAME": ["${PORT}", {"deep": "$NAME"}], "number": 3, "nothing": None}
    assert interpolate(document, VARIABLES) == {
        "$NAME": ["8100", {"deep": "quittance"}], "number": 3, "nothing": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "length"), [("2s", 2.0), ("1m30s", 90.0), ("500ms", 0.5), ("1h", 3600.0), ("1.5s", 1.5)]
)
def test_a_length_of_time(said: str, length: float) -> None:
    assert seconds(said) == length


@pytest.mark.parametrize("said", ["", "2", "s", "2 s", "2d", "x2s"])
def test_what_is_no_length_of_time_is_refused(said: str) -> None:
    with pytest.raises(NotUnderstood):
        seconds(said)


def services(tmp_path: Path, **said: Any) -> Any:
    file = tmp_path / "compose.yml"
    file.write_text(yaml.safe_dump({"services": said}))
    return read(file, VARIABLES)


def test_a_service_says_all_that_is_done_here(tmp_path: Path) -> None:
    (one,) = services(
        tmp_path,
        one={
            "build": ".", "command": ["serve", 1], "environment": {"YES": True, "PORT": 8000, "NONE": None},
            "healthcheck": {"test": ["CMD", "true"], "interval": "15s", "timeout": "5s", "start_period": "1m"},
            "restart": "unless-stopped", "stop_grace_period": "1m", "deploy": {"replicas": "2"},
            "ports": ["127.0.0.1:${PORT}:8000"], "volumes": ["keys:/state/keys:ro"], "read_only": True,
        },
    ).values()  # fmt: skip
    assert one.image is None
    assert one.command == ("serve", "1")
    assert one.environment == {"YES": "true", "PORT": "8000", "NONE": ""}
    assert one.check == Check(("true",), 15.0, 5.0, 3, 60.0, 5.0)
    assert (one.again, one.replicas, one.grace) == ("always", 2, 60.0)
    assert one.ports == (Port("127.0.0.1", 8100, 8000),)
    assert one.mounts == {"/state/keys": "keys"}


def test_whoever_is_needed_comes_first(tmp_path: Path) -> None:
    def needs(*names: str) -> dict[str, Any]:
        return {"image": "x", "depends_on": {name: {"condition": "service_started"} for name in names}}

    found = services(
        tmp_path, entry=needs("serve"), serve=needs("migrate", "s3"), migrate=needs("s3"), s3=needs()
    )
    assert list(found) == ["s3", "migrate", "serve", "entry"]


@pytest.mark.parametrize("needed", ["two", "nobody"])
def test_a_circle_and_a_missing_service_are_refused(tmp_path: Path, needed: str) -> None:
    def needs(name: str) -> dict[str, Any]:
        return {"image": "x", "depends_on": {name: {"condition": "service_started"}}}

    with pytest.raises(NotUnderstood, match="wait for each other"):
        services(tmp_path, one=needs(needed), two=needs("one"))


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"privileged": True}, "one: privileged is not understood"),
        ({"deploy": {"mode": "global"}}, "deploy: mode is not understood"),
        ({"command": "serve --fast"}, "command is written as a list"),
        ({"healthcheck": {"test": ["CMD-SHELL", "true"]}}, "begins with CMD"),
        ({"depends_on": {"s3": {"condition": "service_started", "restart": True}}}, "a condition and nothing else"),
        ({"ports": ["8000:8000"]}, "address:outside:inside"),
        ({"volumes": ["./keys"]}, "name:/path"),
        ({"restart": "on-failure:3"}, "restart: on-failure:3"),
    ],
)  # fmt: skip
def test_what_was_not_tried_here_is_refused_by_name(
    tmp_path: Path, said: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(NotUnderstood, match=complaint):
        services(tmp_path, one={"image": "x", **said})
