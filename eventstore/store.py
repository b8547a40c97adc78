"""The store as an application uses it: send a command, load an aggregate, read the feed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from random import random
from time import monotonic, sleep
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolTimeout

from eventstore.aggregate import Aggregate, Rejected
from eventstore.ask import Ask
from eventstore.codec import Codec
from eventstore.command import (
    AlreadyExists,
    Asker,
    Claimed,
    Command,
    CommandMismatch,
    Forbidden,
    NotFound,
    Receipt,
    Stale,
    StepUpRequired,
    TooLarge,
    accepted_by,
)
from eventstore.faults import reach
from eventstore.kept import Kept
from eventstore.rows import Batch, Recorded, Unread
from eventstore.sealing import Keyring
from eventstore.session import NO_CLAIMS, Claims, Lines, Session, receipt_of, stamped

A = TypeVar("A", bound=Aggregate)

ATTEMPTS = 20
"""How often a command is tried again when somebody else appended first, with pauses of at most 40 ms."""


END = 2**63 - 1
"""No event stands there or behind it."""

AWAY_FOR = 5.0
"""Seconds after which a command is not tried again while the database comes and goes: its asker waits."""


class Unavailable(Exception):
    """The database cannot be reached; nothing is known to be lost. Try again with the same command id."""

    refused = False
    """The server itself ended the statement, for want of room or of time: nothing is committed, and trying again at
    once would meet the same."""


class Conflict(Exception):
    """Somebody else appended first; the command is tried again on what is there now."""


class Store:
    """Append and read over a pool of connections that are in autocommit.

    pool     connections of the role ``app``
    keyring  keys of the sealed fields
    secret   at least 32 bytes: keys the hashes of requests and of claimed values
    """

    def __init__(self, pool: ConnectionPool, keyring: Keyring, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the store's secret has at least 32 bytes")
        self.pool, self.keyring, self._secret = pool, keyring, secret
        self.codec = Codec(keyring)
        self._kept = Kept()
        self.after_append: Callable[[], None] = _nobody_listens
        """Called after every append that is committed: a doorbell for readers of the feed."""

    # ── writing ────────────────────────────────────────────────────────────

    def send(
        self,
        command: Command,
        asker: Asker,
        to: UUID | None = None,
        expect: int | None = None,
        command_id: UUID | None = None,
    ) -> Receipt:
        """Carry out one command; the same command id gives the same receipt and appends once.

        to          the aggregate addressed; None when the command creates one
        expect      the version that the asker was looking at; Stale is raised when it moved
        command_id  chosen by the asker so that a retry is recognised; random when absent

        Raises what the aggregate refuses (a Rejected with state and accepted commands), Forbidden, StepUpRequired,
        NotFound, Stale,
        AlreadyExists, Claimed, CommandMismatch, TooLarge; Unavailable when the database is away.
        """
        if asker.permissions is not None and command.may not in asker.permissions:
            raise Forbidden(f"{type(command).__name__} takes the permission {command.may}")
        if command.needs_step_up() and not asker.has_just_proved():
            raise StepUpRequired("sign in again, or confirm with your second factor")
        id, mac = command_id or uuid4(), self._request_mac(command, to)
        until = monotonic() + AWAY_FOR
        for attempt in range(ATTEMPTS):
            try:
                receipt = self._attempt(command, asker, to, expect, id, mac, fresh=attempt > 0)
            except Conflict:
                sleep(random() * attempt * 0.002)
                continue
            except Unavailable as away:
                # The append may have been committed and its answer lost: the command id tells.
                if away.refused or attempt == ATTEMPTS - 1 or monotonic() > until or not self._reconnected():
                    raise
                continue
            except Rejected as refusal:
                if isinstance(refusal, AlreadyExists) and attempt == 0:
                    continue  # a stream that the command began may have been begun by somebody else meanwhile
                # The twin of a success gets the success, whatever it would be told now.
                if (answered := self._answer_of(id, mac)) is not None:
                    return answered
                raise
            reach("append-answer")
            self.after_append()
            return receipt
        raise Stale("too many people are changing this at once; try again")

    def would(
        self, command: Command, asker: Asker, to: UUID | None = None, command_id: UUID | None = None
    ) -> None:
        """Ask what ``send`` would answer now, without a trace: before something outside that cannot be undone.

        Returns when it would be accepted, or was already; raises what the aggregate refuses, NotFound, CommandMismatch;
        Unavailable when the database is away.
        """
        if command_id is not None and self._answer_of(command_id, self._request_mac(command, to)) is not None:
            return
        with self.looking(asker) as ask:
            self._perform(command, ask, to, None)

    @contextmanager
    def looking(self, asker: Asker) -> Iterator[Ask]:
        """What a command of theirs would look at, for whoever only wants to know: nothing is appended."""
        with self._session() as session, ExitStack() as unit:
            yield Ask(asker, session, unit, None)

    def _attempt(
        self,
        command: Command,
        asker: Asker,
        to: UUID | None,
        expect: int | None,
        id: UUID,
        mac: bytes,
        fresh: bool,
    ) -> Receipt:
        with self._session() as session, ExitStack() as unit:
            ask = Ask(asker, session, unit, None if fresh else self._kept)
            try:
                target = self._perform(command, ask, to, expect)
            except Exception:
                if ask.remembered:
                    raise Conflict from None  # a refusal is given on a fresh load only
                raise
            streams = [target, *(a for a in ask.changed if a is not target)]
            if any(not stream.pending_events for stream in ask.remembered):
                raise Conflict  # and so is the decision that nothing is to be done
            lines = self._lines(command, id, asker, streams)
            claims = self._claims(ask, target)
            scope = None if command.of_house else _with_newborn(asker.customers, lines)
            receipt, anew = session.append(id, mac, target, scope, lines, claims)
        for stream in streams:
            if anew and not any(stream is series for series in ask.numbered):
                self._kept.put(stream)
        return receipt

    def _perform(self, command: Command, ask: Ask, to: UUID | None, expect: int | None) -> Aggregate:
        if to is None:
            return command.create(ask)
        target = ask.also(command.target, to)
        if expect is not None and target.version != expect:
            raise _with_state(Stale(f"the version is {target.version}, not {expect}"), target)
        try:
            command.perform(target, ask)
        except Rejected as refusal:
            raise _with_state(refusal, target) from None
        return target

    def _lines(self, command: Command, id: UUID, asker: Asker, streams: Sequence[Aggregate]) -> Lines:
        meta = stamped(
            asker.who,
            on=asker.on,
            because=asker.because,
            correlation=asker.correlation,
            command=f"{type(command).__name__} {id}",
            traceparent=asker.traceparent,
        )
        lines = Lines()
        for stream in streams:
            lines.add(stream, meta, self.codec)
        return lines

    def _claims(self, ask: Ask, target: Aggregate) -> Claims:
        if not ask.claims and not ask.released:
            return NO_CLAIMS
        return Claims(
            [scope for scope, _, _ in ask.claims],
            [self._mac(scope, value) for scope, value, _ in ask.claims],
            [holder or target.id for _, _, holder in ask.claims],
            [scope for scope, _ in ask.released],
            [self._mac(scope, value) for scope, value in ask.released],
        )

    def _answer_of(self, id: UUID, mac: bytes) -> Receipt | None:
        with self._session() as session:
            row = session.answer_of(id)
        if row is None:
            return None
        if not hmac.compare_digest(row[0], mac):
            raise CommandMismatch("this idempotency key was used with other content; use a new one")
        return receipt_of(row[1])

    # ── reading ────────────────────────────────────────────────────────────

    def load(self, kind: type[A], id: UUID, customers: frozenset[UUID] | None = None) -> A:
        """Replay an aggregate. Raises NotFound, also when it belongs to none of ``customers``."""
        with self._session() as session:
            return session.load(kind, id, customers)

    def told(self, kind: type[A], id: UUID, until: int) -> Iterator[tuple[A, Aggregate.Event]]:
        """An aggregate after each of its events up to a version, oldest first: one object, which goes on changing.

        Raises NotFound.
        """
        with self._session() as session:
            rows = session.history(id)
        if not rows or rows[0].kind.partition(".")[0] != kind.__name__:
            raise NotFound(f"there is no {kind.__name__} {id}")
        aggregate: A | None = None
        for row in rows[:until]:
            event = row.event()
            aggregate = event.mutate(aggregate)
            assert aggregate is not None, "no event ends an aggregate"
            yield aggregate, event

    def last(self, stream: UUID) -> Recorded | None:
        """The newest event of a stream, whatever its length."""
        with self._session() as session:
            return session.newest(stream)

    def history(self, stream: UUID, customers: frozenset[UUID] | None = None) -> list[Recorded]:
        """Every event of a stream, oldest first. Raises NotFound when it belongs to none of ``customers``."""
        with self._session() as session:
            return session.history(stream, customers)

    def latest(
        self, kinds: Sequence[str], owners: frozenset[UUID] | None = None, before: int = END, limit: int = 50
    ) -> list[Recorded]:
        """The newest events of some kinds, newest first, below a position; of these owners alone, unless None."""
        with self._session() as session:
            return session.latest(before, owners, kinds, limit)

    def at(self, position: int) -> Recorded:
        """The event at a position. Raises NotFound."""
        with self._session() as session:
            row = session.at(position)
        if row is None:
            raise NotFound(f"there is no event at {position}")
        return row

    def missing(self, positions: Collection[int]) -> list[int]:
        """Those of these positions at which there is no event, in order."""
        if not positions:
            return []
        with self._session() as session:
            return session.missing(positions)

    def claimed(self, scope: str, value: str) -> UUID | None:
        """Which stream holds a unique value."""
        with self._session() as session:
            return session.claimed(scope, self._mac(scope, value))

    def read_feed(self, after: int = 0, lanes: Sequence[int] | None = None, limit: int = 1000) -> Batch:
        """The next events in order of position, of all lanes or of some; nothing that could still change."""
        with self._session() as session:
            return session.read_feed(after, lanes, limit)

    def read_on(self, after: int, limit: int) -> list[Unread]:
        """The same of all lanes, for whoever hands the rows on as they are."""
        with self._session() as session:
            return session.read_on(after, limit)

    def lane_ends(self, upto: int | None = None) -> dict[int, int]:
        """The position of the last event of every lane, of those that readers may see, or up to a position; 0 for none."""
        with self._session() as session:
            return session.lane_ends(upto)

    def streams(self, batch: int = 1000) -> Iterator[UUID]:
        """The id of every stream."""
        after: UUID | None = None
        while True:
            with self._session() as session:
                ids = session.streams(after, batch)
            yield from ids
            if len(ids) < batch:
                return
            after = ids[-1]

    # ── inside ─────────────────────────────────────────────────────────────

    def _session(self) -> _Borrowed:
        return _Borrowed(self.pool, self.codec)

    def _reconnected(self) -> bool:
        """Drop the connections that died with a server that is back; False while it is away."""
        try:
            self.pool.check()
            with self.pool.connection(timeout=2.0):
                return True
        except (psycopg.OperationalError, PoolTimeout):
            return False

    def _request_mac(self, command: Command, to: UUID | None) -> bytes:
        return self._mac("command", f"{type(command).__name__} {to} {command.model_dump_json()}")

    def _mac(self, scope: str, value: str) -> bytes:
        return hmac.digest(self._secret, scope.encode() + b"\0" + value.encode(), hashlib.sha256)


def _with_newborn(customers: frozenset[UUID] | None, lines: Lines) -> frozenset[UUID] | None:
    """A stream that begins here and belongs to itself is nobody else's: whoever may begin it may write it."""
    if customers is None:
        return None
    return customers | {row.stream for row in lines.rows if row.version == 1 and row.owner == row.stream}


