"""Each check of the judge is content with a true story, and says so when one thing in it is broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from demo import judge
from demo.evidence import READ_MODELS
from demo.judge import Early, Said, Terms, Verdict
from eventstore.verify import Chains, verify_chains
from projections.journal import Journal
from projections.loan_book import LoanBook
from projections.schedule import Schedule
from projections.trial_balance import TrialBalance
from tests.connected import auditing
from tests.demo.conftest import TERMS, Told
from tests.stories import MAY_6

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


# ── money learnt late, and before its time ─────────────────────────────────

SETTLED = replace(
    Terms("L-2028-000001", 300_000, "EUR", 600, 12, date(2028, 12, 7)),
    early=(
        Early(date(2029, 3, 17), 80_000, "same-instalment"),
        Early(date(2029, 5, 17), 40_000, "lower-instalment"),
        Early(date(2029, 6, 24), 0, "nothing"),
    ),
)


def said(pays: dict[str, dict[tuple[int, str], int]], **account: int) -> Said:
    """What was said on 11 March 2029 of money of 258.20 EUR, as the API said it."""
    days = {"R1": date(2029, 1, 7), "R2": date(2029, 2, 7), "R3": date(2029, 3, 7)}
    named = {(id, days[id], 25_820): parts for id, parts in pays.items()}
    return Said(date(2029, 3, 11), named, {"advance": 0, **account})


FIRST = {(1, "interest"): 1_500, (1, "principal"): 24_320}
SECOND = {(2, "interest"): 1_378, (2, "principal"): 24_442}
THIRD = {(3, "interest"): 1_256, (3, "principal"): 24_564}
UNSEEN = said(
    {"R1": FIRST, "R3": SECOND},
    principal_paid=48_762, interest_paid=2_878, overdue=25_820, days_past_due=4,
)  # fmt: skip
SEEN = said(
    {"R1": FIRST, "R3": THIRD, "R2": SECOND},
    principal_paid=73_326, interest_paid=4_134, overdue=0, days_past_due=0,
)  # fmt: skip


def test_money_learnt_late_counts_from_its_day() -> None:
    found = judge.late_money_counts_from_its_day(SETTLED, UNSEEN, SEEN)
    assert (found.holds, found.said) == (True, "1 of 2 receipts pay something else")


@pytest.mark.parametrize(
    ("after", "wrong"),
    [
        (replace(SEEN, pays={**UNSEEN.pays, **{id: SECOND for id in SEEN.pays if id[0] == "R2"}}), "of 2029-03-07 pays"),
        (replace(SEEN, account={**SEEN.account, "interest_paid": 4_133}), "interest_paid: 4133, not 4134"),
        (replace(SEEN, account={**SEEN.account, "days_past_due": 1}), "days_past_due: 1, not 0"),
        (UNSEEN, "nothing was learnt"),
    ],
    ids=["nobody pays something else", "a cent of interest", "still late", "nothing learnt"],
)  # fmt: skip
def test_money_learnt_late_that_counts_otherwise_is_found(after: Said, wrong: str) -> None:
    found = judge.late_money_counts_from_its_day(SETTLED, UNSEEN, after)
    assert not found.holds
    assert wrong in found.said


def versions() -> list[dict[str, Any]]:
    """What the API says when all is right: the agreed schedule and one beside it, by hand for three months."""
    agreed = [(1, "2026-06-06", 300, 29_925), (2, "2026-07-06", 150, 30_075)]
    early = [(1, "2026-05-21", 150, 9_850), (2, "2026-06-06", 125, 29_950), (3, "2026-07-06", 101, 20_200)]
    named = ("number", "due_on", "interest", "principal")
    return [
        {"number": number, "lines": [dict(zip(named, line, strict=True)) for line in lines]}
        for number, lines in enumerate((agreed, early), 1)
    ]


TWO_MONTHS = Terms(
    "L-2026-000009", 60_000, "EUR", 600, 2, MAY_6, (Early(date(2026, 5, 21), 10_000, "same-instalment"),)
)


def test_every_schedule_is_readable_and_right() -> None:
    found = judge.schedules_are_as_the_oracle_says(TWO_MONTHS, versions())
    assert (found.holds, found.said) == (True, "2 lines → 3 lines")


def test_a_schedule_that_is_wrong_by_a_cent_or_no_longer_there_is_found() -> None:
    wrong = versions()
    wrong[1]["lines"][2]["interest"] += 1
    assert (
        "version 2: (3, '2026-07-06', 102" in judge.schedules_are_as_the_oracle_says(TWO_MONTHS, wrong).said
    )
    shorter = versions()
    del shorter[0]["lines"][1]
    assert judge.schedules_are_as_the_oracle_says(TWO_MONTHS, shorter).said == "version 1: 1 lines, not 2"
    (alone,) = versions()[1:]
    assert not judge.schedules_are_as_the_oracle_says(TWO_MONTHS, [alone]).holds


QUOTE: dict[str, Any] = {
    "on": "2026-06-16",
    "valid_until": "2026-07-05",
    "interest_saved": 100,
    "total": 30_125,
    "parts": [
        {"part": part, "amount": amount, "law": "a text"}
        for part, amount in (("due", 0), ("principal", 30_075), ("accrued", 50), ("fee", 0), ("credit", 0))
    ],
}
PAID = replace(TWO_MONTHS, early=(Early(date(2026, 6, 16), 30_125, "nothing"),))


def test_the_quote_is_what_was_paid() -> None:
    found = judge.quote_is_as_the_oracle_says(PAID, QUOTE)
    assert (found.holds, found.said) == (True, "301.25 EUR, valid until 2026-07-05")


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_until": "2026-07-06"},
        {"interest_saved": 150},
        {"total": 30_126},
        {"parts": [{**part, "amount": part["amount"] + (part["part"] == "fee")} for part in QUOTE["parts"]]},
        {"parts": [{**part, "law": ""} for part in QUOTE["parts"]]},
    ],
    ids=["a day longer", "saves too much", "a cent more", "a fee nobody asked for", "without its law"],
)
def test_a_quote_that_is_wrong_in_one_thing_is_found(wrong: dict[str, Any]) -> None:
    assert not judge.quote_is_as_the_oracle_says(PAID, {**QUOTE, **wrong}).holds


def test_money_that_is_not_the_quoted_is_found() -> None:
    other = replace(PAID, early=(replace(PAID.early[0], amount=30_124),))
    assert not judge.quote_is_as_the_oracle_says(other, QUOTE).holds
    assert judge.quote_is_as_the_oracle_says(TWO_MONTHS, QUOTE).said == "the loan was not settled"


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
