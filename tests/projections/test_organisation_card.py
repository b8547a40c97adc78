"""The organisation on one card."""

from dataclasses import replace

from aggregates.organisation import ORGANISATION_ID, Organisation
from aggregates.rules.limits import Limit
from aggregates.values import EXPONENTS
from projections.organisation_card import OrganisationCard
from tests.kit import fact
from tests.stories import ADMIN, DEPUTY, established, eur, single_operator

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

LIMITS = [Limit("loan.approve", "advisor", eur(9_000_00))]
limits_proposed = fact(Organisation.LimitsProposed, number=1, limits=LIMITS, reason="Plus prudent.", by=ADMIN)
limits_changed = fact(
    Organisation.LimitsChanged, limits=LIMITS, reason="Plus prudent.", by=DEPUTY, proposed_by=ADMIN
)
policy_proposed = fact(
    Organisation.FourEyesPolicyProposed, number=1, policy="single-operator", reason="Août.", by=ADMIN
)
proposal_refused = fact(Organisation.ProposalRefused, number=1, reason="Pas avant septembre.", by=DEPUTY)


def test_the_card_is_empty_before_the_organisation_exists(screens):
    assert screens.read(OrganisationCard).current() is None


def test_the_card_shows_who_lends(screens):
    screens.happened(established)
    card = screens.read(OrganisationCard).current()
    assert {**established.says, "policy": "four-eyes", "version": 1}.items() <= card.model_dump().items()


def test_the_card_shows_the_limits_and_what_waits_for_a_second_person(screens):
    screens.happened(established)
    card = screens.read(OrganisationCard).current()
    assert {limit.currency for limit in card.limits} == set(EXPONENTS)
    assert (card.limits[1].operation, card.limits[1].each) == ("loan.approve", 15_000_000_000)
    screens.happened(replace(limits_proposed, stream=ORGANISATION_ID))
    card = screens.read(OrganisationCard).current()
    assert (card.proposal, card.proposed_by, card.proposed_policy) == (1, ADMIN, None)
    assert [(limit.role, limit.each) for limit in card.proposed_limits] == [("advisor", 900_000)]
    screens.happened(replace(limits_changed, stream=ORGANISATION_ID))
    card = screens.read(OrganisationCard).current()
    assert (card.proposal, card.proposed_limits, card.version) == (None, None, 3)
    assert [(limit.role, limit.each, limit.daily) for limit in card.limits] == [("advisor", 900_000, None)]


def test_a_proposal_that_is_refused_leaves_the_card(screens):
    screens.happened(established, policy_proposed, proposal_refused)
    card = screens.read(OrganisationCard).current()
    assert (card.policy, card.proposal, card.proposed_policy, card.version) == ("four-eyes", None, None, 3)


def test_the_card_follows_every_change(screens):
    screens.happened(established, identity_changed, return_address_changed, single_operator)
    card = screens.read(OrganisationCard).current().model_dump()
    assert {**identity_changed.says, **return_address_changed.says}.items() <= card.items()
    assert (card["policy"], card["time_zone"], card["version"]) == ("single-operator", "Europe/Paris", 4)
