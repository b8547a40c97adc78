"""What a customer can do."""

from datetime import date

from aggregates.customer import Customer
from commands.customer import ChangeCustomerDetails, RegisterCustomer
from eventstore import Sealed
from tests.kit import fact, given
from tests.stories import ANA, JEAN, jean

ask = RegisterCustomer(
    customer_id=JEAN,
    nature="person",
    name="Jean Moreau",
    address="8 rue de la République\n69002 Lyon",
    country="FR",
    language="fr",
)


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
