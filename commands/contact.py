"""What can be asked of a contact."""

from __future__ import annotations

from aggregates.contact import Contact
from aggregates.customer import Customer
from aggregates.values import ContactId, CustomerId
from commands.fields import Email, Name, NewId, Phone
from eventstore import AlreadyExists, Ask, Claimed, Command

EMAIL = "contact-email"


class AddContact(Command, on=Contact, may="contact.add", rejects=(AlreadyExists, Claimed)):
    """Add a person of a customer, whom we write to. An e-mail address belongs to one contact."""

    contact_id: NewId[ContactId]
    customer_id: CustomerId
    name: Name
    email: Email
    phone: Phone | None = None

    def create(self, ask: Ask) -> Contact:
        ask.load(Customer, self.customer_id)
        ask.claim(EMAIL, self.email.casefold())
        return Contact.add(self.contact_id, self.customer_id, self.name, self.email, self.phone)


class ChangeContactEmail(Command, on=Contact, may="customer.register", rejects=(Claimed,)):
    """Write to another address from now on."""

    email: Email

    def perform(self, contact: Contact, ask: Ask) -> None:
        before = contact.email.open().casefold()
        contact.change_email(self.email)
        if self.email.casefold() != before:
            ask.claim(EMAIL, self.email.casefold())
            ask.release(EMAIL, before)
