"""What a list looks like outside: its columns, their titles in both languages, how a cell is written.

A cell never runs: text that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from aggregates.values import Money
from api.language import Language

Layout = Literal["plain", "spreadsheet"]
Kind = Literal["text", "amount", "rate", "word", "value"]

RUNS: Final = "=+-@\t\r\n＝＋－＠"
"""What a formula begins with. Source: OWASP, CSV Injection, read in November 2026; with the full-width forms."""

NAMES: Final[dict[str, dict[Language, str]]] = {
    "loans": {"fr": "prets", "en": "loans"},
    "late loans": {"fr": "prets-en-retard", "en": "late-loans"},
    "contracts": {"fr": "contrats", "en": "contracts"},
    "customers": {"fr": "clients", "en": "customers"},
    "mails": {"fr": "courriels", "en": "mails"},
    "documents": {"fr": "documents", "en": "documents"},
    "journal": {"fr": "journal", "en": "journal"},
}
"""How a file is called, before the day."""

WORDS: Final[dict[str, dict[Language, str]]] = {
    "requested": {"fr": "Demandé", "en": "Requested"},
    "counter-offered": {"fr": "Contre-proposition faite", "en": "Counter-offer made"},
    "declined": {"fr": "Refusé", "en": "Declined"},
    "withdrawn": {"fr": "Retiré", "en": "Withdrawn"},
    "expired": {"fr": "Offre expirée", "en": "Offer expired"},
    "stepped-back": {"fr": "Rétracté", "en": "Stepped back"},
    "approved": {"fr": "Accordé", "en": "Approved"},
    "ready": {"fr": "Prêt à débloquer", "en": "Ready"},
    "disbursed": {"fr": "Débloqué", "en": "Disbursed"},
    "returning": {"fr": "À restituer", "en": "To be returned"},
    "repaid": {"fr": "Remboursé", "en": "Repaid"},
    "written-off": {"fr": "Passé en perte", "en": "Written off"},
    "recovered": {"fr": "Recouvré après perte", "en": "Recovered"},
    "drafted": {"fr": "Rédigé", "en": "Drafted"},
    "rendered": {"fr": "Mis en page", "en": "Rendered"},
    "sent": {"fr": "Envoyé", "en": "Sent"},
    "returned": {"fr": "Copie reçue", "en": "Copy received"},
    "signed": {"fr": "Signé", "en": "Signed"},
    "attempted": {"fr": "Tenté", "en": "Attempted"},
    "failed": {"fr": "Échoué", "en": "Failed"},
    "person": {"fr": "Personne", "en": "Person"},
    "company": {"fr": "Société", "en": "Company"},
    "contract": {"fr": "Contrat", "en": "Contract"},
    "signed-copy": {"fr": "Copie signée", "en": "Signed copy"},
    "quittance": {"fr": "Quittance", "en": "Quittance"},
}
"""Words of our own by what is stored; what is not here is written as it is."""


@dataclass(frozen=True)
class Column:
    """One column of a list.

    field  of the row; ``{language}`` in it is the reader's
    """

    field: str
    title: Mapping[Language, str]
    kind: Kind = "value"

    def cell(self, row: Any, language: Language, point: str) -> str:
        value = getattr(row, self.field.replace("{language}", language))
        if value is None:
            return ""
        if self.kind == "amount":
            return Money(value, row.currency).decimal().replace(".", point)
        if self.kind == "rate":
            return f"{value // 100}{point}{value % 100:02}"
        if self.kind == "word":
            return WORDS[value][language] if value in WORDS else harmless(str(value))
        if isinstance(value, datetime):
            return value.isoformat(timespec="seconds")
        return harmless(str(value)) if self.kind == "text" else str(value)


def harmless(text: str) -> str:
    """The same, never a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(tuple(RUNS)) else text


def _column(field: str, fr: str, en: str, kind: Kind = "value") -> Column:
    return Column(field, {"fr": fr, "en": en}, kind)


_CUSTOMER: Final = (
    _column("customer_reference", "N° client", "Customer no."),
    _column("customer_name", "Client", "Customer", "text"),
)

