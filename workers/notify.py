"""Notify: write to people, and keep what became of each letter.

Two steps, so that a letter has its facts of the day it was decided and is sent as often as it takes:

    an event ──▶ Notification.Requested ──▶ attempt ──▶ the mail server ──▶ sent | failed
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from aggregates.account import Account
from aggregates.contract import Contract
from aggregates.customer import Customer
from aggregates.document import Document
from aggregates.loan import Loan
from aggregates.notification import MailTemplate, Notification
from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.payee import Payee
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import ContactId, DocumentId, LoanId, Money, NotificationId, derived
from commands.contract import NoteContractSent
from commands.notification import (
    NoteNotificationAttempt,
    NoteNotificationFailed,
    NoteNotificationSent,
    RequestNotification,
)
from eventstore import Aggregate, NotFound
from providers import Outside, ProviderRefused
from providers.links import Link
from providers.links.mailed import Purpose
from providers.messages import Message
from providers.messages.letters import Letterhead, write_letter
from runtime.reactions import Answers, reacts_to

LINKED: Final[dict[str, Purpose]] = {
    "invitation": "invitation",
    "sign-up-exists": "password-reset",
    "password-reset": "password-reset",
    "address-proof": "address-proof",
}
"""What the link in a letter to an account is for. It is in the letter alone: in no event and in no log."""

# ── what people are told ───────────────────────────────────────────────────


@reacts_to(Loan.Declined)
def tell_of_the_refusal(event: Loan.Declined, outside: Outside) -> Answers:
    loan = outside.load(Loan, event.originator_id)
    facts = {"reference": loan.reference}
    yield _letter(event, "declined", loan.contact_id, facts, loan.id, reason=event.reason.open()), None


@reacts_to(Document.Kept)
def send_the_information(event: Document.Kept, outside: Outside) -> Answers:
    """The document itself, where the law wants it read before the contract."""
    if event.purpose != "information":
        return
    loan = outside.load(Loan, event.about)
    facts = {"reference": loan.reference, "amount": _amount(loan.principal)}
    document = DocumentId(event.originator_id)
    yield _letter(event, "information", loan.contact_id, facts, loan.id, document), None


@reacts_to(Loan.CounterOffered)
def tell_of_the_counter_offer(event: Loan.CounterOffered, outside: Outside) -> Answers:
    """What was asked for, what is offered, until when; the client answers in their own space."""
    loan = outside.load(Loan, event.originator_id)
    facts = {
        "reference": loan.reference,
        "requested": _amount(loan.requested_principal),
        "amount": _amount(event.principal),
        "months": str(event.months),
        "instalment": _amount(event.instalments[0].total),
        "apr": str(event.apr),
        "until": event.until.isoformat(),
    }
    reason = event.reason.open()
    yield _letter(event, "counter-offer", loan.contact_id, facts, loan.id, reason=reason), None


@reacts_to(Loan.Expired)
def tell_of_the_end_of_the_offer(event: Loan.Expired, outside: Outside) -> Answers:
    """Of the contract's, or of the counter-offer's where nothing was approved."""
    loan = outside.load(Loan, event.originator_id)
    template: MailTemplate = "expired" if loan.approved_by else "counter-offer-expired"
    yield _letter(event, template, loan.contact_id, {"reference": loan.reference}, loan.id), None


@reacts_to(Loan.SteppedBack)
def confirm_the_stepping_back(event: Loan.SteppedBack, outside: Outside) -> Answers:
    """The client's proof, whoever entered it."""
    loan = outside.load(Loan, event.originator_id)
    facts = {"reference": loan.reference, "notified_on": event.notified_on.isoformat()}
    yield _letter(event, "stepped-back", loan.contact_id, facts, loan.id), None


@reacts_to(Servicing.SteppedBack)
def tell_what_has_to_come_back(event: Servicing.SteppedBack, outside: Outside) -> Answers:
    """The client's proof, with the sum and its last day, whoever entered the notice."""
    *_, (servicing, _) = outside.told(Servicing, event.originator_id, event.originator_version)
    assert servicing.to_return is not None, "the event says so"
    line, _ = servicing.would_return(servicing.to_return)
    loan = outside.load(Loan, servicing.loan_id)
    facts = {
        "reference": loan.reference,
        "notified_on": event.notified_on.isoformat(),
        "capital": _amount(line.principal),
        "interest": _amount(line.interest),
        "return_by": event.due_on.isoformat(),
    }
    yield _letter(event, "return-owed", loan.contact_id, facts, loan.id), None


@reacts_to(Contract.Rendered)
def send_the_contract(event: Contract.Rendered, outside: Outside) -> Answers:
    contract = outside.load(Contract, event.originator_id)
    facts = {"reference": contract.reference, "amount": _amount(contract.principal)}
    yield _letter(event, "contract", contract.contact_id, facts, contract.id, event.document_id), None


