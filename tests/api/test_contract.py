"""The signed copy over HTTP: one file, examined before it is kept; whatever is wrong with it, the state stays."""

from __future__ import annotations

import io
import zipfile
from uuid import uuid4

import httpx
import pikepdf
import pytest
from PIL import Image

from tests.api.house import House, opened, pdf

LIMIT = 200_000


@pytest.fixture
def house(database, tmp_path):
    """One with a small limit, so that its tests are quick."""
    with opened(database.app_url, database.owner_url, tmp_path, upload_limit=LIMIT) as house:
        yield house


def picture(kind: str) -> bytes:
    written = io.BytesIO()
    Image.new("L", (40, 40), 200).save(written, kind)
    return written.getvalue()


def locked() -> bytes:
    written = io.BytesIO()
    pikepdf.open(io.BytesIO(pdf("locked"))).save(written, encryption=pikepdf.Encryption(owner="o", user="u"))
    return written.getvalue()


def archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("../../evil.pdf", "x")
    return written.getvalue()


HOSTILE = {
    "empty": (b"", "copie.pdf", 422, "file-empty"),
    "html as pdf": (b"<html><script>alert(1)</script>", "copie.pdf", 415, "file-mislabelled"),
    "program": (b"MZ" + b"\0" * 100, "copie.exe", 415, None),
    "picture as pdf": (picture("PNG"), "copie.pdf", 415, "file-mislabelled"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "copie.svg", 415, None),
    "archive": (archive(), "copie.zip", 415, None),
    "half a pdf": (pdf("half")[:200], "copie.pdf", 422, "file-broken"),
    "locked": (locked(), "copie.pdf", 422, "file-encrypted"),
    "too large": (pdf("large") + b" " * LIMIT, "copie.pdf", 413, "file-too-large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_and_the_state_stays(house, name):
    content, called, status, code = HOSTILE[name]
    contract = house.sent()
    before = len(house.platform.store.history(contract))
    answer = house.upload("awa", contract, content, called)
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == (code or answer.json()["type"])
    assert answer.json()["what_to_do"]
    assert len(house.platform.store.history(contract)) == before
    assert not list(house.platform.settings.documents_dir.glob("signed/**/*.*"))


def test_the_contract_itself_is_no_signed_copy(house):
    contract = house.sent(content=pdf("contract"))
    answer = house.upload("awa", contract, pdf("contract"))
    assert (answer.status_code, answer.json()["type"], answer.json()["state"]) == (
        422,
        "unsigned-copy",
        "sent",
    )


@pytest.mark.parametrize(
    ("content", "called"), [(picture("JPEG"), "photo.jpg"), (pdf("signed"), "copie.pdf")]
)
def test_a_good_copy_is_taken_and_both_sides_fetch_it(house, content, called):
    contract = house.sent()
    with house.calling("awa") as client:
        files = {"file": (called, content)}
        assert client.post(f"/contracts/{contract}/signed-copy", files=files).status_code == 200
    house.settle()
    copy = house.get("ana", f"/contracts/{contract}").json()["copy_id"]
    for name in ("awa", "ana"):
        assert house.get(name, f"/documents/{copy}/content").content == content


def test_an_upload_sent_twice_is_one_copy(house):
    contract, key = house.sent(), {"Idempotency-Key": "my-copy"}
    first = house.upload("awa", contract, pdf("signed"), **key)
    again = house.upload("awa", contract, pdf("signed"), **key)
    other = house.upload("awa", contract, pdf("another"), **key)
    assert (first.status_code, again.json()) == (200, first.json())
    assert (other.status_code, other.json()["type"]) == (409, "command-mismatch")


def test_a_copy_is_refused_with_a_reason_then_another_is_accepted(house):
    contract = house.sent()
    assert house.upload("awa", contract, pdf("signed badly")).status_code == 200
    refused = house.post("ana", f"/contracts/{contract}/signed-copy/refuse", {"reason": "La page 3 manque"})
    assert refused.status_code == 200
    second = house.upload("awa", contract, pdf("signed well"))
    accept = {"If-Match": second.headers["etag"]}
    assert house.post("ana", f"/contracts/{contract}/signed-copy/accept", **accept).status_code == 200
    late = house.upload("awa", contract, pdf("signed late"))
    assert (late.status_code, late.json()["type"], late.json()["state"]) == (
        409,
        "not-awaiting-signature",
        "signed",
    )


def test_a_contract_is_sent_again_on_demand_until_it_is_signed(house):
    contract = house.sent()
    asked = house.post("ana", f"/contracts/{contract}/send-again")
    assert asked.status_code == 200
    assert house.post("awa", f"/contracts/{contract}/send-again").status_code == 403
    assert house.upload("awa", contract, pdf("signed")).status_code == 200
    assert house.post("ana", f"/contracts/{contract}/signed-copy/accept").status_code == 200
    late = house.post("ana", f"/contracts/{contract}/send-again", **{"Accept-Language": "fr"})
    assert (late.status_code, late.json()["type"]) == (409, "not-awaiting-signature")
    assert late.json()["title"].startswith("Ce contrat n'attend pas de signature")


def test_a_copy_that_was_replaced_meanwhile_is_not_accepted_unseen(house):
    contract = house.sent()
    seen = house.upload("awa", contract, pdf("first")).headers["etag"]
    assert house.upload("awa", contract, pdf("second")).status_code == 200
    answer = house.post("ana", f"/contracts/{contract}/signed-copy/accept", **{"If-Match": seen})
    assert (answer.status_code, answer.json()["type"]) == (409, "stale")


def test_nobody_uploads_for_somebody_else_or_to_nothing(house):
    contract = house.sent("jean")
    assert house.upload("awa", contract, pdf("signed")).status_code == 404
    assert house.upload("awa", uuid4(), pdf("signed")).status_code == 404
    assert house.upload("chloe", contract, pdf("signed")).status_code == 403


def test_an_upload_is_a_form_with_one_file_or_the_name_of_one_uploaded_before(house: House):
    contract = house.sent()
    with house.calling("awa") as client:
        path = f"/contracts/{contract}/signed-copy"
        file = ("copie.pdf", pdf("signed"), "application/pdf")
        wrong = {
            "json": client.post(path, json={}),
            "bytes": client.post(path, content=pdf("signed"), headers={"Content-Type": "application/pdf"}),
            "other field": client.post(path, files={"document": file}),
            "two files": client.post(path, files=[("file", file), ("file", file)]),
            "more fields": client.post(path, files={"file": file}, data={"status": "signed"}),
            "no boundary": client.post(path, content=b"x", headers={"Content-Type": "multipart/form-data"}),
            "cut": client.post(
                path,
                content=b"--b\r\nContent-Dis",
                headers={"Content-Type": "multipart/form-data; boundary=b"},
            ),
        }
    said = {name: (answer.status_code, answer.json()["type"]) for name, answer in wrong.items()}
    assert said == {
        "json": (422, "invalid"),
        "bytes": (415, "wrong-media-type"),
        "other field": (400, "broken-upload"),
        "two files": (400, "broken-upload"),
        "more fields": (400, "broken-upload"),
        "no boundary": (400, "broken-upload"),
        "cut": (400, "broken-upload"),
    }


def test_without_room_for_the_bytes_nothing_is_recorded(house):
    contract = house.sent()
    (house.platform.settings.documents_dir / "signed").write_text("in the way")
    answer = house.upload("awa", contract, pdf("signed"))
    assert (answer.status_code, answer.json()["type"]) == (503, "away")
    assert answer.headers["retry-after"]
    assert house.platform.store.last(contract).kind == "Contract.Sent"


def test_an_endless_upload_is_stopped_at_the_limit(house):
    contract, taken = house.sent(), 0
    boundary = "b"

    def endless():
        nonlocal taken
        yield f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n'.encode()
        while taken < 200 * LIMIT:
            taken += 65536
            yield b"%" * 65536

    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    with house.calling("awa", **headers) as client:
        try:
            status = client.post(f"/contracts/{contract}/signed-copy", content=endless()).status_code
        except httpx.TransportError:
            status = 413  # the server hung up while we were still sending
    assert (status, taken < 200 * LIMIT) == (413, True)
