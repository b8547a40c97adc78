"""Render: turn what was decided into the papers that say it."""

from __future__ import annotations

from typing import cast

from aggregates.contract import Contract, contract_id
from aggregates.customer import Customer
from aggregates.loan import Loan
from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.rules.clocks import INFORMED_BEFORE
from aggregates.rules.terms import Terms
from aggregates.servicing import Servicing
from aggregates.values import DocumentId, LoanId, Method, Money, derived, sibling
from commands.contract import DraftContract, RecordRendering
from commands.document import KeepDocument
from projections.repayment_list import RepaymentList
from providers import Outside
from providers.rendering.papers import Borrower, FinalQuittance, Lender, LoanAgreement, Repayment
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


@reacts_to(Servicing.Repaid)
def issue_the_quittance(event: Servicing.Repaid, outside: Outside) -> Answers:
    servicing = outside.load(Servicing, event.originator_id)
    rendered = outside.rendering.render(_quittance(event, servicing, outside))
    key = key_for("quittance", servicing.loan_id, rendered.sha256, PDF)
    outside.storage.put(key, rendered.content)
    yield (
        KeepDocument(
            document_id=DocumentId(derived(servicing.loan_id, "quittance")),
            about=servicing.loan_id,
            key=key,
            sha256=rendered.sha256,
            size=len(rendered.content),
            pages=rendered.pages,
        ),
        None,
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
        purpose=loan.purpose.open(),
    )


def _quittance(event: Servicing.Repaid, servicing: Servicing, outside: Outside) -> FinalQuittance:
    loan = outside.load(Loan, servicing.loan_id)
    contract = outside.load(Contract, contract_id(servicing.loan_id))
    customer = outside.load(Customer, servicing.customer_id)
    repayments = _repayments(servicing, outside)
    return FinalQuittance(
        reference=sibling(loan.reference, "Q"),
        contract_reference=contract.reference,
        loan_reference=loan.reference,
        contract_on=contract.drafted_on,
        lender=Lender(**outside.load(Organisation, ORGANISATION_ID).lender()),
        borrower=Borrower(
            name=customer.name.open(),
            address=customer.address.open(),
            reference=customer.reference,
            kind=customer.nature,
        ),
        principal=servicing.principal,
        interest=event.total - servicing.principal,
        disbursed_on=servicing.value_date,
        repaid_on=max(repayment.value_date for repayment in repayments),
        issued_on=event.on,
        repayments=repayments,
    )


def _repayments(servicing: Servicing, outside: Outside) -> list[Repayment]:
    """What was received and not reversed, oldest first."""
    return [
        Repayment(
            value_date=line.value_date,
            amount=Money(line.amount, line.currency),
            method=cast(Method, line.method),
            reference=line.reference,
        )
        for line in outside.read(RepaymentList).of(servicing.loan_id)
        if not line.reversed
    ]
