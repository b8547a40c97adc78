"""A server that is one program in one folder, on ports of the loopback: how it starts, ends and is killed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from runtime.embedded.child import Child, first_to_answer
from runtime.embedded.ports import free_ports


class OneProgram:
    """Of a kind of server: its command, and when it answers.

    folder           made when missing, entered by nobody else; its log is there
    port             that clients come to; any free one at 0
    die_with_parent  it ends when the *thread* that started it does: for tests and demonstrations
    """

    log: ClassVar[str]
    """The file of its words."""
    wants: ClassVar[int] = 1
    """Ports."""
    starts_in: ClassVar[float]
    """Seconds, at most."""
    ends_in: ClassVar[float] = 15.0
    """Seconds of politeness."""

    def __init__(self, folder: Path, port: int = 0, *, die_with_parent: bool = False) -> None:
        self.folder = folder.resolve()
        self.port = port
        self._die_with_parent = die_with_parent
        self._ports: list[int] = []
        """Of the last start; the first is for clients."""
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def start(self) -> None:
        """Have a server that answers; a second start has the same address. Raises ServerUnavailable."""
        if self.pid is not None:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._child = first_to_answer(self._launch, self._answers, self.starts_in)
        self.port = self._ports[0]

    def stop(self) -> None:
        if self._child is not None:
            self._child.end(self.ends_in)
            self._tidy()

    def kill(self) -> None:
        """SIGKILL, as when its machine loses power."""
        if self._child is not None:
            self._child.kill()
            self._tidy()

    def _launch(self) -> Child:
        self._tidy()
        free = free_ports(self.wants)
        self._ports = [self.port or free.pop(), *free]
        return Child(self._command(), self.folder / self.log, die_with_parent=self._die_with_parent)

    def _answers(self, child: Child) -> bool:
        return child.listens(self._ports[0]) and self._is_well(self._ports[0])

    def _command(self) -> Sequence[str]:
        """With the ports of this start. Raises ServerUnavailable where the program is not installed."""
        raise NotImplementedError

    def _is_well(self, port: int) -> bool:
        raise NotImplementedError

    def _tidy(self) -> None:
        """Take away what an earlier run left outside its folder."""
