"""The file at the door: what comes in, and why the rest does not."""

from __future__ import annotations

import hashlib
import io
import random
import re
import zipfile
import zlib

import pikepdf
import pytest
from PIL import Image

from providers.checking import (
    REASONS,
    FileActive,
    FileAmbiguous,
    FileBroken,
    FileEmpty,
    FileEncrypted,
    FileMislabelled,
    FileNotAccepted,
    FileTooComplex,
    FileTooLarge,
    FileWithAttachments,
)
from providers.checking.child import CheckingInAChild

LIMIT = 3_000_000

EVERY_PROVIDER = [CheckingInAChild]


@pytest.fixture(params=EVERY_PROVIDER)
def check(request):
    return request.param(LIMIT).check


# ── files to try ───────────────────────────────────────────────────────────────


def pdf(pages=1, size=(595, 842), change=None, **saving) -> bytes:
    """A PDF, changed by ``change(document)`` before it is saved."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=size)
        if change:
            change(document)
        out = io.BytesIO()
        document.save(out, **saving)
    return out.getvalue()


def picture(kind="PNG", size=(60, 80), **saving) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **saving)
    return out.getvalue()


def in_root(key, value):
    return lambda document: document.Root.__setitem__(key, value)


def on_the_page(**annotation):
    entries = {f"/{key}": value for key, value in annotation.items()}
    whole = pikepdf.Dictionary({"/Type": pikepdf.Name.Annot, "/Rect": [0, 0, 1, 1], **entries})
    return lambda document: document.pages[0].__setitem__("/Annots", pikepdf.Array([whole]))


def action(kind, **entries):
    return pikepdf.Dictionary(
        {"/S": pikepdf.Name(kind), **{f"/{key}": value for key, value in entries.items()}}
    )


def with_stream(data, **entries):
    def change(document):
        stream = pikepdf.Stream(document, data)
        for key, value in entries.items():
            stream[f"/{key}"] = value
        document.Root["/Extra"] = document.make_indirect(stream)

    return change


def with_packed(raw, *filters, **entries):
    def change(document):
        stream = pikepdf.Stream(document, b"")
        for key, value in entries.items():
            stream[f"/{key}"] = value
        stream.write(raw, filter=pikepdf.Array([pikepdf.Name(name) for name in filters]))
        document.Root["/Extra"] = document.make_indirect(stream)

    return change


def attach(document):
    document.attachments["notes.txt"] = b"something else"


def zip_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("program.exe", b"MZ")
    return out.getvalue()


NOISE = random.Random(7).randbytes(2_000_000)
PDF_TYPE, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"


# ── what comes in ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "name", "media_type", "pages"),
    [
        (pdf(3), "contrat signé.pdf", PDF_TYPE, 3),
        (pdf(60), "CONTRAT.PDF", PDF_TYPE, 60),
        (pdf(1, size=(4032, 3024)), "photo.pdf", PDF_TYPE, 1),
        (pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), None, PDF_TYPE, 1),
        (pdf(linearize=True), "Contrat K-2026-000123 signé le 12.05.2026", PDF_TYPE, 1),
        (pdf(change=with_stream(NOISE)), "scan.pdf", PDF_TYPE, 1),
        (pdf(change=in_root("/OpenAction", action("/GoTo", D=pikepdf.Array([0])))), "a.pdf", PDF_TYPE, 1),
        (
            pdf(change=on_the_page(Subtype=pikepdf.Name.Link, A=action("/URI", URI="https://x"))),
            "a.pdf",
            PDF_TYPE,
            1,
        ),
        (pdf(change=in_root("/OpenAction", pikepdf.Array([0, pikepdf.Name.Fit]))), "a.pdf", PDF_TYPE, 1),
        (picture("PNG"), "scan.png", PNG, 1),
        (picture("JPEG"), "photo.JPG", JPEG, 1),
        (picture("JPEG") + b"a motion photo goes on here", "photo.jpeg", JPEG, 1),
    ],
)
def test_honest_files_come_in(check, content, name, media_type, pages):
    facts = check(content, name, media_type)
    assert (facts.media_type, facts.pages, facts.size) == (media_type, pages, len(content))
    assert facts.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "declared", [None, "", "application/octet-stream", "application/pdf; charset=binary", "application/x-pdf"]
)
def test_a_sender_who_does_not_know_the_type_is_believed_by_content(check, declared):
    assert check(pdf(), "contrat", declared).media_type == PDF_TYPE


# ── what does not ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "contrat.pdf", FileEmpty),
        (b"%PDF-" + bytes(LIMIT), "contrat.pdf", FileTooLarge),
        (b"GIF89a" + bytes(50), "image.gif", FileNotAccepted),
        (zip_archive(), "contrat.docx", FileNotAccepted),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None, FileNotAccepted),
        (b"junk before " + pdf(), None, FileNotAccepted),
        (b"<html><script>alert(1)</script>", "contrat.pdf", FileMislabelled),
        (pdf(), "contrat.png", FileMislabelled),
        (pdf(), "contrat.docx", FileMislabelled),
        (picture("JPEG"), "contrat.pdf", FileMislabelled),
    ],
)
def test_what_is_not_one_of_three_types_stays_out(check, content, name, reason):
    with pytest.raises(reason):
        check(content, name)


def test_a_declared_type_that_is_wrong_is_a_label_that_is_wrong(check):
    with pytest.raises(FileMislabelled, match="it says image/png, it is application/pdf"):
        check(pdf(), "contrat.pdf", "image/png")


@pytest.mark.parametrize(
    "content",
    [
        pdf(3)[:-40],
        pdf(3)[:300],
        pdf(3).replace(b"startxref", b"startxxxx"),
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n" + NOISE + b"\n%%EOF",
        pdf(0),
        picture("PNG", (300, 300))[:-200],
        picture("PNG").replace(b"IDAT", b"IDXT"),
        picture("JPEG", (300, 300))[:-400],
        b"\xff\xd8\xff" + NOISE[:5000],
    ],
)
def test_a_broken_file_is_called_broken(check, content):
    with pytest.raises(FileBroken) as refusal:
        check(content)
    assert not re.search(r"0x|BytesIO|object at", str(refusal.value))


@pytest.mark.parametrize(
    "encryption",
    [pikepdf.Encryption(user="secret", owner="secret"), pikepdf.Encryption(user="", owner="secret")],
)
def test_a_protected_file_stays_out_also_when_it_opens_without_a_password(check, encryption):
    with pytest.raises(FileEncrypted):
        check(pdf(encryption=encryption))


SCRIPT = action("/JavaScript", JS="app.alert(1)")


@pytest.mark.parametrize(
    "change",
    [
        in_root("/OpenAction", SCRIPT),
        in_root("/Names", pikepdf.Dictionary({"/JavaScript": pikepdf.Dictionary(Names=["a", SCRIPT])})),
        in_root("/AA", pikepdf.Dictionary(WC=SCRIPT)),
        in_root("/OpenAction", action("/Launch", F="cmd.exe")),
        in_root("/OpenAction", action("/GoTo", Next=action("/Launch", F="cmd.exe"))),
        in_root("/OpenAction", action("/URI", URI="https://evil.example")),
        in_root("/OpenAction", action("/Named", N=pikepdf.Name.Print)),
        in_root("/OpenAction", action("/GoTo", Next=action("/URI", URI="https://evil.example"))),
        in_root("/OpenAction", pikepdf.Dictionary(URI="https://evil.example")),
        in_root("/AA", pikepdf.Dictionary(WC=action("/URI", URI="https://evil.example"))),
        in_root("/AcroForm", pikepdf.Dictionary(XFA="<xdp/>")),
        on_the_page(Subtype=pikepdf.Name.Link, A=action("/SubmitForm", F="https://evil.example")),
        on_the_page(Subtype=pikepdf.Name.Link, A=action("/GoToR", F="other.pdf")),
        on_the_page(Subtype=pikepdf.Name.RichMedia),
        on_the_page(Subtype=pikepdf.Name.Highlight, AA=pikepdf.Dictionary(K=SCRIPT)),
    ],
)
def test_a_file_that_does_something_stays_out_also_when_it_hides_it(check, change):
    hidden = pdf(change=change, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/JavaScript" not in hidden
    with pytest.raises(FileActive):
        check(hidden)


@pytest.mark.parametrize(
    "change",
    [
        attach,
        on_the_page(Subtype=pikepdf.Name.FileAttachment),
        in_root("/Collection", pikepdf.Dictionary(View=pikepdf.Name.T)),
        with_stream(b"MZ", Type=pikepdf.Name.EmbeddedFile),
    ],
)
def test_a_file_with_files_inside_stays_out(check, change):
    with pytest.raises(FileWithAttachments):
        check(pdf(change=change))


@pytest.mark.parametrize(
    "content",
    [
        pdf() + zip_archive(),
        pdf()[:-6] + zip_archive() + b"\n%%EOF\n",
        pdf() + b"<html><script>alert(1)</script>",
        b"%PDF-1.7\n<html><script>alert(1)</script>" + pdf(),
        picture("PNG") + b"%PDF-1.7",
        picture("PNG") + zip_archive(),
        picture("JPEG", comment=b"<script>alert(1)</script>"),
        picture("JPEG", comment=pdf()),
        picture("JPEG") + zip_archive(),
    ],
)
def test_a_file_that_is_two_files_stays_out(check, content):
    with pytest.raises(FileAmbiguous):
        check(content)


def bomb(levels: int, size: int) -> bytes:
    data = bytes(size)
    for _ in range(levels):
        data = zlib.compress(data, 9)
    return data


@pytest.mark.parametrize(
    "content",
    [
        pdf(61),
        pdf(1, size=(14_400, 14_400)),
        pdf(change=with_packed(bomb(1, 200_000_000), "/FlateDecode")),
        pdf(change=with_packed(bomb(1, 30_000_000), "/FlateDecode")),
        pdf(change=with_packed(bomb(2, 200_000_000), "/FlateDecode", "/FlateDecode")),
        pdf(
            change=with_packed(bomb(1, 200_000_000).hex().encode() + b">", "/ASCIIHexDecode", "/FlateDecode")
        ),
        pdf(change=with_packed(bytes([129, 0]) * 900_000 + b"\x80", "/RunLengthDecode")),
        pdf(change=with_packed(b"", "/DCTDecode", Subtype=pikepdf.Name.Image, Width=100_000, Height=100_000)),
        pdf(
            change=with_packed(
                bomb(1, 90_000_000), "/FlateDecode", Subtype=pikepdf.Name.Image, Width=1, Height=1
            )
        ),
        picture("PNG", (8_000, 8_000)),
        picture("JPEG", (8_000, 8_000)),
    ],
)
def test_a_bomb_does_not_go_off(check, content):
    with pytest.raises(FileTooComplex):
        check(content)


def test_pages_that_refer_to_each_other_for_ever_are_broken(check):
    def knot(document):
        document.Root.Pages.Kids = pikepdf.Array([document.Root.Pages])

    with pytest.raises(FileBroken):
        check(pdf(change=knot))


def test_brackets_nested_without_end_harm_nobody(check):
    nested = (
        b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    )
    with pytest.raises((FileBroken, FileTooComplex)):
        check(nested)


def test_any_cut_of_a_file_is_refused_and_none_breaks_the_check(check):
    whole = pdf(2, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    for end in random.Random(3).sample(range(5, len(whole) - 8), 6):
        with pytest.raises(FileBroken):
            check(whole[:end])


def test_every_reason_tells_people_what_to_do():
    for code, reason in REASONS.items():
        assert reason.code() == code
        assert 400 <= reason.status < 500
        assert reason.__doc__.count(".") >= 1
