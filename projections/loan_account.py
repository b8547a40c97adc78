"""The account of each loan that was paid out: what was lent, fell due, came in, is owed; its sums take many lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from aggregates.rules.allocation import Allocation, sums
from aggregates.rules.calendar import months_after
from aggregates.rules.reallocated import Share
from aggregates.rules.servicing_terms import COMPONENTS, Component
from aggregates.rules.standing import Balance
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId
from eventstore import Page, Projection, Table, on
from eventstore.bulk import Row
from projections.filters import ordered
from projections.late import EVERY_ONE, SORTS, LateFilter, LateLoan, Sort, beside, late_loans
from projections.line import Line
from projections.monthly_flows import Outstanding
from projections.schedule import PAID

DUE: Final[dict[Component, str]] = {what: f"{what}_due" for what in COMPONENTS if what != "penalty"}
"""The columns that say what has fallen due."""

ALIVE: Final = ("open", "repaid")
"""The states in which something may be overdue: what was written off is not."""

COMES_NEXT: Final = "coalesce({account}next_due_on, DATE '1900-01-01')"
"""What an open loan is sorted by: the day of its next instalment; before all others where everything is due already."""
OVERPAID: Final = """(CASE WHEN status = 'open' THEN greatest(advance - (principal + interest + fees + insurance
    - principal_paid - interest_paid - fee_paid - insurance_paid), 0) ELSE advance END)"""
"""What waits beyond all that is to come: it is the borrower's. While anything waits, no penalty is unpaid."""

NOTHING_PROPOSED: Final = {
    "write_off_proposed_by": None,
    "write_off_because": None,
    "write_off_proposed_on": None,
    "would_lose": None,
}


class WouldLose(Line):
    """What a proposed write-off would give up, on the day of the proposal; minor units of the loan's currency."""

    penalty: int
    fee: int
    insurance: int
    interest: int
    """Earned by that day; what is to come is not lost."""
    principal: int
    total: int


class LoanAccountLine(Line):
    servicing_id: UUID
    loan_id: UUID
    customer_id: UUID
    status: str
    """``open``, ``repaid``, ``written-off`` or ``recovered``."""
    currency: str
    rate: int
    """Basis points a year, nominal."""
    value_date: date
    """The day the money left."""
    instalments: int
    """How many there are."""
    principal: int
    """What is repaid: what has left, with financed fees; minor units of ``currency``, like every amount here."""
    interest: int
    """Of the whole schedule, like the two below."""
    fees: int
    insurance: int
    interest_due: int
    """Interest that has fallen due, paid or not; the three below likewise."""
    principal_due: int
    fee_due: int
    insurance_due: int
    interest_paid: int
    principal_paid: int
    fee_paid: int
    insurance_paid: int
    penalty_paid: int
    """For lateness, beside what fell due."""
    unpaid: int
    """Fallen due and not paid, without penalties."""
    advance: int
    """Received and kept: for instalments that are not due yet, or for the borrower."""
    written_off: int
    """What was given up as lost, as it is known; 0 while nothing was."""
    recovered: int
    """What came back of it."""
    refunded: int
    """Sent back to the borrower, less what came back of that."""
    next_due_on: date | None
    """When the next instalment falls due; absent after the last."""
    repaid_on: date | None
    noticed_until: date | None
    """The last day to pay of the notice that was given last; absent while none counts."""
    accelerated_on: date | None
    """The day on which everything to come fell due at once; absent while it did not, and where it no longer counts."""
    write_off_proposed_by: UUID | None
    """Who proposed to give up as lost what is owed, while somebody else has not decided; for the house alone."""
    write_off_because: str | None
    """Why, in the words of whoever did; for the house alone."""
    write_off_proposed_on: date | None
    """The business day; for the house alone."""
    would_lose: WouldLose | None
    """What it would give up; for the house alone. Absent for a proposal of before November 2026."""
    version: int
    """Of the servicing: repayments are sent with it as ``If-Match``."""


class LoanBalance(LoanAccountLine):
    """The account as it stands on a given day."""

    principal_owed: int
    """Lent and not paid back yet."""
    received: int
    """Everything that came in and was not reversed, the advance included."""
    overdue: int
    """Fallen due and not paid."""
    days_past_due: int
    """Calendar days since the oldest instalment that is not wholly paid fell due; 0 when nothing is late."""
    next_due: int
    """What is to be paid for it, the advance taken off; 0 after the last."""
    overpaid: int
    """Of the advance what no instalment will take: kept for the borrower until it is sent back."""


