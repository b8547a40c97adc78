"""The machinery over HTTP: everything at a glance, what is parked, trying again and leaving out."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore.parking import omission_id, parked
from projections.loan_book import LoanBook
from tests.api.house import House, id_of
from tests.connected import url_as

TABLE = f"{LoanBook.name}_v{LoanBook.version}"
REASON = "Enregistré deux fois par l'import."


def park(house: House, consumer: str, versions: int = 1) -> str:
    """The first events of a new stream, as if they could not be taken; the first with a cause."""
    loan = house.approved()
    house.settle()
    rows = house.platform.store.history(loan)[:versions]
    with psycopg.connect(url_as(house.platform.settings.database_url, "projector")) as connection:
        for row in rows:
            connection.execute(
                "INSERT INTO store.parked (consumer, stream_id, version, position, lane, cause)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (
                    consumer,
                    loan,
                    row.version,
                    row.position,
                    row.lane,
                    "ValueError" if row.version == 1 else None,
                ),
            )
    return str(loan)


def clean(house: House, stream: str) -> None:
    """Let go of what was never wrong."""
    with psycopg.connect(url_as(house.platform.settings.database_url, "projector")) as connection:
        connection.execute("DELETE FROM store.parked WHERE stream_id = %s", (stream,))


def test_everything_is_there_at_a_glance(house):
    house.settle()
    seen = house.get("admin", "/machinery").json()
    assert (seen["status"], seen["day"], seen["parked"], seen["relay"]) == ("ok", "2026-05-04", 0, None)
    assert [check["name"] for check in seen["checks"]][:2] == ["database", "migrations"]
    consumers = {consumer["name"]: consumer for consumer in seen["consumers"]}
    book = consumers[LoanBook.table_name()]
    assert (book["model"], book["version"], book["generation"], book["state"]) == (
        "loan_book", LoanBook.version, 1, "live",
    )  # fmt: skip
    assert (book["behind"], int(book["position"]) > 0) == (0, True)
    assert (consumers["reactions"]["model"], consumers["reactions"]["behind"] > 0) == (None, True)


def test_what_is_parked_is_listed_with_its_cause_and_what_waits_behind_it(house):
    stream = park(house, TABLE, versions=2)
    entries = house.get("iris", "/machinery/parked").json()["items"]
    assert [(e["stream_id"], e["version"], e["event"], e["cause"]) for e in entries] == [
        (stream, 1, "Loan.Requested", "ValueError"), (stream, 2, "Loan.Approved", None),
    ]  # fmt: skip
    first = house.get("iris", "/machinery/parked?limit=1").json()
    second = house.get("iris", f"/machinery/parked?limit=1&cursor={first['next']}").json()
    assert (first["items"] + second["items"], second["next"]) == (entries, None)
    assert house.get("iris", "/machinery/parked?consumer=journal_v1").json()["items"] == []
    assert house.get("admin", "/machinery").json()["parked"] == 2
    assert house.get("iris", "/machinery/parked?cursor=e30").json()["type"] == "bad-cursor"
    clean(house, stream)


def test_a_read_model_takes_again_what_somebody_asked_for_and_who_is_recorded(house):
    stream = park(house, TABLE, versions=2)
    other = park(house, TABLE)
    answer = house.post("sam", "/machinery/parked/retry", {"consumer": TABLE, "stream_id": stream})
    assert answer.status_code == 201, answer.text
    assert len(parked(house.platform.reads)) == 3
    house.settle()
    assert [str(line.stream_id) for line in parked(house.platform.reads)] == [other]
    assert house.get("ana", f"/loans/{stream}").json()["status"] == "approved"
    (asked,) = house.platform.store.history(UUID(answer.json()["id"]))
    assert (asked.kind, asked.event().by) == ("Retrial.Asked", id_of("sam"))
    clean(house, other)


def test_an_event_is_left_out_by_a_named_person(house):
    stream = park(house, TABLE)
    body = {"consumer": TABLE, "stream_id": stream, "version": 1, "reason": REASON}
    refused = house.post("sam", "/machinery/parked/leave-out", body)
    assert (refused.status_code, refused.json()["type"]) == (403, "forbidden")
    assert house.post("admin", "/machinery/parked/leave-out", body).status_code == 201
    decided = house.platform.store.history(omission_id(LoanBook.name, UUID(stream), 1))
    assert [row.event().by for row in decided] == [id_of("admin")]
    house.settle()
    assert parked(house.platform.reads) == []


@pytest.mark.parametrize("path", ["retry", "leave-out"])
def test_what_is_not_parked_is_not_there(house, path):
    body = {"consumer": TABLE, "stream_id": str(uuid4())}
    body |= {} if path == "retry" else {"version": 1, "reason": REASON}
    assert house.post("admin", f"/machinery/parked/{path}", body).status_code == 404


def test_what_falls_due_cannot_be_left_out(house):
    due = "reaction:service.let_it_fall_due"
    stream = str(uuid4())
    with psycopg.connect(house.platform.settings.database_url) as connection:
        connection.execute(
            "INSERT INTO store.parked (consumer, stream_id, version, position, lane, cause)"
            " VALUES (%s, %s, 3, 0, 1, 'ValueError')",
            (due, stream),
        )
    (entry,) = house.get("sam", "/machinery/parked").json()["items"]
    assert (entry["version"], entry["event"]) == (3, None)
    body = {"consumer": due, "stream_id": stream, "version": 3, "reason": REASON}
    answer = house.post("admin", "/machinery/parked/leave-out", body)
    assert (answer.status_code, "stays due" in answer.json()["detail"]) == (404, True)


@pytest.mark.parametrize(
    ("name", "status"), [("admin", 200), ("sam", 200), ("iris", 200), ("ana", 403), ("awa", 403)]
)
def test_the_machinery_is_shown_to_who_looks_after_it(house, name, status):
    assert house.get(name, "/machinery").status_code == status
    assert house.get(name, "/machinery/parked").status_code == status
