"""Each check of the judge is content with a true story, and says so when one thing in it is broken."""

from __future__ import annotations

import pytest

from demo import judge
from demo.evidence import READ_MODELS
from demo.judge import Verdict
from eventstore.verify import Chains, verify_chains
from projections.journal import Journal
from projections.loan_book import LoanBook
from projections.schedule import Schedule
from projections.trial_balance import TrialBalance
from tests.connected import auditing
from tests.demo.conftest import TERMS, Told

JOURNAL, TRIAL = f"read.{Journal.table_name()}", f"read.{TrialBalance.table_name()}"


def ledger(told: Told) -> Verdict:
    return judge.ledger_balances(told.evidence.journal(), told.evidence.trial_balance(), {"EUR"})


def agreement(told: Told) -> Verdict:
    return judge.trial_balance_sums_the_journal(told.evidence.journal(), told.evidence.trial_balance())


def books(told: Told, received: int) -> Verdict:
    loans = [(TERMS, {"512": received})]
    return judge.books_are_as_the_oracle_says(loans, "512", told.evidence.trial_balance(), told.last_day)


def replays(told: Told) -> Verdict:
    return judge.nothing_differs(told.evidence.replays(), READ_MODELS)


def chains(told: Told) -> Verdict:
    return judge.chains_hold(verify_chains(auditing(told.evidence.store)))


def test_a_true_story_passes_every_check(told: Told) -> None:
    verdicts = [ledger(told), agreement(told), books(told, told.received), replays(told), chains(told)]
    verdicts.append(judge.repaid_as_promised(TERMS, told.received))
    verdicts.append(judge.every_read_model_had_rows(READ_MODELS, told.evidence.seen))
    verdicts.append(judge.nothing_is_left_undone(None, []))
    assert [verdict for verdict in verdicts if not verdict.holds] == []


# ── the books ──────────────────────────────────────────────────────────────


def test_an_amount_changed_in_the_journal_is_an_imbalance(told: Told) -> None:
    told.tamper(
        f"ALTER TABLE {JOURNAL} DISABLE TRIGGER USER",
        f"UPDATE {JOURNAL} SET debit = debit + 1 WHERE line = 1 AND movement = 'disbursement'",
    )
    found = ledger(told)
    assert (found.holds, found.said) == (False, "the journal is out by {'EUR': 1}")
    assert not agreement(told).holds


def test_two_wrong_postings_that_make_up_for_each_other_are_found_all_the_same(told: Told) -> None:
    told.tamper(
        f"ALTER TABLE {JOURNAL} DISABLE TRIGGER USER",
        f"UPDATE {JOURNAL} SET debit = debit + 1 WHERE line = 1 AND movement = 'disbursement'",
        f"UPDATE {JOURNAL} SET debit = debit - 1 WHERE (posting_id, line) ="
        f" (SELECT posting_id, line FROM {JOURNAL} WHERE line = 1 AND movement = 'repayment' LIMIT 1)",
    )
    found = ledger(told)
    assert not found.holds
    assert found.said.endswith("does not balance")


def test_an_amount_changed_in_the_trial_balance_is_an_imbalance(told: Told) -> None:
    told.tamper(f"UPDATE {TRIAL} SET credit = credit - 7 WHERE account = '512'")
    assert ledger(told).said == "the trial balance is out by {'EUR': 7}"
    assert agreement(told).said == "they differ on [('512', 'EUR')]"


def test_books_without_a_currency_that_was_lent_do_not_pass(told: Told) -> None:
    verdict = judge.ledger_balances(told.evidence.journal(), told.evidence.trial_balance(), {"EUR", "XOF"})
    assert (verdict.holds, verdict.said) == (False, "the journal has nothing in XOF")


def test_one_unit_too_little_is_not_repaid(told: Told) -> None:
    found = judge.repaid_as_promised(TERMS, told.received - 1)
    assert (found.holds, found.said) == (False, "5318.48 received, 5000.00 + 318.49 expected")


def test_money_on_the_wrong_account_is_not_what_the_oracle_says(told: Told) -> None:
    told.tamper(
        f"UPDATE {TRIAL} SET debit = debit - 5 WHERE account = '512'",
        f"INSERT INTO {TRIAL} VALUES ('530', 'EUR', 5, 0)",
    )
    assert not agreement(told).holds
    assert books(told, told.received).said == "account 512 in EUR: 31844, not 31849"


# ── what is read ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE read.{LoanBook.table_name()} SET months = months + 1",
        f"DELETE FROM read.{LoanBook.table_name()}",
        f"UPDATE read.{Schedule.table_name()} SET interest_paid = interest_paid - 1 WHERE number = 24",
    ],
)
def test_a_row_that_was_tampered_with_differs_from_a_fresh_replay(told: Told, change: str) -> None:
    told.tamper(change)
    found = replays(told)
    assert not found.holds
    assert found.said.startswith("3, first ")  # in each of the three replays


def test_a_read_model_that_was_not_compared_does_not_pass(told: Told) -> None:
    found = judge.nothing_differs(told.evidence.replays()[1:2], READ_MODELS)
    assert not found.holds
    assert found.said.startswith("not compared: ")


def test_a_read_model_that_never_had_a_row_does_not_pass(told: Told) -> None:
    found = judge.every_read_model_had_rows(READ_MODELS, {**told.evidence.seen, "Deadlines": 0})
    assert (found.holds, found.said) == (False, "never a row in Deadlines")


def test_rows_that_are_gone_in_the_end_were_seen(told: Told) -> None:
    told.tamper(f"DELETE FROM read.{LoanBook.table_name()}")
    told.evidence.look()
    assert judge.every_read_model_had_rows(READ_MODELS, told.evidence.seen).holds


def test_a_run_without_read_models_does_not_pass() -> None:
    assert not judge.every_read_model_had_rows([], {}).holds


# ── what is stored ─────────────────────────────────────────────────────────

OPEN_THE_STORE = "ALTER TABLE store.events DISABLE TRIGGER USER"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE store.events SET state = state || ' ' WHERE kind = 'Loan.Approved'",
            "the link does not fit",
        ),
        ("UPDATE store.events SET meta = meta || ' ' WHERE kind = 'Loan.Approved'", "the link does not fit"),
        ("DELETE FROM store.events WHERE kind = 'Loan.Approved'", "version 2 is missing"),
    ],
)
def test_an_event_whose_bytes_were_changed_breaks_its_chain(told: Told, change: str, said: str) -> None:
    told.tamper(OPEN_THE_STORE, change)
    found = chains(told)
    assert not found.holds
    assert said in found.said


def test_a_store_without_events_does_not_pass() -> None:
    assert not judge.chains_hold(Chains(0, 0, [])).holds


def test_work_that_is_left_does_not_pass() -> None:
    assert judge.nothing_is_left_undone("jobs", []).said == "still to do: jobs"
    assert judge.nothing_is_left_undone(None, ["loan_book_v1"]).said == "1 parked, first for loan_book_v1"
