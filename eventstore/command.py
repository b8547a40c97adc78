"""A command is a request body that knows which aggregate it addresses and what it asks of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from eventstore.aggregate import Aggregate, Rejected

if TYPE_CHECKING:
    from eventstore.ask import Ask


class NotFound(Rejected):
    """No such thing exists."""

    status = 404


class Forbidden(Rejected):
    """This account may not do that."""

    status = 403


class StepUpRequired(Rejected):
    """Prove once more who you are: this takes a proof of the last five minutes."""

    status = 401


class Stale(Rejected):
    """Somebody changed it since you looked."""


class AlreadyExists(Rejected):
    """The id is taken by something that another request created."""


class Claimed(Rejected):
    """The value must be unique and somebody else has it already."""

    def __init__(self, scope: str):
        super().__init__(f"this {scope.replace('-', ' ')} is in use already")
        self.scope = scope


class CommandMismatch(Rejected):
    """The idempotency key was used before, with other content."""


class TooLarge(Rejected):
    """The request would store more than one append may hold."""

    status = 413


PROOF_LASTS = timedelta(minutes=5)
"""How long a person who has just proved who they are is believed where it matters most."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in whose name, on which business day. Made by an edge, once a request.

    account      the account that asks; for a machine an id derived from its name
    who          goes into the event's meta: ``account:<id>``, ``worker:render.draft_the_agreement``, ``clock``
    on           the business date
    now          the Clock's time, for what depends on the hour
    permissions  what the account may do; None for a machine, which may do everything
    customers    the owners whose streams may be touched; None for staff and machines
    proved_at    when the person last proved who they are, with every factor of theirs; None for programs
    because      what caused this: an event's id (``stream:version``) or a request's id
    """

    account: UUID
    who: str
    on: date
    now: datetime
    permissions: frozenset[str] | None = None
    customers: frozenset[UUID] | None = None
    proved_at: datetime | None = None
    because: str | None = None
    correlation: str | None = None
    traceparent: str | None = None

    def has_just_proved(self) -> bool:
        """Whether the proof is fresh enough for money, keys and rights; always for a machine of ours."""
        if self.permissions is None:
            return True
        return self.proved_at is not None and self.now - self.proved_at <= PROOF_LASTS


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the caller needs to follow up."""

    __pydantic_config__ = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "10a00000-0000-4000-8000-000000000001",
                    "version": 2,
                    "positions": {"17": "4295098369"},
                }
            ]
        }
    )

    id: UUID
    """The aggregate that was addressed or created."""
    version: int
    """Its version after the command: send it back as ``If-Match``."""
    positions: dict[str, str]
    """Position by lane: send it back as ``Read-After`` to see this change for sure."""


class Command(BaseModel):
    """Declare fields, a docstring, the target and the refusals; write ``create`` or ``perform``.

    The one declaration is the request schema, the documentation and the handler.

    on       the aggregate that is addressed
    may      the permission it takes; None: only machines send it
    step_up  whether it takes a fresh proof of who asks; see ``needs_step_up`` where that depends on what is asked
    decides  the decision it asks for, guarded by ``@when``, so that a refusal can list what would be accepted
    rejects  the refusals it may meet, for the documentation
    of_house whether it changes a stream that is nobody's, so that whoever has the permission may, in any scope
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    registry: ClassVar[list[type[Command]]] = []
    target: ClassVar[type[Aggregate]]
    may: ClassVar[str | None] = None
    step_up: ClassVar[bool] = False
    of_house: ClassVar[bool] = False
    decides: ClassVar[Callable[..., Any] | None] = None
    rejects: ClassVar[tuple[type[Rejected], ...]] = ()

    def __init_subclass__(
        cls,
        on: type[Aggregate],
        may: str | None = None,
        step_up: bool = False,
        of_house: bool = False,
        decides: Callable[..., Any] | None = None,
        rejects: tuple[type[Rejected], ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.target, cls.may, cls.decides, cls.rejects = on, may, decides, rejects
        cls.step_up, cls.of_house = step_up, of_house
        Command.registry.append(cls)

    @classmethod
    def creates(cls) -> bool:
        """Whether it opens a new stream."""
        return cls.create is not Command.create

    def needs_step_up(self) -> bool:
        """Whether this one takes a fresh proof of who asks."""
        return self.step_up

    def create(self, ask: Ask) -> Aggregate:
        raise TypeError(f"{type(self).__name__} changes a {self.target.__name__}: say which one with to=")

    def perform(self, aggregate: Any, ask: Ask) -> None:
        raise TypeError(f"{type(self).__name__} creates a {self.target.__name__}: leave out to=")


def accepted_by(aggregate: Aggregate) -> tuple[str, ...]:
    """The commands of people that the aggregate would accept in the state it is in."""
    status = getattr(aggregate, "status", None)
    return tuple(
        command.__name__
        for command in Command.registry
        if command.target is type(aggregate)
        and command.may
        and not command.creates()
        and status in getattr(command.decides, "allowed_in", (status,))
    )
