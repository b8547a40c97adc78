"""What the organisation can do."""

import pytest
from pydantic import ValidationError

from aggregates.organisation import NothingChanges, Organisation
from commands.organisation import (
    ChangeFourEyesPolicy,
    ChangeLegalIdentity,
    ChangeReturnAddress,
    EstablishOrganisation,
)
from tests.kit import fact, given, replay
from tests.stories import ADMIN, LENDER, established, single_operator

IDENTITY = {
    "legal_name": "Prêts du Rhône",
    "legal_form": "SA au capital de 1 000 000 €",
    "registration": "RCS Lyon 912 345 678",
    "registered_office": "1 place Bellecour\n69002 Lyon",
    "country": "FR",
    "contact_line": "bonjour@prets-du-rhone.example",
}


def test_it_is_established_once_with_its_whole_identity():
    outcome = given().when(EstablishOrganisation(**established.says))
    outcome.then(established)
    assert outcome.recorded[0].originator_id == established.stream


def test_its_identity_may_change():
    changed = fact(Organisation.LegalIdentityChanged, **IDENTITY)
    given(established).when(ChangeLegalIdentity(**IDENTITY)).then(changed)
    assert replay(established, changed)[0].lender() == LENDER | IDENTITY


def test_its_return_address_may_change_and_the_same_one_changes_nothing():
    elsewhere = ChangeReturnAddress(return_address="signatures@prets-du-fleuve.example")
    changed = fact(Organisation.ReturnAddressChanged, return_address="signatures@prets-du-fleuve.example")
    given(established).when(elsewhere).then(changed)
    given(established, changed).when(elsewhere).then_nothing()


def test_one_person_may_decide_alone_once_an_admin_says_so_with_a_reason():
    alone = ChangeFourEyesPolicy(policy="single-operator", reason="Une seule conseillère en août.")
    given(established).as_(ADMIN).when(alone).then(single_operator)
    given(established, single_operator).as_(ADMIN).when(alone).then_rejected(NothingChanges)


def test_the_rule_of_four_eyes_comes_back():
    again = ChangeFourEyesPolicy(policy="four-eyes", reason="Tout le monde est rentré.")
    assert replay(established)[0].policy == "four-eyes"
    assert given(established, single_operator).when(again).recorded[0].policy == "four-eyes"


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Europe/Lyon"},
        {"currency": "FRF"},
        {"country": "France"},
        {"languages": []},
        {"siren": "1"},
    ],
)
def test_what_no_organisation_is(wrong):
    with pytest.raises(ValidationError):
        EstablishOrganisation(**(established.says | wrong))
