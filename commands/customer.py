"""What can be asked of a customer."""

from __future__ import annotations

from typing import Literal

from aggregates.customer import Customer
from aggregates.series import CUSTOMERS, Series, series_id
from aggregates.values import CustomerId, reference
from commands.fields import Address, Country, Language, Name, NewId
from eventstore import AlreadyExists, Ask, Command


class RegisterCustomer(Command, on=Customer, may="customer.register", rejects=(AlreadyExists,)):
    """Open the file of a person or a company."""

    customer_id: NewId[CustomerId]
    nature: Literal["person", "company"]
    name: Name
    address: Address
    country: Country
    language: Language

    def create(self, ask: Ask) -> Customer:
        number = ask.number(Series, series_id(CUSTOMERS, ask.on.year), for_stream=self.customer_id)
        return Customer.register(
            self.customer_id,
            reference("C", ask.on.year, number),
            self.nature,
            self.name,
            self.address,
            self.country,
            self.language,
        )


class ChangeCustomerDetails(Command, on=Customer, may="customer.register"):
    """Correct the name or the address. Documents that were made keep what they said."""

    name: Name
    address: Address

    def perform(self, customer: Customer, ask: Ask) -> None:
        customer.change_details(self.name, self.address)
