"""The accounts that movements are posted on: two charts, as data.

Source: plan comptable général, règlement ANC 2014-03 as amended by ANC 2022-06 (in force since 1 January 2025), list
of accounts; SYSCOHADA révisé, acte uniforme relatif au droit comptable et à l'information financière (AUDCIF) of
26 January 2017, list of accounts; both read 2026-11-22 as published lists. They are those of a lender that is not a
credit institution. Subdivisions that the lists do not have are ours: 276848, 4671 to 4673, 4681, 4682, 76268; 27618,
47111 to 47113, 47121, 47122, 77128.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from aggregates.rules.movements import Kind, Movement, Role
from aggregates.values import Money

ChartName = Literal["PCG", "SYSCOHADA"]


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a chart."""

    number: str
    fr: str
    en: str


Chart = dict[Role, Account]

PCG: Final[Chart] = {
    "loans": Account("2748", "Autres prêts", "Other loans"),
    "interest_due": Account("27684", "Intérêts courus sur prêts", "Interest receivable on loans"),
    "interest_accrued": Account(
        "276848", "Intérêts courus sur prêts – non échus", "Interest accrued on loans, not due"
    ),
    "fees_due": Account(
        "4671", "Divers comptes débiteurs – frais sur prêts", "Sundry debtors – fees on loans"
    ),
    "insurance_due": Account(
        "4672", "Divers comptes débiteurs – assurance emprunteur", "Sundry debtors – borrower’s insurance"
    ),
    "penalties_due": Account(
        "4673", "Divers comptes débiteurs – pénalités de retard", "Sundry debtors – late penalties"
    ),
    "advances": Account(
        "4681",
        "Divers comptes créditeurs – avances sur échéances",
        "Sundry creditors – instalments paid ahead",
    ),
    "insurer": Account(
        "4682", "Divers comptes créditeurs – primes à reverser", "Sundry creditors – premiums to pass on"
    ),
    "provision": Account("2974", "Dépréciations des prêts", "Provision for loans"),
    "bank": Account("512", "Banques", "Banks"),
    "till": Account("530", "Caisse", "Cash in hand"),
    "cheques": Account("5112", "Chèques à encaisser", "Cheques to be cashed"),
    "interest_earned": Account("7626", "Revenus des prêts", "Income from loans"),
    "fees_earned": Account("7082", "Commissions et courtages", "Commissions"),
    "penalties_earned": Account(
        "76268", "Revenus des prêts – pénalités de retard", "Income from loans – late penalties"
    ),
    "recoveries": Account("7583", "Rentrées sur créances amorties", "Recovered from what was written off"),
    "provision_released": Account(
        "78662",
        "Reprises sur dépréciations des immobilisations financières",
        "Provision for loans no longer needed",
    ),
    "losses": Account("654", "Pertes sur créances irrécouvrables", "Losses on bad debts"),
    "provision_charged": Account(
        "68662",
        "Dotations pour dépréciation des immobilisations financières",
        "Charge for provision for loans",
    ),
}

SYSCOHADA: Final[Chart] = {
    "loans": Account("2718", "Autres prêts et créances", "Other loans"),
    "interest_due": Account(
        "2761", "Intérêts courus – prêts et créances non commerciales", "Interest receivable on loans"
    ),
    "interest_accrued": Account(
        "27618", "Intérêts courus – prêts, non échus", "Interest accrued on loans, not due"
    ),
    "fees_due": Account("47111", "Débiteurs divers – frais sur prêts", "Sundry debtors – fees on loans"),
    "insurance_due": Account(
        "47112", "Débiteurs divers – assurance emprunteur", "Sundry debtors – borrower’s insurance"
    ),
    "penalties_due": Account(
        "47113", "Débiteurs divers – pénalités de retard", "Sundry debtors – late penalties"
    ),
    "advances": Account(
        "47121", "Créditeurs divers – avances sur échéances", "Sundry creditors – instalments paid ahead"
    ),
    "insurer": Account(
        "47122", "Créditeurs divers – primes à reverser", "Sundry creditors – premiums to pass on"
    ),
    "provision": Account("2971", "Dépréciations des prêts et créances", "Provision for loans"),
    "bank": Account("521", "Banques locales", "Banks"),
    "till": Account("571", "Caisse siège social", "Cash in hand"),
    "cheques": Account("513", "Chèques à encaisser", "Cheques to be cashed"),
    "interest_earned": Account("7712", "Intérêts de prêts", "Income from loans"),
    "fees_earned": Account("7072", "Commissions et courtages", "Commissions"),
    "penalties_earned": Account(
        "77128", "Intérêts de prêts – pénalités de retard", "Income from loans – late penalties"
    ),
    "recoveries": Account(
        "751", "Profits sur créances clients et autres débiteurs", "Recovered from what was written off"
    ),
    "provision_released": Account(
        "7972",
        "Reprises de dépréciations des immobilisations financières",
        "Provision for loans no longer needed",
    ),
    "losses": Account("6515", "Pertes sur créances – autres débiteurs", "Losses on bad debts"),
    "provision_charged": Account(
        "6972",
        "Dotations aux dépréciations des immobilisations financières",
        "Charge for provision for loans",
    ),
}

CHARTS: Final[dict[ChartName, Chart]] = {"PCG": PCG, "SYSCOHADA": SYSCOHADA}

OHADA: Final = frozenset(
    ["BF", "BJ", "CD", "CF", "CG", "CI", "CM", "GA", "GN", "GQ", "GW", "KM", "ML", "NE", "SN", "TD", "TG"]
)
"""Its member states, ISO 3166: the uniform act of 26 January 2017 gives them their chart, art. 1 and 5."""


def usual_chart(country: str) -> ChartName:
    """The chart of a house that has not chosen one. Quebec has none by law: it begins with the French one."""
    return "SYSCOHADA" if country in OHADA else "PCG"


LABELS: Final[dict[Kind, str]] = {
    "disbursement": "Déblocage des fonds",
    "interest-due": "Intérêts échus",
    "fee-due": "Frais échus",
    "insurance-due": "Assurance échue",
    "penalty": "Pénalités de retard",
    "interest-accrued": "Intérêts courus non échus",
    "interest-accrued-reversed": "Extourne des intérêts courus non échus",
    "repayment": "Remboursement reçu",
    "advance-applied": "Imputation de l’avance",
    "schedule-changed": "Modification de l’échéancier",
    "given-back": "Frais rendus après rétractation",
    "refund": "Restitution d’un trop-perçu",
    "write-off": "Passage en perte",
    "recovery": "Rentrée sur créance passée en perte",
    "provision": "Dépréciation du prêt",
    "reallocation": "Nouvelle imputation des remboursements",
    "repayment-reversed": "Annulation d’un remboursement",
}
"""What is written in the journal beside an entry; the journal of both charts is kept in French."""


def trial_balance(movements: Iterable[Movement], chart: Chart) -> dict[str, Money]:
    """What stands on each account after the movements, debits positive, by account number."""
    sums: dict[str, Money] = {}
    for movement in movements:
        for role, amount in movement.amounts:
            number = chart[role].number
            sums[number] = sums[number] + amount if number in sums else amount
    return dict(sorted(sums.items()))
