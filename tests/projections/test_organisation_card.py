"""The organisation on one card."""

from aggregates.organisation import Organisation
from projections.organisation_card import OrganisationCard
from tests.kit import fact
from tests.stories import established, single_operator

identity_changed = fact(
    Organisation.LegalIdentityChanged,
    legal_name="Prêts du Delta",
    legal_form="SA",
    registration="RCS Paris 1",
    registered_office="2 rue Neuve\n75001 Paris",
    country="CI",
    contact_line="+33 1 00 00 00 00",
)
return_address_changed = fact(
    Organisation.ReturnAddressChanged, return_address="signatures@prets-du-fleuve.example"
)


def test_the_card_is_empty_before_the_organisation_exists(screens):
    assert screens.read(OrganisationCard).current() is None


def test_the_card_shows_who_lends(screens):
    screens.happened(established)
    card = screens.read(OrganisationCard).current()
    assert {**established.says, "policy": "four-eyes", "version": 1}.items() <= card.model_dump().items()


def test_the_card_follows_every_change(screens):
    screens.happened(established, identity_changed, return_address_changed, single_operator)
    card = screens.read(OrganisationCard).current().model_dump()
    assert {**identity_changed.says, **return_address_changed.says}.items() <= card.items()
    assert (card["policy"], card["time_zone"], card["version"]) == ("single-operator", "Europe/Paris", 4)
