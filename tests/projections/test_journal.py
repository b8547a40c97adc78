"""The journal."""

from datetime import date

import psycopg
import pytest

from eventstore import parking
from eventstore.projector import retry
from projections.journal import Journal, JournalFilter
from tests.connected import projecting
from tests.projections.books import awa_paid_out, eur, jean_paid_out, jean_repaid, lines, made, posting_id
from tests.stories import AWA, AWA_LOAN, JUNE_6, LOAN, MAY_6, xof


def told(screens) -> None:
    screens.happened(jean_paid_out, awa_paid_out, on=MAY_6)
    screens.happened(jean_repaid, on=JUNE_6)


def accounts(found) -> list[str]:
    return [line.account for line in found]


def test_a_posting_is_shown_line_by_line(screens):
    told(screens)
    paid_out = screens.read(Journal).of(LOAN)[:2]
    assert [(line.account, line.debit, line.credit) for line in paid_out] == [
        ("2748", 500_000, 0),
        ("512", 0, 500_000),
    ]
    line = paid_out[0]
    assert (line.posting_id, line.line, line.entry_on) == (posting_id(1), 1, MAY_6)
    assert (line.movement, line.label, line.currency) == ("disbursement", "Prêt L-2026-000001", "EUR")
    assert (line.about, line.cause) == (LOAN, f"{LOAN}:5")


def test_the_lines_of_one_loan_are_listed_oldest_first(screens):
    told(screens)
    assert accounts(screens.read(Journal).of(LOAN)) == ["2748", "512", "512", "27684", "2748"]
    assert accounts(screens.read(Journal).of(AWA_LOAN)) == ["2748", "530"]


def test_the_newest_entry_comes_first_also_when_it_was_recorded_late(screens):
    told(screens)
    back_dated = lines(("512", eur(1), eur(0)), ("4681", eur(0), eur(1)))
    screens.happened(made(9, date(2026, 5, 5), "repayment", back_dated), on=JUNE_6)
    journal = screens.read(Journal)
    page = journal.lines(limit=3)
    assert accounts(page.items) == ["512", "27684", "2748"]
    page = journal.lines(limit=3, cursor=page.next)
    assert accounts(page.items) == ["2748", "530", "2748"]
    page = journal.lines(limit=3, cursor=page.next)
    assert (accounts(page.items), page.next) == (["512", "512", "4681"], None)


def test_one_account_can_be_followed(screens):
    told(screens)
    followed = screens.read(Journal).lines(JournalFilter("512")).items
    assert [(line.debit, line.credit) for line in followed] == [(22_160, 0), (0, 500_000)]


def test_the_books_are_shown_to_staff_only(screens):
    told(screens)
    assert screens.read(Journal, customers=[AWA]).lines().items == []
    assert screens.read(Journal, customers=[AWA]).of(AWA_LOAN) == []


def test_a_posting_that_does_not_balance_is_parked_and_the_others_are_shown(screens):
    crooked = made(8, MAY_6, "disbursement", lines(("2748", eur(500), eur(0)), ("512", eur(0), eur(499))))
    mixed = made(9, MAY_6, "disbursement", lines(("2748", eur(500), eur(0)), ("512", xof(0), xof(500))))
    screens.happened(crooked, jean_paid_out, mixed, awa_paid_out)
    journal = screens.read(Journal)
    assert {line.posting_id for line in journal.lines().items} == {posting_id(1), posting_id(3)}
    parked = parking.parked(screens.store.pool, Journal.table_name())
    assert {entry.stream_id: entry.cause for entry in parked} == {
        posting_id(8): "CheckViolation each_posting_sums_to_zero",
        posting_id(9): "CheckViolation each_posting_sums_to_zero",
    }
    assert len(retry(*projecting(screens.store), [Journal])) == 2
    screens.asked.remove(Journal)  # what is parked is in no replay either


TABLE = f"read.{Journal.table_name()}"
COPIED = "entry_on, recorded_at, movement, about, cause, label, account, debit, credit, currency"
UNBALANCED = [
    f"UPDATE {TABLE} SET debit = debit + 1 WHERE account = '2748'",
    f"UPDATE {TABLE} SET currency = 'XOF' WHERE account = '512'",
    f"DELETE FROM {TABLE} WHERE line = 2",
    f"INSERT INTO {TABLE} SELECT posting_id, 7, {COPIED} FROM {TABLE} WHERE line = 1",
]


@pytest.mark.parametrize("statement", UNBALANCED)
def test_the_database_refuses_whatever_leaves_a_posting_unbalanced(screens, statement):
    told(screens)
    screens.read(Journal)
    with psycopg.connect(screens.owner_url) as connection:
        connection.execute("SELECT set_config('quittance.scope', 'all', true)")
        with pytest.raises(psycopg.errors.CheckViolation, match="does not balance"):
            connection.execute(statement)


def test_the_database_lets_a_whole_posting_be_changed(screens):
    told(screens)
    screens.read(Journal)
    with psycopg.connect(screens.owner_url) as connection:
        connection.execute("SELECT set_config('quittance.scope', 'all', true)")
        connection.execute(f"UPDATE {TABLE} SET debit = debit * 2, credit = credit * 2")
        changed = connection.execute(f"DELETE FROM {TABLE} WHERE posting_id = %s", (posting_id(1),))
        assert changed.rowcount == 2
        connection.rollback()
