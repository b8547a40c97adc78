"""Scenes of what guards money, and of schedules that change: stop switch, payees, limits, early repayments."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from aggregates.loan import Loan
from aggregates.organisation import ORGANISATION_ID, NothingProposed, Organisation
from aggregates.payee import Payee, payee_id
from aggregates.rules.schedules import schedule
from aggregates.rules.terms import Terms
from aggregates.servicing import Servicing, servicing_id
from aggregates.stop_switch import STOP_SWITCH_ID, StopSwitch
from aggregates.values import BasisPoints, CustomerId, LoanId, Money
from commands.organisation import RefuseProposal
from commands.servicing import GiveNotice
from commands.stop_switch import AskForRelease, PullStopSwitch
from eventstore import Ask, Asker, Command, NotFound
from tests.api.consumer import lent_in_quebec
from tests.api.house import House, id_of
from tests.walls.calls import Call
from tests.walls.stock import Stock, call, looks, repayment_of, scene

JANUARY_4 = date(2026, 1, 4)
WHY = "Un virement que personne ne connaît."

# ── the stop switch ────────────────────────────────────────────────────────


@scene("StopSwitchCard")
def _card(stock: Stock) -> Call:
    pulled(stock.house)
    stock.house.settle()
    stock.house.lets_money_leave()
    return call("StopSwitchCard", "chloe")


@scene("PullStopSwitch")
def _pull(stock: Stock) -> Call:
    stock.house.lets_money_leave()
    return call("PullStopSwitch", "ana", body={"reason": WHY})


@scene("AskForRelease")
def _ask_for_release(stock: Stock) -> Call:
    pulled(stock.house)
    return call("AskForRelease", "chloe", body={"reason": WHY})


@scene("ReleaseStopSwitch")
def _release(stock: Stock) -> Call:
    asked(stock.house, "chloe")
    return call("ReleaseStopSwitch", "admin", body={})


def switch(house: House) -> str:
    try:
        return house.platform.store.load(StopSwitch, STOP_SWITCH_ID).status
    except NotFound:
        return "released"


def pulled(house: House) -> None:
    if switch(house) == "released":
        house.does(PullStopSwitch(reason=WHY), account=id_of("ana"))


def asked(house: House, by: str) -> None:
    pulled(house)
    house.does(AskForRelease(reason=WHY), STOP_SWITCH_ID, id_of(by))


# ── where money goes ───────────────────────────────────────────────────────

looks("PayeeList", "owner", query=lambda stock: {"customer_id": stock.customer})


def _proposal(stock: Stock) -> dict[str, Any]:
    holder = f"{stock.name.title()} Diop"
    account = {"kind": "bank-account", "holder": holder, "iban": "FR7630006000011234567890189"}
    return {"customer_id": stock.customer, "contact_id": stock.contact, "to": account}


@scene("ProposePayee")
def _propose(stock: Stock) -> Call:
    return call("ProposePayee", stock.name, body=_proposal(stock))


def _proposed(stock: Stock) -> tuple[str, int]:
    """The payee with a new proposal, and the proposal's number."""
    answer = stock.house.post(stock.name, "/payees", _proposal(stock))
    assert answer.status_code == 201, answer.text
    payee = payee_id(CustomerId(UUID(stock.customer)))
    return str(payee), len(stock.house.platform.store.load(Payee, payee).proposals)


@scene("ConfirmPayee")
def _confirm(stock: Stock) -> Call:
    payee, number = _proposed(stock)
    return call("ConfirmPayee", "chloe", path={"payee_id": payee}, body={"number": number})


@scene("RefusePayee")
def _refuse(stock: Stock) -> Call:
    payee, number = _proposed(stock)
    body = {"number": number, "reason": "Le client ne le connaît pas"}
    return call("RefusePayee", stock.name, path={"payee_id": payee}, body=body)


# ── who may decide how much ────────────────────────────────────────────────


def _nothing_proposed(house: House) -> None:
    rules = house.platform.store.load(Organisation, ORGANISATION_ID)
    with suppress(NothingProposed):
        house.does(
            RefuseProposal(number=max(rules.proposals, 1), reason=WHY), ORGANISATION_ID, id_of("admin")
        )


def _limits(house: House) -> dict[str, Any]:
    """All that count now, and each a franc or a cent higher."""
    rules = house.platform.store.load(Organisation, ORGANISATION_ID)
    limits = []
    for limit in rules.limits:
        more = Money(limit.each.minor + 1, limit.each.currency)
        amounts = {"each": more} | ({"daily": limit.daily} if limit.daily else {})
        written = {
            name: {"amount": money.decimal(), "currency": money.currency} for name, money in amounts.items()
        }
        limits.append({"operation": limit.operation, "role": limit.role, **written})
    return {"limits": limits, "reason": WHY}


def _proposed_by(house: House, name: str) -> int:
    """A change of the limits that waits for somebody else; returns its number."""
    _nothing_proposed(house)
    answer = house.post(name, "/organisation/limits", _limits(house))
    assert answer.status_code == 200, answer.text
    return house.platform.store.load(Organisation, ORGANISATION_ID).proposals


@scene("ChangeLimits")
def _change_limits(stock: Stock) -> Call:
    _nothing_proposed(stock.house)
    return call("ChangeLimits", "admin", body=_limits(stock.house))


@scene("ChangeFourEyesPolicy")
def _change_policy(stock: Stock) -> Call:
    _nothing_proposed(stock.house)
    return call("ChangeFourEyesPolicy", "admin", body={"policy": "single-operator", "reason": WHY})


@scene("ConfirmProposal")
def _confirm_proposal(stock: Stock) -> Call:
    return call("ConfirmProposal", "max", body={"number": _proposed_by(stock.house, "admin")})


