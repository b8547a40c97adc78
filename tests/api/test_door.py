"""What every request meets before its route, and what every answer carries."""

from __future__ import annotations

import json
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from api.app import create_app
from api.bodies import DEPTH_LIMIT, JSON_LIMIT
from tests.api.house import id_of, request_of, served

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
}


def send(house, body: bytes, **headers: str) -> httpx.Response:
    with house.calling("awa", **{"Content-Type": "application/json", **headers}) as client:
        return client.post("/loans", content=body)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b"[1, NaN]",
        b'{"a": Infinity}',
        b'{"months": 1, "months": 2}',
        b'"\xff"',
        b'{"purpose": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"months": ' + b"9" * 5000 + b"}",
        b"[" * (DEPTH_LIMIT + 2) + b"]" * (DEPTH_LIMIT + 2),
        b"[" * 200_000,
    ],
)
def test_what_is_not_strict_json_is_a_bad_request(house, body):
    answer = send(house, body)
    assert (answer.status_code, answer.json()["type"]) == (400, "broken-body")
    assert answer.json()["what_to_do"]


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null", b"true"])
def test_json_that_is_no_object_is_a_wrong_field(house, body):
    assert send(house, body).status_code == 422


def test_a_body_beyond_the_limit_is_stopped_whether_it_says_so_or_not(house):
    declared = send(house, b" " * (JSON_LIMIT + 1))
    assert (declared.status_code, declared.json()["type"]) == (413, "body-too-large")
    assert declared.headers["connection"] == "close"
    with house.calling("awa", **{"Content-Type": "application/json"}) as client:
        chunked = client.post("/loans", content=(b" " * 65536 for _ in range(17)))
    assert chunked.status_code == 413


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonx"]
)
def test_another_media_type_is_refused(house, kind):
    answer = send(house, b"{}", **{"Content-Type": kind})
    assert (answer.status_code, answer.json()["type"]) == (415, "wrong-media-type")


def test_the_line_about_a_command_names_the_positions_beside_the_time(house):
    with capture_logs() as lines:
        receipt = house.post("awa", "/loans", request_of("awa", uuid4())).json()
    (line,) = [line for line in lines if line["event"] == "command"]
    assert (line["positions"], "at" in line) == (receipt["positions"], False)


def test_wrong_fields_are_named_one_by_one_and_nothing_is_echoed(house):
    body = {**request_of("awa", uuid4()), "months": "secret-value", "colour": "secret-value", "purpose": "x"}
    del body["product_id"]
    french = house.post("awa", "/loans", body)
    english = house.post("awa", "/loans", body, **{"Accept-Language": "en"})
    assert french.status_code == 422
    said = {error["field"]: error["message"] for error in french.json()["errors"]}
    assert said == {
        "months": "Un nombre entier est attendu.",
        "colour": "Ce champ n'existe pas ici.",
        "purpose": "Au moins 3 caractères.",
        "product_id": "Ce champ est obligatoire.",
    }
    told = {error["field"]: error["message"] for error in english.json()["errors"]}
    assert told["colour"] == "There is no such field here."
    assert "secret-value" not in french.text + english.text


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("-1", "EUR"),
        ("0", "EUR"),
        ("NaN", "EUR"),
        ("1e400", "EUR"),
        ("1_000", "EUR"),
        ("٣٤", "EUR"),
        ("0.001", "EUR"),
        ("1500.5", "XOF"),
        ("10000000000000000000", "EUR"),
        ("5000,00", "EUR"),
        ("5000.00", "eur"),
        (5000, "EUR"),
        (5000.0, "EUR"),
        (None, "EUR"),
    ],
)
def test_money_is_written_in_one_way(house, amount, currency):
    body = {**request_of("awa", uuid4()), "principal": {"amount": amount, "currency": currency}}
    answer = house.post("awa", "/loans", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("principal")


def test_every_field_more_is_refused(house):
    extra = {"role": "admin", "status": "approved", "requested_by": str(id_of("ana")), "reference": "L-1"}
    answer = house.post("awa", "/loans", {**request_of("awa", uuid4()), **extra})
    assert {error["field"] for error in answer.json()["errors"]} == set(extra)


def test_an_id_that_could_be_derived_is_not_chosen(house):
    body = {**request_of("awa", uuid4()), "loan_id": "10a00000-0000-5000-8000-000000000001"}
    assert house.post("awa", "/loans", body).status_code == 422


def test_every_answer_has_its_headers_and_a_request_id(house):
    paths = ["/loans", "/nowhere", f"/loans/{uuid4()}", "/links/nothing", "/loans?limit=0"]
    answers = [house.get("awa", path) for path in paths] + [house.get(None, "/loans")]
    assert [answer.status_code for answer in answers] == [200, 404, 404, 404, 422, 401]
    for answer in answers:
        assert EVERYWHERE.items() <= dict(answer.headers).items()
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert len(answer.headers["x-request-id"]) == 32


def test_a_request_id_is_taken_over_when_it_looks_like_one(house):
    assert (
        house.get("awa", "/loans", **{"X-Request-Id": "from-the-proxy-1"}).headers["x-request-id"]
        == "from-the-proxy-1"
    )
    assert house.get("awa", "/loans", **{"X-Request-Id": "a b\tc"}).headers["x-request-id"] != "a b\tc"


def test_an_unknown_address_and_a_wrong_method_are_problems_too(house):
    nowhere = house.get("awa", "/nowhere")
    with house.calling("awa") as client:
        wrong = client.delete(f"/loans/{uuid4()}")
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "no-such-page")
    assert (wrong.status_code, wrong.json()["type"], wrong.headers["allow"]) == (405, "method-refused", "GET")


