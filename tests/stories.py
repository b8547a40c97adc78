"""The cast: facts every test may start from, as a clerk would say them; many lines, so that all is in one place.

Jean in Lyon borrows 5,000.00 EUR at 6 % over 24 months; Awa in Abidjan borrows 500,000 XOF at 18 % over 12 months.
Ana advises, Ben is the second approver, Chloé keeps the accounts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from aggregates.access_request import AccessRequest
from aggregates.account import Account
from aggregates.contact import Contact
from aggregates.contract import Contract, contract_id
from aggregates.customer import Customer
from aggregates.document import Document, paper_id
from aggregates.index_rates import IndexRates, index_rates_id
from aggregates.legal_rates import LegalRates, legal_rates_id
from aggregates.loan import Loan
from aggregates.loan_product import LoanProduct
from aggregates.notification import Notification
from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.payee import COOLING_OFF, Payee, payee_id
from aggregates.payout_day import PayoutDay, payout_day_id
from aggregates.rules.allocation import Allocation
from aggregates.rules.approval import Figures
from aggregates.rules.clocks import (
    ClockSettings,
    clocks_after_signature,
    counter_offer_clock,
    offer_clock,
)
from aggregates.rules.consents import Consent, present
from aggregates.rules.costs import Costs
from aggregates.rules.facts import Version
from aggregates.rules.reallocated import Share
from aggregates.rules.repayments import Moved
from aggregates.rules.resets import Indexed
from aggregates.rules.rounding import Rounding
from aggregates.rules.schedules import schedule
from aggregates.rules.servicing_terms import Late, ServicingTerms
from aggregates.rules.terms import Drawdown, Fee, Fixing, Insurance, Terms, Variable
from aggregates.servicing import Servicing, servicing_id
from aggregates.stop_switch import STOP_SWITCH_ID, StopSwitch
from aggregates.values import BasisPoints, Ceiling, LoanId, Money, derived
from eventstore import Sealed
from tests.kit import Fact, fact


def _id(letters: str, number: int = 1) -> UUID:
    return UUID(f"{letters:0<8}-0000-4000-8000-{number:012d}")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def xof(minor: int) -> Money:
    return Money(minor, "XOF")


MAY_4 = date(2026, 5, 4)
MAY_6 = date(2026, 5, 6)
JUNE_6 = date(2026, 6, 6)
JULY_6 = date(2026, 7, 6)

# ── who ────────────────────────────────────────────────────────────────────

JEAN, AWA = _id("1ea"), _id("a0a")
JEAN_CONTACT, AWA_CONTACT = _id("1eac"), _id("a0ac")
JEAN_ACCOUNT, AWA_ACCOUNT = _id("1eaa"), _id("a0aa")
ANA, BEN, CHLOE, ADMIN, DEPUTY = _id("aa"), _id("be"), _id("c1"), _id("ad"), _id("de")

established = fact(
    Organisation.Established,
    ORGANISATION_ID,
    legal_name="Prêts du Fleuve",
    legal_form="SAS au capital de 250 000 €",
    registration="RCS Lyon 912 345 678",
    registered_office="14 quai Saint-Antoine\n69002 Lyon",
    country="FR",
    time_zone="Europe/Paris",
    currency="EUR",
    languages=["fr", "en"],
    return_address="contrats@prets-du-fleuve.example",
    contact_line="contrats@prets-du-fleuve.example · +33 4 72 00 00 00",
)
single_operator = fact(
    Organisation.FourEyesPolicyChanged,
    policy="single-operator",
    reason="Une seule conseillère en août.",
    by=ADMIN,
)

jean = fact(
    Customer.Registered,
    JEAN,
    reference="C-2026-000001",
    nature="person",
    name=Sealed("Jean Moreau"),
    address=Sealed("8 rue de la République\n69002 Lyon"),
    country="FR",
    language="fr",
)
awa = fact(
    Customer.Registered,
    AWA,
    reference="C-2026-000002",
    nature="person",
    name=Sealed("Awa Koné"),
    address=Sealed("Rue des Jardins, Cocody\nAbidjan"),
    country="CI",
    language="fr",
)
jean_contact = fact(
    Contact.Added,
    JEAN_CONTACT,
    customer_id=JEAN,
    name=Sealed("Jean Moreau"),
    email=Sealed("jean.moreau@example.org"),
)
awa_contact = fact(
    Contact.Added,
    AWA_CONTACT,
    customer_id=AWA,
    name=Sealed("Awa Koné"),
    email=Sealed("awa.kone@example.org"),
    phone=Sealed("+2250700000000"),
)


def _account(id: UUID, label: str, *roles: str, customers: tuple[UUID, ...] = ()) -> Fact:
    return fact(Account.Opened, id, roles=list(roles), customers=list(customers), label=Sealed(label))


jean_account = _account(JEAN_ACCOUNT, "Jean Moreau", "client", customers=(JEAN,))
awa_account = _account(AWA_ACCOUNT, "Awa Koné", "client", customers=(AWA,))
ana = _account(ANA, "Ana Ferreira", "advisor")
ben = _account(BEN, "Ben Traoré", "advisor")
chloe = _account(CHLOE, "Chloé Martin", "accountant")
admin = _account(ADMIN, "Administration", "admin")
deputy = _account(DEPUTY, "Dora Silva", "admin", "advisor")

# ── how they are let in ────────────────────────────────────────────────────

PASSWORD, NEW_PASSWORD, CODES = _id("5ec", 1), _id("5ec", 2), _id("5ec", 3)
PASSKEY, PHONE, KEY, VISIT_1 = _id("fac", 1), _id("fac", 2), _id("ce", 1), _id("ac", 1)

invited_ana = fact(
    Account.Opened,
    ANA,
    roles=["advisor"],
    customers=[],
    label=Sealed("Ana Ferreira"),
    email=Sealed("ana.ferreira@example.org"),
    language="en",
    portfolio=[JEAN, AWA],
)
newcomer = fact(
    Account.Opened,
    JEAN_ACCOUNT,
    roles=["client"],
    customers=[],
    label=Sealed("Jean Moreau"),
    email=Sealed("jean.moreau@example.org"),
    language="fr",
)
password_set = fact(Account.PasswordSet, secret_id=PASSWORD)
factor_added = fact(Account.FactorAdded, factor_id=PASSKEY, factor="webauthn", name=Sealed("Clé bleue"))
phone_added = fact(Account.FactorAdded, factor_id=PHONE, factor="totp", name=Sealed("Téléphone"))
key_issued = fact(
    Account.KeyIssued,
    key_id=KEY,
    name=Sealed("Export du soir"),
    permissions=["loan.read"],
    networks=["203.0.113.0/24"],
    expires_on=date(2027, 5, 4),
    sha256="5e" * 32,
)
codes_made = fact(Account.RecoveryCodesMade, secret_id=CODES)
account_closed = fact(Account.Closed, reason="Départ de la maison.")
signed_up = fact(
    AccessRequest.Made,
    VISIT_1,
    purpose="sign-up",
    email=Sealed("jean.moreau@example.org"),
    language="fr",
    name=Sealed("Jean Moreau"),
)
forgot = fact(
    AccessRequest.Made,
    VISIT_1,
    purpose="password-reset",
    email=Sealed("jean.moreau@example.org"),
    language="fr",
)

# ── what we lend ───────────────────────────────────────────────────────────

PERSONAL_LOAN, EQUIPMENT_LOAN = _id("9e"), _id("e9")

personal_loan = fact(
    LoanProduct.Launched,
    PERSONAL_LOAN,
    code="pret-personnel",
    title_fr="Prêt personnel",
    title_en="Personal loan",
    currency="EUR",
    rate=BasisPoints(600),
    min_principal=eur(1_000_00),
    max_principal=eur(30_000_00),
    min_months=6,
    max_months=60,
)
equipment_loan = fact(
    LoanProduct.Launched,
    EQUIPMENT_LOAN,
    code="credit-equipement",
    title_fr="Crédit équipement",
    title_en="Equipment loan",
    currency="XOF",
    rate=BasisPoints(1_800),
    min_principal=xof(100_000),
    max_principal=xof(10_000_000),
    min_months=3,
    max_months=36,
)
weekly_terms = Terms(
    BasisPoints(1_200),
    "linear",
    "weekly",
    "ACT/365F",
    due_day=5,
    first_period="spread",
    grace_principal=2,
    variable=Variable("BCEAO", BasisPoints(300), reset_every=13, cap=BasisPoints(1_500)),
    subsidy=BasisPoints(100),
    fees=(Fee("Frais de dossier", "up-front", BasisPoints(50), xof(5_000)),),
    insurance=Insurance(BasisPoints(90), "outstanding"),
    late=Late(BasisPoints(500), grace_days=3),
    rounding=Rounding(5, "half-up"),
    business_days="following",
    calendar="CI",
)
"""Everything that terms can say, or nearly."""
equipment_terms_revised = fact(LoanProduct.TermsRevised, terms=weekly_terms, from_on=date(2026, 6, 1))
consumer_loan = personal_loan.but(law="fr-consumer")
microcredit = equipment_loan.but(law="umoa-microfinance")

QUARTER = "Seuils de l’usure, 2e trimestre 2026"
rates_begun = fact(LegalRates.Begun, legal_rates_id("fr-consumer"), law="fr-consumer")
french_rate = fact(
    LegalRates.Entered,
    law="fr-consumer",
    number=1,
    rate=BasisPoints(1_587),
    above=eur(3_000_00),
    up_to=eur(6_000_00),
    from_on=date(2026, 4, 1),
    until_on=date(2026, 6, 30),
    source=QUARTER,
    by=ADMIN,
)
index_begun = fact(IndexRates.Begun, index_rates_id("EURIBOR-3M"), index="EURIBOR-3M")
index_value = fact(
    IndexRates.Entered,
    index="EURIBOR-3M",
    number=1,
    value=BasisPoints(212),
    from_on=date(2026, 4, 1),
    source="EMMI, Euribor 3 mois, lu le 31 mars 2026",
    by=ADMIN,
)
FRENCH_CEILING = Ceiling(
    BasisPoints(1_587),
    "FR",
    QUARTER,
    date(2026, 4, 1),
    date(2026, 6, 30),
    "fr-consumer",
    1,
    eur(3_000_00),
    eur(6_000_00),
)
withdrawn_product = fact(LoanProduct.Withdrawn, reason="Remplacé par une autre offre.")

HOUSE = (
    established,
    jean,
    jean_contact,
    awa,
    awa_contact,
    jean_account,
    awa_account,
    ana,
    ben,
    chloe,
    admin,
    deputy,
    personal_loan,
    equipment_loan,
)
"""Everything that a request starts from."""

# ── Jean's loan: asked for by Ana, approved by Ben, paid out by Chloé ──────

LOAN = LoanId(_id("10a"))
TERMS = Terms(BasisPoints(600))
INSTALMENTS = schedule(TERMS, eur(5_000_00), 24, MAY_4)
"""As they were planned."""

requested = fact(
    Loan.Requested,
    LOAN,
    reference="L-2026-000001",
    customer_id=JEAN,
    contact_id=JEAN_CONTACT,
    product_id=PERSONAL_LOAN,
    requested_by=ANA,
    principal=eur(5_000_00),
    months=24,
    purpose=Sealed("Travaux dans la cuisine"),
)
approved = fact(
    Loan.Approved,
    rate=BasisPoints(600),
    instalments=INSTALMENTS,
    planned_payout_on=MAY_4,
    by=BEN,
    apr=617,
    terms=TERMS,
)

# ── the same under the law of credit to consumers in France ────────────────

approved_in_law = approved.but(law="fr-consumer", apr=617)
information_kept = fact(
    Document.Kept,
    paper_id(LOAN, "information"),
    customer_id=JEAN,
    purpose="information",
    about=LOAN,
    reference="I-2026-000001",
    key=f"information/{LOAN}.pdf",
    sha256="1f" * 32,
    size=40_000,
    media_type="application/pdf",
    pages=2,
    by=ANA,
)
INFORMATION = Consent(
    "pre-contract-information",
    1,
    "fr",
    present("approval")[0].sha256("fr"),
    "online",
    MAY_4,
    JEAN_ACCOUNT,
    "1f" * 32,
)
informed = fact(Loan.Informed, proof=INFORMATION)
OFFER = offer_clock("fr-consumer", MAY_4, ClockSettings(), 1)
assert OFFER is not None
NO_PAYMENT, STEP_BACK = clocks_after_signature("fr-consumer", 617, MAY_4, ClockSettings(), 2)
offer_holds = fact(Loan.ClocksStarted, clocks=[OFFER])
in_law = (approved_in_law, informed, offer_holds)
"""The offer holds to 19 May."""
offer_taken = fact(Loan.ClockEnded, number=1, clock="offer", because="signed")
clocks_started = fact(Loan.ClocksStarted, clocks=[NO_PAYMENT, STEP_BACK])
"""No payment until 11 May, stepping back until 18 May."""
stepped_back = fact(Loan.SteppedBack, notified_on=MAY_6, by=JEAN_ACCOUNT)
return_owed = fact(
    Loan.ReturnOwed,
    notified_on=MAY_6,
    return_by=date(2026, 6, 5),
    with_interest=True,
    principal=eur(5_000_00),
    by=JEAN_ACCOUNT,
)
capital_returned = fact(Loan.CapitalReturned, returned_on=MAY_6)
offer_over = fact(Loan.ClockEnded, number=1, clock="offer", because="time")
loan_expired = fact(Loan.Expired)

# ── the same with less money than was asked for ────────────────────────────

LESS = Costs(TERMS, eur(4_000_00), 36, MAY_4)
COUNTER_OFFER = counter_offer_clock("unspecified", MAY_4, ClockSettings(), 1)
"""It may be accepted to 3 June."""
counter_offered = fact(
    Loan.CounterOffered,
    customer_id=JEAN,
    principal=LESS.principal,
    months=LESS.periods,
    rate=BasisPoints(600),
    terms=TERMS,
    instalments=LESS.lines,
    planned_payout_on=MAY_4,
    reason=Sealed("Une mensualité plus basse tient mieux dans votre budget."),
    until=COUNTER_OFFER.ends_on,
    by=BEN,
    law="unspecified",
    apr=617,
    cost=eur(380_77),
    total=eur(4_380_77),
    requested=Figures(
        eur(5_000_00), 24, BasisPoints(600), eur(221_60), eur(221_69), eur(318_49), eur(5_318_49), 617
    ),
)
counter_offer_holds = fact(Loan.ClocksStarted, clocks=[COUNTER_OFFER])
offered_less = (counter_offered, counter_offer_holds)
counter_offer_accepted = fact(
    Loan.CounterOfferAccepted, principal=eur(4_000_00), months=36, accepted_on=MAY_4, by=JEAN_ACCOUNT
)
counter_offer_declined = fact(Loan.CounterOfferDeclined, declined_on=MAY_4, by=JEAN_ACCOUNT)
counter_offer_answered = fact(Loan.ClockEnded, number=1, clock="counter-offer", because="answered")
counter_offer_over = fact(Loan.ClockEnded, number=1, clock="counter-offer", because="time")
approved_with_less = approved.but(instalments=LESS.lines, apr=617)

declined = fact(
    Loan.Declined, customer_id=JEAN, reason=Sealed("Vos revenus ne permettent pas ce prêt."), by=BEN
)
withdrawn = fact(Loan.Withdrawn, by=JEAN_ACCOUNT)
contract_signed = fact(Loan.ContractSigned, contract_id=contract_id(LOAN), signed_on=MAY_4)
disbursed = fact(
    Loan.Disbursed,
    amount=eur(5_000_00),
    value_date=MAY_6,
    method="transfer",
    reference="VIR-2026-0042",
    by=CHLOE,
)
payouts_begun = fact(PayoutDay.Begun, payout_day_id(CHLOE, MAY_6), account_id=CHLOE, day=MAY_6)
payout_counted = fact(PayoutDay.Counted, loan_id=LOAN, amount=eur(5_000_00))
loan_repaid = fact(Loan.Repaid, repaid_on=date(2028, 5, 6))

# ── the same, paid out in two drawdowns ────────────────────────────────────

PLANNED = [Drawdown(MAY_4, eur(3_000_00)), Drawdown(date(2026, 6, 15), eur(2_000_00))]
approved_in_parts = approved.but(
    instalments=schedule(TERMS, eur(5_000_00), 24, MAY_4, drawdowns=PLANNED), drawdowns=PLANNED
)
first_drawn = disbursed.but(amount=eur(3_000_00))
drawn_down = fact(
    Loan.DrawdownDisbursed,
    number=2,
    amount=eur(2_000_00),
    value_date=date(2026, 6, 20),
    method="transfer",
    reference="VIR-2026-0099",
    by=CHLOE,
)
drawdowns_cancelled = fact(
    Loan.DrawdownsCancelled,
    customer_id=JEAN,
    principal=eur(3_000_00),
    cancelled=eur(2_000_00),
    reason=Sealed("Les travaux coûtent moins."),
    by=BEN,
)

# ── where Jean is paid, and what stops everybody's money ───────────────────

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
"""When a command of ``on(MAY_4)`` is asked."""
JEAN_PAYEE = payee_id(JEAN)

payee_begun = fact(Payee.Begun, JEAN_PAYEE, customer_id=JEAN, contact_id=JEAN_CONTACT)
account_proposed = fact(
    Payee.Proposed,
    customer_id=JEAN,
    number=1,
    destination="bank-account",
    holder=Sealed("Jean Moreau"),
    by=ANA,
    iban=Sealed("FR7630006000011234567890189"),
    bic=Sealed("AGRIFRPP882"),
)
phone_proposed = fact(
    Payee.Proposed,
    customer_id=JEAN,
    number=2,
    destination="mobile-money",
    holder=Sealed("Jean Moreau"),
    by=JEAN_ACCOUNT,
    operator="Orange Money",
    phone=Sealed("+2250700000000"),
)


def payee_confirmed(number: int = 1, by: UUID = CHLOE, at: datetime = NOON) -> Fact:
    """In force from the next day's noon."""
    return fact(Payee.Confirmed, number=number, usable_at=at + COOLING_OFF, by=by)


