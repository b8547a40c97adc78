"""docker-compose.yml comes without a password: what nobody chose is not started."""

from __future__ import annotations

import re
from pathlib import Path

COMPOSE = (Path(__file__).parents[2] / "docker-compose.yml").read_text()


def test_no_password_has_a_value_that_everybody_can_read() -> None:
    passwords = re.findall(r"\$\{(\w+_PASSWORD)(.*?)\}", COMPOSE)
    assert len(passwords) == 6
    assert {after for _, after in passwords} == {":?"}
    assert re.findall(r"//\w+:[^$@]+@", COMPOSE) == []


def test_the_line_that_makes_them_makes_every_one() -> None:
    made = re.search(r"for who in ([A-Z ]+); do", COMPOSE)
    assert made is not None
    assert {f"{who}_PASSWORD" for who in made[1].split()} == set(re.findall(r"\w+_PASSWORD", COMPOSE))
