"""The containers of docker-compose.yml as processes of this machine: what is replaced, and by what.

Everything that stands in the file is said to the processes as it stands there, but for:

    a host's name        the address of the loopback where that one listens; ``serve:8000`` means each of its replicas
    0.0.0.0, 127.0.0.1   a container's own address: each has one of its own, so ports may stay what they are
    /state               a folder that stands for the container's, with the volumes in it
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from roles.bootstrap import ROOT, VENV
from runtime.compose import NotUnderstood, Service
from runtime.embedded.images import Place

FILE: Final = ROOT / "docker-compose.yml"

_URL = re.compile(
    r"(?P<before>[a-z][a-z0-9+.-]*://(?:[^@/?#]*@)?)(?P<host>[\w.-]+)(?::(?P<port>\d+))?(?P<after>.*)"
)
_HOST = re.compile(r"(?P<host>[\w.-]+)(?::(?P<port>\d+))?")
_OURSELVES = ("0.0.0.0", "127.0.0.1")


@dataclass(frozen=True)
class Container:
    """One replica of a service: ``serve-1``, ``serve-2`` …

    address  where it listens, and what it finds when it asks for itself
    """

    service: Service
    number: int
    address: str

    @property
    def name(self) -> str:
        return self.service.name if self.service.replicas == 1 else f"{self.service.name}-{self.number}"


def containers(services: Mapping[str, Service], folder: Path) -> list[Container]:
    """Every container, in the order of the services.

    folder  the state; another one gets other addresses, so that two clusters do not meet
    """
    wanted = [(one, number) for one in services.values() for number in range(1, one.replicas + 1)]
    if len(wanted) > 250:
        raise NotUnderstood(f"{len(wanted)} containers are too many for one machine")
    second, third = hashlib.sha256(str(folder).encode()).digest()[:2]
    # 127.0.x.x is where other programs are.
    network = f"127.{second % 250 + 2}.{third}"
    return [Container(one, number, f"{network}.{at}") for at, (one, number) in enumerate(wanted, start=2)]


@dataclass
class Replacing:
    """Knows what stands for a name, and remembers what it replaced.

    hosts   addresses of each service that runs as processes
    places  the embedded server of each other one: the port inside, and where it is
    folder  the state
    """

    hosts: Mapping[str, list[str]]
    places: Mapping[str, tuple[int, Place]]
    folder: Path
    done: dict[str, str] = field(default_factory=dict)
    """What was replaced by what, for people to see."""

    def environment(self, container: Container) -> dict[str, str]:
        """The variables of a container, as its process gets them."""
        return {name: self.value(said, container) for name, said in container.service.environment.items()}

    def value(self, said: str, container: Container) -> str:
        """What a variable says."""
        if said.startswith("/"):
            return str(self.inside(container, said))
        return self._hosts(said, container)

    def word(self, said: str, container: Container) -> str:
        """One word of a command: a role may be called like a host, so a host comes with its port there."""
        return self._hosts(said, container) if ":" in said else said

    def _hosts(self, said: str, container: Container) -> str:
        if url := _URL.fullmatch(said):
            return f"{url['before']}{self._place(url['host'], url['port'], container)}{url['after']}"
        written = said.split(",")
        parts = [part for part in map(_HOST.fullmatch, written) if part]
        # Several names without a port are names that are talked about, not places.
        if len(parts) < len(written) or (len(parts) > 1 and not any(part["port"] for part in parts)):
            return said
        return ",".join(self._place(part["host"], part["port"], container) for part in parts)

    def asked(self, container: Container) -> list[str]:
        """The command that asks whether it is well; it speaks of the container as of itself."""
        assert container.service.check is not None
        return [word.replace("127.0.0.1", container.address) for word in container.service.check.command]

    def inside(self, container: Container, path: str) -> Path:
        """A path in the container: its volumes are links to folders that others may share."""
        own = self.folder / "containers" / container.service.name
        for target, volume in container.service.mounts.items():
            _link(own / target.removeprefix("/"), self.folder / "volumes" / volume)
        place = own / path.removeprefix("/")
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.done[path] = f"containers/SERVICE{path}"
        return place

    def _place(self, host: str, port: str | None, container: Container) -> str:
        said = host if port is None else f"{host}:{port}"
        if host in self.places:
            return self._note(said, self._of_server(host, port))
        if host in self.hosts:
            behind = "" if port is None else f":{port}"
            return self._note(said, ",".join(f"{address}{behind}" for address in self.hosts[host]))
        if host in _OURSELVES:
            return container.address if port is None else f"{container.address}:{port}"
        return said

    def _of_server(self, host: str, port: str | None) -> str:
        inside, (address, outside) = self.places[host]
        if port is None:
            return address
        if int(port) != inside:
            raise NotUnderstood(f"{host} is reached at its port {inside}, not at {port}")
        return f"{address}:{outside}"

    def _note(self, said: str, instead: str) -> str:
        self.done[said] = instead
        return instead


def command(container: Container, replacing: Replacing) -> list[str]:
    """What the container's process executes, as the image would."""
    entrypoint = container.service.entrypoint or tuple(image_entrypoint())
    return [*entrypoint, *(replacing.word(word, container) for word in container.service.command)]


def image_entrypoint() -> list[str]:
    found = re.search(r"^ENTRYPOINT (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert found is not None, "our image says what it executes"
    words: list[str] = json.loads(found[1])
    return words


def application(folder: Path) -> Path:
    """A folder that stands for /app: ``manage.py`` is there and no settings of this checkout's owner are."""
    app = folder / "app"
    app.mkdir(mode=0o700, parents=True, exist_ok=True)
    _link(app / "manage.py", ROOT / "manage.py")
    return app


def path() -> str:
    """Where ``python`` is the one of the image: ours."""
    return str(VENV / "bin")


def substitutions(replacing: Replacing) -> Iterator[str]:
    width = max(map(len, replacing.done), default=0)
    for said, instead in sorted(replacing.done.items()):
        yield f"{said:<{width}}  {instead}"


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not target.exists():
        target.mkdir(mode=0o700, parents=True)
    if not link.is_symlink():
        link.symlink_to(target)
