"""What there is to do, over HTTP: for the lender the house at a glance, for a client the next steps and payment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field

from aggregates.account import Account
from aggregates.permissions import SELF, is_staff
from api.auth import Identity, TheIdentity
from api.deps import Read, Today
from api.described import offers
from api.platform import Platform, ThePlatform
from api.recorded import Noting, seen
from api.routing import routes
from eventstore import Reader
from projections.contract_desk import ContractDesk, ContractLine, WaitingContracts
from projections.loan_account import LoanAccount, LoanBalance
from projections.loan_book import LoanBook, LoanLine, WaitingLoans
from projections.monthly_flows import MonthlyFlow, MonthlyFlows, Outstanding
from projections.schedule import DueToday, LateAmount, Schedule

router = routes("", "overview")

MONTHS = 12
"""How far back the chart goes, this month included."""

LOOKED_AT = 200
"""Loans and contracts of a client that steps are sought in, the newest first."""


class Overview(BaseModel):
    """The house at a glance; whoever looks after some customers sees theirs."""

    day: date = Field(description="The business date that everything is of.")
    requests: list[WaitingLoans] = Field(description="Requests that wait for a decision, by currency.")
    to_pay_out: list[WaitingLoans] = Field(description="Loans whose money may leave, by currency.")
    contracts: list[WaitingContracts] = Field(
        description="By state: `rendered` and `sent` wait for the signed copy, `returned` for our decision."
    )
    outstanding: list[Outstanding]
    late: list[LateAmount]
    due_today: list[DueToday]
    months: list[MonthlyFlow] | None = Field(
        description="Due against received over twelve months, this one last; a month and currency without any is not"
        " there. Absent for whoever looks after some customers only: these sums are of the whole house."
    )


@router.get("/overview", **offers(
    "Overview",
    "The house at a glance.\n\nWhat waits for whom, what is due, late and outstanding on the business date, and twelve"
    " months of due against received.",
    may="overview.read", recorded=True, reads=(LoanBook, ContractDesk, LoanAccount, Schedule, MonthlyFlows),
))  # fmt: skip
def overview(read: Read, identity: TheIdentity, today: Today) -> Overview:
    loans, schedule = read(LoanBook).waiting(today), read(Schedule)
    sees_all = identity.customers is None
    return Overview(
        day=today,
        requests=[line for line in loans if line.status == "requested"],
        to_pay_out=[line for line in loans if line.status == "ready"],
        contracts=read(ContractDesk).waiting(),
        outstanding=(read(MonthlyFlows) if sees_all else read(LoanAccount)).outstanding(),
        late=schedule.late(today),
        due_today=schedule.due_on(today),
        months=_months(read, today) if sees_all else None,
    )


def _months(read: Read, today: date) -> list[MonthlyFlow]:
    whole = today.year * 12 + today.month - MONTHS
    return read(MonthlyFlows).between(date(whole // 12, whole % 12 + 1, 1), today.replace(day=1))


# ── for a client ───────────────────────────────────────────────────────────


class Step(BaseModel):
    """Something to do, or to wait for."""

    kind: Literal[
        "pay-late", "pay-due", "return-again", "answer-counter-offer", "confirm-information", "sign-contract", "add-factor", "request-in-review", "copy-in-review",
        "payout-coming",
    ] = Field(examples=["sign-contract"])  # fmt: skip
    by: Literal["you", "lender"] = Field(description="Whose turn it is.", examples=["you"])
    loan_id: UUID | None
    contract_id: UUID | None
    reference: str | None = Field(description="Of the loan or the contract.")
    on: date | None = Field(description="Since when; of a payment its day, of a counter-offer its last day.")
    amount: int | None = Field(description="Minor units of `currency`.")
    currency: str | None
    reason: str | None = Field(description="Why the copy was refused.", examples=["La page 3 manque"])


class NextPayment(BaseModel):
    """What is to be paid next; what is late comes first."""

    loan_id: UUID
    reference: str
    on: date
    amount: int = Field(description="Minor units of `currency`.")
    currency: str
    days_past_due: int = Field(description="0 while nothing is late.")


class Total(BaseModel):
    """All loans in one currency; amounts in its minor units."""

    currency: str
    loans: int = Field(description="That are paid out and not repaid.", examples=[1])
    principal_owed: int
    overdue: int


class MyOverview(BaseModel):
    """What to do next, and how things stand."""

    day: date = Field(description="The business date that everything is of.")
    steps: list[Step] = Field(description="The most urgent first, what is the lender's turn last.")
    next_payment: NextPayment | None
    totals: list[Total]


@router.get("/me/overview", **offers(
    "MyOverview",
    "What to do next, the next payment, and how things stand.\n\nOf the customers that the account acts for; staff find"
    " what concerns their own account.",
    may=SELF, recorded=True, reads=(LoanBook, ContractDesk, LoanAccount, Schedule),
))  # fmt: skip
def my_overview(platform: ThePlatform, identity: TheIdentity, today: Today, request: Request) -> MyOverview:
    mine = _Mine(platform, identity, today, request)
    return MyOverview(day=today, steps=mine.steps(), next_payment=mine.next_payment(), totals=mine.totals())


class _Mine:
    """A client's own loans, contracts and accounts, read once."""

    def __init__(self, platform: Platform, identity: Identity, today: date, request: Request) -> None:
        own = frozenset() if identity.customers is None or is_staff(identity.roles) else identity.customers
        source = Noting(Reader(platform.reads, own), seen(request))
        self._today = today
        self._loans: Sequence[LoanLine] = LoanBook(source).lines(limit=LOOKED_AT).items
        self._contracts: Sequence[ContractLine] = ContractDesk(source).lines(limit=LOOKED_AT).items
        paid_out = [loan.loan_id for loan in self._loans if loan.status == "disbursed"]
        self._balances: list[LoanBalance] = LoanAccount(source).balances(paid_out, today)
        self._references = {loan.loan_id: loan.reference for loan in self._loans}
        self._account = platform.store.load(Account, identity.account)

    def steps(self) -> list[Step]:
        found = [*self._payments(), *self._answers(), *self._papers(), *self._security(), *self._waits()]
        order = list(Step.model_fields["kind"].annotation.__args__)  # type: ignore[union-attr]
        return sorted(found, key=lambda step: (order.index(step.kind), step.on or date.max))

    def next_payment(self) -> NextPayment | None:
        found = []
        for account in self._balances:
            late = account.overdue > 0
            on = _since(account, self._today) if late else account.next_due_on
            amount = account.overdue if late else account.next_due
            if on is not None and amount:
                found.append(NextPayment(
                    loan_id=account.loan_id, reference=self._references[account.loan_id], on=on, amount=amount,
                    currency=account.currency, days_past_due=account.days_past_due,
                ))  # fmt: skip
        return min(found, key=lambda payment: payment.on, default=None)

    def totals(self) -> list[Total]:
        by_currency = defaultdict[str, list[LoanBalance]](list)
        for account in self._balances:
            by_currency[account.currency].append(account)
        return [
            Total(
                currency=currency, loans=len(accounts), overdue=sum(each.overdue for each in accounts),
                principal_owed=sum(each.principal_owed for each in accounts),
            )
            for currency, accounts in sorted(by_currency.items())
        ]  # fmt: skip

    # ── what there is to do ────────────────────────────────────────────────

    def _payments(self) -> Iterator[Step]:
        for account in self._balances:
            if account.overdue > 0:
                kind: Literal["pay-late", "pay-due"] = "pay-late" if account.days_past_due else "pay-due"
                yield _step(
                    kind, loan_id=account.loan_id, reference=self._references[account.loan_id],
                    on=_since(account, self._today), amount=account.overdue, currency=account.currency,
                )  # fmt: skip

    def _papers(self) -> Iterator[Step]:
        for contract in self._contracts:
            about = {
                "loan_id": contract.loan_id,
                "contract_id": contract.contract_id,
                "reference": contract.reference,
            }
            if contract.status == "returned":
                yield _step("copy-in-review", "lender", on=contract.copy_received_on, **about)
            elif contract.status in ("rendered", "sent") and contract.copy_refused_because is not None:
                yield _step(
                    "return-again", on=contract.sent_on, reason=contract.copy_refused_because, **about
                )
            elif contract.status in ("rendered", "sent"):
                yield _step("sign-contract", on=contract.sent_on or contract.drafted_on, **about)

    def _answers(self) -> Iterator[Step]:
        for loan in self._loans:
            if loan.status == "counter-offered" and loan.counter_offer is not None:
                yield _step(
                    "answer-counter-offer", loan_id=loan.loan_id, reference=loan.reference,
                    on=loan.counter_offer.until, amount=loan.counter_offer.offered.principal, currency=loan.currency,
                )  # fmt: skip
            elif loan.status == "approved" and loan.needs_information:
                yield _step(
                    "confirm-information", loan_id=loan.loan_id, reference=loan.reference, on=loan.approved_on
                )

    def _security(self) -> Iterator[Step]:
        if not self._account.factors:
            yield _step("add-factor")

    def _waits(self) -> Iterator[Step]:
        for loan in self._loans:
            about = {
                "loan_id": loan.loan_id,
                "reference": loan.reference,
                "amount": loan.principal,
                "currency": loan.currency,
            }
            if loan.status == "requested":
                yield _step("request-in-review", "lender", on=loan.requested_on, **about)
            elif loan.status == "ready":
                yield _step("payout-coming", "lender", on=loan.planned_payout_on, **about)


def _step(kind: object, by: object = "you", **about: object) -> Step:
    nothing = dict.fromkeys(("loan_id", "contract_id", "reference", "on", "amount", "currency", "reason"))
    return Step.model_validate({**nothing, **about, "kind": kind, "by": by})


def _since(account: LoanBalance, today: date) -> date:
    return date.fromordinal(today.toordinal() - account.days_past_due)
