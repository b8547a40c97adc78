"""Opens one file under hard limits and prints what it found. Run alone, by ``providers/checking/child.py``:

    python -I inspector.py application/pdf < file        {"pages": 4}
                                                          {"refused": "file-encrypted", "detail": "…"}

Imports nothing of ours. Whatever a file makes a parser do happens here, in a process that owns nothing.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image

MEMORY = 1 << 30
PROCESSOR_SECONDS = 6
MOST_PAGES = 60
LONGEST_SIDE = 5_000
"""Points. A phone photo that an app saved at one point a pixel has 4,032."""
MOST_PIXELS = 50_000_000
"""An A4 page at 600 dpi has 35 million."""
MOST_INSIDE = 100_000_000
"""Bytes that everything but the images of a PDF may unpack to."""
HIGHEST_RATIO = 100
"""How often larger than the file that may be, once it is more than ``SMALL``."""
SMALL = 10_000_000
MOST_OBJECTS = 300_000

ACTIVE_KEYS = {"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
ACTIVE_TYPES = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute", "/RichMedia", "/Screen", "/3D",
}  # fmt: skip
"""Values of /S (actions) and /Subtype (annotations) that do more than show something."""
FILE_KEYS = {"/EmbeddedFiles", "/EF", "/AF", "/Collection"}
FILE_TYPES = {"/EmbeddedFile", "/FileAttachment"}

MARKUP = (b"<html", b"<script", b"<!doctype html", b"<svg", b"<?php", b"<body", b"mime-version:")
"""What makes a browser or a mail program see something else, near the beginning of a file."""

PICTURE_FILTERS = {"/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode"}
STEP = 65_536


class Refused(Exception):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def take_limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def inspect(content: bytes, media_type: str) -> int:
    """How many pages it has; raises Refused."""
    try:
        refuse_second_readings(content, media_type)
        return pdf_pages(content) if media_type == "application/pdf" else picture(content, media_type)
    except (
        MemoryError,
        RecursionError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise Refused("file-too-complex", type(error).__name__) from None
    except pikepdf.PasswordError:
        raise Refused("file-encrypted", "it asks for a password") from None
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001
        # A parser that stumbles, however, has been given a file that other people's programs stumble over too.
        # Its name says enough: the message may quote the file, or where in memory it was.
        raise Refused("file-broken", type(error).__name__) from None


# ── one file, one reading ──────────────────────────────────────────────────────


def refuse_second_readings(content: bytes, media_type: str) -> None:
    start = content[:1024].lower()
    if any(mark in start for mark in MARKUP):
        raise Refused("file-ambiguous", "it begins like a web page too")
    if media_type != "application/pdf" and b"%pdf-" in start:
        raise Refused("file-ambiguous", "it is a PDF too")
    if zipfile.is_zipfile(BytesIO(content)):
        raise Refused("file-ambiguous", "it is a zip archive too")
    if media_type == "application/pdf" and content.rpartition(b"%%EOF")[2].strip(b"\0\t\n\f\r "):
        raise Refused(
            "file-ambiguous" if b"%%EOF" in content else "file-broken", "it does not end where a PDF ends"
        )
    if media_type == "image/png" and content.rpartition(b"IEND\xaeB`\x82")[2]:
        raise Refused(
            "file-ambiguous" if b"IEND\xaeB`\x82" in content else "file-broken", "it goes on after its end"
        )


# ── PDF ────────────────────────────────────────────────────────────────────────


def pdf_pages(content: bytes) -> int:
    with pikepdf.open(BytesIO(content), attempt_recovery=False, suppress_warnings=True) as document:
        if document.is_encrypted:
            raise Refused("file-encrypted", "its permissions are protected by a password")
        pages = len(document.pages)
        if not 1 <= pages <= MOST_PAGES:
            raise Refused(
                "file-too-complex" if pages else "file-broken",
                f"{pages} pages; 1 to {MOST_PAGES} are accepted",
            )
        for page in document.pages:
            measure(page)
        look_at_everything(document, len(content))
    agree(content, pages)
    return pages


def measure(page: pikepdf.Page) -> None:
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    if not 0 < max(abs(right - left), abs(top - bottom)) <= LONGEST_SIDE:
        raise Refused(
            "file-too-complex", f"a page of {abs(right - left):.0f} × {abs(top - bottom):.0f} points"
        )


def look_at_everything(document: pikepdf.Pdf, size: int) -> None:
    inside = 0
    for thing in everything_in(document):
        refuse_actions_and_files(thing)
        if isinstance(thing, pikepdf.Stream):
            inside += unpacked(thing, MOST_INSIDE - inside)
    if inside > SMALL and inside > HIGHEST_RATIO * size:
        raise Refused("file-too-complex", f"{inside:,} bytes inside {size:,}")


def everything_in(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream, also those in object streams and those that no page refers to."""
    pending: list[Any] = [*document.objects, document.trailer]
    seen = 0
    while pending:
        thing = pending.pop()
        seen += 1
        if seen > MOST_OBJECTS:
            raise Refused("file-too-complex", f"more than {MOST_OBJECTS:,} objects")
        if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            yield thing
            pending += [value for value in dict(thing.items()).values() if is_inside(value)]
        elif isinstance(thing, pikepdf.Array):
            pending += [value for value in thing if is_inside(value)]


