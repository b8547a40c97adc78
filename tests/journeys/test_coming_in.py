"""People come in over HTTP and stay in while time lapses; who is new is invited first."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from demo.desk import Unexpected
from demo.people import Held
from demo.person import Carrying
from demo.welcome import EMAIL, Newcomer, wrong_password
from tests.journeys.premises import Premises


def test_a_colleague_is_invited_chooses_a_password_enrols_an_app_and_sees_the_files(
    house: Premises, built: None
) -> None:
    dora = Newcomer(house.cast)
    dora.is_invited()
    assert dora.tries("quittance")["type"] == "password-too-short"
    dora.chooses()
    assert dora.uses_the_link_again()["type"] == "link-spent"
    assert dora.looks_at_the_files()["type"] == "enrolment-needed"
    dora.enrols()
    dora.leaves()
    house.settle()
    notices = [mail["subject"] for mail in house.cast.mails.read("/mails", to=EMAIL)]
    assert len(notices) == 3  # invited, a password was chosen, a factor was added


def test_nobody_is_invited_who_has_a_password_already(house: Premises) -> None:
    house.settle()
    mails = house.cast.mails.read("/mails", to=house.cast.persons["advisor"].held.email)
    assert mails
    assert not any("/password#" in mail["text"] for mail in mails)


def test_a_wrong_password_and_an_unknown_address_are_refused_alike(house: Premises) -> None:
    assert wrong_password(house.cast)["type"] == "sign-in-refused"


def test_a_session_is_renewed_and_when_it_is_over_its_person_signs_in_again(house: Premises) -> None:
    advisor, person = house.cast.advisor, house.cast.persons["advisor"]
    advisor.read("/api/v1/me")
    assert (person.sign_ins, person.renewals) == (1, 0)
    house.cast.let_pass(minutes=6)
    advisor.read("/api/v1/me")
    assert (person.sign_ins, person.renewals) == (1, 1)
    house.cast.wait_for(house.cast.today() + timedelta(days=3))
    advisor.read("/api/v1/me")
    assert person.sign_ins == 2


def test_what_takes_a_fresh_proof_is_refused_to_an_old_one_and_done_after_another(house: Premises) -> None:
    admin, person = house.cast.admin, house.cast.persons["admin"]
    admin.read("/api/v1/me")
    house.cast.let_pass(minutes=6)
    admin.read("/api/v1/me")
    account = str(next(iter(admin.rows("/api/v1/accounts")))["account_id"])
    path = f"/api/v1/accounts/{account}/sessions/revoke"
    with closing(house.cast.desk("admin", Carrying(person.token))) as desk:
        assert desk.refused(path)["type"] == "step-up-required"
    proofs = person.proofs
    admin.send_plain(path, {})
    assert person.proofs == proofs + 1


def test_who_cannot_sign_in_is_told_so_at_once(house: Premises) -> None:
    stranger = house.cast.person(Held("jean.moreau@example.org", "une petite maison bleue"))
    with (
        closing(house.cast.desk("stranger", stranger)) as desk,
        pytest.raises(Unexpected, match="sign-in-refused"),
    ):
        desk.read("/api/v1/me")