def payee_refused(number: int, by: UUID = CHLOE) -> Fact:
    reason = Sealed("Le client ne reconnaît pas ce compte.")
    return fact(Payee.Refused, customer_id=JEAN, number=number, reason=reason, by=by)


switch_installed = fact(StopSwitch.Installed, STOP_SWITCH_ID)
switch_pulled = fact(StopSwitch.Pulled, reason="Un virement que personne ne connaît.", by=ANA)
release_asked = fact(StopSwitch.ReleaseAsked, reason="Le virement est expliqué.", by=CHLOE)
switch_released = fact(StopSwitch.Released, by=ADMIN)

CONTRACT = contract_id(LOAN)
CONTRACT_PDF, COPY, SECOND_COPY, QUITTANCE = (
    derived(CONTRACT, "contract"),
    _id("c0", 1),
    _id("c0", 2),
    derived(LOAN, "quittance"),
)
LETTER = derived(CONTRACT, "contract-mail")

LENDER = {
    "legal_name": "Prêts du Fleuve",
    "legal_form": "SAS au capital de 250 000 €",
    "registration": "RCS Lyon 912 345 678",
    "registered_office": "14 quai Saint-Antoine\n69002 Lyon",
    "country": "FR",
    "return_address": "contrats@prets-du-fleuve.example",
    "contact_line": "contrats@prets-du-fleuve.example · +33 4 72 00 00 00",
}
drafted = fact(
    Contract.Drafted,
    CONTRACT,
    customer_id=JEAN,
    loan_id=LOAN,
    contact_id=JEAN_CONTACT,
    reference="K-2026-000001",
    template="contract/loan_agreement",
    template_sha256="7e" * 32,
    language="fr",
    borrower=Sealed("Jean Moreau"),
    borrower_address=Sealed("8 rue de la République\n69002 Lyon"),
    lender=LENDER,
    principal=eur(5_000_00),
    rate=BasisPoints(600),
    months=24,
    instalments=INSTALMENTS,
    planned_payout_on=MAY_4,
    drafted_on=MAY_4,
    terms=TERMS,
)
rendered = fact(Contract.Rendered, document_id=CONTRACT_PDF, sha256="ab" * 32, pages=4)
contract_sent = fact(Contract.Sent, notification_id=LETTER)
sending_asked = fact(Contract.SendingAsked, number=1, by=ANA)
copy_received = fact(Contract.SignedCopyReceived, document_id=COPY, sha256="c1" * 32, by=JEAN_ACCOUNT)
copy_refused = fact(
    Contract.SignedCopyRefused,
    customer_id=JEAN,
    document_id=COPY,
    reason=Sealed("La page 3 n’est pas paraphée."),
    by=ANA,
)
second_copy_received = fact(
    Contract.SignedCopyReceived, document_id=SECOND_COPY, sha256="c2" * 32, by=JEAN_ACCOUNT
)
signed = fact(Contract.Signed, loan_id=LOAN, document_id=COPY, sha256="c1" * 32, by=ANA, signed_on=MAY_4)