@reacts_to(Contract.SendingAsked)
def send_the_contract_again(event: Contract.SendingAsked, outside: Outside) -> Answers:
    """A letter of its own, to the address of now; the one before may have bounced."""
    contract = outside.load(Contract, event.originator_id)
    facts = {"reference": contract.reference, "amount": _amount(contract.principal)}
    yield _letter(event, "contract", contract.contact_id, facts, contract.id, contract.document_id), None


@reacts_to(Contract.SignedCopyRefused)
def ask_for_another_copy(event: Contract.SignedCopyRefused, outside: Outside) -> Answers:
    """With a link to the contract, so that it can be signed again."""
    contract = outside.load(Contract, event.originator_id)
    facts, reason = {"reference": contract.reference}, event.reason.open()
    document = contract.document_id
    yield _letter(event, "copy-refused", contract.contact_id, facts, contract.id, document, reason), None


@reacts_to(Loan.Disbursed)
@reacts_to(Loan.DrawdownDisbursed)
def tell_of_the_payout(event: Loan.Disbursed | Loan.DrawdownDisbursed, outside: Outside) -> Answers:
    """Of each drawdown: the first begins the calendar, others change it."""
    loan = outside.load(Loan, event.originator_id)
    facts = {
        "reference": loan.reference,
        "amount": _amount(event.amount),
        "value_date": event.value_date.isoformat(),
        "method": event.method,
    }
    template: MailTemplate = "disbursed" if isinstance(event, Loan.Disbursed) else "drawdown"
    yield _letter(event, template, loan.contact_id, facts, loan.id), None


@reacts_to(Loan.DrawdownsCancelled)
def tell_of_the_cancelled_drawdowns(event: Loan.DrawdownsCancelled, outside: Outside) -> Answers:
    loan = outside.load(Loan, event.originator_id)
    facts, reason = {"reference": loan.reference, "amount": _amount(event.cancelled)}, event.reason.open()
    yield _letter(event, "drawdowns-cancelled", loan.contact_id, facts, loan.id, reason=reason), None


@reacts_to(Servicing.RateReset)
def tell_of_the_new_rate(event: Servicing.RateReset, outside: Outside) -> Answers:
    """Before the first instalment that is reckoned at it; nothing where the rate is what it was."""
    if event.rate == event.was or event.instalment is None or event.due_on is None:
        return
    servicing = outside.load(Servicing, event.originator_id)
    loan = outside.load(Loan, servicing.loan_id)
    facts = {
        "reference": loan.reference,
        "index": servicing.indexed.variable.index if servicing.indexed else "",
        "value": str(event.value),
        "was": str(event.was),
        "rate": str(event.rate),
        "reset_on": event.reset_on.isoformat(),
        "instalment": _amount(event.instalment),
        "due_on": event.due_on.isoformat(),
    }
    yield _letter(event, "rate-reset", loan.contact_id, facts, loan.id), None


@reacts_to(Servicing.NoticeGiven)
def put_on_notice(event: Servicing.NoticeGiven, outside: Outside) -> Answers:
    """What is past due, and until when it is to be paid, before everything to come may be asked for."""
    loan = _loan_of(event, outside)
    facts = {
        "reference": loan.reference,
        "amount": _amount(event.past_due),
        "late_since": event.late_since.isoformat(),
        "until": event.until.isoformat(),
    }
    yield _letter(event, "notice", loan.contact_id, facts, loan.id), None


@reacts_to(Servicing.Accelerated)
def tell_of_the_acceleration(event: Servicing.Accelerated, outside: Outside) -> Answers:
    loan = _loan_of(event, outside)
    facts = {
        "reference": loan.reference,
        "accelerated_on": event.accelerated_on.isoformat(),
        "overdue": _amount(event.overdue),
        "principal": _amount(event.principal),
        "interest": _amount(event.interest),
        "indemnity": _amount(event.indemnity),
        "total": _amount(event.total),
    }
    yield _letter(event, "accelerated", loan.contact_id, facts, loan.id), None


@reacts_to(Servicing.AccelerationLifted)
def tell_that_it_is_lifted(event: Servicing.AccelerationLifted, outside: Outside) -> Answers:
    loan = _loan_of(event, outside)
    facts = {"reference": loan.reference, "accelerated_on": event.accelerated_on.isoformat()}
    yield _letter(event, "acceleration-lifted", loan.contact_id, facts, loan.id), None


@reacts_to(Payee.Confirmed)
def tell_of_the_new_payee(event: Payee.Confirmed, outside: Outside) -> Answers:
    """While there is time to object; without the account itself, which is nobody's business in a mailbox."""
    payee = outside.load(Payee, event.originator_id)
    customer = outside.load(Customer, payee.customer_id)
    facts = {"reference": customer.reference, "usable_at": event.usable_at.isoformat()}
    yield _letter(event, "payee-changed", payee.contact_id, facts, payee.id), None


