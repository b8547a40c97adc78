"""Customers over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request

from api import columns
from api.asked import FromDay, ToDay, Words
from api.deps import Cursor, Limit, Read, Send, TheOne
from api.described import asks, shows
from api.export import MOST, Export, ToTakeAway, takes_away
from api.routing import routes
from commands.customer import ChangeCustomerDetails, RegisterCustomer
from eventstore import Page, Receipt
from projections.customer_file import CustomerFile, CustomerFilter, CustomerLine, Sort

router = routes("/customers", "customer")

Nature = Annotated[Literal["person", "company"] | None, Query(description="Only persons, or only companies.")]
Of = Annotated[str | None, Query(pattern="^[A-Z]{2}$", description="Only of this country.", examples=["FR"])]
Sorted = Annotated[Sort, Query(description="By what; the other way round with a minus.")]


async def customer_filter(
    nature: Nature = None, country: Of = None, registered_from: FromDay = None, registered_to: ToDay = None,
    q: Words = "",
) -> CustomerFilter:  # fmt: skip
    return CustomerFilter(nature, country, registered_from, registered_to, q)


Which = Annotated[CustomerFilter, Depends(customer_filter)]


@router.get("", **shows(CustomerFile, "lines", may="customer.read"))
def customers(
    read: Read, which: Which, sort: Sorted = "name", cursor: Cursor = None, limit: Limit = 50
) -> Page[CustomerLine]:
    return read(CustomerFile).lines(which, sort, cursor, limit)


@router.get("/export", **takes_away("ExportCustomers", "The customers", may="customer.read"))
def export_customers(read: Read, which: Which, answer: ToTakeAway, sort: Sorted = "name") -> Export:
    return answer("customers", columns.CUSTOMERS, read(CustomerFile).export_of(which, sort, MOST))


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
