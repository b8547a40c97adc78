"""Render: turn what was decided into the papers that say it."""

from __future__ import annotations

from typing import cast

from aggregates.contract import Contract, contract_id
from aggregates.customer import Customer
from aggregates.document import PaperPurpose, paper_id, paper_reference
from aggregates.loan import Loan
from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.rules.clocks import INFORMED_BEFORE, clocks_after_signature, offer_clock
from aggregates.rules.terms import Terms
from aggregates.rules.versions import built_up, lines_of
from aggregates.servicing import Servicing
from aggregates.values import DocumentId, LoanId, Method, Money, derived
from commands.contract import DraftContract, RecordRendering
from commands.document import KeepDocument, VoidDocument
from projections.repayment_list import RepaymentList
from providers import Outside
from providers.rendering.papers import (
    AmortisationSchedule,
    Borrower,
    FinalQuittance,
    Lender,
    LoanAgreement,
    Paper,
    PrecontractInformation,
    Repayment,
)
from providers.storage import key_for
from runtime.reactions import Answers, reacts_to

PDF = "application/pdf"


class TemplateChanged(Exception):
    """The words of the contract are not those it was drafted with: bring back the template, then try again."""


@reacts_to(Loan.Approved)
def draft_the_agreement(event: Loan.Approved, outside: Outside) -> Answers:
    """Unless the law wants the client to be informed first: then that comes next."""
    if event.law not in INFORMED_BEFORE:
        yield _draft(LoanId(event.originator_id), outside), None


@reacts_to(Loan.Approved)
def issue_the_information(event: Loan.Approved, outside: Outside) -> Answers:
    """Where the law wants it read before the contract; its letter follows (notify.py)."""
    if event.law in INFORMED_BEFORE:
        loan_id = LoanId(event.originator_id)
        yield _made(_information(event, outside), loan_id, "information", outside), None


@reacts_to(Loan.Informed)
def draft_the_agreement_once_informed(event: Loan.Informed, outside: Outside) -> Answers:
    yield _draft(LoanId(event.originator_id), outside), None


@reacts_to(Contract.Drafted)
def render_the_contract(event: Contract.Drafted, outside: Outside) -> Answers:
    if outside.rendering.fingerprint(event.template) != event.template_sha256:
        raise TemplateChanged(event.template)
    rendered = outside.rendering.render(_agreement(event, outside))
    key = key_for("contract", event.originator_id, rendered.sha256, PDF)
    outside.storage.put(key, rendered.content)
    yield (
        RecordRendering(
            document_id=DocumentId(derived(event.originator_id, "document")),
            key=key,
            sha256=rendered.sha256,
            size=len(rendered.content),
            pages=rendered.pages,
        ),
        event.originator_id,
    )


@reacts_to(Servicing.Opened)
def issue_the_schedule(event: Servicing.Opened, outside: Outside) -> Answers:
    paper = _schedule(event, 1, outside)
    yield _made(paper, event.loan_id, "schedule", outside, 1), None


@reacts_to(Servicing.ScheduleChanged)
def issue_the_changed_schedule(event: Servicing.ScheduleChanged, outside: Outside) -> Answers:
    paper, number = _schedule(event, event.version.number, outside), event.version.number
    loan_id = outside.load(Servicing, event.originator_id).loan_id
    yield _made(paper, loan_id, "schedule", outside, number), None


@reacts_to(Servicing.Repaid)
@reacts_to(Servicing.Reopened)
def issue_the_quittance(event: Servicing.Repaid | Servicing.Reopened, outside: Outside) -> Answers:
    """And take it back when its money did not last: one function, so that both are done in their order."""
    servicing = outside.load(Servicing, event.originator_id)
    number = event.number if event.number > 1 else None
    match event:
        case Servicing.Repaid():
            paper = _quittance(event, number, outside)
            yield _made(paper, servicing.loan_id, "quittance", outside, number), None
        case Servicing.Reopened():
            yield VoidDocument(reason="money-came-back"), paper_id(servicing.loan_id, "quittance", number)


def _made(
    paper: Paper, loan_id: LoanId, purpose: PaperPurpose, outside: Outside, number: int | None = None
) -> KeepDocument:
    """Print a paper about a loan and put it into the storage; the command says so."""
    rendered = outside.rendering.render(paper)
    key = key_for(purpose, loan_id, rendered.sha256, PDF)
    outside.storage.put(key, rendered.content)
    return KeepDocument(
        purpose=purpose,
        about=loan_id,
        number=number,
        key=key,
        sha256=rendered.sha256,
        size=len(rendered.content),
        pages=rendered.pages,
    )


def _draft(loan_id: LoanId, outside: Outside) -> DraftContract:
    """Writes down which words the contract has, so that nobody is sent others."""
    template = LoanAgreement.template
    fingerprint = outside.rendering.fingerprint(template)
    return DraftContract(loan_id=loan_id, template=template, template_sha256=fingerprint)


