"""What a visitor can ask for."""

import pytest
from pydantic import ValidationError

from aggregates.permissions import ROLES, VISIT
from commands.access_request import RequestAccess
from tests.kit import given
from tests.stories import VISIT_1, forgot, signed_up


def asked(**said):
    return RequestAccess(
        **{"access_request_id": VISIT_1, "email": "Jean.Moreau@example.org", "language": "fr"} | said
    )


def test_a_visitor_signs_up():
    given().when(asked(purpose="sign-up", name="Jean Moreau")).then(signed_up)


def test_a_visitor_forgot_the_password():
    given().when(asked(purpose="password-reset")).then(forgot)


def test_nothing_is_claimed_so_that_nobody_learns_whose_address_is_known():
    assert given().when(asked(purpose="sign-up", name="Jean Moreau")).claims == []


@pytest.mark.parametrize(
    "wrong", [{"purpose": "admin"}, {"email": "jean"}, {"language": "de"}, {"roles": []}]
)
def test_what_cannot_be_asked(wrong):
    with pytest.raises(ValidationError):
        asked(**({"purpose": "sign-up"} | wrong))


def test_to_visit_is_the_right_of_no_role():
    assert all(VISIT not in permissions for permissions in ROLES.values())
