"""The loan book: every loan on one line; many lines here, because every event of a loan shows in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from aggregates.contract import Contract
from aggregates.loan import Loan
from aggregates.rules.clocks import INFORMED_BEFORE
from aggregates.rules.law import Law
from aggregates.rules.servicing_terms import Frequency
from eventstore import Page, Projection, Table, on
from projections.counts import StateCounts, counted
from projections.filters import CUSTOMER, NO_CUSTOMER, OF_CUSTOMER, Filters, ordered
from projections.line import Line
from projections.loan_account import COMES_NEXT, OVERPAID
from projections.proofs import (
    CeilingLine,
    ConsentLine,
    CounterOfferLine,
    DrawdownLine,
    agreed,
    counter_offer,
    planned,
    proof,
)

Sort = Literal[
    "requested_on", "-requested_on", "reference", "-reference", "principal", "-principal", "status", "-status",
    "customer", "-customer", "next_due_on", "-next_due_on", "overdue", "-overdue",
]  # fmt: skip

STATES: Final = (
    "requested", "counter-offered", "approved", "ready", "disbursed", "returning", "repaid", "written-off", "recovered", "declined",
    "withdrawn", "expired", "stepped-back",
)  # fmt: skip
"""In the order in which a list shows them: a loan's life, then what came to nothing."""


class LoanLine(Line):
    loan_id: UUID
    reference: str
    """``L-2026-000123``."""
    customer_id: UUID
    contact_id: UUID
    product_id: UUID
    status: str
    """requested, counter-offered, declined, withdrawn, approved, expired, ready, stepped-back, disbursed, returning: the client
    stepped back after the payout; repaid, written-off or recovered."""
    principal: int
    """What is lent in all: once drawdowns are cancelled, what has left. Minor units of ``currency``; what was asked for
    until the client accepts another amount, like the months."""
    drawn: int
    """What of it has left."""
    drawdowns: list[DrawdownLine]
    """When several were planned, oldest first; empty where everything leaves at once."""
    next_drawdown_on: date | None
    """For when the next one is planned; absent before the first has left, and where none is to come."""
    currency: str
    months: int
    """Number of instalments: as ``frequency`` says months, weeks, fortnights or quarters."""
    frequency: Frequency
    requested_principal: int
    """What was asked for, whatever was accepted since."""
    requested_months: int
    purpose: str
    """In the customer's words."""
    rate: int | None
    """Basis points a year, nominal; absent until approved."""
    law: Law
    """Under which it was approved; ``unspecified`` before, and where none was named."""
    apr: int | None
    """Annual percentage rate, hundredths of a percent; absent until approved, and from before it was kept."""
    ceiling: CeilingLine | None
    """The legal limit it was checked against; absent until approved, and where its law has none."""
    counter_offer: CounterOfferLine | None
    """The last one that was made; absent where there was none."""
    counter_offer_answer: Literal["accepted", "declined"] | None
    """Absent while the client has not answered it."""
    requested_by: UUID
    requested_on: date
    approved_by: UUID | None
    approved_on: date | None
    planned_payout_on: date | None
    declined_because: str | None
    """Shown to the customer word for word."""
    closed_on: date | None
    """The day it was declined, withdrawn or stepped back from, or its offer lapsed; after a payout the day on which what
    was paid out was back."""
    contract_id: UUID | None
    signed_on: date | None
    """The day the signed copy was accepted."""
    disbursed_by: UUID | None
    disbursed_on: date | None
    """The value date: the day the money left, of several drawdowns the first."""
    repaid_on: date | None
    stepped_back_on: date | None
    """The day the client gave notice; absent unless the client stepped back."""
    return_by: date | None
    """The last day on which what was paid out may come back; absent unless the client stepped back after the payout."""
    needs_information: bool
    """Whether the law wants the client to be informed before the contract, and nobody has proof of it yet."""
    informed_on: date | None
    """The day the client had it, on the screen or on paper; absent while there is no proof."""
    consents: list[ConsentLine]
    """Empty for requests from before it was asked, and where staff left it out."""
    version: int
    """Of the loan: send it back as ``If-Match``."""


