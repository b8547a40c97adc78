"""The cast: facts every test may start from, as a clerk would say them; many lines, so that all is in one place.

Jean in Lyon borrows 5,000.00 EUR at 6 % over 24 months; Awa in Abidjan borrows 500,000 XOF at 18 % over 12 months.
Ana advises, Ben is the second approver, Chloé keeps the accounts.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from aggregates.access_request import AccessRequest
from aggregates.account import Account
from aggregates.contact import Contact
from aggregates.contract import Contract, contract_id
from aggregates.customer import Customer
from aggregates.document import Document
from aggregates.loan import Loan
from aggregates.loan_product import LoanProduct
from aggregates.notification import Notification
from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.rules.allocation import Allocation
from aggregates.rules.calendar import schedule
from aggregates.rules.instalments import level_instalments
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import BasisPoints, LoanId, Money, derived
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
ANA, BEN, CHLOE, ADMIN = _id("aa"), _id("be"), _id("c1"), _id("ad")

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
    personal_loan,
    equipment_loan,
)
"""Everything that a request starts from."""

# ── Jean's loan: asked for by Ana, approved by Ben, paid out by Chloé ──────

LOAN = LoanId(_id("10a"))
INSTALMENTS = level_instalments(eur(5_000_00), BasisPoints(600), 24)

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
    Loan.Approved, rate=BasisPoints(600), instalments=INSTALMENTS, planned_payout_on=MAY_4, by=BEN
)
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
loan_repaid = fact(Loan.Repaid, repaid_on=date(2028, 5, 6))

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
DUE = schedule(MAY_6, INSTALMENTS)
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
)


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


# ── Awa's loan: she asks herself, Ana approves, Ben pays out ───────────────

AWA_LOAN = LoanId(_id("10a", 2))
AWA_INSTALMENTS = level_instalments(xof(500_000), BasisPoints(1_800), 12)

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
    Loan.Approved, rate=BasisPoints(1_800), instalments=AWA_INSTALMENTS, planned_payout_on=MAY_4, by=ANA
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
    instalments=schedule(MAY_6, AWA_INSTALMENTS),
)