contract_expired = fact(Contract.Expired)

contract_kept = fact(
    Document.Kept,
    CONTRACT_PDF,
    customer_id=JEAN,
    purpose="contract",
    about=CONTRACT,
    reference="K-2026-000001",
    key=f"contracts/{CONTRACT_PDF}.pdf",
    sha256="ab" * 32,
    size=48_000,
    media_type="application/pdf",
    pages=4,
    by=ANA,
)
copy_kept = fact(
    Document.Kept,
    COPY,
    customer_id=JEAN,
    purpose="signed-copy",
    about=CONTRACT,
    reference="K-2026-000001",
    key=f"signed/{COPY}.pdf",
    sha256="c1" * 32,
    size=900_000,
    media_type="application/pdf",
    pages=4,
    by=JEAN_ACCOUNT,
    file_name=Sealed("contrat signé.pdf"),
)
downloaded = fact(
    Document.Downloaded,
    customer_id=JEAN,
    via="account",
    ip=Sealed("192.0.2.7"),
    user_agent=Sealed("Firefox/145.0"),
    by=JEAN_ACCOUNT,
)

letter_requested = fact(
    Notification.Requested,
    LETTER,
    customer_id=JEAN,
    contact_id=JEAN_CONTACT,
    template="contract",
    language="fr",
    to=Sealed("jean.moreau@example.org"),
    facts={"reference": "K-2026-000001"},
    about=CONTRACT,
    document_id=CONTRACT_PDF,
)
attempted = fact(Notification.Attempted, number=1)
mail_sent = fact(Notification.Sent, message_id="<1@prets-du-fleuve.example>")
mail_failed = fact(Notification.Failed, reason="550 no such mailbox")

