"""Customers over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from api.deps import Cursor, Limit, Read, Send, TheOne
from api.described import asks, shows
from api.routing import routes
from commands.customer import ChangeCustomerDetails, RegisterCustomer
from eventstore import Page, Receipt
from projections.customer_file import CustomerFile, CustomerLine

router = routes("/customers", "customer")

Search = Annotated[
    str,
    Query(
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="Part of the name, or the start of the reference.",
        examples=["diop"],
    ),
]


@router.get("", **shows(CustomerFile, "lines", may="customer.read"))
def customers(
    read: Read, search: Search = "", cursor: Cursor = None, limit: Limit = 50
) -> Page[CustomerLine]:
    return read(CustomerFile).lines(search, cursor, limit)


@router.get("/{customer_id}", **shows(CustomerFile, "line", may="customer.read", name="Customer", one=True))
def customer(customer_id: UUID, read: Read, found: TheOne) -> CustomerLine:
    return found(read(CustomerFile).line(customer_id))


@router.post("", **asks(RegisterCustomer))
def register_customer(command: RegisterCustomer, send: Send, request: Request) -> Receipt:
    receipt = send(command)
    request.app.state.identities.forget()  # staff with a portfolio see the new customer from now on
    return receipt


@router.post("/{customer_id}/details", **asks(ChangeCustomerDetails))
def change_customer_details(customer_id: UUID, command: ChangeCustomerDetails, send: Send) -> Receipt:
    return send(command, to=customer_id)