@scene("RefuseProposal")
def _refuse_proposal(stock: Stock) -> Call:
    return call("RefuseProposal", "max", body={"number": _proposed_by(stock.house, "admin"), "reason": WHY})


# ── what comes is changed ──────────────────────────────────────────────────

looks("Arrears", "ana")
looks("LateLoans", "owner")
looks("ExportLateLoans", "owner", query=lambda stock: {"customer_id": stock.customer})
for operation in ("EarlyRepaymentQuote", "ScheduleVersions", "RepaymentAllocations"):
    looks(operation, "owner", path=lambda stock: {"loan_id": stock.loan})
looks("RepaymentPreview", "chloe", path=lambda stock: {"loan_id": stock.loan})


looks("SteppingBack", "owner", path=lambda stock: {"loan_id": str(lent_in_quebec(stock.house, stock.name))})


def _running(stock: Stock) -> dict[str, str]:
    """A loan of its own, paid out today."""
    stock.house.lets_money_leave()
    return {"loan_id": str(stock.house.disbursed(name=stock.name, method="cash"))}


def _early(operation: str, amount: str, **more: str) -> None:
    def made(stock: Stock) -> Call:
        repayment = uuid4()
        body = repayment_of(repayment) | {"amount": {"amount": amount, "currency": "EUR"}} | more
        return call(operation, "chloe", path=_running(stock), body=body, new=(repayment,))

    scene(operation)(made)


_early("RepayInFull", "5000.00")
_early("RepayEarly", "1000.00", keeps="lower-instalment")


def _changed(operation: str, **body: Any) -> None:
    scene(operation)(lambda stock: call(operation, "ana", path=_running(stock), body={**body, "reason": WHY}))


_changed("ChangeDueDay", day=15)
_changed("GrantPaymentHoliday", instalments=2, interest="paid")
_changed("RescheduleLoan", instalments=36)


# ── what goes back, what is given up ───────────────────────────────────────


@scene("RefundOverpayment")
def _refund(stock: Stock) -> Call:
    """Chloé recorded money that waits; Ana sends it back."""
    path = _running(stock)
    paid = stock.house.post("chloe", f"/loans/{path['loan_id']}/repayments", repayment_of(uuid4()))
    assert paid.status_code == 200, paid.text
    body = {"amount": {"amount": "1.00", "currency": "EUR"}, "method": "cash", "reference": "Caisse 12"}
    return call(
        "RefundOverpayment", "ana", path=path, body=body | {"value_date": repayment_of(uuid4())["value_date"]}
    )


_changed("ProposeWriteOff")


# ── everything at once ─────────────────────────────────────────────────────


class OpenLongAgo(Command, on=Servicing):
    """Begin the schedule of a loan as if its money had left in January: instalments are past due."""

    loan_id: LoanId

    def create(self, ask: Ask) -> Servicing:
        loan = ask.load(Loan, self.loan_id)
        lines = schedule(Terms(BasisPoints(600)), loan.principal, 12, JANUARY_4)
        return Servicing.open(
            self.loan_id,
            loan.customer_id,
            loan.contact_id,
            loan.principal,
            BasisPoints(600),
            JANUARY_4,
            lines,
        )


def late_loan(stock: Stock) -> dict[str, str]:
    """A loan of its own that is past due."""
    stock.house.lets_money_leave()
    loan = stock.house.disbursed(serviced=False, name=stock.name, method="cash")
    stock.house.does(OpenLongAgo(loan_id=LoanId(loan)))
    return {"loan_id": str(loan)}


def noticed_loan(stock: Stock) -> dict[str, str]:
    """One whose borrower was put on notice by Ana, and has not paid in time."""
    path, then = late_loan(stock), date(2026, 3, 10)
    asker = Asker(id_of("ana"), "test", then, stock.house.platform.clock.now())
    notice = GiveNotice(until=date(2026, 4, 10))
    stock.house.platform.store.send(notice, asker, servicing_id(LoanId(UUID(path["loan_id"]))))
    return path


def accelerated_loan(stock: Stock) -> dict[str, str]:
    path = noticed_loan(stock)
    answer = stock.house.post("chloe", f"/loans/{path['loan_id']}/acceleration", {"grounds": WHY})
    assert answer.status_code == 200, answer.text
    return path


looks("LoanDefault", "owner", path=lambda stock: {"loan_id": stock.loan})
scene("GiveNotice")(
    lambda stock: call("GiveNotice", "ana", path=late_loan(stock), body={"until": "2026-06-03"})
)
scene("AccelerateLoan")(
    lambda stock: call("AccelerateLoan", "chloe", path=noticed_loan(stock), body={"grounds": WHY})
)
scene("LiftAcceleration")(
    lambda stock: call("LiftAcceleration", "ana", path=accelerated_loan(stock), body={"reason": WHY})
)


def _written_off(stock: Stock) -> dict[str, str]:
    path = _running(stock)
    answer = stock.house.post("ana", f"/loans/{path['loan_id']}/write-off/propose", {"reason": WHY})
    assert answer.status_code == 200, answer.text
    return path


scene("ConfirmWriteOff")(lambda stock: call("ConfirmWriteOff", "chloe", path=_written_off(stock), body={}))
scene("RefuseWriteOff")(
    lambda stock: call("RefuseWriteOff", "chloe", path=_written_off(stock), body={"reason": WHY})
)
_changed("PausePenalties", first_day="2026-06-01")


@scene("ResumePenalties")
def _resume(stock: Stock) -> Call:
    path = _running(stock)
    pause = {"first_day": "2026-06-01", "reason": WHY}
    assert stock.house.post("ana", f"/loans/{path['loan_id']}/penalties/pause", pause).status_code == 200
    return call("ResumePenalties", "ana", path=path, body={"reason": WHY})
