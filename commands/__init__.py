"""What may be asked: a command is the request body, its documentation and its handler. Files as in ``aggregates/``."""

from commands import (
    access_request,
    account,
    business_day,
    contact,
    contract,
    customer,
    document,
    loan,
    loan_product,
    notification,
    organisation,
    posting,
    servicing,
)

__all__ = [
    "access_request",
    "account",
    "business_day",
    "contact",
    "contract",
    "customer",
    "document",
    "loan",
    "loan_product",
    "notification",
    "organisation",
    "posting",
    "servicing",
]
