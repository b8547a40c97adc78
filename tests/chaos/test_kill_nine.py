"""kill -9 of everything, everywhere, inside one run: the figures are those of a run that nobody disturbed.

CHAOS_SEED=… draws other amounts and other moments; the seed of a run is printed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from demo import judge, papers
from demo.borrowing import NOT_ENOUGH, Borrowing
from demo.calendar import Course, fall_due, pay, working_days
from demo.cast import Cast
from demo.desk import until
from demo.evidence import Evidence, evidence
from demo.ids import Ids
from demo.installation import Installation, of_its_own
from demo.people import people
from demo.plan import payments, plans
from eventstore import Unavailable
from tests.chaos.strikes import Faults, drawn
from tests.conftest import Database, MailServer
from tests.journeys.premises import premises

SEED = int(os.environ.get("CHAOS_SEED", "9"))
MONTHS = 3
During = Callable[[str], AbstractContextManager[None]]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [SEED], ids=[f"CHAOS_SEED={SEED}"])
def test_kill_nine_of_anything_anywhere_changes_no_figure(
    database: Database, mail_server: MailServer, tmp_path: Path, seed: int
) -> None:
    print(f"CHAOS_SEED={seed}")
    with premises(database, mail_server, tmp_path / "calm") as calm:
        undisturbed = _told(calm.cast, calm.evidence, seed, lambda step: nullcontext())
    strikes, faults = drawn(Random(seed)), Faults(tmp_path / "faults")
    struck = Installation(tmp_path / "struck", {"QUITTANCE_FAULTS": str(faults.folder)})
    with _running(struck) as (cast, found):
        disturbed = _told(cast, found, seed, lambda step: faults.during(struck, strikes.get(step, [])))
    assert disturbed == undisturbed
    assert Counter(faults.struck) == Counter(strike for each in strikes.values() for strike in each)


@contextmanager
def _running(installation: Installation) -> Iterator[tuple[Cast, Evidence]]:
    """The processes of `manage.py up`; says what they said last when the block fails."""
    try:
        where = installation.start()
        own = of_its_own(installation.state)
        with closing(Cast(where, people(own.state_dir))) as cast, evidence(own) as found:
            yield cast, found
    except Exception:
        print(installation.last_words())
        raise
    finally:
        installation.stop()


def _told(cast: Cast, found: Evidence, seed: int, during: During) -> dict[str, Any]:
    """Tell the short story; returns its figures."""
    random, offers = Random(seed), cast.offers()
    plan = plans(seed, offers, longest=MONTHS)[-1]
    loan = Borrowing(cast, plan, offers[plan.principal.currency], Ids(random))
    _live(loan, random, lambda step: _after_a_rest(found, during(step)))
    _rest(found)
    return _figures(loan, found)


def _live(loan: Borrowing, random: Random, step: During) -> None:
    """One loan of three months, step by step, from the request to the quittance."""
    with step("ask"):
        loan.ask()
    with step("approve"):
        loan.approve()
    loan.receive_contract()
    with step("hand a copy in"):
        loan.hand_in(papers.photo_of_the_first_page(loan.contract))
    with step("refuse the copy"):
        loan.refuse_copy(NOT_ENOUGH)
    with step("hand another copy in"):
        loan.hand_in(papers.signed(loan.contract))
    with step("accept the copy"):
        loan.accept_copy()
    with step("pay out"):
        schedule = loan.pay_out()
    _repay(loan, Course(loan, schedule, payments(loan.plan, schedule, random)), step)
    loan.receive_quittance()


def _repay(loan: Borrowing, course: Course, step: During) -> None:
    due = {line.on for line in course.schedule}
    paid = {payment.on for payment in course.payments}
    months = iter(("a month passes", "two months pass", "three months pass"))
    repayments = iter(("repay", *["repay again"] * len(course.payments)))
    for day in working_days([course]):
        with step(next(months) if day in due else "some days pass"):
            loan.cast.wait_for(day)
            fall_due(course, day)
        if day in paid:
            with step(next(repayments)):
                pay(course, day)


def _after_a_rest(found: Evidence, during: AbstractContextManager[None]) -> AbstractContextManager[None]:
    """A fault strikes the process it is meant for only when nobody else is at work."""
    _rest(found)
    found.look()
    return during


def _rest(found: Evidence) -> None:
    until("everything has come to rest", lambda: _is_at_rest(found))


def _is_at_rest(found: Evidence) -> bool:
    try:
        return found.waits_for() is None
    except (Unavailable, PoolTimeout, psycopg.OperationalError):
        return False


def _figures(loan: Borrowing, found: Evidence) -> dict[str, Any]:
    """What must not depend on who was killed; no ids, which are drawn, and no days, which pass."""
    verdicts = [
        *found.about_the_store(nothing_of={"LegalRateList", "IndexRateList", "LoanClocks"}),
        judge.ledger_balances(found.journal(), found.trial_balance(), {"XOF"}),
    ]
    assert [verdict for verdict in verdicts if not verdict.holds] == []
    account = loan.cast.accountant.read(f"{loan.path}/account")
    return {
        "books": [(line.account, line.debit, line.credit) for line in found.trial_balance()],
        "account": {name: value for name, value in account.items() if type(value) is int},
        "repayments": [
            (line["amount"], line["interest"], line["principal"]) for line in loan.repayment_lines()
        ],
        "events": _events(found),
        "letters": Counter(mail["subject"] for mail in _letters(loan.cast)),
        "papers": (len(loan.contract) > 0, len(loan.quittance) > 0),
    }


def _events(found: Evidence) -> dict[str, int]:
    """How often each thing happened. Whoever fetched a paper while the line broke has fetched it twice."""
    feed = found.store.read_feed(limit=65_535).events
    return Counter(row.kind for row in feed if row.kind != "Document.Downloaded")


def _letters(cast: Cast) -> list[dict[str, Any]]:
    """Each once: a letter that went out twice has the same Message-ID, so that its reader sees one."""
    return list({mail["message_id"]: mail for mail in cast.mails.read("/mails")}.values())
