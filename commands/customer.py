"""What can be asked of a customer."""

from __future__ import annotations

from typing import Literal

from aggregates.account import Account, AccountClosed, ActsForSomebody, NoAddress, NotForStaff
from aggregates.contact import Contact
from aggregates.customer import Customer
from aggregates.permissions import SELF
from aggregates.series import CUSTOMERS, Series, series_id
from aggregates.values import ContactId, CustomerId, derived, reference
from commands.contact import EMAIL
from commands.fields import Address, Country, Language, Name, NewId, Phone
from eventstore import AlreadyExists, Ask, Claimed, Command, NotFound


class RegisterCustomer(Command, on=Customer, may="customer.register", rejects=(AlreadyExists,)):
    """Open the file of a person or a company."""

    customer_id: NewId[CustomerId]
    nature: Literal["person", "company"]
    name: Name
    address: Address
    country: Country
    language: Language

    def create(self, ask: Ask) -> Customer:
        customer = _registered(
            self.customer_id, self.nature, self.name, self.address, self.country, self.language, ask
        )
        if _has_portfolio(ask):
            ask.also(Account, ask.by).take_into_portfolio(self.customer_id)
        return customer


class BecomeCustomer(
    Command, on=Customer, may=SELF,
    rejects=(AlreadyExists, Claimed, AccountClosed, NoAddress, NotForStaff, ActsForSomebody),
):  # fmt: skip
    """Open a file of one's own: whoever signed up acts for this customer, and is its contact, from now on."""

    customer_id: NewId[CustomerId]
    nature: Literal["person", "company"]
    name: Name
    address: Address
    country: Country
    language: Language
    phone: Phone | None = None

    def create(self, ask: Ask) -> Customer:
        account = ask.also(Account, ask.by)
        account.act_for(self.customer_id)
        contact, email = ContactId(derived(self.customer_id, "contact")), account.address()
        ask.claim(EMAIL, email.casefold(), holder=contact)
        customer = _registered(
            self.customer_id, self.nature, self.name, self.address, self.country, self.language, ask
        )
        ask.add(Contact.add(contact, self.customer_id, account.label.open(), email, self.phone))
        return customer


class ChangeCustomerDetails(Command, on=Customer, may="customer.register"):
    """Correct the name or the address. Documents that were made keep what they said."""

    name: Name
    address: Address

    def perform(self, customer: Customer, ask: Ask) -> None:
        customer.change_details(self.name, self.address)


def _registered(
    id: CustomerId,
    nature: Literal["person", "company"],
    name: str,
    address: str,
    country: str,
    language: Language,
    ask: Ask,
) -> Customer:
    number = ask.number(Series, series_id(CUSTOMERS, ask.on.year), for_stream=id)
    return Customer.register(
        id, reference("C", ask.on.year, number), nature, name, address, country, language
    )


def _has_portfolio(ask: Ask) -> bool:
    """Whether whoever asks looks after some customers only; a machine has no account."""
    try:
        return ask.load(Account, ask.by).portfolio is not None
    except NotFound:
        return False
