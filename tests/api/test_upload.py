"""Files that go to the storage first: what a browser does, the same with our own disk and with a real S3 server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from aggregates.document import Document
from tests.api.house import House, opened, pdf
from tests.api.uploading import announced, bring, offer, upload
from tests.conftest import fresh_database
from tests.providers.buckets import settings_of, versions

LIMIT = 200_000
EVERY_STORAGE = ["disk", "s3", "s3 that browsers do not reach"]


@pytest.fixture(scope="module", params=EVERY_STORAGE)
def house(request, postgres, _template, tmp_path_factory) -> Iterator[House]:
    """One for each storage: every test has a contract of its own."""
    from providers.storage import bucket

    chosen = {}
    if request.param != "disk":
        settings = settings_of(request.getfixturevalue("s3_server"))
        list(bucket.prepare(settings))
        chosen = {name: value for name, value in settings.model_dump().items() if name.startswith("s3_")}
    if request.param == EVERY_STORAGE[-1]:
        chosen["unencrypted_hosts"] = "127.0.0.1"
    folder = tmp_path_factory.mktemp("state")
    with (
        fresh_database(postgres) as fresh,
        opened(fresh.app_url, fresh.owner_url, folder, upload_limit=LIMIT, **chosen) as house,
    ):
        yield house


@pytest.fixture
def contract(house: House) -> UUID:
    contract = house.sent()
    house.settle()
    return contract


def hand_in(house: House, name: str, contract: UUID, named: str, **more: str) -> httpx.Response:
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    return house.post(name, f"/contracts/{contract}/signed-copy", {"upload": named, **more}, **headers)


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"]


# ── the way ────────────────────────────────────────────────────────────────────


def test_a_copy_that_was_uploaded_first_is_a_copy_like_any_other(house, contract):
    named = upload(house, "awa", contract, pdf(f"signed {contract}"))
    answer = hand_in(house, "awa", contract, named, file_name="contrat signé.pdf")
    assert answer.status_code == 200, answer.text
    house.settle()
    copy = house.get("awa", f"/contracts/{contract}").json()["copy_id"]
    fetched = house.get("ana", f"/documents/{copy}/content")
    assert fetched.content == pdf(f"signed {contract}")
    assert "contrat%20sign%C3%A9.pdf" in fetched.headers["content-disposition"]
    assert house.post("ana", f"/contracts/{contract}/signed-copy/accept").status_code == 200


def test_handed_in_twice_it_is_one_copy(house, contract):
    named = upload(house, "awa", contract, pdf(f"signed {contract}"))
    first = hand_in(house, "awa", contract, named, key=f"copy-of-{contract}")
    again = hand_in(house, "awa", contract, named, key=f"copy-of-{contract}")
    assert first.status_code == 200
    assert again.json() == first.json()
    assert house.post("ana", f"/contracts/{contract}/signed-copy/accept").status_code == 200
    late = hand_in(house, "awa", contract, named, key=f"copy-of-{contract}")
    assert late.json() == first.json(), "the twin of a success gets the success, whatever is the case now"


def test_announced_again_it_takes_the_place_of_the_one_before(house, contract):
    first = upload(house, "awa", contract, pdf("signed badly"))
    second = upload(house, "awa", contract, pdf("signed well"))
    assert told(hand_in(house, "awa", contract, first)) == (422, "upload-altered")
    assert hand_in(house, "awa", contract, second).status_code == 200


# ── what a form takes ──────────────────────────────────────────────────────────

OTHERS = {
    "larger": (lambda file: file + b"x", {}),
    "smaller": (lambda file: file[:-1], {}),
    "empty": (lambda file: b"", {}),
    "other bytes": (lambda file: file[:-1] + b"X", {}),
    "other type": (lambda file: file, {"Content-Type": "text/html"}),
    "one field more": (lambda file: file, {"x-amz-meta-owner": "me"}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_form_takes_what_was_announced_and_nothing_else(house, contract, name):
    other, changed = OTHERS[name]
    offered = offer(house, "awa", contract, pdf("signed")).json()
    refused = bring(house, offered, other(pdf("signed")), **changed)
    assert 400 <= refused.status_code < 500, refused.text
    assert told(hand_in(house, "awa", contract, offered["upload"])) == (409, "upload-missing")
    assert bring(house, offered, pdf("signed")).status_code == 204, "the form is as good as before"


def test_a_form_with_another_field_in_the_place_of_its_own_is_refused(house, contract):
    offered = offer(house, "awa", contract, pdf("signed")).json()
    refused = bring(house, {**offered, "fields": {"status": "signed"}}, pdf("signed"))
    assert 400 <= refused.status_code < 500
    assert told(hand_in(house, "awa", contract, offered["upload"])) == (409, "upload-missing")


def test_what_is_announced_is_what_would_be_taken(house, contract):
    too_large = {"size": LIMIT + 1, "media_type": "application/pdf", "sha256": "0" * 64}
    path = f"/contracts/{contract}/signed-copy-uploads"
    assert told(house.post("awa", path, too_large)) == (413, "file-too-large")
    assert told(house.post("awa", path, announced(b"x", "text/html"))) == (422, "invalid")
    unsigned = offer(house, "awa", contract, pdf("contract"))
    assert (*told(unsigned), unsigned.json()["state"]) == (422, "unsigned-copy", "sent")
    assert house.upload("awa", contract, pdf("signed")).status_code == 200
    assert house.post("ana", f"/contracts/{contract}/signed-copy/accept").status_code == 200
    late = offer(house, "awa", contract, pdf("signed"))
    assert (*told(late), late.json()["state"]) == (409, "not-awaiting-signature", "signed")


# ── who hands in what, where, when ─────────────────────────────────────────────


def test_nobody_announces_for_somebody_else(house, contract):
    assert offer(house, "jean", contract, pdf("signed")).status_code == 404
    assert offer(house, "awa", uuid4(), pdf("signed")).status_code == 404
    assert offer(house, "chloe", contract, pdf("signed")).status_code == 403


def test_a_permit_is_for_its_account_and_its_contract(house, contract):
    named = upload(house, "awa", contract, pdf("signed"))
    other = house.sent()
    house.settle()
    assert told(hand_in(house, "awa", other, named)) == (404, "upload-invalid")
    assert told(hand_in(house, "ana", contract, named)) == (404, "upload-invalid")
    assert told(hand_in(house, "jean", contract, named)) == (404, "not-found")
    assert told(hand_in(house, "awa", contract, named[::-1])) == (404, "upload-invalid")
    assert told(hand_in(house, "awa", contract, named[:-4])) == (404, "upload-invalid")


def test_what_lies_there_is_examined_like_a_file_that_comes_in_a_form(house, contract):
    for content, code in (
        (pdf("half")[:200], "file-broken"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "file-mislabelled"),
    ):
        named = upload(house, "awa", contract, content)
        refused = hand_in(house, "awa", contract, named)
        assert refused.json()["type"] == code
        assert refused.json()["what_to_do"]
    assert house.platform.store.last(contract).kind == "Contract.Sent"


def test_a_copy_that_is_refused_leaves_nothing_where_documents_are_kept(house, contract):
    def kept() -> list[str]:
        storage, root = house.platform.outside.storage, house.platform.settings.documents_dir
        if root.exists():
            return [str(file) for file in root.glob(f"signed/{contract}/*")]
        return [each.key for each in versions(storage) if each.key.startswith(f"signed/{contract}/")]

    unsigned = house.upload("awa", contract, pdf("contract"))
    assert told(unsigned) == (422, "unsigned-copy")
    assert kept() == []
    assert house.upload("awa", contract, pdf("signed")).status_code == 200
    assert house.post("ana", f"/contracts/{contract}/signed-copy/accept").status_code == 200
    before = len(kept())
    assert told(house.upload("awa", contract, pdf("late"))) == (409, "not-awaiting-signature")
    assert len(kept()) == before == 1


def test_an_upload_is_good_for_half_an_hour_and_what_it_brought_for_a_day(house, contract):
    """It moves the time of its house for good; nothing below minds."""
    late = offer(house, "awa", contract, pdf("late")).json()
    clock = house.platform.clock
    clock.advance_to(clock.now() + timedelta(minutes=31))
    if "/uploads/" in late["url"]:  # S3 judges by its own clock: tests/providers/test_s3.py asks it
        assert told(bring(house, late, pdf("late"))) == (410, "upload-expired")
    named = upload(house, "awa", contract, pdf("signed"))
    clock.advance_to(clock.now() + timedelta(hours=23))
    assert hand_in(house, "awa", contract, named).status_code == 200
    clock.advance_to(clock.now() + timedelta(hours=2))
    french = {"Accept-Language": "fr"}
    expired = house.post("awa", f"/contracts/{contract}/signed-copy", {"upload": named}, **french)
    assert told(expired) == (410, "upload-expired")
    assert expired.json()["title"] == "Le délai de cet envoi est passé."


# ── the way out ────────────────────────────────────────────────────────────────


def test_a_document_comes_directly_where_the_storage_hands_out_and_is_recorded_as_ever(house, contract):
    document = house.get("awa", f"/contracts/{contract}").json()["document_id"]
    kept = house.platform.store.load(Document, UUID(document))
    with house.calling("awa") as client:
        answer = client.get(f"/documents/{document}/content?way=direct")
        assert client.get(f"/documents/{document}/content?way=sideways").status_code == 422
    assert answer.headers["etag"] == f'"{kept.sha256}"'
    assert answer.headers["cache-control"] == "no-store"
    if answer.status_code == 303:
        assert "X-Amz-Expires=60" in answer.headers["location"]
        answer = httpx.get(answer.headers["location"])
        assert answer.headers["content-disposition"] == f'attachment; filename="{kept.reference}.pdf"'
    assert (answer.status_code, answer.content) == (200, pdf("contract"))
    history = [row.kind for row in house.platform.store.history(UUID(document))]
    assert history == ["Document.Kept", "Document.Downloaded"]
    assert house.get("jean", f"/documents/{document}/content?way=direct").status_code == 404
    looks = house.get("iris", f"/access-log?resource={document}&decision=allow").json()["items"]
    assert [look["action"] for look in looks] == ["DocumentContent"]
