"""What each thing can do: no input or output, no framework, no other aggregate.

Importing this package makes every stored kind of event known; the list is written out so that it can be read.
"""

from aggregates import (
    access_request,
    account,
    business_day,
    contact,
    contract,
    customer,
    document,
    index_rates,
    legal_rates,
    loan,
    loan_product,
    notification,
    organisation,
    payee,
    payout_day,
    posting,
    series,
    servicing,
    stop_switch,
)

__all__ = [
    "access_request",
    "account",
    "business_day",
    "contact",
    "contract",
    "customer",
    "document",
    "index_rates",
    "legal_rates",
    "loan",
    "loan_product",
    "notification",
    "organisation",
    "payee",
    "payout_day",
    "posting",
    "series",
    "servicing",
    "stop_switch",
]
