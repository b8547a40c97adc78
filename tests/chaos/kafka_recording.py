"""What the consumers of a run leave behind, so that a loss, a double and a wrong order show.

every event ─▶ Heard: a row with how often it was applied, and when
some events ─▶ a job, noted by a trigger whenever one is deferred ─▶ EchoEvent ─▶ Echo.Returned, once
"""

from __future__ import annotations

from time import monotonic_ns
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg
from pydantic import BaseModel

import aggregates  # noqa: F401 - every kind of event is known once this is imported
from aggregates.contract import Contract
from aggregates.customer import Customer
from aggregates.document import Document
from aggregates.loan import Loan
from aggregates.servicing import Servicing
from eventstore import Aggregate, Ask, Command, Projection, Store, Table, on
from eventstore.aggregate import KINDS
from runtime.reactions import DEADLINES, REACTIONS, Answers, reacts_to
from tests.eventstore.library import asker

ECHOES = 32
"""Streams that the effects go to: few enough to be quarrelled about, short enough to be read again."""


def echo_id(number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"echo {number % ECHOES}")


# ── effects ──────────────────────────────────────────────────────────────────


class Echo(Aggregate):
    class Begun(Aggregate.Created):
        pass

    class Returned(Aggregate.Event):
        of: int
        """Position of the event that it answers."""


class BeginEcho(Command, on=Echo):
    echo_id: UUID

    def create(self, ask: Ask) -> Echo:
        return Echo.begin(Echo.Begun, self.echo_id)


class ReturnEcho(Command, on=Echo):
    """Appends whenever it is asked: only its command id keeps a repeat from being a second effect."""

    of: int

    def perform(self, echo: Echo, ask: Ask) -> None:
        echo.record(Echo.Returned, of=self.of)


ECHOED = (Customer.Registered, Loan.Requested, Loan.Disbursed, Contract.Drafted, Document.Kept, Servicing.RepaymentReceived)  # fmt: skip
REACTION = "kafka_recording.echo"
"""Its name, which is the name of its jobs."""


def begin_echoes(store: Store) -> None:
    """Again changes nothing: the command ids are the same."""
    for number in range(ECHOES):
        id = echo_id(number)
        store.send(BeginEcho(echo_id=id), asker(permissions=None), command_id=uuid5(id, "begin"))


def react_with_echoes() -> None:
    """Instead of whatever this process would have done."""
    REACTIONS.clear()
    DEADLINES.clear()
    for event in ECHOED:
        reacts_to(event)(echo)


def echo(event: Aggregate.Event, outside: Any) -> Answers:
    yield ReturnEcho(of=event.position), echo_id(event.position >> 16)


# ── what a projector has heard ───────────────────────────────────────────────


class HeardLine(BaseModel):
    position: int
    lane: int
    times: int
    at: int


class Heard(Projection):
    """Every event with its lane, how often it was applied, and at which nanosecond of this machine first.

    The clock of this machine is the same for all its processes, and whoever applies a lane has begun after his
    predecessor committed: so the nanoseconds of a lane are in the order of its commits.
    """

    key = "position"
    row = HeardLine
    ddl = """
        CREATE TABLE {table} (
            position bigint PRIMARY KEY,
            lane     int NOT NULL,
            at       bigint NOT NULL,
            times    int NOT NULL
        )
    """

    @on(*KINDS.values())
    def _heard(self, e: Aggregate.Event, table: Table) -> None:
        table.add({"position": e.position, "lane": e.lane, "at": monotonic_ns()}, times=1)


# ── every job that was deferred ──────────────────────────────────────────────

_JOURNAL = """
    CREATE SCHEMA chaos;
    CREATE TABLE chaos.jobs (task text NOT NULL, position bigint NOT NULL);
    CREATE FUNCTION chaos.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        INSERT INTO chaos.jobs VALUES (NEW.task_name, (NEW.args ->> 'position')::bigint);
        RETURN NULL;
    END $$;
    CREATE TRIGGER chaos AFTER INSERT ON jobs.procrastinate_jobs FOR EACH ROW
        WHEN (NEW.args ? 'position') EXECUTE FUNCTION chaos.note();
"""


def note_jobs(owner: str) -> None:
    """From now on a job leaves a line when it is deferred, and keeps it when it is done and gone."""
    with psycopg.connect(owner) as connection:
        connection.execute(_JOURNAL)


def jobs_of(owner: str) -> list[int]:
    """Positions of the events whose jobs were deferred, as often as that was done."""
    with psycopg.connect(owner) as connection:
        found = connection.execute("SELECT position FROM chaos.jobs WHERE task = %s", (REACTION,))
        return [position for (position,) in found]
