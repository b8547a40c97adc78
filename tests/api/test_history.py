"""Histories over HTTP: who did what and why, the changes that make a state, and what is kept from whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from uuid import UUID, uuid4

import psycopg

from aggregates.permissions import ROLES
from aggregates.servicing import servicing_id
from aggregates.values import LoanId
from api.telling import OPENED_WITH, TOLD_TO_CLIENTS
from commands.customer import ChangeCustomerDetails
from eventstore import KINDS
from eventstore.codec import fields_of, is_sealed
from eventstore.timeline import ERASED, MASKED
from tests.api.house import id_of


def history(house, name, path, **query):
    with house.calling(name) as client:
        answer = client.get(f"{path}/history", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def folded(entries, stream):
    """The state of a stream, from nothing but its changes; as the screens do it."""
    state: dict = {}
    for change in (c for e in entries if e["id"] == str(stream) for c in e["changes"]):
        *way, last = change["field"].split(".")
        place = state
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        place[int(last) if isinstance(place, list) else last] = change["after"]
    return state


def repaid(house):
    loan = house.disbursed(method="cash")
    body = {"repayment_id": str(uuid4()), "amount": {"amount": "50.00", "currency": "EUR"},
            "value_date": "2026-05-04", "method": "cash", "reference": "R-1"}  # fmt: skip
    assert house.post("chloe", f"/loans/{loan}/repayments", body).status_code == 200
    house.settle()
    return loan


def test_a_loan_is_told_from_the_request_on_with_its_servicing(house):
    loan = repaid(house)
    told = history(house, "ana", f"/loans/{loan}")
    assert [entry["event"] for entry in told["items"]] == [
        "Loan.Requested", "Loan.Approved", "Loan.ContractSigned", "Loan.Disbursed", "Servicing.Opened",
        "Servicing.RepaymentReceived",
    ]  # fmt: skip
    assert [entry["number"] for entry in told["items"]] == [1, 2, 3, 4, 5, 6]
    assert [(s["kind"], s["version"], s["verified"]) for s in told["streams"]] == [
        ("Loan", 4, True), ("Servicing", 2, True),
    ]  # fmt: skip
    asked, approved = told["items"][0], told["items"][1]
    assert (asked["by"]["kind"], asked["by"]["label"], asked["command"]) == ("client", "Awa", "RequestLoan")
    assert (approved["by"]["kind"], approved["by"]["label"]) == ("staff", "Ben")
    assert {"field": "status", "before": "requested", "after": "approved"} in approved["changes"]
    assert {part["field"]: part["value"] for part in asked["fields"]}["principal"] == {
        "minor": 500000, "currency": "EUR",
    }  # fmt: skip
    assert {related["kind"] for related in told["related"]} == {"Contract", "Customer"}


def test_the_changes_folded_are_the_state(house):
    loan = repaid(house)
    entries = history(house, "chloe", f"/loans/{loan}")["items"]
    state = folded(entries, loan)
    assert (state["status"], state["rate"], state["value_date"]) == ("disbursed", 600, "2026-05-04")
    assert state["purpose"] == "Un vélo cargo pour les livraisons"
    assert len(state["instalments"]) == 24
    servicing = folded(entries, servicing_id(LoanId(loan)))
    assert servicing["held"] == {"minor": 5000, "currency": "EUR"}
    assert folded(entries[:1], loan)["status"] == "requested"


def test_it_comes_in_pages_that_make_the_whole(house):
    loan = repaid(house)
    whole, pages, cursor = history(house, "ana", f"/loans/{loan}")["items"], [], None
    while True:
        page = history(house, "ana", f"/loans/{loan}", limit=2, **({"cursor": cursor} if cursor else {}))
        pages += page["items"]
        if (cursor := page["next"]) is None:
            break
    assert pages == whole
    refused = house.get("ana", f"/loans/{loan}/history?cursor=WyJsb2FuIl0")
    assert (refused.status_code, refused.json()["type"]) == (422, "bad-cursor")


def test_a_client_is_told_what_the_lists_show_and_nothing_of_who_at_the_lender(house):
    loan = repaid(house)
    told = history(house, "awa", f"/loans/{loan}")
    asked, approved = told["items"][0], told["items"][1]
    assert asked["by"] == {"kind": "client", "you": True, "account": None, "label": None, "worker": None}
    assert approved["by"] == {"kind": "staff", "you": False, "account": None, "label": None, "worker": None}
    assert (approved["command"], approved["cause"]) == (None, None)
    assert {part["field"] for part in approved["fields"]} == {
        "rate", "instalments", "planned_payout_on", "terms", "apr", "drawdowns",
    }  # fmt: skip
    assert not [c for e in told["items"] for c in e["changes"] if c["field"] == "approved_by"]
    assert str(id_of("ben")) not in str(told)


def test_somebody_elses_history_is_not_there(house):
    contract = house.sent()
    loan = house.platform.store.history(contract)[0].event().loan_id
    house.settle()
    for path in (f"/loans/{loan}", f"/contracts/{contract}", f"/customers/{id_of('awa customer')}"):
        assert house.get("awa", f"{path}/history").status_code == 200
        assert house.get("jean", f"{path}/history").status_code == 404


def test_a_worker_says_what_it_answered_to(house):
    """The same command that the reaction sends, because of the event that it answers to."""
    contract = house.sent()
    house.settle()
    drafted = history(house, "ana", f"/contracts/{contract}")["items"][0]
    assert (drafted["event"], drafted["by"]["kind"], drafted["command"]) == (
        "Contract.Drafted", "machine", "DraftContract",
    )  # fmt: skip


def test_what_is_sealed_is_opened_with_the_permission_that_reads_it(house):
    contract = house.sent()
    house.settle()
    key = house.post("ana", "/me/keys", {
        "name": "Contrats", "permissions": ["contract.read"], "expires_on": "2027-05-04",
    })  # fmt: skip
    assert key.status_code == 200, key.text
    bearer = {"Authorization": f"Bearer {key.json()['key']}"}
    masked = house.get(None, f"/contracts/{contract}/history", **bearer).json()["items"][0]
    opened = history(house, "ana", f"/contracts/{contract}")["items"][0]
    said = [{part["field"]: part["value"] for part in entry["fields"]} for entry in (masked, opened)]
    assert (said[0]["borrower"], said[1]["borrower"]) == (MASKED, "Awa Diop")
    assert said[0]["reference"] == said[1]["reference"]


def test_another_name_shows_before_and_after(house):
    customer = id_of("awa customer")
    house.does(ChangeCustomerDetails(name="Awa Sarr", address="9 rue X\nLyon"), customer)
    house.settle()
    told = history(house, "ana", f"/customers/{customer}")
    changed = {c["field"]: (c["before"], c["after"]) for c in told["items"][-1]["changes"]}
    assert changed["name"] == ("Awa Diop", "Awa Sarr")
    assert {stream["kind"] for stream in told["streams"]} == {"Customer", "Contact"}


@contextmanager
def behind_the_functions(house, change, undone, *values) -> Iterator[None]:
    """What nobody may do, done by the owner of the tables, and undone: the house is compared with a replay at the end."""
    with psycopg.connect(house.platform.settings.owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE store.events DISABLE TRIGGER events_are_final")
        owner.execute(change, values)
        try:
            yield
        finally:
            owner.execute(undone, values)
        owner.execute("ALTER TABLE store.events ENABLE TRIGGER events_are_final")


def test_of_an_erased_person_it_is_told_that_it_was_erased(house):
    jean, nobody = id_of("jean customer"), id_of("nobody")
    house.settle()
    away, back = (
        f"UPDATE store.subject_keys SET subject_id = '{to}' WHERE subject_id = '{of}'"
        for of, to in ((jean, nobody), (nobody, jean))
    )
    with behind_the_functions(house, away, back):
        house.platform.store.keyring.forget(jean)
        first = history(house, "ana", f"/customers/{jean}")["items"][0]
    house.platform.store.keyring.forget(jean)
    said = {part["field"]: part["value"] for part in first["fields"]}
    assert (said["name"], said["country"]) == (ERASED, "FR")


def test_a_byte_that_was_changed_shows(house):
    loan = house.approved()
    house.settle()
    changed, undone = (
        f"UPDATE store.events SET meta = convert_to(replace(convert_from(meta, 'UTF8'), '{was}', '{now}'), 'UTF8')"
        " WHERE stream_id = %s AND version = 2"
        for was, now in (("2026-05-04", "2026-05-03"), ("2026-05-03", "2026-05-04"))
    )
    with behind_the_functions(house, changed, undone, loan):
        (stream,) = history(house, "ana", f"/loans/{loan}")["streams"]
    assert (stream["verified"], stream["broken_at"]) == (False, 2)
    (stream,) = history(house, "ana", f"/loans/{loan}")["streams"]
    assert stream["verified"]


def test_who_looked_is_recorded_with_whose_data_it_was(house):
    loan = house.requested()
    house.settle()
    history(house, "ana", f"/loans/{loan}")
    entries = house.get("iris", f"/access-log?resource={loan}").json()["items"]
    assert [(e["action"], e["customers"]) for e in entries] == [
        ("LoanHistory", [str(id_of("awa customer"))]),
    ]  # fmt: skip
    assert UUID(entries[0]["resource"]) == loan


def test_a_stranger_recomputes_the_chain_from_the_proof(house):
    """By the formula alone, with nothing of the store's code."""
    loan = repaid(house)
    for stream in house.get("ana", f"/loans/{loan}/history/proof").json()["streams"]:
        link = bytes(32)
        for each in stream["links"]:
            owner = UUID(each["owner"]).bytes if each["owner"] else bytes(16)
            link = sha256(
                link + UUID(stream["id"]).bytes + each["version"].to_bytes(4, "big")
                + sha256(each["event"].encode()).digest() + each["shape"].to_bytes(2, "big")
                + each["lane"].to_bytes(1, "big") + owner
                + bytes.fromhex(each["meta_sha256"]) + bytes.fromhex(each["state_sha256"])
            ).digest()  # fmt: skip
            assert link.hex() == each["link"]
        assert stream["verified"]
    assert house.get("awa", f"/loans/{loan}/history/proof").status_code == 403


def fields_that(of_kind, holds):
    """Field names of an aggregate's events and state for which something holds."""
    named = {f.name for f in dataclasses.fields(next(e.aggregate for e in events(of_kind)))}
    return {name for event in events(of_kind) for name, as_type in fields_of(event).items() if holds(as_type)} | (
        named if holds is anything else set()
    )  # fmt: skip


def events(of_kind):
    return [event for name, event in KINDS.items() if name.startswith(f"{of_kind}.")]


def anything(_):
    return True


def test_what_is_told_of_is_there():
    for kind, told in TOLD_TO_CLIENTS.items():
        assert told <= fields_that(kind, anything), kind
    assert {name for name in OPENED_WITH if "." not in name} == set(TOLD_TO_CLIENTS)
    for name in OPENED_WITH:
        kind, _, field = name.partition(".")
        assert not field or field in fields_that(kind, is_sealed)
    taken = {permission for given in ROLES.values() for permission in given}
    assert set(OPENED_WITH.values()) <= taken
