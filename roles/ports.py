"""Ports of this machine: which are free, and who holds the others."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import psutil


class Taken(Exception):
    """Somebody listens where we want to; the message says who, and what to do."""


def free() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def complaint(host: str, wanted: Mapping[str, int], verb: str = "up") -> str | None:
    """What to tell the person whose ports are taken; None when all are free.

    wanted  port by the name of its setting
    verb    of manage.py, which that person said
    """
    taken = {setting: port for setting, port in wanted.items() if _is_taken(host, port)}
    if not taken:
        return None
    whose = ", ".join(f"{port} ({_holder(port)})" for port in taken.values())
    choose = " ".join(f"QUITTANCE_{setting.upper()}={port + 100}" for setting, port in taken.items())
    return f"Port {whose} is taken. Stop that, or choose another: {choose} python3 manage.py {verb}"


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((host, port))
        except OSError:
            return True
    return False


def _holder(port: int) -> str:
    """The process that listens; unknown when it belongs to another user."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()}, process {connection.pid}"
    except psutil.Error:
        pass
    return "another user's process"