def test_headers_and_addresses_have_bounds(house):
    long_header = house.get("awa", "/loans", **{"X-Long": "x" * 10_000})
    long_address = house.get("awa", f"/loans?search={'x' * 5000}")
    many = house.get("awa", "/loans", **{f"X-{n}": "x" * 4000 for n in range(10)})
    for answer in (long_header, long_address, many):
        assert (answer.status_code, answer.json()["type"]) == (431, "headers-too-large")


@pytest.mark.parametrize(
    ("name", "value"),
    [("Idempotency-Key", "é" * 3), ("Idempotency-Key", "x" * 256), ("If-Match", "yesterday")],
)
def test_a_header_has_its_form(house, name, value):
    with house.calling("awa") as client:
        answer = client.post("/loans", json=request_of("awa", uuid4()), headers={name: value.encode()})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == "header"


def test_what_goes_wrong_on_our_side_is_told_without_a_trace(house, caplog):
    app = create_app(house.platform)

    @app.get("/api/breaks")
    def breaks() -> None:
        raise RuntimeError("secret in an error message")

    with served(house.platform, app) as url:
        answer = httpx.get(f"{url}/api/breaks")
    assert (answer.status_code, answer.json()["type"]) == (500, "unexpected")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert EVERYWHERE.items() <= dict(answer.headers).items()


def test_nothing_personal_and_no_secret_reaches_the_log(house, capsys, caplog):
    planted = "Planted-Purpose-8461"
    body = {**request_of("awa", uuid4()), "purpose": planted}
    assert house.post("awa", "/loans", body).status_code == 201
    house.post("awa", "/loans", {**body, "colour": planted})
    house.get("awa", f"/loans?search={planted}")
    house.get(None, f"/links/{planted}")
    house.get(None, "/loans", Authorization=f"Bearer {planted.ljust(40, 'x')}")
    written = capsys.readouterr()
    logged = written.out + written.err + caplog.text
    assert "RequestLoan" in logged
    for secret in (planted, house.token("awa"), "Awa Diop", "awa@example.org"):
        assert secret not in logged


def test_an_answer_never_holds_what_was_sent_to_be_secret(house):
    token = json.dumps({"refresh_token": "Planted-Token-" + "z" * 300})
    with house.calling(None, **{"Content-Type": "application/json"}) as client:
        answer = client.post("/auth/refresh", content=token)
    assert answer.status_code == 422
    assert "Planted-Token" not in answer.text


def test_a_wrong_method_is_told_every_right_one(house):
    """RFC 9110 §15.5.6; asking and changing are two routes at one address."""
    with house.calling("awa") as client:
        assert client.put("/loans").headers["allow"] == "GET, POST"
        assert client.request("OPTIONS", f"/loans/{uuid4()}/approve").headers["allow"] == "POST"
