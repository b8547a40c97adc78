"""What can be read: one table per file, filled from the events, thrown away and rebuilt, never migrated.

Importing this package makes every read model known to projectors and readers; the list is written out so that it
can be read. Five files are no read models: ``line`` is what rows have in common, ``names`` how names are folded, ``filters`` and
``counts`` what lists are asked alike, ``proofs`` what a loan's line shows of its consents and its ceiling.
"""

from projections import (
    account_list,
    business_days,
    contact_file,
    contract_desk,
    customer_file,
    deadlines,
    document_access,
    document_shelf,
    index_rate_list,
    journal,
    legal_rate_list,
    loan_account,
    loan_book,
    loan_clocks,
    mail_log,
    monthly_flows,
    organisation_card,
    payee_list,
    product_list,
    repayment_list,
    schedule,
    stop_switch_card,
    trial_balance,
)

__all__ = [
    "account_list",
    "business_days",
    "contact_file",
    "contract_desk",
    "customer_file",
    "deadlines",
    "document_access",
    "document_shelf",
    "index_rate_list",
    "journal",
    "legal_rate_list",
    "loan_account",
    "loan_book",
    "loan_clocks",
    "mail_log",
    "monthly_flows",
    "organisation_card",
    "payee_list",
    "product_list",
    "repayment_list",
    "schedule",
    "stop_switch_card",
    "trial_balance",
]
