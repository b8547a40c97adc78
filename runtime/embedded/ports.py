"""Free ports of the loopback, for servers that must be told theirs before they start."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST = 10_240
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_ports(count: int) -> list[int]:
    """As many ports as asked for that nobody listens on now; another process may still be faster.

    They are below those that the system gives to outgoing connections. In there a client that knocks at a server
    that is down can be given that very port, connect to itself, and keep the server from coming back.
    """
    first_of_others = _first_ephemeral()
    found: list[int] = []
    while len(found) < count:
        port = LOWEST + secrets.randbelow(first_of_others - LOWEST)
        if port not in found and is_free(port):
            found.append(port)
    return found


def is_free(port: int) -> bool:
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _first_ephemeral() -> int:
    try:
        return max(int(_EPHEMERAL.read_text().split()[0]), LOWEST + 10_000)
    except (OSError, ValueError, IndexError):  # another system than Linux
        return 32_768
