"""What may be asked: a command is the request body, its documentation and its handler. Files as in ``aggregates/``."""

from commands import (
    access_request,
    account,
    business_day,
    contact,
    contract,
    customer,
    document,
    legal_rates,
    loan,
    loan_product,
    notification,
    organisation,
    payee,
    posting,
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
    "legal_rates",
    "loan",
    "loan_product",
    "notification",
    "organisation",
    "payee",
    "posting",
    "servicing",
    "stop_switch",
]
