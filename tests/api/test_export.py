"""Lists to take away: what is in the file, who was told, what is refused."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from uuid import UUID, uuid4

import pytest

from api import export
from api.columns import LOANS, harmless
from commands.customer import RegisterCustomer
from eventstore import reader
from projections.loan_book import LoanBook, LoanFilter
from tests.api.house import MAY_4, House, id_of, request_of


def rows_of(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(StringIO(answer.content.decode())))


@pytest.fixture
def book(house: House) -> House:
    for name, amount in (("awa", "3000.50"), ("jean", "5000.00"), ("awa", "1000.00")):
        assert house.post(name, "/loans", request_of(name, uuid4(), amount)).status_code == 201
    house.settle()
    return house


def test_a_list_is_taken_away_as_it_is_asked(book):
    answer = book.get("ana", "/loans/export?q=awa&sort=-principal", **{"Accept-Language": "en"})
    head, *rows = rows_of(answer)
    assert head[:8] == [
        "Reference", "Customer no.", "Customer", "Product", "State", "Requested on", "Principal", "Currency",
    ]  # fmt: skip
    assert [row[0] for row in rows] == ["L-2026-000001", "L-2026-000003"]
    assert rows[0][2:8] == ["Awa Diop", "Personal loan", "Requested", "2026-05-04", "3000.50", "EUR"]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="loans-2026-05-04.csv"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_spreadsheet_in_french_gets_its_mark_semicolons_and_commas(book):
    answer = book.get("ana", "/loans/export?sort=reference&layout=spreadsheet&language=fr")
    assert answer.content.startswith(b"\xef\xbb\xbfR\xc3\xa9f\xc3\xa9rence;N\xc2\xb0 client;Client;")
    assert ";3000,50;EUR;24;" in answer.text
    assert "Prêt personnel;Demandé;" in answer.text
    assert 'filename="prets-2026-05-04.csv"' in answer.headers["content-disposition"]
    english = book.get("ana", "/loans/export?layout=spreadsheet&language=en")
    assert english.content.startswith(b"\xef\xbb\xbfReference,")


def test_an_amount_has_the_decimals_of_its_currency():
    column = next(each for each in LOANS if each.field == "principal")
    row = type("Row", (), {"principal": 500_000, "currency": "XOF"})
    assert column.cell(row, "fr", ",") == "500000"
    row.currency = "EUR"
    assert (column.cell(row, "fr", ","), column.cell(row, "en", ".")) == ("5000,00", "5000.00")


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "  =1", "\t=1", "＝1", "\r=1"])
def test_text_is_never_a_formula(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Awa", "a=1", "12", ""])
def test_other_text_is_as_it_is(text):
    assert harmless(text) == text


def test_a_name_that_is_a_formula_leaves_as_text(house):
    formula = '=HYPERLINK("http://x.example","Awa")'
    house.does(
        RegisterCustomer(
            customer_id=uuid4(), nature="person", name=formula, address="1 rue X", country="FR", language="fr"
        )
    )
    house.settle()
    names = [row[1] for row in rows_of(house.get("ana", "/customers/export"))[1:]]
    assert f"'{formula}" in names


def test_every_batch_is_recorded_with_whose_data_it_showed(book, monkeypatch):
    monkeypatch.setattr(reader, "BATCH", 1)
    assert len(rows_of(book.get("ana", "/loans/export?sort=reference"))) == 4
    entries = book.get("iris", f"/access-log?who=account:{id_of('ana')}&decision=allow").json()["items"]
    taken = [entry for entry in entries if entry["action"] == "ExportLoans"]
    awa, jean = str(id_of("awa customer")), str(id_of("jean customer"))
    assert [entry["customers"] for entry in reversed(taken)] == [[awa], [jean], [awa]]
    assert len({entry["request"] for entry in taken}) == 1
    assert any(look["action"] == "ExportLoans" for look in book.get("awa", "/me/access-log").json()["items"])


def test_a_list_that_is_too_long_is_refused_whole(book, monkeypatch):
    monkeypatch.setattr("api.loan.MOST", 2)
    answer = book.get("ana", "/loans/export")
    assert (answer.status_code, answer.json()["type"]) == (422, "too-many")
    assert len(rows_of(book.get("ana", "/loans/export?q=awa"))) == 3


def test_one_export_of_an_account_at_a_time():
    app_exports = export.Exports()
    with app_exports.place(UUID(int=1)):
        with pytest.raises(export.TooManyExports), app_exports.place(UUID(int=1)):
            raise AssertionError
        two, three, four = (app_exports.place(UUID(int=number)) for number in (2, 3, 4))
        with two, three, pytest.raises(export.TooManyExports), four:
            raise AssertionError
    with app_exports.place(UUID(int=1)):
        pass


def test_an_export_gives_its_place_and_its_connection_back(book):
    for _ in range(15):  # more than there are connections
        assert book.get("ana", "/loans/export").status_code == 200
        assert book.get("ana", "/loans/export?cursor=x").status_code == 422
        assert book.get("ana", "/loans/export?q=nobody").status_code == 200
    with book.calling("ana") as client:
        for _ in range(3):
            with client.stream("GET", "/loans/export"):
                pass  # hangs up without reading
    with ThreadPoolExecutor(1) as aside:
        assert aside.submit(book.get, "ben", "/loans/export").result().status_code == 200


def test_an_export_is_of_one_moment(book, monkeypatch):
    monkeypatch.setattr(reader, "BATCH", 1)
    model = LoanBook(book.platform.reader(LoanBook, None))
    batches = model.export_of(LoanFilter(), "reference", True, 100)
    first = next(batches)
    book.requested("jean")
    book.settle()
    rest = [line for batch in batches for line in batch]
    assert [line.reference for line in (*first, *rest)] == ["L-2026-000001", "L-2026-000002", "L-2026-000003"]
    assert len(book.get("ana", "/loans").json()["items"]) == 4


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/contracts", "ana"),
        ("/customers", "ana"),
        ("/documents", "ana"),
        ("/mails", "ana"),
        ("/ledger/journal", "chloe"),
    ],
)
def test_every_other_list_is_taken_away_too(house, path, who):
    house.sent("awa")
    house.writes_to("awa")
    house.posts("awa")
    house.settle()
    head, *rows = rows_of(house.get(who, f"{path}/export"))
    assert len(rows) == len(house.get(who, path).json()["items"]) > 0
    assert all(len(row) == len(head) for row in rows)


def test_a_client_takes_its_own_away_and_support_no_ledger(book):
    assert {row[2] for row in rows_of(book.get("jean", "/loans/export"))[1:]} == {"Jean Diop"}
    assert book.get("sam", "/ledger/journal/export").status_code == 403
    assert book.get(None, "/loans/export").status_code == 401
    assert str(MAY_4) in book.get("jean", "/loans/export").headers["content-disposition"]
