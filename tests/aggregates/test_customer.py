"""What a customer can do."""

from datetime import date

import pytest
from pydantic import ValidationError

from aggregates.account import Account, AccountClosed, ActsForSomebody, NoAddress, NotForStaff
from aggregates.contact import Contact
from aggregates.customer import Customer
from aggregates.values import derived
from commands.contact import EMAIL
from commands.customer import BecomeCustomer, ChangeCustomerDetails, RegisterCustomer
from eventstore import Sealed
from tests.kit import fact, given
from tests.stories import (
    ANA,
    AWA,
    JEAN,
    JEAN_ACCOUNT,
    account_closed,
    ana,
    invited_ana,
    jean,
    jean_account,
    newcomer,
)

ask = RegisterCustomer(
    customer_id=JEAN,
    nature="person",
    name="Jean Moreau",
    address="8 rue de la République\n69002 Lyon",
    country="FR",
    language="fr",
)

become = BecomeCustomer(**ask.model_dump(), phone="+33 6 00 00 00 00")


def test_a_file_is_opened_under_the_next_number_of_the_year():
    given().as_(ANA).when(ask).then(jean)
    given().on(date(2027, 1, 4)).when(ask).then(jean.but(reference="C-2027-000001"))


def test_a_customer_owns_itself():
    outcome = given().when(ask)
    assert outcome.recorded[0].owner_id() == outcome.recorded[0].subject_id() == JEAN


def test_a_name_or_an_address_can_be_corrected():
    moved = ChangeCustomerDetails(name="Jean Moreau", address="3 rue Mercière\n69002 Lyon")
    changed = fact(
        Customer.DetailsChanged, name=Sealed("Jean Moreau"), address=Sealed("3 rue Mercière\n69002 Lyon")
    )
    given(jean).when(moved).then(changed)
    given(jean, changed).when(moved).then_nothing()


def test_a_new_customer_goes_into_the_portfolio_of_who_registers_it():
    taken = fact(Account.PortfolioChanged, portfolio=sorted([JEAN, AWA]))
    before = invited_ana.but(portfolio=[AWA])
    given().with_(before).as_(ANA, customers=[AWA, ANA]).when(ask).then(jean, taken)
    given().with_(ana).as_(ANA).when(ask).then(jean)


def test_whoever_signed_up_becomes_a_customer_its_contact_and_acts_for_it():
    contact = fact(
        Contact.Added,
        derived(JEAN, "contact"),
        customer_id=JEAN,
        name=Sealed("Jean Moreau"),
        email=Sealed("jean.moreau@example.org"),
        phone=Sealed("+33600000000"),
    )
    acts = fact(Account.CustomersChanged, customers=[JEAN])
    outcome = given().with_(newcomer).as_(JEAN_ACCOUNT, customers=[JEAN_ACCOUNT]).when(become)
    outcome.then(jean, acts, contact)
    assert outcome.claims == [(EMAIL, "jean.moreau@example.org")]


def test_who_becomes_no_customer():
    given().with_(ana).as_(ANA).when(become).then_rejected(NotForStaff)
    given().with_(jean_account).as_(JEAN_ACCOUNT).when(become).then_rejected(ActsForSomebody)
    programs = newcomer.but(email=None)
    given().with_(programs).as_(JEAN_ACCOUNT).when(become).then_rejected(NoAddress)
    given().with_(newcomer, account_closed).as_(JEAN_ACCOUNT).when(become).then_rejected(AccountClosed)


def test_nobody_chooses_a_reference():
    with pytest.raises(ValidationError):
        BecomeCustomer.model_validate({**become.model_dump(), "reference": "C-2026-000001"})
