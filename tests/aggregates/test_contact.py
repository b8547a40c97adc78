"""What a contact can do."""

from aggregates.contact import Contact
from commands.contact import AddContact, ChangeContactEmail
from eventstore import NotFound, Sealed
from tests.kit import fact, given
from tests.stories import AWA, AWA_CONTACT, JEAN, JEAN_CONTACT, awa, awa_contact, jean, jean_contact


def adds(**other) -> AddContact:
    body = {
        "contact_id": AWA_CONTACT,
        "customer_id": AWA,
        "name": "Awa Koné",
        "email": "awa.kone@Example.org",
        "phone": "+225 07 00 00 00 00",
    }
    return AddContact(**(body | other))


def test_a_contact_is_added_and_its_address_is_its_own():
    outcome = given().with_(awa).when(adds())
    outcome.then(awa_contact)
    assert outcome.claims == [("contact-email", "awa.kone@example.org")]


def test_two_spellings_of_one_address_are_one():
    assert given().with_(awa).when(adds(email="AWA.KONE@example.org")).claims == [
        ("contact-email", "awa.kone@example.org")
    ]


def test_a_phone_may_be_left_out():
    body = adds(
        contact_id=JEAN_CONTACT,
        customer_id=JEAN,
        name="Jean Moreau",
        email="jean.moreau@example.org",
        phone=None,
    )
    given().with_(jean).when(body).then(jean_contact)


def test_a_contact_belongs_to_a_customer_we_know():
    given().when(adds()).then_rejected(NotFound)


def test_a_contact_changes_its_address_and_gives_the_old_one_back():
    changed = fact(Contact.EmailChanged, email=Sealed("awa@example.com"))
    outcome = given(awa_contact).when(ChangeContactEmail(email="awa@example.com"))
    outcome.then(changed)
    assert outcome.claims == [("contact-email", "awa@example.com")]
    assert outcome.released == [("contact-email", "awa.kone@example.org")]


def test_the_same_address_again_changes_nothing():
    outcome = given(awa_contact).when(ChangeContactEmail(email="awa.kone@example.org"))
    outcome.then_nothing()
    assert outcome.claims == outcome.released == []
