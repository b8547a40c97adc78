"""Loans in a hostile world, over HTTP: whatever is asked, nothing breaks and every screen tells the same.

HOSTILE=200 HOSTILE_SEED=7 .venv/bin/python -m pytest tests/api/test_hostile_lives.py -k any -x    two hundred worlds, from that seed on
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import structlog

from aggregates.organisation import ORGANISATION_ID
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId
from commands.organisation import ChangeLimits, ConfirmProposal
from demo.evidence import READ_MODELS
from eventstore.compare import compare
from eventstore.read_models import tables
from eventstore.verify import verify_chains
from projections.journal import Journal
from projections.loan_account import LoanAccount
from projections.loan_book import LoanBook
from projections.repayment_list import RepaymentList
from projections.schedule import Schedule
from projections.trial_balance import TrialBalance
from tests.api.hostile_checks import house_holds, house_says_the_same, loan_holds
from tests.api.hostile_moves import Tormentors
from tests.api.hostile_world import Day, Finding, World
from tests.api.house import id_of, opened
from tests.connected import auditing

PROBLEM = "application/problem+json"
WORLDS = int(os.environ.get("HOSTILE", "1"))
FIRST = int(os.environ.get("HOSTILE_SEED", "1"))
STEPS = int(os.environ.get("HOSTILE_STEPS", "25"))


def without_limits(house) -> None:
    """Who may decide on how much is not what is attacked here."""
    limits = [
        {"operation": operation, "role": role, "each": {"amount": "10000000", "currency": currency}}
        | ({"daily": {"amount": "90000000", "currency": currency}} if operation == "loan.disburse" else {})
        for operation, role in (("loan.approve", "advisor"), ("loan.disburse", "accountant"), ("loan.disburse", "advisor"))
        for currency in ("EUR", "XOF", "CAD")
    ]  # fmt: skip
    change = ChangeLimits.model_validate({"limits": limits, "reason": "Le sort décide."})
    house.does(change, ORGANISATION_ID, id_of("admin"))
    house.does(ConfirmProposal(number=1), ORGANISATION_ID, id_of("max"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FIRST, FIRST + WORLDS))
def test_whatever_is_asked_nothing_breaks_and_every_screen_tells_the_same(database, tmp_path, seed):
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    day = Day()
    with opened(database.app_url, database.owner_url, tmp_path, day.today) as house:
        without_limits(house)
        world = World(house, day)
        torment(world, Random(seed))
        house_holds(world)
        auditor = auditing(house.platform.store)
        chains = verify_chains(auditor)
        world.holds(not chains.breaks, f"chains: {chains.breaks}")
        for found in compare(auditor, database.auditor_url, list(READ_MODELS.values())):
            world.holds(
                not found.differences, f"{found.read_model} is not its replay: {found.differences[:3]}"
            )
        world.close()
        if "HOSTILE" in os.environ:
            for what, times in sorted(world.answers.items()):
                print(f"{times:5} {what}")


def torment(world: World, lot: Random) -> None:
    crowd = Tormentors(world, lot)
    if lot.random() < 0.8:
        crowd.enters_an_index()
    while len(crowd.products) < 3:
        crowd.launches()
    for _ in range(3):
        crowd.requests()
    for _ in range(STEPS):
        if lot.random() < 0.06 or not crowd.lives:
            crowd.requests()
            continue
        life = crowd.one()
        if lot.random() < 0.3:
            world.passes(lot.choice([1, 1, 3, 10, 31, 31, 45, 120]))
            if lot.random() < 0.2:
                crowd.torments(life)
            world.works()
        crowd.torments(life)
        world.works()
        house_says_the_same(world, life.id)
    for life in crowd.lives:
        loan_holds(world, life.id, life.owner, life.stranger)


@pytest.fixture
def world(database, tmp_path) -> Iterator[World]:
    day = Day()
    with opened(database.app_url, database.owner_url, tmp_path, day.today) as house:
        world = World(house, day)
        yield world
        world.close()


@pytest.fixture
def lived(world) -> tuple[World, UUID]:
    """A loan of a plain product, paid out, with money that pays its first instalment and money that waits."""
    loan = world.house.disbursed(serviced=False)
    world.works()
    world.passes(40)
    world.works()
    for amount in ("221.60", "10.00"):
        assert world.ask("chloe", f"/loans/{loan}/repayments", money(world, amount)).is_success
    world.works()
    return world, loan


def money(world: World, amount: str) -> dict[str, Any]:
    paid = {"repayment_id": str(uuid4()), "amount": {"amount": amount, "currency": "EUR"}}
    return paid | {"value_date": str(world.day.on), "method": "cash", "reference": "R"}


WRONG = [
    (LoanAccount, "advance = advance + 1", "advance = advance - 1"),
    (LoanAccount, "unpaid = unpaid + 1", "unpaid = unpaid - 1"),
    (LoanAccount, "principal = principal + 1", "principal = principal - 1"),
    (LoanAccount, "status = 'repaid'", "status = 'open'"),
    (Schedule, "paid = paid + 1", "paid = paid - 1"),
    (Schedule, "principal = principal + 1", "principal = principal - 1"),
    (RepaymentList, "amount = amount + 1", "amount = amount - 1"),
    (RepaymentList, "interest = interest + amount", "interest = interest - amount"),
    (LoanBook, "status = 'repaid'", "status = 'disbursed'"),
    (Journal, "account = '9999' WHERE account = '512'", "account = '512' WHERE account = '9999'"),
    (TrialBalance, "debit = debit + 1", "debit = debit - 1"),
]


def test_a_screen_that_tells_something_else_is_found(lived, database):
    world, loan = lived
    for model, wrong, right in WRONG:
        _told(database, model, wrong)
        with pytest.raises(Finding):
            _everything_holds(world, loan)
        _told(database, model, right)
    loan_holds(world, loan, "awa", "jean")
    house_holds(world)


def _everything_holds(world, loan) -> None:
    house_says_the_same(world, loan)
    house_holds(world)


def _told(database, model, what) -> None:
    with psycopg.connect(database.projector_url, autocommit=True) as projector:
        table = next(each.qualified for each in tables(projector) if each.name == model.name)
        assert projector.execute(f"UPDATE {table} SET {what}").rowcount


def test_a_refusal_that_helps_nobody_is_found(lived):
    world, _ = lived
    good = world.look("ana", f"/loans/{uuid4()}")
    world.admits(good)
    for wrong in (
        {"detail": "Traceback (most recent call last)"},
        {"detail": "it is Money(minor=1, currency='EUR')"},
        {"what_to_do": ""},
        {"type": "InternalServerError"},
    ):
        with pytest.raises(Finding):
            world.admits(httpx.Response(404, json=good.json() | wrong, headers={"content-type": PROBLEM}))
    for status, kind in ((500, PROBLEM), (404, "text/html")):
        with pytest.raises(Finding):
            world.admits(httpx.Response(status, json=good.json(), headers={"content-type": kind}))


def test_an_instalment_that_comes_back_under_a_number_that_fell_due_falls_due_again(world):
    """Early money makes a line of its own; without it every number is another day's."""
    loan = world.house.disbursed(serviced=False)
    world.works()
    early = money(world, "1000.00") | {"keeps": "lower-instalment"}
    assert world.ask("chloe", f"/loans/{loan}/early-repayments", early).is_success
    world.passes(31)
    world.works()
    undo = f"/loans/{loan}/repayments/{early['repayment_id']}/reverse"
    assert world.ask("chloe", undo, {"reason": "Chèque impayé"}).is_success
    world.passes(31)
    world.works()
    assert world.house.platform.store.load(Servicing, servicing_id(LoanId(loan))).fallen_due == 2
    house_says_the_same(world, loan)
