"""What a client agrees to before it asks for a loan, and what the request keeps of it."""

from __future__ import annotations

from hashlib import sha256
from uuid import uuid4

import pytest

from tests.api.house import AGREED, MAY_4, House, id_of, request_of


def test_the_texts_are_served_in_both_languages_with_their_hashes(house: House):
    answer = house.get("awa", "/consents")
    texts = answer.json()
    assert [(text["consent"], text["version"], text["required"]) for text in texts] == [
        ("data-processing", 1, True),
        ("electronic-exchange", 1, True),
    ]
    for text in texts:
        for language in ("fr", "en"):
            assert text[f"sha256_{language}"] == sha256(text[f"text_{language}"].encode()).hexdigest()
    assert answer.headers["cache-control"] == "private, max-age=300"


def test_a_request_keeps_what_was_agreed_to(house: House):
    loan = house.requested("awa")
    house.settle()
    kept = house.get("awa", f"/loans/{loan}").json()["consents"]
    text = house.get("awa", "/consents").json()[0]
    assert [each["consent"] for each in kept] == ["data-processing", "electronic-exchange"]
    assert kept[0] == {
        "consent": "data-processing",
        "version": 1,
        "language": "fr",
        "sha256": text["sha256_fr"],
        "means": "online",
        "given_on": str(MAY_4),
        "by": str(id_of("awa")),
    }


@pytest.mark.parametrize(
    ("agreed", "type"),
    [
        ([], "consent-missing"),
        (AGREED[:1], "consent-missing"),
        ([{**AGREED[0], "version": 2}, AGREED[1]], "consent-missing"),
        ([{**each, "signed_on": str(MAY_4)} for each in AGREED], "consent-on-paper"),
        ([AGREED[0], AGREED[0]], "invalid"),
    ],
)
def test_a_client_without_the_required_consents_is_refused(house: House, agreed, type):
    answer = house.post("awa", "/loans", {**request_of("awa", uuid4()), "consents": agreed})
    assert (answer.status_code, answer.json()["type"]) == (422, type)


def test_what_is_missing_is_named(house: House):
    answer = house.post("awa", "/loans", {**request_of("awa", uuid4()), "consents": AGREED[:1]})
    assert answer.json()["detail"] == "electronic-exchange version 1"
    assert "accord" in answer.json()["what_to_do"]


def test_staff_enter_what_was_given_on_paper_or_nothing(house: House):
    on_paper, silent = uuid4(), uuid4()
    assert house.post("ana", "/loans", request_of("awa", on_paper, by_staff=True)).status_code == 201
    assert house.post("ana", "/loans", {**request_of("awa", silent), "consents": []}).status_code == 201
    tomorrow = [{**each, "signed_on": "2026-05-05"} for each in AGREED]
    for refused in (AGREED, tomorrow):
        answer = house.post("ana", "/loans", {**request_of("awa", uuid4()), "consents": refused})
        assert (answer.status_code, answer.json()["type"]) == (422, "consent-on-paper")
    house.settle()
    kept = house.get("ana", f"/loans/{on_paper}").json()["consents"]
    assert [(each["means"], each["by"]) for each in kept] == [("paper", str(id_of("ana")))] * 2
    assert house.get("ana", f"/loans/{silent}").json()["consents"] == []