# ── the servicing of Jean's loan ───────────────────────────────────────────

SERVICING = servicing_id(LOAN)
DUE = schedule(TERMS, eur(5_000_00), 24, MAY_6)
FIRST, SECOND = (Allocation(i.number, i.interest, i.principal) for i in DUE[:2])
REPAYMENT, SECOND_REPAYMENT = _id("4e", 1), _id("4e", 2)

servicing_opened = fact(
    Servicing.Opened,
    SERVICING,
    customer_id=JEAN,
    loan_id=LOAN,
    contact_id=JEAN_CONTACT,
    principal=eur(5_000_00),
    rate=BasisPoints(600),
    value_date=MAY_6,
    instalments=DUE,
    terms=ServicingTerms("EUR"),
)


INDEXED = Indexed(
    Terms(BasisPoints(600), variable=Variable("EURIBOR-3M", BasisPoints(350), 3)),
    eur(5_000_00),
    24,
    MAY_6,
    (Fixing(date(2026, 4, 1), BasisPoints(212)),),
)
"""Jean's loan, if its rate followed an index: that of the contract first, 2.12 % and 3.50 % after three months."""
rate_reset = fact(
    Servicing.RateReset,
    SERVICING,
    number=1,
    reset_on=date(2026, 8, 6),
    value=BasisPoints(212),
    was=BasisPoints(600),
    rate=BasisPoints(562),
    next_on=date(2026, 11, 6),
    instalment=eur(221_00),
    due_on=date(2026, 9, 6),
)
"""The rate of a loan like Jean's that follows an index."""