LOANS: Final = (
    _column("reference", "Référence", "Reference"),
    *_CUSTOMER,
    _column("product_title_{language}", "Produit", "Product", "text"),
    _column("status", "État", "State", "word"),
    _column("requested_on", "Demandé le", "Requested on"),
    _column("principal", "Capital", "Principal", "amount"),
    _column("currency", "Devise", "Currency"),
    _column("months", "Échéances", "Instalments"),
    _column("rate", "Taux (%)", "Rate (%)", "rate"),
    _column("purpose", "Objet", "Purpose", "text"),
    _column("approved_on", "Accordé le", "Approved on"),
    _column("signed_on", "Signé le", "Signed on"),
    _column("disbursed_on", "Débloqué le", "Disbursed on"),
    _column("next_due_on", "Prochaine échéance", "Next due on"),
    _column("overdue", "En retard", "Overdue", "amount"),
    _column("late_since", "En retard depuis le", "Late since"),
    _column("overpaid", "Trop-perçu", "Overpaid", "amount"),
    _column("repaid_on", "Remboursé le", "Repaid on"),
    _column("loan_id", "Identifiant", "Id"),
)
LATE_LOANS: Final = (
    _column("reference", "Référence", "Reference"),
    *_CUSTOMER,
    _column("bucket", "Tranche de retard (jours)", "Days past due, bucket"),
    _column("days_past_due", "Jours de retard", "Days past due"),
    _column("late_since", "En retard depuis le", "Late since"),
    _column("late_instalments", "Échéances en retard", "Late instalments"),
    _column("currency", "Devise", "Currency"),
    _column("past_due", "Montant en retard", "Past due", "amount"),
    _column("outstanding", "Capital restant dû", "Outstanding principal", "amount"),
    _column("next_due_on", "Prochaine échéance", "Next due on"),
    _column("loan_id", "Identifiant", "Id"),
)
CONTRACTS: Final = (
    _column("reference", "Référence", "Reference"),
    _column("loan_reference", "Prêt", "Loan"),
    *_CUSTOMER,
    _column("product_title_{language}", "Produit", "Product", "text"),
    _column("status", "État", "State", "word"),
    _column("drafted_on", "Rédigé le", "Drafted on"),
    _column("principal", "Capital", "Principal", "amount"),
    _column("currency", "Devise", "Currency"),
    _column("months", "Échéances", "Instalments"),
    _column("rate", "Taux (%)", "Rate (%)", "rate"),
    _column("sent_on", "Envoyé le", "Sent on"),
    _column("copy_received_on", "Copie reçue le", "Copy received on"),
    _column("signed_on", "Signé le", "Signed on"),
    _column("contract_id", "Identifiant", "Id"),
)
CUSTOMERS: Final = (
    _column("reference", "Référence", "Reference"),
    _column("name", "Nom", "Name", "text"),
    _column("nature", "Nature", "Nature", "word"),
    _column("address", "Adresse", "Address", "text"),
    _column("country", "Pays", "Country"),
    _column("language", "Langue", "Language"),
    _column("registered_on", "Enregistré le", "Registered on"),
    _column("customer_id", "Identifiant", "Id"),
)
MAILS: Final = (
    _column("requested_at", "Demandé à", "Requested at"),
    _column("customer_name", "Client", "Customer", "text"),
    _column("template", "Modèle", "Template"),
    _column("status", "État", "State", "word"),
    _column("attempts", "Essais", "Attempts"),
    _column("sent_on", "Envoyé le", "Sent on"),
    _column("failed_because", "Cause de l’échec", "Failed because", "text"),
    _column("notification_id", "Identifiant", "Id"),
)
DOCUMENTS: Final = (
    _column("reference", "Référence", "Reference"),
    _column("purpose", "Nature", "Purpose", "word"),
    _column("customer_name", "Client", "Customer", "text"),
    _column("file_name", "Fichier", "File", "text"),
    _column("media_type", "Type", "Type"),
    _column("pages", "Pages", "Pages"),
    _column("size", "Octets", "Bytes"),
    _column("sha256", "SHA-256", "SHA-256"),
    _column("kept_on", "Conservé le", "Kept on"),
    _column("voided_on", "Annulé le", "Void since"),
    _column("document_id", "Identifiant", "Id"),
)
JOURNAL: Final = (
    _column("entry_on", "Date", "Date"),
    _column("movement", "Mouvement", "Movement", "text"),
    _column("label", "Libellé", "Label", "text"),
    _column("account", "Compte", "Account"),
    _column("debit", "Débit", "Debit", "amount"),
    _column("credit", "Crédit", "Credit", "amount"),
    _column("currency", "Devise", "Currency"),
    _column("about", "Prêt (identifiant)", "Loan (id)"),
    _column("posting_id", "Écriture", "Posting"),
    _column("line", "Ligne", "Line"),
)