class WaitingLoans(Line):
    """Loans in one state and one currency that wait for somebody."""

    status: str
    currency: str
    count: int
    oldest: date
    """The day since when the one that waits longest does."""
    amount: int
    """Of them all; minor units of ``currency``."""


class LoanEntry(LoanLine):
    """A loan with the names that go with it, and how its account stands."""

    customer_name: str | None
    """Absent for a program that may not read customers."""
    customer_reference: str | None
    product_code: str | None
    product_title_fr: str | None
    product_title_en: str | None
    overdue: int
    """Fallen due and not paid, minor units of ``currency``; 0 when nothing is late."""
    late_since: date | None
    """The day on which the oldest instalment that is not wholly paid fell due; absent when nothing is late."""
    next_due_on: date | None
    """When the next instalment falls due; absent before the payout and after the last."""
    overpaid: int
    """Received beyond all that is owed, kept until it is sent back; minor units of ``currency``, 0 for nothing."""


@dataclass(frozen=True, slots=True)
class LoanFilter:
    """Which loans: all that is named has to fit."""

    status: tuple[str, ...] = ()
    product_id: UUID | None = None
    currency: str | None = None
    customer_id: UUID | None = None
    requested_from: date | None = None
    requested_to: date | None = None
    principal_from: int | None = None
    """Minor units."""
    principal_to: int | None = None
    overdue: bool = False
    """Only those with something overdue."""
    overpaid: bool = False
    """Only those that hold money for the borrower: beyond all that is owed, or after their end."""
    to_pay_out_on: date | None = None
    """Only those whose money is to leave: signed and not paid out, or with a drawdown planned for this day or before."""
    q: str = ""
    """A reference or how it begins, a number, or words of the customer's name."""

    def asked(self, status: bool = True) -> Filters:
        """As conditions; ``status``: whether the states count, too."""
        return (
            Filters()
            .one_of("loan.status", self.status if status else ())
            .equal("loan.product_id", self.product_id)
            .equal("loan.currency", self.currency)
            .equal("loan.customer_id", self.customer_id)
            .span("loan.requested_on", self.requested_from, self.requested_to)
            .span("loan.principal", self.principal_from, self.principal_to)
            .when(self.overdue, f"loan.loan_id IN (SELECT loan_id FROM {{LoanAccount}} WHERE {_LATE} > 0)")
            .when(
                self.overpaid, f"loan.loan_id IN (SELECT loan_id FROM {{LoanAccount}} WHERE {OVERPAID} > 0)"
            )
            .come("loan.next_drawdown_on", self.to_pay_out_on, "loan.status = 'ready'")
            .searched(self.q, "loan.reference", "loan.customer_id", "L")
        )


_LATE = "unpaid"

_SORTS: Final = {
    "requested_on": "requested_on, reference, loan_id",
    "reference": "reference, loan_id",
    "principal": "currency, principal, loan_id",
    "status": "stage_sort, requested_on, reference, loan_id",
    "customer": "customer_sort, lead_sort, loan_id",
    "next_due_on": "due_sort, lead_sort, loan_id",
    "overdue": "late_sort, lead_sort, loan_id",
}
"""By the word that is asked for: the columns, none of them ever null. Amounts of one currency stand together."""


