"""Events to stored bytes and back: plain JSON of the declared fields, by the types they were declared with."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import types
import typing
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import msgspec

from eventstore.aggregate import KINDS, Aggregate, StoredMeta
from eventstore.sealing import Box, Keyring, Sealed

if TYPE_CHECKING:
    from eventstore.rows import Recorded

_ADDRESS = {"originator_id", "originator_version", "timestamp", "originator_topic"}


class Undecodable(Exception):
    """A stored event cannot be read: its kind is unknown, its JSON is broken or its shape is another."""


class Meta(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who, why and when in business terms; stored beside every event."""

    by: str
    on: date
    because: str | None = None
    correlation: str | None = None
    command: str | None = None
    traceparent: str | None = None


class _Shape(msgspec.Struct, frozen=True):
    """How one kind of event is decoded."""

    schema: int
    topic: str
    decode: Callable[[bytes], dict[str, Any]]
    convert: Any
    """A TypedDict: what was decoded is what the event's attributes are, without an object between."""
    fields: tuple[str, ...]
    absent: tuple[tuple[str, Callable[[], Any]], ...]
    """Fields that an older event may lack, and what they are then."""
    sealed: frozenset[str]


_META_ENCODER = msgspec.json.Encoder()
_new, _set = object.__new__, object.__setattr__
_META_DECODER = msgspec.json.Decoder(Meta)
_ENCODER = msgspec.json.Encoder()
_new, _set = object.__new__, object.__setattr__


class Codec:
    """Encodes what an aggregate recorded and decodes what the store holds; seals and opens personal fields."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def encode(self, event: Aggregate.Event) -> bytes:
        """The state as stored. Personal fields are encrypted under their subject's key."""
        shape = _shape(type(event))
        return _ENCODER.encode({name: self._stored(event, name, shape) for name in shape.fields})

    def decode(self, row: Recorded) -> Aggregate.Event:
        """The event as its class declares it now. Raises Undecodable."""
        kind = KINDS.get(row.kind)
        if kind is None:
            raise Undecodable(f"nothing here knows {row.kind}")
        try:
            shape = _shape(kind)
            inside = shape.decode(row.state) if row.schema == shape.schema else _upcast(kind, shape, row)
        except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
            raise Undecodable(f"{row.kind} {row.id}: {type(error).__name__}") from error
        if len(inside) < len(shape.fields):
            for name, made in shape.absent:
                if name not in inside:
                    inside[name] = made()
        inside["originator_id"] = row.stream_id
        inside["originator_version"] = row.version
        inside["originator_topic"] = shape.topic
        inside["timestamp"] = row.recorded_at
        inside["stored_meta"] = row.meta
        inside["position"] = row.position
        inside["lane"] = row.lane
        inside["owner"] = row.owner
        event = _new(kind)
        # Events are frozen, and a dict filled one by one costs more than all of the above.
        _set(event, "__dict__", inside)
        for name in shape.sealed:
            if inside[name] is not None:
                inside[name] = self._lazily(event, name, inside[name])
        return event

    def _stored(self, event: Aggregate.Event, name: str, shape: _Shape) -> Any:
        value = getattr(event, name)
        if name not in shape.sealed or value is None:
            return value
        subject = event.subject_id()
        assert subject is not None, f"{type(event).kind} seals {name} but names no subject"
        return self._keyring.seal(value.open(), subject, event.originator_id, event.originator_version, name)

    def _lazily(self, event: Aggregate.Event, name: str, box: Box) -> Sealed[str]:
        subject = event.subject_id()
        assert subject is not None
        stream, version = event.originator_id, event.originator_version
        return Sealed(opener=lambda: self._keyring.unseal(box, subject, stream, version, name))


def encode_meta(meta: Meta) -> bytes:
    return _META_ENCODER.encode(meta)


def _read_meta(stored: bytes) -> Meta:
    try:
        return _META_DECODER.decode(stored)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Undecodable(f"meta: {type(error).__name__}") from error


StoredMeta.read = _read_meta


def fields_of(kind: type[Aggregate.Event]) -> dict[str, Any]:
    """The declared fields of an event with their types, without the address."""
    return {
        field.name: _declared_type(kind, field.name)
        for field in dataclasses.fields(kind)
        if field.name not in _ADDRESS
    }


def is_sealed(declared: Any) -> bool:
    """Whether a declared type is ``Sealed[…]`` or ``Sealed[…] | None``."""
    if typing.get_origin(declared) in (typing.Union, types.UnionType):
        return any(is_sealed(part) for part in typing.get_args(declared))
    return (typing.get_origin(declared) or declared) is Sealed


def _upcast(kind: type[Aggregate.Event], shape: _Shape, row: Recorded) -> dict[str, Any]:
    """The state of an older shape as it would be written now."""
    if row.schema > kind.schema:
        raise Undecodable(
            f"{row.kind} {row.id} was written by newer code: its shape {row.schema} is unknown here"
        )
    state = msgspec.json.decode(row.state)
    for older in range(row.schema, kind.schema):
        state = getattr(kind, f"upcast_v{older}_v{older + 1}")(state)
    upcast: dict[str, Any] = msgspec.convert(state, shape.convert)
    return upcast


@cache
def _shape(kind: type[Aggregate.Event]) -> _Shape:
    declared = fields_of(kind)
    sealed = frozenset(name for name, as_type in declared.items() if is_sealed(as_type))
    absent = {field.name: made for field in dataclasses.fields(kind) if (made := _default(field)) is not None}
    stored = {
        name: _stored_type(Box | None if name in sealed else as_type, name in absent)
        for name, as_type in declared.items()
    }
    convert = types.new_class(
        kind.kind.replace(".", "_"), (TypedDict,), {}, lambda body: body.update(__annotations__=stored)
    )
    return _Shape(
        kind.schema,
        kind.aggregate.__name__,
        msgspec.json.Decoder(convert).decode,
        convert,
        tuple(declared),
        tuple((name, made) for name, made in absent.items() if name in declared),
        sealed,
    )


def _stored_type(as_type: Any, may_be_absent: bool) -> Any:
    return NotRequired[as_type] if may_be_absent else as_type


def _default(field: dataclasses.Field[Any]) -> Callable[[], Any] | None:
    """Makes what a field is when it was not written; None when it always is."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory
    if field.default is dataclasses.MISSING:
        return None
    default = None if isinstance(field.default, Sealed) else field.default
    return lambda: default


def _declared_type(kind: type, name: str) -> Any:
    for holder in kind.__mro__:
        written = inspect.get_annotations(holder).get(name)
        if written is not None:
            names = vars(sys.modules[holder.__module__])
            # Annotations are our own source text; dataclasses keep them as strings.
            return eval(written, names) if isinstance(written, str) else written
    raise TypeError(f"{kind.__qualname__} declares no field {name}")