def fell_due(number: int, *applied: Allocation) -> Fact:
    """Instalment ``number`` of Jean's loan fell due, and the advance paid these parts of it."""
    due = DUE[number - 1]
    return fact(
        Servicing.InstalmentFellDue,
        number=number,
        due_on=due.due_on,
        interest=due.interest,
        principal=due.principal,
        applied=list(applied),
        next_due_on=DUE[number].due_on if number < len(DUE) else None,
    )


def received(
    amount: Money,
    *allocations: Allocation,
    advance: Money | None = None,
    id: UUID = REPAYMENT,
    on: date = JUNE_6,
) -> Fact:
    """A transfer arrived for Jean's loan and paid these parts."""
    return fact(
        Servicing.RepaymentReceived,
        repayment_id=id,
        amount=amount,
        value_date=on,
        method="transfer",
        reference="VIR 2026-06-0117",
        allocations=list(allocations),
        advance=advance or eur(0),
        by=CHLOE,
    )


def moved(
    id: UUID,
    before: list[Allocation],
    after: list[Allocation],
    kept_before: Money | None = None,
    kept_after: Money | None = None,
) -> Fact:
    """A repayment pays something else than was said; parts of the first version of the schedule."""
    was, now = (
        [Share(0, 0, None, kept) for _ in [kept] if kept]
        + [
            Share(1, part.number, what, amount)
            for part in parts
            for what, amount in (("interest", part.interest), ("principal", part.principal))
            if amount
        ]
        for parts, kept in ((before, kept_before), (after, kept_after))
    )
    return fact(Servicing.Reallocated, lines=[Moved(id, was, now)])