@reacts_to(Document.Kept)
def send_the_quittance(event: Document.Kept, outside: Outside) -> Answers:
    if event.purpose != "quittance":
        return
    servicing = outside.load(Servicing, servicing_id(LoanId(event.about)))
    loan = outside.load(Loan, servicing.loan_id)
    facts = {
        "reference": event.reference,
        "loan_reference": loan.reference,
        "amount": _amount(servicing.received),
    }
    document = DocumentId(event.originator_id)
    template: MailTemplate = "quittance" if servicing.to_return is None else "capital-returned"
    yield _letter(event, template, loan.contact_id, facts, loan.id, document), None


@reacts_to(Document.Voided)
def tell_that_the_quittance_is_void(event: Document.Voided, outside: Outside) -> Answers:
    """Whoever has it believes that nothing is owed."""
    quittance = outside.load(Document, event.originator_id)
    loan = outside.load(Loan, quittance.about)
    facts = {
        "reference": quittance.reference,
        "loan_reference": loan.reference,
        "voided_on": event.on.isoformat(),
    }
    yield _letter(event, "quittance-void", loan.contact_id, facts, loan.id), None


# ── sending ────────────────────────────────────────────────────────────────


@reacts_to(Notification.Requested, retry="6 times in 24 h")
def send_the_letter(event: Notification.Requested, outside: Outside) -> Answers:
    """Once more after an outcome that is not known: SMTP has no way to look it up, and asks its client to try
    again (RFC 5321, 4.5.4.1). The Message-ID stays, so a mailbox that has the letter shows it once. Never once more
    after an outcome that is recorded."""
    letter = outside.load(Notification, event.originator_id)
    if letter.status in ("sent", "failed"):
        return
    yield NoteNotificationAttempt(number=letter.attempts + 1), event.originator_id
    try:
        message_id = outside.mail.send(_message(event, outside))
    except ProviderRefused as refusal:
        yield NoteNotificationFailed(reason=_without_names(refusal)), event.originator_id
    else:
        yield NoteNotificationSent(message_id=message_id), event.originator_id


@reacts_to(Notification.Sent)
def note_that_the_contract_left(event: Notification.Sent, outside: Outside) -> Answers:
    notification = outside.load(Notification, event.originator_id)
    if notification.template == "contract":
        yield NoteContractSent(notification_id=NotificationId(event.originator_id)), notification.about


# ── how it is put ──────────────────────────────────────────────────────────


def _loan_of(event: Servicing.Event, outside: Outside) -> Loan:
    return outside.load(Loan, outside.load(Servicing, event.originator_id).loan_id)


def _letter(
    event: Aggregate.Event,
    template: MailTemplate,
    contact: ContactId,
    facts: dict[str, str],
    about: UUID,
    document: DocumentId | None = None,
    reason: str | None = None,
) -> RequestNotification:
    return RequestNotification(
        notification_id=NotificationId(
            derived(event.originator_id, f"{event.originator_version}:{template}")
        ),
        contact_id=contact,
        template=template,
        facts=facts,
        about=about,
        document_id=document,
        reason=reason,
    )


def _message(event: Notification.Requested, outside: Outside) -> Message:
    head = _letterhead(outside)
    facts = event.facts if event.reason is None else {**event.facts, "reason": event.reason.open()}
    letter = write_letter(event.template, event.language, facts, head, _link(event, outside))
    return Message(
        to=event.to.open(),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        key=event.originator_id,
        reply_to=head.return_address,
    )


def _letterhead(outside: Outside) -> Letterhead:
    """Who writes. The first administrator is invited before there is an organisation."""
    try:
        organisation = outside.load(Organisation, ORGANISATION_ID)
    except NotFound:
        return Letterhead(organisation="Quittance", return_address="")
    return Letterhead(
        organisation=organisation.legal_name,
        return_address=organisation.return_address,
        contact_line=organisation.contact_line,
        time_zone=organisation.time_zone,
    )


def _link(event: Notification.Requested, outside: Outside) -> Link | None:
    """Made at the moment of sending, so that it is fresh however long the mail server was away."""
    if event.account_id is not None:
        purpose = LINKED.get(event.template)
        account = outside.load(Account, event.account_id)
        return purpose and outside.mailed.make(purpose, account, event.originator_id)
    if event.document_id is None or event.contact_id is None:
        return None
    document = outside.load(Document, event.document_id)
    return outside.links.make(event.document_id, event.customer_id, event.contact_id, document.purpose)


def _amount(amount: Money) -> str:
    return f"{amount.decimal()} {amount.currency}"


def _without_names(refusal: ProviderRefused) -> str:
    """The code of the mail server's answer; its words may repeat the address."""
    code = re.match(r"[45]\d\d", str(refusal))
    return f"the mail server answered {code[0]}" if code else "the letter could not be written"
