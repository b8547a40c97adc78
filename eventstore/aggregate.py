"""The words every aggregate is written in: begin, record, when, rejected.

An aggregate nests its events. What an event is called in the store (``Loan.Approved``) never depends on the
module that holds it, so files may move; renaming an event class is a migration of data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import update_wrapper
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, Self, TypeVar, cast
from uuid import UUID

from eventsourcing.domain import Aggregate as LibraryAggregate
from eventsourcing.domain import (
    AggregateCreated,
    AggregateEvent,
    MetaDomainEvent,
    filter_kwargs_for_method_params,
)

if TYPE_CHECKING:
    from eventstore.codec import Meta

LANES = 64
"""How many lanes the feed has; fixed for the life of a store."""

NO_LINK = bytes(32)
"""What the first event of a stream is linked to."""

NOT_YET_RECORDED = datetime.min.replace(tzinfo=UTC)
"""The ``timestamp`` of an event until the database has recorded it: nothing in the domain asks a clock."""

KINDS: dict[str, type[Aggregate.Event]] = {}
"""Every event by the name it is stored under. Names in data are looked up here and nowhere else."""


def lane_of(owner_or_stream: UUID) -> int:
    """The lane of everything that belongs to this owner, 0 to 63: first byte of SHA-256 of the id, mod 64."""
    return hashlib.sha256(owner_or_stream.bytes).digest()[0] % LANES


class Rejected(Exception):
    """A rule said no. The class name becomes the error code, the docstring the title, ``str()`` the detail."""

    status: ClassVar[int] = 409
    """The HTTP status an edge answers with."""
    state: str | None = None
    """What state the aggregate is in, when it has one; filled in by ``Store.send``."""
    accepts: tuple[str, ...] = ()
    """The commands the aggregate would accept now; filled in by ``Store.send``."""
    figures: Mapping[str, Any] = MappingProxyType({})
    """The numbers of this case by name, as JSON would say them: for whoever tells them in words of their own."""

    @classmethod
    def code(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()


class BusinessDate:
    """``event.on``: the business date on which it happened, unless the event declares a field of that name."""

    def __get__(self, event: Any, owner: type) -> date:
        if event is None:
            # dataclasses ask the class for a default; an attribute here would become one.
            raise AttributeError("on")
        return cast("date", event.meta.on)


class StoredMeta:
    """``event.meta``: read when somebody asks for it, because most handlers never do."""

    read: ClassVar[Callable[[bytes], Meta]]
    """Set by codec.py, which knows the bytes and imports this module."""

    def __get__(self, event: Any, owner: type) -> Meta:
        inside = {} if event is None else event.__dict__
        if "stored_meta" not in inside:
            raise AttributeError("meta")
        meta = inside["meta"] = StoredMeta.read(inside["stored_meta"])
        return meta


class EventType(MetaDomainEvent):
    """Lets an event class say in its first line whose stream it opens and whose personal data it seals."""

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        owner: str | None = None,
        subject: str | None = None,
    ) -> Any:
        if owner:
            namespace["owner_field"] = owner
        if subject:
            namespace["subject_field"] = subject
        return super().__new__(mcs, name, bases, namespace)

    def __init__(
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        owner: str | None = None,
        subject: str | None = None,
    ) -> None:
        super().__init__(name, bases, namespace)


A = TypeVar("A", bound="Aggregate")
P = ParamSpec("P")
R = TypeVar("R")


class Aggregate(LibraryAggregate):
    """A thing with a history. Subclasses nest their events, then list their decisions.

    Fields of the creating event that share a name with the state are copied by the library; everything else in
    the state has a default. A state called ``status`` is what refusals report and what ``@when`` guards.
    """

    class Event(AggregateEvent, metaclass=EventType):
        """Something that happened. ``apply`` copies it into the state and never checks a rule."""

        kind: ClassVar[str]
        """The stored name, for example ``Loan.Approved``."""
        schema: ClassVar[int] = 1
        """Version of the event's shape; a change of meaning adds ``upcast_v1_v2(state)`` and counts up."""
        aggregate: ClassVar[type[Aggregate]]
        owner_field: ClassVar[str | None] = None
        subject_field: ClassVar[str | None] = None

        if TYPE_CHECKING:
            meta: Meta
            position: int
            lane: int
            owner: UUID | None
            on: date
        else:
            on = BusinessDate()
            meta = StoredMeta()

        @staticmethod
        def create_timestamp() -> datetime:
            return NOT_YET_RECORDED

        def subject_id(self) -> UUID | None:
            """Whose key seals the personal fields of this event."""
            return getattr(self, self.subject_field) if self.subject_field else None

    class Created(Event, AggregateCreated):
        """The first event of a stream; ``owner=`` names the field that holds the customer whose stream it is."""

        def owner_id(self) -> UUID | None:
            return getattr(self, self.owner_field) if self.owner_field else None

        def mutate(self, aggregate: Any) -> Any:
            # The library would import whatever class the stored text names; we know which one it is.
            assert aggregate is None, "a stream begins once"
            born = self.aggregate.__new__(self.aggregate)
            facts = self._as_dict()
            born.__base_init__(self.originator_id, self.originator_version, self.timestamp)
            born.__init__(**filter_kwargs_for_method_params(facts, type(born).__init__))  # type: ignore[misc]
            born.owner = self.owner_id()
            born.lane = lane_of(born.owner or self.originator_id)
            self.apply(born)
            return born

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, member in list(vars(cls).items()):
            if (
                name not in ("Event", "Created")
                and isinstance(member, type)
                and issubclass(member, Aggregate.Event)
            ):
                member.kind, member.aggregate = f"{cls.__name__}.{name}", cls
                KINDS[member.kind] = member

    def __base_init__(self, originator_id: Any, originator_version: int, timestamp: datetime) -> None:
        super().__base_init__(originator_id, originator_version, timestamp)
        self.owner: UUID | None = None
        self.lane = lane_of(originator_id)
        self.link = NO_LINK
        """Link of the last event that is stored; what the next append builds on."""
        self.kept_until = 0.0
        """Until when it may stay in memory (kept.py); 0 while it was not kept."""

    @classmethod
    def begin(cls, event: type[Aggregate.Created], id: UUID, **facts: Any) -> Self:
        """Start a history under an id that the asker chose, so that asking again is recognised."""
        return cls._create(event, id=id, **facts)

    def record(self, event: type[Aggregate.Event], **facts: Any) -> None:
        """Something happened: keep it and apply it."""
        self.trigger_event(event, **facts)

    def reject(self, kind: type[Rejected], detail: str) -> Rejected:
        """A refusal that knows the state it was given in; ``raise self.reject(NotReady, "…")``."""
        refusal = kind(detail)
        refusal.state = getattr(self, "status", None)
        return refusal


def events_of(kind: type[Aggregate]) -> list[type[Aggregate.Event]]:
    """Every event an aggregate may record, in the order of its page."""
    return [event for event in KINDS.values() if event.aggregate is kind]


def when(
    *states: str, otherwise: type[Rejected]
) -> Callable[[Callable[Concatenate[A, P], R]], Callable[Concatenate[A, P], R]]:
    """Guard a decision: in any other ``status`` it refuses with ``otherwise``.

    The states stay readable on the method as ``allowed_in``, so a refusal can list what would be accepted.
    """

    def guard(decision: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[A, P], R]:
        def decide(self: A, *args: P.args, **kwargs: P.kwargs) -> R:
            status = getattr(self, "status", None)
            if status not in states:
                raise self.reject(otherwise, f"{type(self).__name__} is {status}, not {' or '.join(states)}")
            return decision(self, *args, **kwargs)

        guarded = update_wrapper(decide, decision)
        guarded.allowed_in = states  # type: ignore[attr-defined]
        return cast("Callable[Concatenate[A, P], R]", guarded)

    return guard