# ── the servicing of the same in two drawdowns ─────────────────────────────

IN_PARTS = schedule(
    TERMS,
    eur(5_000_00),
    24,
    MAY_6,
    drawdowns=[Drawdown(MAY_6, eur(3_000_00)), Drawdown(date(2026, 6, 20), eur(2_000_00))],
)
"""As its money really left."""
opened_in_parts = servicing_opened.but(
    principal=eur(3_000_00), instalments=schedule(TERMS, eur(3_000_00), 24, MAY_6)
)
redrawn = fact(
    Servicing.ScheduleChanged,
    customer_id=JEAN,
    version=Version(2, date(2026, 6, 20), 1, 1, tuple(IN_PARTS[1:]), "drawdown"),
    replaces=23,
    interest=Money.total((line.interest for line in IN_PARTS), "EUR"),
    by=CHLOE,
    drawn=eur(2_000_00),
)

# ── Awa's loan: she asks herself, Ana approves, Ben pays out ───────────────

AWA_LOAN = LoanId(_id("10a", 2))
AWA_TERMS = Terms(BasisPoints(1_800))
AWA_INSTALMENTS = schedule(AWA_TERMS, xof(500_000), 12, MAY_4)
AWA_DUE = schedule(AWA_TERMS, xof(500_000), 12, MAY_6)

