"""Ports: a free one is free, a taken one is named with who holds it and what to do."""

from __future__ import annotations

import os
import socket

from roles import ports


def test_a_free_port_can_be_listened_on() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", ports.free()))


def test_free_ports_are_no_complaint() -> None:
    assert ports.complaint("127.0.0.1", {"http_port": ports.free()}) is None


def test_a_taken_port_is_named_with_who_holds_it_and_what_to_do() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        said = ports.complaint("127.0.0.1", {"http_port": port, "smtp_port": ports.free()})
    assert said is not None
    assert f"process {os.getpid()}" in said
    assert f"QUITTANCE_HTTP_PORT={port + 100}" in said
    assert "SMTP" not in said
