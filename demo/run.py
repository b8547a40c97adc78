"""`manage.py demo`: start an installation of its own, tell the story, judge it, stop what was started."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

import httpx

from aggregates.rules.charts import PCG
from aggregates.rules.movements import PAID_FROM, RECEIVED_IN
from demo import judge, tables
from demo.borrowing import Borrowing
from demo.cast import Cast
from demo.clustered import Clustered
from demo.desk import NeverHappened, Unexpected, until
from demo.evidence import Evidence, evidence
from demo.figures import Figures, LoanFigures
from demo.ids import Ids
from demo.installation import ROOT, Installation
from demo.judge import Early, Terms, Verdict
from demo.narrate import Narrator, narrator
from demo.people import people
from demo.plan import plans
from demo.story import Story
from runtime.supervise import AlreadyRunning

FOLDER = ROOT / "var" / "demo"
"""Made anew by each run; a second run at the same time is refused."""
CLUSTER = ROOT / "var" / "demo-cluster"
"""The same for the cluster's."""
QUIET = 60.0
"""Seconds that everything may take to come to rest after the last step."""


def main(
    seed: int | None = None,
    as_json: bool = False,
    tables_to: Path | None = None,
    clustered: bool = False,
) -> int:
    """Exit code: 0 when the judge is content, 1 when not, 2 when the story could not be told to its end.

    seed       other amounts, terms and habits of payment; None: the two loans of the demonstration
    as_json    print the figures as one document, and tell the story on standard error
    tables_to  write every read model to this file, to be compared with another run (tables.py)
    clustered  on `manage.py cluster`, with several processes of each role
    """
    say = narrator(sys.stderr if as_json else sys.stdout)
    installation = on_a_cluster() if clustered else on_its_own()
    figures = run(installation, seed, say, tables_to)
    say.close()
    if isinstance(figures, int):
        return figures
    if as_json:
        print(json.dumps(figures.document(), ensure_ascii=False))
    else:
        figures.show(say)
        again = f"manage.py {installation.verb} --state {_short(installation.state)}"
        say.tell(f"the papers are in {_short(_papers(installation))}; look around: {again}")
    return 0 if figures.good else 1


def on_its_own() -> Installation:
    return Installation(FOLDER / "state")


def on_a_cluster() -> Clustered:
    return Clustered(CLUSTER / "state")


def run(
    installation: Installation, seed: int | None, say: Narrator, tables_to: Path | None = None
) -> Figures | int:
    """Tell the story and stop what was started; the exit code of a story that could not be told to its end."""
    try:
        return _told(installation, seed, say, tables_to)
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
        installation.stop()


def _told(installation: Installation, seed: int | None, say: Narrator, tables_to: Path | None) -> Figures:
    began = time.monotonic()
    say.chapter(f"The processes of `manage.py {installation.verb}`, on a state of their own, in time-lapse")
    where = installation.start()
    say.tell(f"ready at {where.api} after {time.monotonic() - began:.0f} s")
    own = installation.settings()
    random = Random(seed or 0)
    ids = Ids(Random(f"beside the loans {seed or 0}"))
    with closing(Cast(where, people(own.state_dir), ids)) as cast, evidence(own) as found:
        borrowings = _borrowings(cast, seed, random)
        story = Story(cast, borrowings, say, random, installation.kill, found.look)
        story.tell()
        say.chapter("The judge")
        until("everything has come to rest", lambda: found.waits_for() is None, QUIET)
        say.tell("everything has come to rest")
        found.look()
        changed = _loan(story.changes.one, story.changes.early)
        loans = [*map(_loan, borrowings), changed]
        verdicts = [
            *_about_money(loans, story.default.in_the_books(), cast, found),
            *story.changes.verdicts(),
            *story.default.verdicts(),
            *found.about_the_store(),
        ]
        say.tell(
            "read models replayed, lanes shuffled; chains computed again; figures compared with the oracle"
        )
        papers = _write_papers([*borrowings, story.changes.one], _papers(installation))
        if tables_to is not None:
            tables.write(own.auditor_url, seed, tables_to)
        ways = installation.ways(found.documents())
        seconds = time.monotonic() - began
        return Figures(seed, seconds, loans, found.trial_balance(), verdicts, papers, cast.repeats(), ways)


def _borrowings(cast: Cast, seed: int | None, random: Random) -> list[Borrowing]:
    offers, ids = cast.offers(), Ids(random)
    return [
        Borrowing(cast, plan, offers[plan.principal.currency], ids, by_advisor=number % 2 == 1)
        for number, plan in enumerate(plans(seed, offers))
    ]


def _about_money(
    loans: Sequence[LoanFigures], apart: Mapping[str, int], cast: Cast, found: Evidence
) -> list[Verdict]:
    """``apart``: what another loan leaves on each account, which the oracle does not reckon."""
    journal, trial = found.journal(), found.trial_balance()
    currencies = {loan.terms.currency for loan in loans}
    books = [(loan.terms, loan.received) for loan in loans]
    return [
        judge.ledger_balances(journal, trial, currencies),
        judge.trial_balance_sums_the_journal(journal, trial),
        judge.books_are_as_the_oracle_says(
            books, PCG[PAID_FROM["transfer"]].number, trial, cast.today(), apart
        ),
        *(judge.repaid_as_promised(loan.terms, sum(loan.received.values())) for loan in loans),
    ]


def _loan(borrowing: Borrowing, early: Sequence[Early] = ()) -> LoanFigures:
    """What the API says about a loan at the end.

    early  what was repaid before its time
    """
    loan = borrowing.read_loan()
    lines = borrowing.repayment_lines()
    received = Counter[str]()
    for line in lines:
        received[PCG[RECEIVED_IN[line["method"]]].number] += line["amount"]
    # What was too much went back by transfer, as it had come.
    received[PCG[PAID_FROM["transfer"]].number] -= borrowing.read_account()["refunded"]
    terms = Terms.said(loan, early)
    habits: dict[str, int] = Counter(payment.habit for _, payment in borrowing.repayments)
    habits["early"] = len(early)
    days = (date.fromisoformat(loan["repaid_on"]) - terms.value_date).days
    return LoanFigures(terms, borrowing.schedule()[0].total.minor, dict(received), dict(habits), days)


def _write_papers(borrowings: Sequence[Borrowing], folder: Path) -> list[str]:
    """The PDFs that people were given; returns where they are."""
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
            written.append(f"{_short(folder)}/{name}")
    return written


def _papers(installation: Installation) -> Path:
    return installation.state.with_name("documents")


def _short(folder: Path) -> str:
    return str(folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder)
