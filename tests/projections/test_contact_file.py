"""The contact file."""

from dataclasses import replace
from uuid import UUID

from aggregates.contact import Contact
from eventstore import Sealed
from projections.contact_file import ContactFile
from tests.kit import fact
from tests.stories import AWA, AWA_CONTACT, JEAN, JEAN_CONTACT, MAY_4, awa_contact, jean_contact

EMILE_CONTACT = UUID("e0000000-0000-4000-8000-000000000001")
emile_contact = replace(
    jean_contact.but(name=Sealed("Émile Moreau"), email=Sealed("emile@example.org")), stream=EMILE_CONTACT
)


def test_a_customer_has_its_contacts_by_name(screens):
    screens.happened(jean_contact, emile_contact, awa_contact)
    file = screens.read(ContactFile)
    assert [line.name for line in file.of(JEAN)] == ["Émile Moreau", "Jean Moreau"]
    (line,) = file.of(AWA)
    assert (line.contact_id, line.name, line.email) == (AWA_CONTACT, "Awa Koné", "awa.kone@example.org")
    assert (line.phone, line.added_on, line.version) == ("+2250700000000", MAY_4, 1)
    assert file.line(JEAN_CONTACT).phone is None


def test_a_changed_address_replaces_the_old_one_of_that_contact_alone(screens):
    screens.happened(jean_contact, awa_contact)
    screens.happened(fact(Contact.EmailChanged, JEAN_CONTACT, email=Sealed("jean@example.com")))
    file = screens.read(ContactFile)
    assert (file.line(JEAN_CONTACT).email, file.line(JEAN_CONTACT).version) == ("jean@example.com", 2)
    assert (file.line(AWA_CONTACT).email, file.line(AWA_CONTACT).version) == ("awa.kone@example.org", 1)


def test_a_client_sees_only_its_own_contacts(screens):
    screens.happened(jean_contact, awa_contact)
    own = screens.read(ContactFile, customers=[AWA])
    assert [line.name for line in own.of(AWA)] == ["Awa Koné"]
    assert own.of(JEAN) == []
    assert own.line(JEAN_CONTACT) is None
