"""Loan products over HTTP."""

from __future__ import annotations

from uuid import UUID

from api.deps import Read, Send, TheOne, Today
from api.described import asks, shows
from api.routing import routes
from commands.loan_product import LaunchLoanProduct, ReviseLoanProduct, WithdrawLoanProduct
from eventstore import Receipt
from projections.organisation_card import OrganisationCard
from projections.product_list import ProductLine, ProductList

router = routes("/loan-products", "loan product")


@router.get("", **shows(ProductList, "offered", OrganisationCard, may="product.read"))
def products(read: Read, today: Today) -> list[ProductLine]:
    house = read(OrganisationCard).current()
    return read(ProductList).offered(today, house.currency if house else None)


@router.get("/{product_id}", **shows(ProductList, "line", may="product.read", name="Product", one=True))
def product(product_id: UUID, read: Read, found: TheOne, today: Today) -> ProductLine:
    return found(read(ProductList).line(product_id, today))


@router.post("", **asks(LaunchLoanProduct))
def launch_loan_product(command: LaunchLoanProduct, send: Send) -> Receipt:
    return send(command)


@router.post("/{product_id}/withdraw", **asks(WithdrawLoanProduct))
def withdraw_loan_product(product_id: UUID, command: WithdrawLoanProduct, send: Send) -> Receipt:
    return send(command, to=product_id)


@router.post("/{product_id}/revise", **asks(ReviseLoanProduct))
def revise_loan_product(product_id: UUID, command: ReviseLoanProduct, send: Send) -> Receipt:
    return send(command, to=product_id)