class ArrearsBucket(Line):
    """The loans of one bucket in one currency."""

    currency: str
    bucket: Literal["current", "1-30", "31-60", "61-90", "90+"]
    """Calendar days past due of the oldest instalment that is not wholly paid."""
    loans: int
    past_due: int
    """Unpaid of instalments whose day is over; minor units of ``currency``, like every amount here."""
    outstanding: int
    """Principal lent and not paid back, late or not."""


class LoanAccount(Projection):
    version = 7
    key = "servicing_id"
    owner = "customer_id"
    row = LoanAccountLine
    ddl = f"""
        CREATE TABLE {{table}} (
            servicing_id   uuid PRIMARY KEY,
            loan_id        uuid NOT NULL,
            customer_id    uuid NOT NULL,
            status         text NOT NULL,
            currency       char(3) NOT NULL,
            rate           int NOT NULL,
            value_date     date NOT NULL,
            instalments    int NOT NULL,
            principal      bigint NOT NULL,
            interest       bigint NOT NULL,
            fees           bigint NOT NULL,
            insurance      bigint NOT NULL,
            interest_due   bigint NOT NULL,
            principal_due  bigint NOT NULL,
            fee_due        bigint NOT NULL,
            insurance_due  bigint NOT NULL,
            interest_paid  bigint NOT NULL,
            principal_paid bigint NOT NULL,
            fee_paid       bigint NOT NULL,
            insurance_paid bigint NOT NULL,
            penalty_paid   bigint NOT NULL,
            unpaid         bigint NOT NULL,
            _fallen        int NOT NULL,
            _ahead         jsonb NOT NULL,
            advance        bigint NOT NULL,
            written_off    bigint NOT NULL,
            recovered      bigint NOT NULL,
            refunded       bigint NOT NULL,
            next_due_on    date,
            repaid_on      date,
            noticed_until  date,
            accelerated_on date,
            write_off_proposed_by uuid,
            write_off_because     text,
            write_off_proposed_on date,
            would_lose            jsonb,
            version        int NOT NULL
        );
        CREATE INDEX ON {{table}} (customer_id);
        CREATE INDEX ON {{table}} (loan_id);
        CREATE INDEX ON {{table}} (unpaid, loan_id);
        CREATE INDEX ON {{table}} (loan_id) WHERE {OVERPAID} > 0;
        CREATE INDEX ON {{table}} (({COMES_NEXT.format(account="")}), loan_id) WHERE status = 'open'"""

    @on(Servicing.Opened)
    def _opened(self, e: Servicing.Opened, table: Table) -> None:
        table.put(
            servicing_id=e.originator_id,
            loan_id=e.loan_id,
            customer_id=e.customer_id,
            status="open",
            currency=e.principal.currency,
            rate=e.rate,
            value_date=e.value_date,
            instalments=len(e.instalments),
            principal=sum(line.principal.minor for line in e.instalments),
            interest=sum(line.interest.minor for line in e.instalments),
            fees=sum(line.fee.minor for line in e.instalments),
            insurance=sum(line.insurance.minor for line in e.instalments),
            **dict.fromkeys((*DUE.values(), *PAID.values()), 0),
            unpaid=0,
            _fallen=0,
            _ahead={},
            advance=0,
            written_off=0,
            recovered=0,
            refunded=0,
            next_due_on=e.instalments[0].due_on,
            version=e.originator_version,
        )

    @on(Servicing.InstalmentFellDue)
    def _fell_due(self, e: Servicing.InstalmentFellDue, table: Table) -> None:
        due = Allocation(e.number, e.interest, e.principal, e.fee, e.insurance)
        fallen = {DUE[what]: due.minor(what) for what in DUE}
        paid = sum(part.total.minor for part in e.applied)
        row = _move(table, e, [], e.applied, due, advance=-paid, **fallen)
        is_last = e.number == row["instalments"]
        coming = None if is_last else e.next_due_on or months_after(row["value_date"], e.number + 1)
        table.patch(e.originator_id, next_due_on=coming)

    @on(Servicing.RepaymentReceived)
    def _received(self, e: Servicing.RepaymentReceived, table: Table) -> None:
        _move(table, e, [], e.allocations, None, advance=e.advance.minor, **_beside([], e.beside))

    @on(Servicing.RepaymentReversed)
    def _reversed(self, e: Servicing.RepaymentReversed, table: Table) -> None:
        _move(table, e, e.allocations, [], None, advance=-e.advance.minor, **_beside(e.beside, []))

    @on(Servicing.Reallocated)
    def _reallocated(self, e: Servicing.Reallocated, table: Table) -> None:
        no_longer, now = e.changed()
        change = now.advance.minor - no_longer.advance.minor
        beside = _beside(no_longer.beside, now.beside)
        _move(table, e, no_longer.allocations, now.allocations, None, advance=change, **beside)

    @on(Servicing.ScheduleChanged)
    def _changed(self, e: Servicing.ScheduleChanged, table: Table) -> None:
        if e.fallen_due is not None:
            _vanishes(table, e, e.fallen_due, e.version.after)
        row = table.get(e.originator_id)
        assert row is not None, "the account was opened"
        given_back = e.version.given_back.total.minor if e.version.given_back else 0
        table.patch(
            e.originator_id,
            instalments=e.version.after + len(e.version.lines),
            interest=e.interest.minor,
            fees=e.fees.minor if e.fees else 0,
            insurance=e.insurance.minor if e.insurance else 0,
            principal=row["principal"]
            + sum(more.minor for more in (e.version.capitalised, e.drawn) if more is not None)
            - given_back,
            next_due_on=e.version.lines[0].due_on,
            version=e.originator_version,
        )

    @on(Servicing.ScheduleRestored)
    def _restored(self, e: Servicing.ScheduleRestored, table: Table) -> None:
        _vanishes(table, e, e.fallen_due, e.after)
        table.patch(
            e.originator_id,
            instalments=e.after + len(e.lines),
            principal=e.principal.minor,
            interest=e.interest.minor,
            fees=e.fees.minor if e.fees else 0,
            insurance=e.insurance.minor if e.insurance else 0,
            next_due_on=e.lines[0].due_on if e.to_come else None,
            accelerated_on=None,
        )

    @on(Servicing.NoticeGiven)
    def _noticed(self, e: Servicing.NoticeGiven, table: Table) -> None:
        table.patch(e.originator_id, noticed_until=e.until, version=e.originator_version)

    @on(Servicing.Accelerated)
    def _accelerated(self, e: Servicing.Accelerated, table: Table) -> None:
        table.patch(e.originator_id, accelerated_on=e.accelerated_on, version=e.originator_version)

    @on(Servicing.AccelerationLifted)
    def _lifted(self, e: Servicing.AccelerationLifted, table: Table) -> None:
        """The instalments that are to come again are said by the event after it."""
        table.patch(e.originator_id, noticed_until=None, accelerated_on=None, version=e.originator_version)

    @on(Servicing.WrittenOff)
    def _written_off(self, e: Servicing.WrittenOff, table: Table) -> None:
        table.patch(
            e.originator_id,
            status="written-off",
            written_off=e.lost.total.minor,
            unpaid=0,
            next_due_on=None,
            version=e.originator_version,
            **NOTHING_PROPOSED,
        )

    @on(Servicing.WriteOffProposed)
    def _write_off_proposed(self, e: Servicing.WriteOffProposed, table: Table) -> None:
        table.patch(
            e.originator_id,
            write_off_proposed_by=e.by,
            write_off_because=e.grounds.open(),
            write_off_proposed_on=e.on,
            would_lose=e.would_lose and _would_lose(e.would_lose),
            version=e.originator_version,
        )

    @on(Servicing.WriteOffRefused)
    def _write_off_refused(self, e: Servicing.WriteOffRefused, table: Table) -> None:
        table.patch(e.originator_id, version=e.originator_version, **NOTHING_PROPOSED)

    @on(Servicing.LossRestated)
    def _restated(self, e: Servicing.LossRestated, table: Table) -> None:
        table.patch(e.originator_id, written_off=e.lost.total.minor, version=e.originator_version)

    @on(Servicing.Recovered)
    def _recovered(self, e: Servicing.Recovered, table: Table) -> None:
        table.patch(e.originator_id, status="recovered", version=e.originator_version)

    @on(Servicing.RecoveryUndone)
    def _recovery_undone(self, e: Servicing.RecoveryUndone, table: Table) -> None:
        table.patch(e.originator_id, status="written-off", version=e.originator_version)

    @on(
        Servicing.OverpaymentRefunded,
        Servicing.PenaltiesPaused,
        Servicing.PenaltiesResumed,
        Servicing.MonthClosed,
        Servicing.SteppedBack,
    )
    def _went_on(self, e: Servicing.Event, table: Table) -> None:
        """What it changes of the sums is said by the event after it."""
        table.patch(e.originator_id, version=e.originator_version)

    @on(Servicing.RateReset)
    def _rate_reset(self, e: Servicing.RateReset, table: Table) -> None:
        table.patch(e.originator_id, rate=e.rate, version=e.originator_version)

    @on(Servicing.Repaid)
    def _repaid(self, e: Servicing.Repaid, table: Table) -> None:
        table.patch(
            e.originator_id,
            status="repaid",
            repaid_on=e.repaid_on,
            version=e.originator_version,
            **NOTHING_PROPOSED,
        )

    @on(Servicing.Reopened)
    def _reopened(self, e: Servicing.Reopened, table: Table) -> None:
        table.patch(e.originator_id, status="open", repaid_on=None, version=e.originator_version)

    # ── what the screen asks ───────────────────────────────────────────────

    def of(self, loan_id: UUID, day: date) -> LoanBalance | None:
        """The account of a loan, as it stands on a day.

        There is none before the money left.
        """
        return next(iter(self.balances([loan_id], day)), None)

    def balances(self, loan_ids: Iterable[UUID], day: date) -> list[LoanBalance]:
        """The accounts of some loans, as they stand on a day."""
        return self.rows(
            f"""
            SELECT account.*,
                CASE WHEN status IN ('open', 'repaid') THEN principal - principal_paid ELSE 0 END AS principal_owed,
                interest_paid + principal_paid + fee_paid + insurance_paid + penalty_paid + advance
                    + recovered + refunded AS received,
                unpaid AS overdue,
                greatest(%(day)s - late.oldest, 0) AS days_past_due,
                greatest(coming.amount - advance, 0) AS next_due,
                {OVERPAID} AS overpaid
            FROM {{table}} AS account
            LEFT JOIN LATERAL (
                SELECT min(due_on) AS oldest FROM {{Schedule}} AS s
                WHERE s.servicing_id = account.servicing_id AND fell_due
                  AND s.paid < s.amount AND NOT given_up
            ) AS late ON true
            LEFT JOIN LATERAL (
                SELECT s.amount - s.paid AS amount FROM {{Schedule}} AS s
                WHERE s.servicing_id = account.servicing_id AND NOT fell_due AND NOT given_up ORDER BY number LIMIT 1
            ) AS coming ON true
            WHERE account.servicing_id = ANY(%(servicing_ids)s::uuid[])""",
            into=LoanBalance,
            servicing_ids=[servicing_id(LoanId(loan_id)) for loan_id in loan_ids],
            day=day,
        )

    def these(self, servicing_ids: Iterable[UUID]) -> list[LoanAccountLine]:
        """Some accounts, by the ids of their servicing."""
        return self.rows(
            "SELECT * FROM {table} WHERE servicing_id = ANY(%(ids)s::uuid[])", ids=list(servicing_ids)
        )

    def arrears(self, day: date) -> list[ArrearsBucket]:
        """The loans that are being paid back, by currency and by how long they are past due on a day."""
        return self.rows(
            """
            SELECT currency, bucket, count(*) AS loans, sum(past_due)::bigint AS past_due,
                sum(outstanding)::bigint AS outstanding
            FROM (
                SELECT account.currency, principal - principal_paid AS outstanding,
                    coalesce(late.amount, 0) AS past_due, CASE
                        WHEN late.oldest IS NULL THEN 'current'
                        WHEN %(day)s - late.oldest <= 30 THEN '1-30'
                        WHEN %(day)s - late.oldest <= 60 THEN '31-60'
                        WHEN %(day)s - late.oldest <= 90 THEN '61-90'
                        ELSE '90+' END AS bucket
                FROM {table} AS account
                LEFT JOIN (
                    SELECT servicing_id, min(due_on) AS oldest,
                        sum(amount - paid) AS amount
                    FROM {Schedule}
                    WHERE fell_due AND paid < amount AND NOT given_up AND due_on < %(day)s
                    GROUP BY servicing_id
                ) AS late USING (servicing_id)
                WHERE status = 'open'
            ) AS loan
            GROUP BY currency, bucket ORDER BY currency, bucket""",
            into=ArrearsBucket,
            day=day,
        )

    def late(
        self,
        day: date,
        asked: LateFilter = EVERY_ONE,
        sort: Sort = "late_since",
        cursor: str | None = None,
        limit: int = 50,
        named: bool = True,
    ) -> Page[LateLoan]:
        """The loans that are past due, what has been late for longest first unless they are sorted otherwise.

        All of them unless a filter is named. Amounts are sorted within their currency.
        """
        query, values = late_loans(asked, day, sort)
        order = ordered(SORTS[sort.lstrip("-")], sort)
        return self.page(
            query,
            order=order,
            cursor=cursor,
            limit=limit,
            into=LateLoan,
            solid=True,
            beside=beside(named),
            **values,
        )

    def export_late(
        self, day: date, asked: LateFilter, sort: Sort, named: bool, most: int
    ) -> Iterator[list[LateLoan]]:
        """The same, all of them, to take away as CSV."""
        query, values = late_loans(asked, day, sort)
        order = ordered(SORTS[sort.lstrip("-")], sort)
        return self.export(query, order=order, most=most, into=LateLoan, beside=beside(named), **values)

    def outstanding(self) -> list[Outstanding]:
        """What is lent and not paid back yet, by currency; for some customers: of everybody, MonthlyFlows says it sooner."""
        return self.rows(
            "SELECT currency, count(*) AS loans, sum(principal - principal_paid)::bigint AS principal"
            " FROM {table} WHERE status = 'open' GROUP BY currency ORDER BY currency",
            into=Outstanding,
        )


