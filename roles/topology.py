"""What docker-compose.yml describes, running here: servers, containers as processes, who waits for whom, who is well."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from roles.composed import Container, Replacing, application, command, containers, path
from runtime.compose import Condition, Port, Service
from runtime.embedded.images import StandIn, stand_in
from runtime.health import Health
from runtime.supervise import Role


@dataclass(frozen=True)
class Member:
    """A container and its process."""

    container: Container
    role: Role
    health: Health | None

    @property
    def state(self) -> str:
        """As people are told."""
        if self.role.ended is not None:
            return "done" if self.role.ended == 0 else f"ended with code {self.role.ended}"
        if self.role.pid is None:
            return "waits"
        return self.health.state if self.health is not None else "runs"

    @property
    def is_well(self) -> bool:
        return self.state in ("done", "healthy", "runs")


class Topology:
    """Made from the services, in the order in which they may start.

    folder  the state of the whole: servers, volumes, logs
    """

    def __init__(self, services: Mapping[str, Service], folder: Path) -> None:
        self._services, self._folder = services, folder
        self._containers = containers(services, folder)
        self.servers: dict[str, StandIn] = {
            one.service.name: stand_in(one.service, folder / one.service.name, one.address)
            for one in self._containers
            if one.service.image is not None
        }
        self.members: list[Member] = []
        self.held_back = True
        """Whether those who wait for something that is done once wait on, until its work was added to."""
        self.replaced = Replacing({}, {}, folder)

    def lay_out(self) -> list[Role]:
        """The processes, once the servers run: only then is it known where they are. The last to start comes first."""
        ours = [one for one in self._containers if one.service.image is None]
        hosts = {one.service.name: [a.address for a in ours if a.service is one.service] for one in ours}
        places = {name: (server.inside, server.place()) for name, server in self.servers.items()}
        self.replaced = Replacing(hosts, places, self._folder)
        self.members = [self._member(one) for one in ours]
        return [member.role for member in reversed(self.members)]

    def environment(self, service: str) -> dict[str, str]:
        """What a service's first process is told."""
        return dict(next(one.role.environment for one in self._of(service)))

    def look(self) -> None:
        """Ask those whose turn it is whether they are well."""
        for member in self.members:
            if member.health is not None:
                member.health.look(member.role.pid)

    def is_well(self) -> bool:
        """Whether everything runs and says so."""
        return all(member.is_well for member in self.members) and all(
            server.server.pid is not None for server in self.servers.values()
        )

    def is_done(self, service: str) -> bool:
        """Whether something that runs once has ended well."""
        return all(member.role.ended == 0 for member in self._of(service))

    def failed(self) -> Member | None:
        """What ended badly and is not started again: others wait for it in vain."""
        return next((one for one in self.members if one.role.ended not in (None, 0)), None)

    def published(self) -> Iterator[tuple[Port, Container]]:
        """Ports that this machine shows."""
        for member in self.members:
            for port in member.container.service.ports:
                yield port, member.container

    def close(self) -> None:
        for member in self.members:
            if member.health is not None:
                member.health.close()

    def _member(self, container: Container) -> Member:
        service, place = container.service, application(self._folder)
        environment = {
            **self.replaced.environment(container),
            "PATH": f"{path()}{os.pathsep}{os.environ['PATH']}",
        }
        role = Role(
            container.name,
            command(container, self.replaced),
            environment,
            place=place,
            of=service.name,
            again=service.again,
            patience=service.grace,
            may_start=lambda: all(self._holds(name, how) for name, how in service.needs.items()),
        )
        asked = (
            Health(service.check, self.replaced.asked(container), environment, place)
            if service.check
            else None
        )
        return Member(container, role, asked)

    def _holds(self, service: str, condition: Condition) -> bool:
        """Whether all replicas of a service are as somebody needs them."""
        if service in self.servers:  # a server that was started answers
            return self.servers[service].server.pid is not None
        found = list(self._of(service))
        if condition == "service_completed_successfully":
            return self.is_done(service) and not self.held_back
        if condition == "service_started":
            return all(one.role.pid is not None for one in found)
        return all(one.state == "healthy" for one in found)

    def _of(self, service: str) -> Iterator[Member]:
        return (one for one in self.members if one.container.service.name == service)
