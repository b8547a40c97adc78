"""The file is opened in a process of its own, which may die of it: never in the one that serves people."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path, PurePath
from threading import BoundedSemaphore
from typing import Any

from providers.checking import (
    REASONS,
    FileEmpty,
    FileFacts,
    FileMislabelled,
    FileNotAccepted,
    FileTooComplex,
    FileTooLarge,
)
from providers.errors import ProviderDown

INSPECTOR = Path(__file__).with_name("inspector.py")
DEADLINE = 20
"""Seconds by the wall; the inspector's own limit is 6 seconds of processor."""

MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""How each accepted type begins, at the first byte: our own list, because every detector takes polyglots."""

SYNONYMS = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": "application/pdf"}

SAYS_NOTHING = {"", "application/octet-stream", "binary/octet-stream"}
"""Media types of senders that do not know."""

ENDINGS = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jpe": "image/jpeg",
    ".doc": "a text document", ".docx": "a text document", ".odt": "a text document", ".rtf": "a text document",
    ".txt": "plain text", ".htm": "a web page", ".html": "a web page", ".svg": "a drawing", ".gif": "a GIF",
    ".webp": "a WebP", ".heic": "a HEIC", ".tif": "a TIFF", ".tiff": "a TIFF", ".bmp": "a bitmap",
    ".zip": "an archive", ".7z": "an archive", ".rar": "an archive", ".gz": "an archive", ".exe": "a program",
    ".js": "a program", ".bat": "a program", ".eml": "a mail",
}  # fmt: skip
"""What the ending of a name promises. Any other ending promises nothing: « … signé le 12.05.2026 »."""

OPENING_KILLED_IT = {
    signal.SIGXCPU,
    signal.SIGKILL,
    signal.SIGSEGV,
    signal.SIGBUS,
    signal.SIGABRT,
    signal.SIGXFSZ,
}


class CheckingInAChild:
    """Checks at most ``at_once`` files at a time; the others wait, at most DEADLINE seconds."""

    def __init__(self, limit: int, at_once: int = 2) -> None:
        self.limit, self.turns = limit, BoundedSemaphore(at_once)

    def check(self, content: bytes, file_name: str | None = None, declared: str | None = None) -> FileFacts:
        media_type = self._door(content, file_name, declared)
        if not self.turns.acquire(timeout=DEADLINE):
            raise ProviderDown("too many files are being checked")
        try:
            found = _inspect(content, media_type)
        finally:
            self.turns.release()
        if "refused" in found:
            raise REASONS[found["refused"]](found["detail"])
        return FileFacts(media_type, found["pages"], hashlib.sha256(content).hexdigest(), len(content))

    def _door(self, content: bytes, file_name: str | None, declared: str | None) -> str:
        if not content:
            raise FileEmpty("0 bytes")
        if len(content) > self.limit:
            raise FileTooLarge(f"{len(content):,} bytes; at most {self.limit:,} are accepted")
        promised = _promised(file_name, declared)
        media_type = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), "")
        if not media_type and promised.isdisjoint(MAGIC.values()):
            raise FileNotAccepted("it begins like none of them")
        if lies := promised - {media_type}:
            raise FileMislabelled(
                f"it says {' and '.join(sorted(lies))}, it is {media_type or 'something else'}"
            )
        return media_type


def _promised(file_name: str | None, declared: str | None) -> set[str]:
    """Every media type that the name and the declaration promise."""
    said = (declared or "").partition(";")[0].strip().lower()
    promised = {SYNONYMS.get(said, said), ENDINGS.get(PurePath(file_name or "").suffix.lower(), "")}
    return promised - SAYS_NOTHING


def _inspect(content: bytes, media_type: str) -> dict[str, Any]:
    # -I: nothing from the environment or the current folder is imported beside a hostile file.
    command = [sys.executable, "-I", str(INSPECTOR), media_type]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=DEADLINE, check=False)
    except subprocess.TimeoutExpired:
        raise FileTooComplex(f"not opened within {DEADLINE} s") from None
    except OSError as error:
        raise ProviderDown(f"the file cannot be checked: {error.strerror}") from error
    if -done.returncode in OPENING_KILLED_IT:
        raise FileTooComplex(f"opening it ended in {signal.Signals(-done.returncode).name}")
    if done.returncode:
        raise ProviderDown(f"the file cannot be checked: {done.stderr.decode(errors='replace')[-300:]}")
    return dict(json.loads(done.stdout))
