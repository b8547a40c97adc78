"""The `eventsourcing` library as it comes on the read side: `ProjectionRunner` and `repository.get`.

The same facts as ours, event for event, flattened to what its JSON takes by default; the views have our tables and
make the same rows, one transaction for each event, as its documentation shows. Its subscription asks the database
for the topics of the view alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic

from aggregates.servicing import Servicing
from bench.place import Database, parts
from eventstore import Recorded

Facts = dict[str, Any]


class Serviced(Aggregate):
    """The servicing of a loan as the library's own documentation would write it; dates as texts."""

    @event("Opened")
    def __init__(self, id: UUID, facts: Facts) -> None:
        self._id = id
        self.paid, self.fallen_due, self.repayments = 0, 0, 0
        self.status = "open"

    @event("FellDue")
    def fall_due(self, facts: Facts) -> None:
        self.fallen_due += 1

    @event("Received")
    def receive(self, facts: Facts) -> None:
        self.repayments += 1
        self.paid += facts["amount"]

    @event("Closed")
    def close(self, facts: Facts) -> None:
        self.status = "repaid"


class House(Application[UUID]):
    """Everything at its default."""


class _View(PostgresTrackingRecorder):
    """A table of ours, written one event at a time."""

    def write(self, statement: str, values: Facts, tracking: Any) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(statement, values, prepare=True)


class _Timed(Projection[_View]):
    """Keeps when the first and the last event were handled."""

    statements: ClassVar[dict[str, str]]
    began, ended = 0.0, 0.0
    handled = 0

    def process_event(self, domain_event: Any, tracking: Any) -> None:
        kind = type(self)
        if not kind.handled:
            kind.began = perf_counter()
        name = type(domain_event).__name__
        values = {
            "id": domain_event.originator_id,
            "version": domain_event.originator_version,
            **domain_event.facts,
        }
        self.view.write(self.statements[name], values, tracking)
        kind.handled += 1
        kind.ended = perf_counter()


class RepaymentRows(_Timed):
    """Row-wise: each event is a row."""

    name = "repayment_rows"
    topics = (get_topic(Serviced) + ".Received",)
    statements: ClassVar = {
        "Received": """
            INSERT INTO library.repayment_list (servicing_id, repayment_id, customer_id, amount, currency, interest,
                principal, advance, value_date, method, reference, recorded_by, recorded_on, reversed)
            VALUES (%(id)s, %(repayment_id)s, %(customer_id)s, %(amount)s, %(currency)s, %(interest)s, %(principal)s,
                %(advance)s, %(value_date)s, %(method)s, %(reference)s, %(by)s, %(on)s, false)"""
    }


class AccountRows(_Timed):
    """Folded: many events change one row."""

    name = "account_rows"
    statements: ClassVar = {
        "Opened": """
            INSERT INTO library.loan_account (servicing_id, loan_id, customer_id, status, currency, rate, value_date,
                instalments, principal, interest, interest_due, principal_due, interest_paid, principal_paid, advance,
                version)
            VALUES (%(id)s, %(loan_id)s, %(customer_id)s, 'open', %(currency)s, %(rate)s, %(value_date)s,
                %(instalments)s, %(principal)s, %(interest)s, 0, 0, 0, 0, 0, %(version)s)""",
        "FellDue": """
            UPDATE library.loan_account SET interest_due = interest_due + %(interest)s,
                principal_due = principal_due + %(principal)s, interest_paid = interest_paid + %(interest_applied)s,
                principal_paid = principal_paid + %(principal_applied)s,
                advance = advance - %(interest_applied)s - %(principal_applied)s, version = %(version)s
            WHERE servicing_id = %(id)s""",
        "Received": """
            UPDATE library.loan_account SET interest_paid = interest_paid + %(interest)s,
                principal_paid = principal_paid + %(principal)s, advance = advance + %(advance)s, version = %(version)s
            WHERE servicing_id = %(id)s""",
        "Closed": """
            UPDATE library.loan_account SET status = 'repaid', repaid_on = %(repaid_on)s, version = %(version)s
            WHERE servicing_id = %(id)s""",
    }


def environment(database: Database) -> dict[str, str]:
    to = parts(database.owner_url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": to["dbname"],
        "POSTGRES_HOST": to["host"],
        "POSTGRES_PORT": to.get("port", "5432"),
        "POSTGRES_USER": to["user"],
        "POSTGRES_PASSWORD": to["password"],
    }


def run(database: Database, kind: type[_Timed], table: str, events: int) -> float:
    """Project everything into an empty table; events a second, from the first to the last."""
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(f"TRUNCATE library.{table}".encode())
        owner.execute(f"DROP TABLE IF EXISTS public.{kind.name}_tracking".encode())
        newest = "SELECT max(notification_id) FROM public.house_events WHERE %s OR topic = ANY(%s)"
        row = owner.execute(newest.encode(), (not kind.topics, list(kind.topics))).fetchone()
        assert row is not None
        last = row[0]
    kind.handled = 0
    with ProjectionRunner(
        application_class=House, projection_class=kind, view_class=_View, env=environment(database)
    ) as runner:
        runner.wait(last, timeout=120)
    if kind.handled != events:
        raise AssertionError(f"{kind.__name__}: {kind.handled:,} of {events:,} events")
    return events / (kind.ended - kind.began)


def told(histories: Iterable[list[Recorded]], app: House) -> int:
    """Store the same loans with the library; returns how many events."""
    count = 0
    for rows in histories:
        events: list[Any] = [row.event() for row in rows]
        serviced = Serviced(events[0].originator_id, _opened(events[0]))
        for each in events[1:]:
            _tell(serviced, each)
        app.save(serviced)
        count += len(rows)
    return count


def _tell(serviced: Serviced, each: Any) -> None:
    if isinstance(each, Servicing.InstalmentFellDue):
        serviced.fall_due(
            {
                "interest": each.interest.minor,
                "principal": each.principal.minor,
                "interest_applied": sum(part.interest.minor for part in each.applied),
                "principal_applied": sum(part.principal.minor for part in each.applied),
            }
        )
    elif isinstance(each, Servicing.RepaymentReceived):
        serviced.receive(_received(each))
    else:
        serviced.close({"repaid_on": str(each.repaid_on)})


def _opened(e: Any) -> Facts:
    return {
        "loan_id": e.loan_id,
        "customer_id": e.customer_id,
        "currency": e.principal.currency,
        "rate": e.rate,
        "value_date": str(e.value_date),
        "instalments": len(e.instalments),
        "principal": e.principal.minor,
        "interest": sum(instalment.interest.minor for instalment in e.instalments),
    }


def _received(e: Any) -> Facts:
    return {
        "repayment_id": e.repayment_id,
        "customer_id": e.owner,
        "amount": e.amount.minor,
        "currency": e.amount.currency,
        "interest": sum(part.interest.minor for part in e.allocations),
        "principal": sum(part.principal.minor for part in e.allocations),
        "advance": e.advance.minor,
        "value_date": str(e.value_date),
        "method": e.method,
        "reference": e.reference,
        "by": e.by,
        "on": str(e.on),
    }