def _with_state(refusal: Rejected, target: Aggregate) -> Rejected:
    state = getattr(target, "status", None)
    refusal.state = None if state is None else str(state)
    refusal.accepts = accepted_by(target)
    return refusal


class _Borrowed:
    """A session on a connection of the pool; whatever the database says is said in the words of the caller."""

    def __init__(self, pool: ConnectionPool, codec: Codec) -> None:
        self._pool, self._codec = pool, codec

    def __enter__(self) -> Session:
        try:
            self._connection = self._pool.getconn()
        except psycopg.OperationalError as error:
            raise _in_our_words(error) from error
        return Session(self._connection, self._codec)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._pool.putconn(self._connection)
        if isinstance(error, psycopg.Error):
            raise _in_our_words(error) from error


def _in_our_words(error: psycopg.Error) -> Exception:
    """One SQLSTATE for each outcome; whatever says nothing about the command itself is Unavailable."""
    if isinstance(error, errors.UniqueViolation | errors.DeadlockDetected | errors.SerializationFailure):
        # The twin of this command, or another append of these versions, was first.
        return Conflict()
    outcome = _OUTCOMES.get(error.sqlstate or "")
    if outcome is not None:
        return outcome(error)
    if isinstance(error, psycopg.OperationalError):
        away = Unavailable("the database cannot be reached just now")
        away.refused = (error.sqlstate or "").startswith(_REFUSED_BY_THE_SERVER)
        return away
    return error


_REFUSED_BY_THE_SERVER = ("53", "57014")
"""SQLSTATEs of what the server ends by itself: a full disk, no memory, too many connections; a statement's time."""


_OUTCOMES: dict[str, Callable[[psycopg.Error], Exception]] = {
    "QS001": lambda _: CommandMismatch("this idempotency key was used with other content; use a new one"),
    "QS002": lambda _: Conflict(),
    "QS004": lambda _: TooLarge("at most 65,535 events, and 512 kB each"),
    "QS005": lambda _: NotFound("there is nothing here with this id"),
    "QS007": lambda _: AlreadyExists("the id is taken; choose a new one"),
    "QS006": lambda error: Claimed(error.diag.message_primary or "value"),
}


def _nobody_listens() -> None:
    """The default doorbell."""