def _agreement(event: Contract.Drafted, outside: Outside) -> LoanAgreement:
    loan = outside.load(Loan, event.loan_id)
    customer = outside.load(Customer, event.customer_id)
    return LoanAgreement(
        reference=event.reference,
        loan_reference=loan.reference,
        drafted_on=event.drafted_on,
        lender=Lender(**event.lender),
        borrower=Borrower(
            name=event.borrower.open(),
            address=event.borrower_address.open(),
            reference=customer.reference,
            kind=customer.nature,
        ),
        principal=event.principal,
        terms=event.terms or Terms(event.rate),
        instalments=event.instalments,
        planned_payout_on=event.planned_payout_on,
        drawdowns=event.drawdowns,
        fixings=event.fixings,
        purpose=loan.purpose.open(),
    )


def _information(event: Loan.Approved, outside: Outside) -> PrecontractInformation:
    loan = outside.load(Loan, event.originator_id)
    customer = outside.load(Customer, loan.customer_id)
    settings = outside.load(Organisation, ORGANISATION_ID).clock_settings
    offer = offer_clock(event.law, event.on, settings, 1)
    after = clocks_after_signature(event.law, event.apr, event.on, settings, 1)
    days = {clock.name: clock.days for clock in ([offer] if offer else []) + after}
    return PrecontractInformation(
        language=customer.language,
        reference=paper_reference(loan.reference, "information"),
        loan_reference=loan.reference,
        issued_on=event.on,
        lender=_lender(outside),
        borrower=_borrower(customer),
        principal=loan.principal,
        terms=event.terms or Terms(event.rate),
        instalments=event.instalments,
        planned_payout_on=event.planned_payout_on,
        drawdowns=event.drawdowns,
        fixings=event.fixings,
        offer_days=days.get("offer"),
        no_payment_days=days.get("no-payment"),
        step_back_days=days.get("step-back"),
    )


def _schedule(
    event: Servicing.Opened | Servicing.ScheduleChanged, number: int, outside: Outside
) -> AmortisationSchedule:
    """A version of the schedule as it was agreed, whatever was agreed, drawn or reset since."""
    *_, (servicing, _) = outside.told(Servicing, event.originator_id, event.originator_version)
    loan = outside.load(Loan, servicing.loan_id)
    customer = outside.load(Customer, servicing.customer_id)
    chain = built_up(number, servicing.versions)
    added = (version.capitalised for version in chain if version.capitalised)
    return AmortisationSchedule(
        language=customer.language,
        reference=paper_reference(loan.reference, "schedule", number),
        loan_reference=loan.reference,
        contract_reference=outside.load(Contract, contract_id(servicing.loan_id)).reference,
        version=number,
        why=chain[-1].why,
        in_force_on=chain[-1].on,
        issued_on=event.on,
        lender=_lender(outside),
        borrower=_borrower(customer),
        principal=servicing.principal,
        capitalised=Money.total(added, servicing.currency),
        rate=servicing.rate,
        apr=loan.apr,
        disbursed_on=servicing.value_date,
        lines=[line for _, line in lines_of(number, chain)],
        unchanged=chain[-1].after,
        early=[version.after + 1 for version in chain if version.repays_early],
    )


def _lender(outside: Outside) -> Lender:
    """The organisation as it is now."""
    return Lender(**outside.load(Organisation, ORGANISATION_ID).lender())


def _borrower(customer: Customer) -> Borrower:
    return Borrower(
        name=customer.name.open(),
        address=customer.address.open(),
        reference=customer.reference,
        kind=customer.nature,
    )


def _quittance(event: Servicing.Repaid, number: int | None, outside: Outside) -> FinalQuittance:
    """As of the event, whatever came back since."""
    *_, (servicing, _) = outside.told(Servicing, event.originator_id, event.originator_version)
    loan = outside.load(Loan, servicing.loan_id)
    contract = outside.load(Contract, contract_id(servicing.loan_id))
    customer = outside.load(Customer, servicing.customer_id)
    repayments = _repayments(servicing, outside)
    paid = servicing.standing(event.repaid_on).paid
    received = Money.total((each.amount for each in repayments), servicing.currency)
    return FinalQuittance(
        reference=paper_reference(loan.reference, "quittance", number),
        contract_reference=contract.reference,
        loan_reference=loan.reference,
        contract_on=contract.drafted_on,
        lender=_lender(outside),
        borrower=_borrower(customer),
        principal=paid.principal,
        interest=paid.interest,
        charges=paid.fee + paid.insurance + paid.penalty,
        overpaid=received - paid.total,
        disbursed_on=servicing.value_date,
        repaid_on=max(repayment.value_date for repayment in repayments),
        issued_on=event.on,
        repayments=repayments,
    )


def _repayments(servicing: Servicing, outside: Outside) -> list[Repayment]:
    """What was received and had not come back, oldest first."""
    counted = {id for id, repayment in servicing.repayments.items() if not repayment.reversed}
    return [
        Repayment(
            value_date=line.value_date,
            amount=Money(line.amount, line.currency),
            method=cast(Method, line.method),
            reference=line.reference,
        )
        for line in outside.read(RepaymentList).of(servicing.loan_id)
        if line.repayment_id in counted
    ]
