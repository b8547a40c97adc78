"""Scenes of operations that tests/walls/scenes.py has none for; of those that take something away, each on its own."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.payee import payee_id
from aggregates.stop_switch import STOP_SWITCH_ID, StopSwitch
from commands.contact import AddContact
from commands.customer import RegisterCustomer
from commands.organisation import ChangeFourEyesPolicy, RefuseProposal
from commands.payee import BankAccount, ProposePayee
from commands.stop_switch import AskForRelease, PullStopSwitch, ReleaseStopSwitch
from eventstore import AlreadyExists, NotFound
from tests.api.house import House, id_of
from tests.fuzz.guests import FURTHER_GUESTS, guest
from tests.walls.calls import Call
from tests.walls.scenes import SCENES, Scene, Stock, call

WHY = "Une seule conseillère en août."


# ── accounts of others ─────────────────────────────────────────────────────


def _open_account(stock: Stock) -> Call:
    account = uuid4()
    body = {"account_id": str(account), "roles": ["support"], "customers": [], "label": "À l'essai"}
    return call("OpenAccount", "admin", body=body, new=(account,))


def _of_a_guest(operation: str, body: object = None) -> Scene:
    """What an administrator does with somebody's account: of somebody whom nothing else here needs."""
    return lambda stock: call(operation, "admin", path={"account_id": guest(stock).id}, body=body)


def _customers_of(stock: Stock) -> Call:
    path = {"account_id": guest(stock).id}
    return call("ChangeAccountCustomers", "admin", path=path, body={"customers": [stock.customer]})


def _factor_of_another(stock: Stock) -> Call:
    somebody = guest(stock)
    path = {"account_id": somebody.id, "factor_id": somebody.gets_a_factor()}
    return call("RemoveFactorOfAnother", "admin", path=path)


def _key_of_another(stock: Stock) -> Call:
    somebody = guest(stock)
    path = {"account_id": somebody.id, "key_id": somebody.gets_a_key()}
    return call("RevokeKeyOfAnother", "admin", path=path)


# ── what counts for everybody: put right again by ``tidied`` ───────────────


def tidied(house: House) -> None:
    """Nothing is proposed, and money may leave."""
    store, admin, chloe = house.platform.store, id_of("admin"), id_of("chloe")
    if (proposed := store.load(Organisation, ORGANISATION_ID).proposed) is not None:
        house.does(RefuseProposal(number=proposed.number, reason=WHY), ORGANISATION_ID, admin)
    with suppress(NotFound):
        status = store.load(StopSwitch, STOP_SWITCH_ID).status
        if status != "released":
            house.does(AskForRelease(reason=WHY), STOP_SWITCH_ID, chloe)
            house.does(ReleaseStopSwitch(), STOP_SWITCH_ID, admin)


def _policy(stock: Stock) -> Call:
    return call("ChangeFourEyesPolicy", "admin", body={"policy": _other_policy(stock), "reason": WHY})


def _other_policy(stock: Stock) -> str:
    now = stock.house.platform.store.load(Organisation, ORGANISATION_ID).policy
    return "four-eyes" if now == "single-operator" else "single-operator"


def _limits(stock: Stock) -> Call:
    """High enough for everything that other scenes do, and each time other ones."""
    most, cents = {"amount": "900000.00", "currency": "EUR"}, uuid4().int % 1_000_000
    more = {"amount": f"{800_000 + cents // 100}.{cents % 100:02}", "currency": "EUR"}
    limits = [
        {"operation": "loan.approve", "role": "advisor", "each": most},
        {"operation": "loan.disburse", "role": "advisor", "each": more, "daily": most},
        {"operation": "loan.disburse", "role": "accountant", "each": more, "daily": most},
    ]
    return call("ChangeLimits", "admin", body={"limits": limits, "reason": WHY})


def _confirm_proposal(stock: Stock) -> Call:
    return call("ConfirmProposal", "admin", body={"number": _proposed(stock)})


def _refuse_proposal(stock: Stock) -> Call:
    return call("RefuseProposal", "admin", body={"number": _proposed(stock), "reason": WHY})


def _proposed(stock: Stock) -> int:
    """By a second administrator."""
    with suppress(AlreadyExists):
        stock.house.hires("dora", "admin")
    tidied(stock.house)
    change = ChangeFourEyesPolicy(policy=_other_policy(stock), reason=WHY)  # type: ignore[arg-type]
    stock.house.does(change, ORGANISATION_ID, id_of("dora"))
    proposed = stock.house.platform.store.load(Organisation, ORGANISATION_ID).proposed
    assert proposed is not None
    return proposed.number