def _beside(no_longer: Iterable[Share], now: Iterable[Share]) -> dict[str, int]:
    """How the sums of what is no component of an instalment change."""
    moved: Counter[str | None] = Counter()
    for share in no_longer:
        moved[share.what] -= share.amount.minor
    for share in now:
        moved[share.what] += share.amount.minor
    return {"recovered": moved["recovery"], "refunded": moved["refund"] + moved["claim"]}


def _move(
    table: Table,
    e: Servicing.Event,
    no_longer: Iterable[Allocation],
    now: Iterable[Allocation],
    falling: Allocation | None,
    **deltas: int,
) -> Row:
    """Adds to the sums: what is no longer paid, what is paid now, and more; returns the row as it was.

    falling  an instalment whose day has come: what it had received before counts with it
    """
    row = table.get(e.originator_id)
    assert row is not None, "the account was opened"
    no_longer, now = list(no_longer), list(now)
    less, more = sums(no_longer), sums(now)
    deltas |= {PAID[what]: more[what] - less[what] for what in COMPONENTS}
    moved = {column: row[column] + delta for column, delta in deltas.items()}
    if row["status"] in ALIVE:
        moved |= _unpaid(row, no_longer, now, falling)
    table.patch(e.originator_id, **moved, version=e.originator_version)
    return row