awa_requested = fact(
    Loan.Requested,
    AWA_LOAN,
    reference="L-2026-000002",
    customer_id=AWA,
    contact_id=AWA_CONTACT,
    product_id=EQUIPMENT_LOAN,
    requested_by=AWA_ACCOUNT,
    principal=xof(500_000),
    months=12,
    purpose=Sealed("Une machine à coudre industrielle"),
)
awa_approved = fact(
    Loan.Approved,
    rate=BasisPoints(1_800),
    instalments=AWA_INSTALMENTS,
    planned_payout_on=MAY_4,
    by=ANA,
    apr=1_956,
    terms=AWA_TERMS,
)
awa_contract_signed = fact(Loan.ContractSigned, contract_id=contract_id(AWA_LOAN), signed_on=MAY_4)
awa_disbursed = fact(
    Loan.Disbursed, amount=xof(500_000), value_date=MAY_6, method="cash", reference="Reçu 17", by=BEN
)
awa_servicing_opened = fact(
    Servicing.Opened,
    servicing_id(AWA_LOAN),
    customer_id=AWA,
    loan_id=AWA_LOAN,
    contact_id=AWA_CONTACT,
    principal=xof(500_000),
    rate=BasisPoints(1_800),
    value_date=MAY_6,
    instalments=AWA_DUE,
    terms=ServicingTerms("XOF"),
)
