"""Contacts, the people of a customer, over HTTP."""

from __future__ import annotations

from uuid import UUID

from api.deps import Read, Send, TheOne
from api.described import asks, shows
from api.routing import routes
from commands.contact import AddContact, ChangeContactEmail
from eventstore import Receipt
from projections.contact_file import ContactFile, ContactLine

router = routes("/contacts", "contact")


@router.get("", **shows(ContactFile, "of", may="customer.read"))
def contacts(customer_id: UUID, read: Read) -> list[ContactLine]:
    return read(ContactFile).of(customer_id)


@router.get("/{contact_id}", **shows(ContactFile, "line", may="customer.read", name="Contact", one=True))
def contact(contact_id: UUID, read: Read, found: TheOne) -> ContactLine:
    return found(read(ContactFile).line(contact_id))


@router.post("", **asks(AddContact))
def add_contact(command: AddContact, send: Send) -> Receipt:
    return send(command)


@router.post("/{contact_id}/email", **asks(ChangeContactEmail))
def change_contact_email(contact_id: UUID, command: ChangeContactEmail, send: Send) -> Receipt:
    return send(command, to=contact_id)
