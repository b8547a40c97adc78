"""The journal: every posting, one line for each account it debits or credits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from aggregates.posting import Posting
from eventstore import Page, Projection, Table, on
from projections.filters import Filters, ordered
from projections.line import Line

Sort = Literal["entry_on", "-entry_on"]
_ORDER = "entry_on, recorded_at"
"""The lines of a posting stay in their order, whichever way the list is sorted."""


class JournalLine(Line):
    posting_id: UUID
    line: int
    """From 1, in the order of the posting."""
    entry_on: date
    """The accounting date: the day of the movement itself."""
    recorded_at: datetime
    """When the posting was made, by the machine's time; sorts the entries of a day."""
    movement: str
    """What happened, in a word: ``disbursement``, ``repayment``."""
    about: UUID
    """The loan."""
    cause: str
    """The event it was made from, as ``stream:version``."""
    label: str
    account: str
    """Number in the chart of accounts."""
    debit: int
    """Minor units of ``currency``; 0 on a credit."""
    credit: int
    """Minor units of ``currency``; 0 on a debit."""
    currency: str


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which lines: all that is named has to fit."""

    account: str | None = None
    movement: str | None = None
    about: UUID | None = None
    entry_from: date | None = None
    entry_to: date | None = None

    def asked(self) -> Filters:
        """As conditions."""
        return (
            Filters()
            .equal("account", self.account)
            .equal("movement", self.movement)
            .equal("about", self.about)
            .span("entry_on", self.entry_from, self.entry_to)
        )


class Journal(Projection):
    """Whatever writes here, the database refuses it unless each posting still sums to zero in each currency.

    The triggers look at what a statement moved, not at the table: their cost does not grow with the journal.
    """

    key = ("posting_id", "line")
    row = JournalLine
    ddl = """
        CREATE TABLE {table} (
            posting_id  uuid NOT NULL,
            line        int NOT NULL,
            entry_on    date NOT NULL,
            recorded_at timestamptz NOT NULL,
            movement    text NOT NULL,
            about       uuid NOT NULL,
            cause       text NOT NULL,
            label       text NOT NULL,
            account     text NOT NULL,
            debit       bigint NOT NULL CHECK (debit >= 0),
            credit      bigint NOT NULL CHECK (credit >= 0),
            currency    char(3) NOT NULL,
            PRIMARY KEY (posting_id, line)
        );
        CREATE INDEX ON {table} (entry_on DESC, recorded_at DESC, posting_id, line);
        CREATE INDEX ON {table} (account, entry_on DESC, recorded_at DESC, posting_id, line);
        CREATE INDEX ON {table} (about);

        CREATE FUNCTION {table}_balances() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            wrong record;
        BEGIN
            EXECUTE 'SELECT posting_id, currency, sum(amount) AS rest FROM (' || TG_ARGV[0] || ') AS moved'
                ' GROUP BY posting_id, currency HAVING sum(amount) <> 0 LIMIT 1' INTO wrong;
            IF wrong.posting_id IS NOT NULL THEN
                RAISE EXCEPTION 'posting % does not balance: % % more debited than credited',
                    wrong.posting_id, wrong.rest, wrong.currency
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'each_posting_sums_to_zero';
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER balances_when_added AFTER INSERT ON {table}
            REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_balances(
                'SELECT posting_id, currency, debit - credit AS amount FROM added');
        CREATE TRIGGER balances_when_removed AFTER DELETE ON {table}
            REFERENCING OLD TABLE AS removed
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_balances(
                'SELECT posting_id, currency, credit - debit AS amount FROM removed');
        CREATE TRIGGER balances_when_changed AFTER UPDATE ON {table}
            REFERENCING NEW TABLE AS added OLD TABLE AS removed
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_balances(
                'SELECT posting_id, currency, debit - credit AS amount FROM added
                 UNION ALL SELECT posting_id, currency, credit - debit FROM removed')"""

    @on(Posting.Made)
    def _made(self, e: Posting.Made, table: Table) -> None:
        for number, line in enumerate(e.lines, 1):
            table.put(
                posting_id=e.originator_id,
                line=number,
                entry_on=e.entry_on,
                recorded_at=e.timestamp,
                movement=e.movement,
                about=e.about,
                cause=e.cause,
                label=e.label,
                account=line.account,
                debit=line.debit.minor,
                credit=line.credit.minor,
                currency=line.debit.currency,
            )

    # ── what the screen asks ───────────────────────────────────────────────

    def lines(
        self,
        asked: JournalFilter = JournalFilter(),
        sort: Sort = "-entry_on",
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[JournalLine]:
        """The lines of the journal, newest entry first unless they are sorted otherwise.

        All of them unless a filter is named.
        """
        kept = asked.asked()
        query, order = f"SELECT * FROM {{table}} WHERE {kept.sql}", ordered(_ORDER, sort)
        return self.page(query, order=order, cursor=cursor, limit=limit, **kept.values)

    def export_of(self, asked: JournalFilter, sort: Sort, most: int) -> Iterator[list[JournalLine]]:
        """The lines of a list, all of them, to take away as CSV."""
        kept = asked.asked()
        query = f"SELECT * FROM {{table}} WHERE {kept.sql}"
        return self.export(query, order=ordered(_ORDER, sort), most=most, **kept.values)

    def of(self, about: UUID) -> list[JournalLine]:
        """The lines of the journal about one loan, oldest entry first."""
        return self.rows(
            "SELECT * FROM {table} WHERE about = %(about)s ORDER BY entry_on, recorded_at, posting_id, line",
            about=about,
        )
