"""Lists that a back office works with: sorted, filtered, searched, counted; a cursor goes on with its own question only."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from aggregates.servicing import Servicing, servicing_id
from aggregates.values import LoanId
from commands.servicing import MarkInstalmentDue
from eventstore import Asker
from tests.api.house import MAY_4, House, id_of, request_of

SORTS = ["requested_on", "reference", "principal", "status", "customer"]


@pytest.fixture
def book(house: House) -> House:
    """Five requests of two customers of several amounts; one declined, one paid out."""
    for name, amount in (("awa", "3000.00"), ("jean", "5000.00"), ("awa", "1000.00"), ("jean", "3000.00")):
        assert house.post(name, "/loans", request_of(name, uuid4(), amount)).status_code == 201
    declined = house.requested("jean")
    assert house.post("ben", f"/loans/{declined}/decline", {"reason": "Un refus motivé"}).status_code == 200
    house.settle()
    return house


def walked(house: House, who: str, path: str) -> list[dict]:
    """Every row, two at a time."""
    rows, cursor = [], ""
    while cursor is not None:
        page = house.get(who, f"{path}{'&' if '?' in path else '?'}limit=2{cursor}").json()
        rows += page["items"]
        cursor = page["next"] and f"&cursor={page['next']}"
    return rows


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")])
def test_every_sort_shows_every_loan_once_in_its_order(book, sort):
    rows = walked(book, "ana", f"/loans?sort={sort}")
    assert len(rows) == len({row["loan_id"] for row in rows}) == 5
    key = {
        "requested_on": lambda row: (row["requested_on"], row["reference"]),
        "reference": lambda row: row["reference"],
        "principal": lambda row: row["principal"],
        "status": lambda row: ["requested", "declined"].index(row["status"]),
        "customer": lambda row: row["customer_name"],
    }[sort.lstrip("-")]
    values = [key(row) for row in rows]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_a_row_has_the_names_that_go_with_it(book):
    row = book.get("ana", "/loans?q=awa").json()["items"][0]
    assert (row["customer_name"], row["customer_reference"]) == ("Awa Diop", "C-2026-000001")
    assert (row["product_code"], row["product_title_fr"]) == ("pret-personnel", "Prêt personnel")
    assert (row["overdue"], row["next_due_on"]) == (0, None)
    assert book.get("ana", f"/loans/{row['loan_id']}").json() == row


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=requested", 4),
        ("status=declined", 1),
        ("status=requested,declined", 5),
        ("status=repaid,withdrawn", 0),
        ("principal_from=300000&principal_to=300000", 2),
        ("principal_from=300001", 2),
        ("currency=EUR", 5),
        ("currency=XOF", 0),
        (f"customer_id={id_of('awa customer')}", 2),
        (f"product_id={id_of('personal loan')}", 5),
        (f"product_id={id_of('another')}", 0),
        (f"requested_from={MAY_4}&requested_to={MAY_4}", 5),
        ("requested_from=2026-05-05", 0),
        ("requested_to=2026-05-03", 0),
        ("overdue=true", 0),
        ("overpaid=true", 0),
        ("q=awa", 2),
        ("q=DIÔP%20awa", 2),
        ("q=diop%20ana", 0),
        ("q=L-2026-00000", 5),
        ("q=l-2026-000003", 1),
        ("q=K-2026-000003", 1),
        ("q=3", 1),
        ("q=C-2026-000001", 2),
        ("q=%25", 0),
        ("q=_", 0),
    ],
)
def test_filters_leave_what_fits_all_of_them(book, query, found):
    assert len(walked(book, "ana", f"/loans?{query}")) == found


def test_a_cursor_goes_on_with_the_same_question_only(book):
    next = book.get("ana", "/loans?limit=1&status=requested&sort=principal").json()["next"]
    same = f"/loans?limit=1&status=requested&sort=principal&cursor={next}"
    assert book.get("ana", same).status_code == 200
    for other in (
        same.replace("sort=principal", "sort=-principal"),
        same.replace("sort=principal", "sort=reference"),
        same.replace("status=requested", "status=requested,declined"),
        same.replace("status=requested&", ""),
        same + "&currency=EUR",
        same + "&q=awa",
    ):
        answer = book.get("ana", other)
        assert (answer.status_code, answer.json()["type"]) == (422, "bad-cursor"), other


def test_the_counts_follow_the_filters_but_for_the_states(book):
    every = dict.fromkeys(
        (
            "requested", "counter-offered", "approved", "ready", "disbursed", "returning", "repaid", "written-off", "recovered",
            "declined", "withdrawn", "expired", "stepped-back",
        ), 0
    )  # fmt: skip
    counts = book.get("ana", "/loans/counts?status=declined").json()
    assert counts == {"counts": {**every, "requested": 4, "declined": 1}, "most": 10_000}
    assert book.get("ana", "/loans/counts?q=awa").json()["counts"] == {**every, "requested": 2}
    assert book.get("awa", "/loans/counts").json()["counts"] == {**every, "requested": 2}
    assert sum(book.get("ana", "/contracts/counts").json()["counts"].values()) == 0


def test_what_is_late_comes_first_and_can_be_asked_for_alone(house):
    loan = house.disbursed()
    other = house.disbursed(name="jean")
    asker = Asker(id_of("machine"), "test", date(2026, 6, 4), house.platform.clock.now())
    house.platform.store.send(MarkInstalmentDue(number=1), asker, servicing_id(LoanId(loan)))
    house.settle()
    rows = house.get("ana", "/loans?sort=-overdue").json()["items"]
    assert [UUID(row["loan_id"]) for row in rows] == [loan, other]
    assert (rows[0]["overdue"] > 0, rows[0]["next_due_on"], rows[1]["next_due_on"]) == (
        True,
        "2026-07-04",
        "2026-06-04",
    )
    assert [row["loan_id"] for row in house.get("ana", "/loans?sort=next_due_on").json()["items"]] == [
        str(other),
        str(loan),
    ]
    assert [row["loan_id"] for row in house.get("ana", "/loans?overdue=true").json()["items"]] == [str(loan)]
    assert house.get("ana", f"/loans/{loan}/account").json()["next_due_on"] == "2026-07-04"


def test_a_loan_of_which_everything_is_due_comes_before_those_with_something_to_come(house):
    """It has no next instalment, and is the last that whoever collects may overlook."""
    coming, due = house.disbursed(name="jean"), house.disbursed()
    store, servicing = house.platform.store, servicing_id(LoanId(due))
    last = store.load(Servicing, servicing).instalments[-1]
    asker = Asker(id_of("machine"), "test", last.due_on, house.platform.clock.now())
    store.send(MarkInstalmentDue(number=last.number), asker, servicing)
    house.settle()
    rows = house.get("ana", "/loans?sort=next_due_on&status=disbursed").json()["items"]
    assert [(row["loan_id"], row["next_due_on"]) for row in rows] == [
        (str(due), None),
        (str(coming), "2026-06-04"),
    ]
    third = house.disbursed()
    house.settle()
    walk = [row["loan_id"] for row in walked(house, "ana", "/loans?sort=next_due_on")]
    assert (walk[0], {*walk[1:]}) == (str(due), {str(coming), str(third)})


@pytest.mark.parametrize("sort", ["next_due_on", "-next_due_on", "overdue", "-overdue"])
def test_sorted_by_its_account_a_loan_without_one_is_not_shown(book, sort):
    assert walked(book, "ana", f"/loans?sort={sort}") == []
    paid_out = book.disbursed()
    book.settle()
    assert [row["loan_id"] for row in walked(book, "ana", f"/loans?sort={sort}")] == [str(paid_out)]


def test_a_client_sorts_and_counts_its_own_only(book):
    for sort in SORTS:
        rows = walked(book, "jean", f"/loans?sort={sort}")
        assert {row["customer_name"] for row in rows} == {"Jean Diop"}
        assert len(rows) == 3


def test_a_program_that_may_not_read_customers_gets_no_names_and_may_not_ask_by_them(book):
    key = book.post(
        "ben", "/me/keys", {"name": "Tableau", "permissions": ["loan.read"], "expires_on": "2027-01-01"}
    )
    bearer = {"Authorization": f"Bearer {key.json()['key']}"}
    row = book.get(None, "/loans", **bearer).json()["items"][0]
    assert (row["customer_name"], row["product_title_fr"]) == (None, "Prêt personnel")
    assert len(book.get(None, "/loans?q=L-2026-000001", **bearer).json()["items"]) == 1
    for asked in ("q=awa", "sort=customer", "sort=-customer"):
        assert book.get(None, f"/loans?{asked}", **bearer).status_code == 403


def test_the_other_lists_are_asked_alike(house):
    contract = house.sent("awa")
    house.sent("jean")
    house.settle()
    for path, sorts in {
        "/contracts": ["drafted_on", "reference", "principal", "status", "customer"],
        "/customers": ["name", "reference", "registered_on"],
        "/documents": ["kept_on", "reference"],
        "/mails": ["requested_on"],
    }.items():
        for sort in sorts:
            up, down = (
                walked(house, "ana", f"{path}?sort={sort}"),
                walked(house, "ana", f"{path}?sort=-{sort}"),
            )
            assert up == down[::-1], (path, sort)
    row = house.get("ana", "/contracts?q=awa&status=sent,returned").json()["items"][0]
    assert (row["contract_id"], row["customer_name"], row["loan_reference"]) == (
        str(contract),
        "Awa Diop",
        "L-2026-000001",
    )
    assert row["product_title_en"] == "Personal loan"
    assert len(house.get("ana", f"/contracts?product_id={id_of('another')}").json()["items"]) == 0
    assert len(house.get("ana", "/documents?q=jean&purpose=contract").json()["items"]) == 1
    assert len(house.get("awa", "/documents").json()["items"]) == 1