def _pull(stock: Stock) -> Call:
    return call("PullStopSwitch", "sam", body={"reason": WHY})


def _ask_for_release(stock: Stock) -> Call:
    stock.house.does(PullStopSwitch(reason=WHY), account=id_of("sam"))
    return call("AskForRelease", "chloe", body={"reason": WHY})


def _release(stock: Stock) -> Call:
    _ask_for_release(stock)
    stock.house.does(AskForRelease(reason=WHY), STOP_SWITCH_ID, id_of("chloe"))
    return call("ReleaseStopSwitch", "admin", body={})


FOR_EVERYBODY = {
    "ChangeFourEyesPolicy": _policy,
    "ChangeLimits": _limits,
    "ConfirmProposal": _confirm_proposal,
    "RefuseProposal": _refuse_proposal,
    "PullStopSwitch": _pull,
    "AskForRelease": _ask_for_release,
    "ReleaseStopSwitch": _release,
}
"""Operations on what there is one of in the house; left alone, they stop what everybody else does."""


# ── payees: each of a customer of its own ──────────────────────────────────

TO = {"kind": "bank-account", "holder": "Léa Petit", "iban": "FR76 3000 6000 0112 3456 7890 189"}


def _customer(stock: Stock) -> dict[str, str]:
    customer, contact = uuid4(), uuid4()
    stock.house.does(
        RegisterCustomer(
            customer_id=customer, nature="person", name="Léa Petit", address="1 rue X\nLyon", country="FR",
            language="fr",
        )
    )  # fmt: skip
    stock.house.does(
        AddContact(contact_id=contact, customer_id=customer, name="Léa", email=f"{contact.hex}@example.org")
    )
    return {"customer_id": str(customer), "contact_id": str(contact)}


def _propose_payee(stock: Stock) -> Call:
    return call("ProposePayee", "ana", body={**_customer(stock), "to": TO})


def _payee(stock: Stock) -> dict[str, str]:
    """One that was proposed; its number is 1."""
    of = _customer(stock)
    propose = ProposePayee.model_validate({**of, "to": BankAccount.model_validate(TO)})
    stock.house.does(propose, account=id_of("ana"))
    return {"payee_id": str(payee_id(UUID(of["customer_id"])))}  # type: ignore[arg-type]


def _confirm_payee(stock: Stock) -> Call:
    return call("ConfirmPayee", "chloe", path=_payee(stock), body={"number": 1})


def _refuse_payee(stock: Stock) -> Call:
    return call("RefusePayee", "ben", path=_payee(stock), body={"number": 1, "reason": WHY})


def _payees(stock: Stock) -> Call:
    return call("PayeeList", "ana", query={"customer_id": stock.customer})


# ── questions, and the rest ────────────────────────────────────────────────


def _asked_by(operation: str, by: str) -> Scene:
    return lambda stock: call(operation, by)


def _advance(stock: Stock) -> Call:
    """An hour: it is still to come when it is asked."""
    to = stock.house.platform.clock.now() + timedelta(hours=1)
    return call("AdvanceClock", "admin", body={"to": to.isoformat()})


FURTHER: dict[str, Scene] = {
    **FURTHER_GUESTS,
    **FOR_EVERYBODY,
    "OpenAccount": _open_account,
    "InviteAgain": _of_a_guest("InviteAgain"),
    "ChangeRoles": _of_a_guest("ChangeRoles", {"roles": ["support"]}),
    "ChangeAccountCustomers": _customers_of,
    "ChangePortfolio": _of_a_guest("ChangePortfolio", {"portfolio": []}),
    "RemoveFactorOfAnother": _factor_of_another,
    "CloseAccount": _of_a_guest("CloseAccount", {"reason": "Un essai"}),
    "Sessions": _of_a_guest("Sessions"),
    "RevokeSessions": _of_a_guest("RevokeSessions"),
    "RevokeKeyOfAnother": _key_of_another,
    "PayeeList": _payees,
    "ProposePayee": _propose_payee,
    "ConfirmPayee": _confirm_payee,
    "RefusePayee": _refuse_payee,
    "StopSwitchCard": _asked_by("StopSwitchCard", "ana"),
    "AccessLog": _asked_by("AccessLog", "admin"),
    "MyAccessLog": _asked_by("MyAccessLog", "awa"),
    "AdvanceClock": _advance,
}

ALL = {**SCENES, **FURTHER}