def is_inside(value: Any) -> bool:
    return isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect


def refuse_actions_and_files(thing: Any) -> None:
    keys = set(thing.keys())
    types = {
        str(thing.get(key)) for key in ("/S", "/Subtype", "/Type") if isinstance(thing.get(key), pikepdf.Name)
    }
    opening = set() if shows_a_place(thing.get("/OpenAction")) else {"/OpenAction"}
    if found := (keys & ACTIVE_KEYS) | (types & ACTIVE_TYPES) | opening:
        raise Refused("file-active", ", ".join(sorted(found)))
    if found := (keys & FILE_KEYS) | (types & FILE_TYPES):
        raise Refused("file-with-attachments", ", ".join(sorted(found)))


def shows_a_place(action: Any) -> bool:
    """Whether opening the file only turns to one of its own pages; a link that somebody has to click is no matter."""
    if action is None or isinstance(action, pikepdf.Array):
        return True
    return isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/GoTo" and "/Next" not in action


def unpacked(stream: pikepdf.Stream, room: int) -> int:
    """Bytes that a stream unpacks to; a picture counts nothing as long as it keeps to its own dimensions."""
    if stream.get("/Subtype") != "/Image":
        return unpacked_size(stream, room)
    pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
    if pixels > MOST_PIXELS:
        raise Refused("file-too-complex", f"a picture of {pixels:,} pixels")
    unpacked_size(stream, pixels * 8 + STEP)
    return 0


def unpacked_size(stream: pikepdf.Stream, room: int) -> int:
    names: Any = stream.get("/Filter", [])
    filters = [str(names)] if isinstance(names, pikepdf.Name) else [str(name) for name in names]
    pictured = any(name in PICTURE_FILTERS for name in filters)
    data = stream.read_raw_bytes()
    for name in filters:
        if name in FILTERS:
            data = FILTERS[name](data, room)
        elif not pictured:
            # LZW, run lengths: by the library, whole; this process's own limits hold it.
            data = stream.read_bytes(decode_level=pikepdf.StreamDecodeLevel.specialized)
            break
        else:
            break
    if len(data) > room:
        raise too_much(room)
    return len(data)


def inflate(data: bytes, room: int) -> bytes:
    engine, out = zlib.decompressobj(), bytearray()
    for start in range(0, len(data), STEP):
        try:
            out += engine.decompress(data[start : start + STEP], room + 1 - len(out))
        except zlib.error:
            break  # readers show what came before the damage, so do we
        if len(out) > room:
            raise too_much(room)
    return bytes(out)


def unhex(data: bytes, room: int) -> bytes:
    return bytes.fromhex(data.partition(b">")[0].decode("ascii"))


def un85(data: bytes, room: int) -> bytes:
    return base64.a85decode(data.strip().removeprefix(b"<~").removesuffix(b"~>"))


FILTERS = {
    "/FlateDecode": inflate, "/Fl": inflate, "/ASCIIHexDecode": unhex, "/AHx": unhex, "/ASCII85Decode": un85, "/A85": un85,
}  # fmt: skip


def too_much(room: int) -> Refused:
    return Refused("file-too-complex", f"a part of it unpacks to more than {room:,} bytes")


def agree(content: bytes, pages: int) -> None:
    """A second, independent reader has to see the same pages."""
    document = pypdfium2.PdfDocument(content)
    if len(document) != pages:
        raise Refused("file-ambiguous", f"one reader sees {pages} pages, another {len(document)}")
    for number in range(pages):
        document[number].close()


# ── pictures ───────────────────────────────────────────────────────────────────


def picture(content: bytes, media_type: str) -> int:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    formats = [media_type.removeprefix("image/").upper()]
    with Image.open(BytesIO(content), formats=formats) as image:
        image.verify()
    with Image.open(BytesIO(content), formats=formats) as image:
        image.load()
    return 1


def main() -> None:
    answer = os.dup(1)
    os.dup2(2, 1)  # a library that prints must not be taken for the answer
    take_limits()
    try:
        found: dict[str, object] = {"pages": inspect(sys.stdin.buffer.read(), sys.argv[1])}
    except Refused as refusal:
        found = {"refused": refusal.code, "detail": str(refusal)}
    os.write(answer, json.dumps(found).encode())


if __name__ == "__main__":
    main()