def _vanishes(table: Table, e: Servicing.Event, fallen_due: Allocation, kept: int) -> None:
    """What had fallen due of the instalments above ``kept`` did not: there are others in their place."""
    gone = {column: -fallen_due.minor(what) for what, column in DUE.items()}
    row = _move(table, e, [], [], None, **gone)
    if row["status"] in ALIVE:
        table.patch(e.originator_id, unpaid=row["unpaid"] + sum(gone.values()))
    table.patch(e.originator_id, _fallen=min(row["_fallen"], kept))


def _would_lose(lost: Balance) -> dict[str, int]:
    return {what: getattr(lost, what).minor for what in (*COMPONENTS, "total")}


def _unpaid(
    row: Row, no_longer: Iterable[Allocation], now: Iterable[Allocation], falling: Allocation | None
) -> dict[str, Any]:
    """What has fallen due and is not paid; money ahead of an instalment's day lessens nothing before that day."""
    unpaid, fallen, ahead = row["unpaid"], row["_fallen"], Counter[str](row["_ahead"])
    if falling is not None:
        fallen = falling.number
        unpaid += falling.total.minor - ahead.pop(str(fallen), 0)
    for sign, parts in ((-1, no_longer), (1, now)):
        for part in parts:
            paid = sign * (part.total.minor - part.minor("penalty"))
            if part.number <= fallen:
                unpaid -= paid
            else:
                ahead[str(part.number)] += paid
    return {
        "unpaid": unpaid,
        "_fallen": fallen,
        "_ahead": {number: paid for number, paid in ahead.items() if paid},
    }
