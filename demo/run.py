"""`manage.py demo`: start an installation of its own, tell the story, judge it, stop what was started."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from random import Random

import httpx

from aggregates.rules.postings import PAID_FROM, RECEIVED_IN
from demo import judge
from demo.borrowing import Borrowing
from demo.cast import Cast
from demo.desk import NeverHappened, Unexpected, until
from demo.evidence import Evidence, evidence
from demo.figures import Figures, LoanFigures
from demo.ids import Ids
from demo.installation import ROOT, Installation, of_its_own
from demo.judge import Terms, Verdict
from demo.narrate import Narrator, narrator
from demo.people import people
from demo.plan import plans
from demo.story import Story
from runtime.supervise import AlreadyRunning

FOLDER = ROOT / "var" / "demo"
"""Made anew by each run; a second run at the same time is refused."""
QUIET = 60.0
"""Seconds that everything may take to come to rest after the last step."""


def main(seed: int | None = None, as_json: bool = False) -> int:
    """Exit code: 0 when the judge is content, 1 when not, 2 when the story could not be told to its end.

    seed     other amounts, terms and habits of payment; None: the two loans of the demonstration
    as_json  print the figures as one document, and tell the story on standard error
    """
    say = narrator(sys.stderr if as_json else sys.stdout)
    installation = Installation(FOLDER / "state")
    try:
        figures = _told(installation, seed, say)
    except AlreadyRunning as error:
        print(f"{error}: stop it first", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except (NeverHappened, Unexpected, httpx.HTTPError) as error:
        say.close()
        print(f"{error}\n\n{installation.last_words()}", file=sys.stderr)
        return 2
    finally:
        say.close()
        installation.stop()
    if as_json:
        print(json.dumps(figures.document(), ensure_ascii=False))
    else:
        figures.show(say)
        say.tell(
            f"the papers are in {_short('documents')}; look around: manage.py up --state {_short('state')}"
        )
    return 0 if figures.good else 1


def _told(installation: Installation, seed: int | None, say: Narrator) -> Figures:
    began = time.monotonic()
    say.chapter("The processes of `manage.py up`, on a state of their own, in time-lapse")
    where = installation.start()
    say.tell(f"ready at {where.api} after {time.monotonic() - began:.0f} s")
    own = of_its_own(installation.state)
    with closing(Cast(where, people(own.state_dir))) as cast, evidence(own) as found:
        random = Random(seed or 0)
        borrowings = _borrowings(cast, seed, random)
        Story(cast, borrowings, say, random, installation.kill, found.look).tell()
        say.chapter("The judge")
        until("everything has come to rest", lambda: found.waits_for() is None, QUIET)
        say.tell("everything has come to rest")
        found.look()
        loans = [_loan(each) for each in borrowings]
        verdicts = [*_about_money(loans, cast, found), *found.about_the_store()]
        say.tell(
            "read models replayed, lanes shuffled; chains computed again; figures compared with the oracle"
        )
        papers = _write_papers(borrowings)
        seconds = time.monotonic() - began
        return Figures(seed, seconds, loans, found.trial_balance(), verdicts, papers, cast.repeats())


def _borrowings(cast: Cast, seed: int | None, random: Random) -> list[Borrowing]:
    offers, ids = cast.offers(), Ids(random)
    return [
        Borrowing(cast, plan, offers[plan.principal.currency], ids, by_advisor=number % 2 == 1)
        for number, plan in enumerate(plans(seed, offers))
    ]


def _about_money(loans: Sequence[LoanFigures], cast: Cast, found: Evidence) -> list[Verdict]:
    journal, trial = found.journal(), found.trial_balance()
    currencies = {loan.terms.currency for loan in loans}
    books = [(loan.terms, loan.received) for loan in loans]
    return [
        judge.ledger_balances(journal, trial, currencies),
        judge.trial_balance_sums_the_journal(journal, trial),
        judge.books_are_as_the_oracle_says(books, PAID_FROM["transfer"], trial, cast.today()),
        *(judge.repaid_as_promised(loan.terms, sum(loan.received.values())) for loan in loans),
    ]


def _loan(borrowing: Borrowing) -> LoanFigures:
    """What the API says about a loan at the end."""
    loan = borrowing.read_loan()
    lines = borrowing.repayment_lines()
    received = Counter[str]()
    for line in lines:
        received[RECEIVED_IN[line["method"]]] += line["amount"]
    value_date = date.fromisoformat(loan["disbursed_on"])
    terms = Terms(
        loan["reference"], loan["principal"], loan["currency"], loan["rate"], loan["months"], value_date
    )
    habits: dict[str, int] = Counter(payment.habit for _, payment in borrowing.repayments)
    days = (date.fromisoformat(loan["repaid_on"]) - value_date).days
    return LoanFigures(terms, borrowing.schedule()[0].total.minor, dict(received), dict(habits), days)


def _write_papers(borrowings: Sequence[Borrowing]) -> list[str]:
    """The PDFs that people were given; returns where they are."""
    folder = FOLDER / "documents"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for old in folder.iterdir():
        old.unlink()
    written = []
    for each in borrowings:
        number = each.reference[1:]
        for name, content in (
            (f"K{number}-contrat.pdf", each.contract),
            (f"K{number}-signe.pdf", each.copy),
            (f"Q{number}-quittance.pdf", each.quittance),
        ):
            (folder / name).write_bytes(content)
            written.append(f"{_short('documents')}/{name}")
    return written


def _short(folder: str) -> str:
    return str((FOLDER / folder).relative_to(ROOT))
