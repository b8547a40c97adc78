"""What has to be so of a loan after whatever was asked: every screen tells the same, and the books tell it too."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from aggregates.loan import Loan
from aggregates.rules.charts import PCG
from aggregates.rules.facts import Receipt, Returned
from aggregates.rules.life import movements
from aggregates.rules.movements import balances
from aggregates.rules.postings import POSTED, of_payout
from aggregates.rules.standing import Standing
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId
from eventstore import NotFound
from projections.journal import Journal
from projections.loan_account import NOTHING_PROPOSED
from projections.trial_balance import TrialBalance
from tests.api.hostile_world import World

LOOKS = ("", "/account", "/schedule", "/repayments", "/schedule-versions", "/allocations", "/clocks")


def loan_holds(world: World, loan: UUID, owner: str, stranger: str) -> None:
    """Every check of one loan."""
    portal_says_the_same(world, loan, owner, stranger)
    house_says_the_same(world, loan)


def house_says_the_same(world: World, loan: UUID) -> None:
    """What the house is told of a loan is what it is."""
    try:
        servicing = world.house.platform.store.load(Servicing, servicing_id(LoanId(loan)))
    except NotFound:
        return
    now = servicing.standing(world.day.on)
    account_says(world, loan, servicing, now)
    schedule_says(world, loan, servicing, now)
    receipts_say(world, loan, servicing, now)
    books_say(world, loan, servicing)


def portal_says_the_same(world: World, loan: UUID, owner: str, stranger: str) -> None:
    for path in LOOKS:
        house, own, other = (world.look(who, f"/loans/{loan}{path}") for who in ("ana", owner, stranger))
        world.holds(other.status_code == 404, f"{stranger} sees {path} of {owner}: {other.text}")
        if path == "/account" and house.is_success:
            expected = {**house.json(), **NOTHING_PROPOSED}
            expected = {name: value for name, value in expected.items() if name in own.json()}
            said = {name: own.json().get(name) for name in expected}
        elif path in ("/repayments",) and house.is_success:
            expected, said = map(_without_the_house, (house.json(), own.json()))
        else:
            expected, said = map(_without_ids, (house, own))
        if isinstance(said, dict):
            wrong = {
                name: (value, expected.get(name))
                for name, value in said.items()
                if value != expected.get(name)
            }
            world.holds(not wrong, f"{path} of {loan} (the portal says, the house says): {wrong}")
        world.holds(said == expected, f"{path} of {loan}: the portal says {said}, the house {expected}")


_OF_THE_HOUSE = {"request_id", "product_code", "product_title_fr", "product_title_en"}
"""What a loan's product is called is in a table of the house, which a client's reader does not open."""


def _without_ids(answer: Any) -> Any:
    said = answer.json()
    return {k: v for k, v in said.items() if k not in _OF_THE_HOUSE} if isinstance(said, dict) else said


def _without_the_house(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in line.items() if k != "recorded_by"} for line in lines]


def account_says(world: World, loan: UUID, servicing: Servicing, now: Standing) -> None:
    said = world.look("ana", f"/loans/{loan}/account").json()
    book = world.look("ana", f"/loans/{loan}").json()
    alive = servicing.status in ("open", "repaid")
    late = now.past_due.total - now.past_due.penalty + now.due.total - now.due.penalty
    expected = {
        "status": servicing.status,
        "principal_owed": now.outstanding.minor if alive else 0,
        "received": servicing.received.minor,
        "advance": now.unallocated.minor,
        "overdue": late.minor if servicing.lost is None else 0,
        "principal": sum(line.principal.minor for line in servicing.instalments),
        "interest": sum(line.interest.minor for line in servicing.instalments),
        "fees": sum(line.fee.minor for line in servicing.instalments),
        "insurance": sum(line.insurance.minor for line in servicing.instalments),
        "instalments": len(servicing.instalments),
        "written_off": servicing.lost.total.minor if servicing.lost else 0,
        "recovered": now.recovered.minor,
        "version": servicing.version,
        "rate": servicing.rate,
        "next_due_on": _next(servicing),
    }
    wrong = {name: (said.get(name), value) for name, value in expected.items() if said.get(name) != value}
    world.holds(not wrong, f"the account of {loan} (says, stands): {wrong}")
    status = {"open": "disbursed"}.get(servicing.status, servicing.status)
    world.holds(book["status"] == status, f"the book says {book['status']}, it is {status}")
    if servicing.status == "open" and servicing.fallen_due == len(servicing.instalments):
        world.holds(servicing.owed(world.day.on).minor > 0, f"all is due and paid, and it is open: {loan}")


def _next(servicing: Servicing) -> str | None:
    coming = servicing.instalments[servicing.fallen_due :]
    return coming[0].due_on.isoformat() if coming and servicing.lost is None else None


def schedule_says(world: World, loan: UUID, servicing: Servicing, now: Standing) -> None:
    """Line by line, and all together: what is lent comes back."""
    said = world.look("ana", f"/loans/{loan}/schedule").json()
    if servicing.lost is None:
        expected = [
            (
                each.line.number,
                each.line.due_on.isoformat(),
                each.line.total.minor,
                (each.line.total - (each.unpaid.total - each.unpaid.penalty)).minor,
            )
            for each in sorted(now.instalments, key=lambda each: each.line.number)
            if each.version in {version.number for version in servicing.chain}
        ]
        told = [(line["number"], line["due_on"], line["amount"], line["paid"]) for line in said]
        world.holds(told == expected, f"the schedule says {told}, it stands {expected}")
    versions = world.look("ana", f"/loans/{loan}/schedule-versions").json()
    [force] = [version for version in versions if version["in_force"]]
    told = [(line["number"], line["due_on"], line["interest"], line["principal"]) for line in said]
    listed = [(li["number"], li["due_on"], li["interest"], li["principal"]) for li in force["lines"]]
    world.holds(told == listed, f"the version in force says {listed}, the schedule {told}")
    for version in versions:
        days = [line["due_on"] for line in version["lines"]]
        world.holds(days == sorted(days), f"days of version {version['number']}: {days}")
        negative = [line for line in version["lines"] for what in _PARTS if line[what] < 0]
        world.holds(not negative, f"below zero: {negative}")
    lent = _lent(world, loan, servicing)
    sums = sum(line["principal"] for line in said)
    world.holds(sums == lent, f"the schedule repays {sums} of {lent}")


_PARTS = ("interest", "principal", "fee", "insurance")


def _lent(world: World, loan: UUID, servicing: Servicing) -> int:
    """What left, with financed fees, and what was capitalised since in a version that stands."""
    more = [version.capitalised for version in servicing.chain]
    left = sum(each.amount.minor for each in world.house.platform.store.load(Loan, loan).drawn)
    return left + sum(each.minor for each in more if each)


def receipts_say(world: World, loan: UUID, servicing: Servicing, now: Standing) -> None:
    """The repayments, what each paid, and what each pays: together what came in."""
    listed = world.look("ana", f"/loans/{loan}/repayments").json()
    paid = world.look("ana", f"/loans/{loan}/allocations").json()
    account = world.look("ana", f"/loans/{loan}/account").json()
    came = sum(line["amount"] for line in listed if not line["reversed"])
    world.holds(came == account["received"], f"receipts {came}, the account {account['received']}")
    pays = {line["repayment_id"]: line for line in paid}
    for line in listed:
        id, last = line["repayment_id"], line["reallocated"]
        if line["reversed"]:
            world.holds(id not in pays, f"{id} was reversed and pays")
            continue
        parts = Counter({(p["what"], p["number"]): 0 for p in pays[id]["parts"]})
        for part in pays[id]["parts"]:
            parts[part["what"], part["number"]] += part["amount"]
        whole = sum(parts.values()) + pays[id]["waiting"]
        world.holds(
            whole == line["amount"], f"{id} of {line['amount']} pays {parts} and {pays[id]['waiting']}"
        )
        when_it_came = line["interest"] + line["principal"] + line["charges"] + line["advance"]
        world.holds(
            when_it_came <= line["amount"], f"{id} of {line['amount']} paid {when_it_came} when it came"
        )
        for change in last:
            sides = [sum(part["amount"] for part in change[side]) for side in ("before", "after")]
            world.holds(sides[0] == sides[1], f"{id} was reallocated from {sides[0]} to {sides[1]}")
    gone = {fact.receipt for fact in servicing.facts if isinstance(fact, Returned)}
    facts = [f.amount.minor for f in servicing.facts if isinstance(f, Receipt) and f.number not in gone]
    world.holds(sum(facts) == came, f"facts {facts}, receipts {came}")


def books_say(world: World, loan: UUID, servicing: Servicing) -> None:
    """The journal of the loan is its life until the last event that was entered."""
    lines = world.rows(
        Journal, "SELECT account, sum(debit - credit)::bigint AS rest FROM {table} WHERE about = %(loan)s GROUP BY account",
        loan=loan,
    )  # fmt: skip
    said = {line["account"]: line["rest"] for line in lines if line["rest"]}
    store = world.house.platform.store
    payouts = [
        of_payout(event)
        for event in (recorded.event() for recorded in store.history(loan))
        if isinstance(event, Loan.Disbursed | Loan.DrawdownDisbursed)
    ]
    last = [
        event.meta.on
        for event in (recorded.event() for recorded in store.history(servicing.id))
        if isinstance(event, POSTED)
    ][-1]
    life = movements(servicing.agreed, servicing.versions, servicing.facts, last)
    roles = balances([*(movement for made in payouts for movement in made), *life])
    expected = Counter[str]()
    for role, amount in roles.items():
        expected[PCG[role].number] += amount
    stands = {account: amount for account, amount in expected.items() if amount}
    world.holds(said == stands, f"the journal says {said}, the life of the loan {stands}")
    _agrees_with_the_standing(world, servicing, said, servicing.standing(last))


def _agrees_with_the_standing(
    world: World, servicing: Servicing, said: dict[str, int], then: Standing
) -> None:
    ahead = sum(
        (each.line.total - (each.unpaid.total - each.unpaid.penalty)).minor
        for each in then.instalments
        if each.line.due_on > then.on
    )
    if servicing.lost is not None or ahead:
        return
    expected = {
        "loans": then.outstanding.minor,
        "interest_due": (then.past_due.interest + then.due.interest).minor,
        "fees_due": (then.past_due.fee + then.due.fee).minor,
        "insurance_due": (then.past_due.insurance + then.due.insurance).minor,
        "advances": (then.claim - then.unallocated).minor,
    }
    wrong = {
        role: (said.get(PCG[role].number, 0), amount)
        for role, amount in expected.items()
        if said.get(PCG[role].number, 0) != amount
    }
    world.holds(not wrong, f"the accounts (say, stand): {wrong}")


def house_holds(world: World) -> None:
    """The journal balances, and the trial balance is its sum."""
    journal = world.rows(
        Journal, "SELECT account, currency, sum(debit)::bigint AS debit, sum(credit)::bigint AS credit FROM {table} GROUP BY 1, 2",
    )  # fmt: skip
    sums = Counter[str]()
    for line in journal:
        sums[line["currency"]] += line["debit"] - line["credit"]
    world.holds(not any(sums.values()), f"the journal does not balance: {sums}")
    by_account = {(line["account"], line["currency"]): (line["debit"], line["credit"]) for line in journal}
    told = {
        (line.account, line.currency): (line.debit, line.credit)
        for line in world._reader.read(TrialBalance).balances()
    }
    world.holds(told == by_account, f"the trial balance says {told}, the journal {by_account}")