class LoanBook(Projection):
    """``stage_sort`` is the place of the status in STATES."""

    version = 9
    key = "loan_id"
    owner = "customer_id"
    row = LoanLine
    ddl = """
        CREATE TABLE {table} (
            loan_id           uuid PRIMARY KEY,
            reference         text NOT NULL,
            customer_id       uuid NOT NULL,
            contact_id        uuid NOT NULL,
            product_id        uuid NOT NULL,
            status            text NOT NULL,
            stage_sort        smallint NOT NULL,
            principal         bigint NOT NULL,
            drawn             bigint NOT NULL,
            drawdowns         jsonb NOT NULL,
            next_drawdown_on  date,
            currency          char(3) NOT NULL,
            months            int NOT NULL,
            frequency         text NOT NULL,
            requested_principal bigint NOT NULL,
            requested_months  int NOT NULL,
            purpose           text NOT NULL,
            rate              int,
            law               text NOT NULL,
            apr               int,
            ceiling           jsonb,
            counter_offer     jsonb,
            counter_offer_answer text,
            requested_by      uuid NOT NULL,
            requested_on      date NOT NULL,
            approved_by       uuid,
            approved_on       date,
            planned_payout_on date,
            declined_because  text,
            closed_on         date,
            contract_id       uuid,
            signed_on         date,
            disbursed_by      uuid,
            disbursed_on      date,
            repaid_on         date,
            stepped_back_on   date,
            return_by         date,
            needs_information boolean NOT NULL,
            informed_on       date,
            consents          jsonb NOT NULL,
            version           int NOT NULL
        );
        CREATE INDEX ON {table} (requested_on, reference, loan_id);
        CREATE INDEX ON {table} (reference, loan_id);
        CREATE INDEX ON {table} (currency, principal, loan_id);
        CREATE INDEX ON {table} (stage_sort, requested_on, reference, loan_id);
        CREATE INDEX ON {table} (status, requested_on, reference, loan_id);
        CREATE INDEX ON {table} (customer_id, requested_on, reference, loan_id);
        CREATE INDEX ON {table} (next_drawdown_on) WHERE next_drawdown_on IS NOT NULL"""

    @on(Loan.Requested)
    def _requested(self, e: Loan.Requested, table: Table) -> None:
        table.put(
            loan_id=e.originator_id,
            reference=e.reference,
            customer_id=e.customer_id,
            contact_id=e.contact_id,
            product_id=e.product_id,
            **_in("requested"),
            principal=e.principal.minor,
            drawn=0,
            drawdowns=[],
            currency=e.principal.currency,
            months=e.months,
            frequency=e.frequency,
            requested_principal=e.principal.minor,
            requested_months=e.months,
            purpose=e.purpose.open(),
            law="unspecified",
            requested_by=e.requested_by,
            requested_on=e.on,
            needs_information=False,
            consents=[agreed(consent) for consent in e.consents],
            version=e.originator_version,
        )

    @on(Loan.Approved)
    def _approved(self, e: Loan.Approved, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_in("approved"),
            rate=e.rate,
            law=e.law,
            apr=e.apr,
            ceiling=None if e.ceiling is None else proof(e.ceiling),
            approved_by=e.by,
            approved_on=e.on,
            planned_payout_on=e.planned_payout_on,
            drawdowns=planned(e.drawdowns),
            needs_information=e.law in INFORMED_BEFORE,
            version=e.originator_version,
        )

    @on(Loan.CounterOffered)
    def _counter_offered(self, e: Loan.CounterOffered, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_in("counter-offered"),
            counter_offer=counter_offer(e),
            counter_offer_answer=None,
            version=e.originator_version,
        )

    @on(Loan.CounterOfferAccepted)
    def _counter_offer_accepted(self, e: Loan.CounterOfferAccepted, table: Table) -> None:
        table.patch(
            e.originator_id,
            principal=e.principal.minor,
            months=e.months,
            counter_offer_answer="accepted",
            version=e.originator_version,
        )

    @on(Loan.CounterOfferDeclined)
    def _counter_offer_declined(self, e: Loan.CounterOfferDeclined, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_in("requested"),
            counter_offer_answer="declined",
            version=e.originator_version,
        )

    @on(Loan.Declined)
    def _declined(self, e: Loan.Declined, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_in("declined"),
            declined_because=e.reason.open(),
            closed_on=e.on,
            version=e.originator_version,
        )

    @on(Loan.Withdrawn)
    def _withdrawn(self, e: Loan.Withdrawn, table: Table) -> None:
        table.patch(e.originator_id, **_in("withdrawn"), closed_on=e.on, version=e.originator_version)

    @on(Loan.Informed)
    def _informed(self, e: Loan.Informed, table: Table) -> None:
        table.patch(
            e.originator_id,
            needs_information=False,
            informed_on=e.proof.given_on,
            version=e.originator_version,
        )

    @on(Loan.ClocksStarted)
    def _clocks_started(self, e: Loan.ClocksStarted, table: Table) -> None:
        table.patch(e.originator_id, version=e.originator_version)

    @on(Loan.ClockEnded)
    def _clock_ended(self, e: Loan.ClockEnded, table: Table) -> None:
        table.patch(e.originator_id, version=e.originator_version)

    @on(Loan.Expired)
    def _expired(self, e: Loan.Expired, table: Table) -> None:
        table.patch(e.originator_id, **_in("expired"), closed_on=e.on, version=e.originator_version)

    @on(Loan.SteppedBack)
    def _stepped_back(self, e: Loan.SteppedBack, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_in("stepped-back"),
            stepped_back_on=e.notified_on,
            closed_on=e.on,
            version=e.originator_version,
        )

    @on(Loan.ReturnOwed)
    def _return_owed(self, e: Loan.ReturnOwed, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_in("returning"),
            stepped_back_on=e.notified_on,
            return_by=e.return_by,
            principal=e.principal.minor,
            **_left(_cancelled(table, e.originator_id)),
            version=e.originator_version,
        )

    @on(Loan.CapitalReturned)
    def _capital_returned(self, e: Loan.CapitalReturned, table: Table) -> None:
        table.patch(
            e.originator_id, **_in("stepped-back"), closed_on=e.returned_on, version=e.originator_version
        )

    @on(Contract.Drafted)
    def _contract_drafted(self, e: Contract.Drafted, table: Table) -> None:
        table.patch(e.loan_id, contract_id=e.originator_id)

    @on(Loan.ContractSigned)
    def _contract_signed(self, e: Loan.ContractSigned, table: Table) -> None:
        table.patch(e.originator_id, **_in("ready"), signed_on=e.signed_on, version=e.originator_version)

    @on(Loan.Disbursed)
    def _disbursed(self, e: Loan.Disbursed, table: Table) -> None:
        table.patch(
            e.originator_id,
            **_in("disbursed"),
            disbursed_by=e.by,
            disbursed_on=e.value_date,
            drawn=e.amount.minor,
            **_left(_paid(table, e.originator_id, 1, e.value_date)),
            version=e.originator_version,
        )

    @on(Loan.DrawdownDisbursed)
    def _drawdown_disbursed(self, e: Loan.DrawdownDisbursed, table: Table) -> None:
        row = table.get(e.originator_id)
        assert row is not None, "the loan was asked for"
        table.patch(
            e.originator_id,
            drawn=row["drawn"] + e.amount.minor,
            **_left(_paid(table, e.originator_id, e.number, e.value_date)),
            version=e.originator_version,
        )

    @on(Loan.DrawdownsCancelled)
    def _drawdowns_cancelled(self, e: Loan.DrawdownsCancelled, table: Table) -> None:
        table.patch(
            e.originator_id,
            principal=e.principal.minor,
            **_left(_cancelled(table, e.originator_id)),
            version=e.originator_version,
        )

    @on(Loan.Repaid)
    def _repaid(self, e: Loan.Repaid, table: Table) -> None:
        """What was never drawn by then never will be."""
        table.patch(
            e.originator_id,
            **_in("repaid"),
            repaid_on=e.repaid_on,
            **_left(_cancelled(table, e.originator_id)),
            version=e.originator_version,
        )

    @on(Loan.Reopened)
    def _reopened(self, e: Loan.Reopened, table: Table) -> None:
        row = table.get(e.originator_id)
        assert row is not None, "the loan was asked for"
        table.patch(
            e.originator_id,
            **_in("returning" if row["stepped_back_on"] else "disbursed"),
            repaid_on=None,
            closed_on=None,
            version=e.originator_version,
        )

    @on(Loan.WrittenOff)
    def _written_off(self, e: Loan.WrittenOff, table: Table) -> None:
        table.patch(
            e.originator_id, **_in("written-off"), next_drawdown_on=None, version=e.originator_version
        )

    @on(Loan.Recovered)
    def _recovered(self, e: Loan.Recovered, table: Table) -> None:
        table.patch(e.originator_id, **_in("recovered"), version=e.originator_version)

    @on(Loan.RecoveryUndone)
    def _recovery_undone(self, e: Loan.RecoveryUndone, table: Table) -> None:
        table.patch(e.originator_id, **_in("written-off"), version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(
        self,
        asked: LoanFilter = LoanFilter(),
        sort: Sort = "-requested_on",
        cursor: str | None = None,
        limit: int = 50,
        named: bool = True,
    ) -> Page[LoanEntry]:
        """The loans, newest first unless they are sorted otherwise.

        All of them unless a filter is named. Amounts are sorted within their currency; sorted by ``next_due_on`` it
        shows the loans that are being paid back, first those of which everything is due, by ``overdue`` all that were
        paid out.
        """
        query, values = _listed(asked, sort)
        order = ordered(_SORTS[sort.lstrip("-")], sort)
        is_led = not (asked.q.strip() or asked.overdue or asked.overpaid or asked.to_pay_out_on)
        return self.page(
            query,
            order=order,
            cursor=cursor,
            limit=limit,
            into=LoanEntry,
            solid=True,
            beside=_beside(named),
            led=is_led,
            **values,
        )

    def export_of(self, asked: LoanFilter, sort: Sort, named: bool, most: int) -> Iterator[list[LoanEntry]]:
        """The loans of a list, all of them, to take away as CSV."""
        query, values = _listed(asked, sort)
        order = ordered(_SORTS[sort.lstrip("-")], sort)
        return self.export(query, order=order, most=most, into=LoanEntry, beside=_beside(named), **values)

    def counts(self, asked: LoanFilter = LoanFilter()) -> StateCounts:
        """How many loans there are in each state.

        The filters count, but for the states themselves.
        """
        kept = asked.asked(status=False)
        return counted(self, "loan", kept, STATES)

    def line(self, loan_id: UUID, named: bool = True) -> LoanEntry | None:
        """One loan."""
        columns, joins = _beside(named)
        one = "SELECT * FROM {table} WHERE loan_id = %(loan_id)s"
        return self.one(f"SELECT list.*, {columns} FROM ({one}) AS list {joins}", LoanEntry, loan_id=loan_id)

    def these(self, loan_ids: Iterable[UUID]) -> list[LoanLine]:
        """Some loans."""
        return self.rows("SELECT * FROM {table} WHERE loan_id = ANY(%(ids)s::uuid[])", ids=list(loan_ids))

    def waiting(self, day: date) -> list[WaitingLoans]:
        """The requests that wait for a decision and the loans whose money may leave on a day, by currency.

        Those are ``ready``, also where it is a further drawdown; of each the part counts that leaves next.
        """
        return self.rows(
            "SELECT CASE status WHEN 'requested' THEN status ELSE 'ready' END AS status, currency, count(*) AS count,"
            " min(coalesce(next_drawdown_on, signed_on, requested_on)) AS oldest, sum(coalesce(next.amount, principal))::bigint"
            " AS amount FROM {table} LEFT JOIN LATERAL (SELECT (part ->> 'amount')::bigint AS amount"
            " FROM jsonb_array_elements(drawdowns) WITH ORDINALITY AS parts (part, place)"
            " WHERE part ->> 'state' = 'planned' AND status <> 'requested' ORDER BY place LIMIT 1) AS next ON true"
            " WHERE status IN ('requested', 'ready') OR next_drawdown_on <= %(day)s GROUP BY 1, currency ORDER BY 1, currency",
            into=WaitingLoans,
            day=day,
        )


def _listed(asked: LoanFilter, sort: Sort) -> tuple[str, dict[str, Any]]:
    """The query of a list with what it is sorted by, and its values."""
    kept, by = asked.asked(), sort.lstrip("-")
    column, join = _LED_BY.get(by, ("NULL", ""))
    return f"SELECT loan.*, {column} FROM {{table}} AS loan {join} WHERE {kept.sql}", kept.values


_LED_BY: Final = {
    # Who is not in the customer file yet comes in with the file.
    "customer": (
        "customer.name_sort AS customer_sort, customer.customer_id AS lead_sort",
        "JOIN {CustomerFile} AS customer ON customer.customer_id = loan.customer_id",
    ),
    "next_due_on": (
        f"{COMES_NEXT.format(account='account.')} AS due_sort, account.loan_id AS lead_sort",
        "JOIN {LoanAccount} AS account ON account.loan_id = loan.loan_id AND account.status = 'open'",
    ),
    "overdue": (
        f"{_LATE} AS late_sort, account.loan_id AS lead_sort",
        "JOIN {LoanAccount} AS account ON account.loan_id = loan.loan_id",
    ),
}
"""What a list is sorted by that stands in another table: its index leads, so it shows what stands there."""


def _beside(named: bool) -> tuple[str, str]:
    """Names and the state of the account, looked up for the rows that are shown; names for whoever may read customers."""
    columns = f"""{CUSTOMER if named else NO_CUSTOMER},
        product.code AS product_code, product.title_fr AS product_title_fr, product.title_en AS product_title_en,
        coalesce(account.overdue, 0) AS overdue, coalesce(account.overpaid, 0) AS overpaid, account.next_due_on, late.since AS late_since"""
    return (
        columns,
        f"""{OF_CUSTOMER if named else ""}
        LEFT JOIN LATERAL (
            SELECT code, title_fr, title_en FROM {{ProductList}} WHERE product_id = list.product_id LIMIT 1
        ) AS product ON true
        LEFT JOIN LATERAL (
            SELECT {_LATE} AS overdue, {OVERPAID} AS overpaid, next_due_on, servicing_id FROM {{LoanAccount}}
            WHERE loan_id = list.loan_id LIMIT 1
        ) AS account ON true
        LEFT JOIN LATERAL (
            SELECT due_on AS since FROM {{Schedule}} AS late
            WHERE account.overdue > 0 AND late.servicing_id = account.servicing_id AND fell_due
              AND paid < amount AND NOT given_up
            ORDER BY number LIMIT 1
        ) AS late ON true""",
    )


def _in(status: str) -> dict[str, str | int]:
    return {"status": status, "stage_sort": STATES.index(status)}


def _drawdowns(table: Table, loan_id: UUID) -> list[dict[str, Any]]:
    row = table.get(loan_id)
    assert row is not None, "the loan was asked for"
    return list(row["drawdowns"])


def _left(drawdowns: list[dict[str, Any]]) -> dict[str, Any]:
    """The columns that say them, once the first has left."""
    planned_on = [each["planned_on"] for each in drawdowns if each["state"] == "planned"]
    return {"drawdowns": drawdowns, "next_drawdown_on": _day(planned_on[0]) if planned_on else None}


def _day(said: str | date) -> date:
    return said if isinstance(said, date) else date.fromisoformat(said)


def _paid(table: Table, loan_id: UUID, number: int, on: date) -> list[dict[str, Any]]:
    """The drawdowns of a loan once this one has left."""
    left = {"paid_on": on.isoformat(), "state": "paid"}
    return [each | left if each["number"] == number else each for each in _drawdowns(table, loan_id)]


def _cancelled(table: Table, loan_id: UUID) -> list[dict[str, Any]]:
    """The drawdowns of a loan once those to come are given up."""
    given_up = {"state": "cancelled"}
    return [each if each["paid_on"] else each | given_up for each in _drawdowns(table, loan_id)]
