"""The file at the door: what it really is, and whether it may come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from eventstore import Rejected


class FileRefused(Rejected):
    """This file cannot be accepted."""

    status: ClassVar[int] = 422


class FileTooLarge(FileRefused):
    """The file is too large. Send a smaller scan, for example at 200 dpi."""

    status: ClassVar[int] = 413


class FileNotAccepted(FileRefused):
    """Only PDF, PNG and JPEG files are accepted, judged by what is in them."""

    status: ClassVar[int] = 415


class FileMislabelled(FileRefused):
    """The file is not what its name or its type says. Export it again as PDF, PNG or JPEG."""

    status: ClassVar[int] = 415


class FileEmpty(FileRefused):
    """The file is empty. Choose it again."""


class FileBroken(FileRefused):
    """The file is damaged or incomplete. Open it on your side, then export or scan it again."""


class FileEncrypted(FileRefused):
    """The file is protected by a password. Save a copy without protection and send that."""


class FileActive(FileRefused):
    """The file contains scripts or actions. Print it to a new PDF and send that."""


class FileWithAttachments(FileRefused):
    """The file has other files inside. Print it to a new PDF and send that."""


class FileAmbiguous(FileRefused):
    """The file can be read as two kinds of file at once. Print it to a new PDF and send that."""


class FileTooComplex(FileRefused):
    """The file takes too much to open: too many pages, or far more inside than its size. Scan it again."""


REASONS: dict[str, type[FileRefused]] = {
    kind.code(): kind
    for kind in (
        FileTooLarge,
        FileNotAccepted,
        FileMislabelled,
        FileEmpty,
        FileBroken,
        FileEncrypted,
        FileActive,
        FileWithAttachments,
        FileAmbiguous,
        FileTooComplex,
    )
}
"""Every reason to refuse a file, by the code that the API answers with."""


@dataclass(frozen=True)
class FileFacts:
    media_type: str
    """By content: application/pdf, image/png or image/jpeg."""
    pages: int
    """1 for an image."""
    sha256: str
    """Hex digest of the bytes as they came."""
    size: int
    """Bytes."""


class Checking(Protocol):
    def check(self, content: bytes, file_name: str | None = None, declared: str | None = None) -> FileFacts:
        """Say what a file is, or refuse it.

        file_name  as the sender calls it; an ending that promises another type is a refusal
        declared   media type that came with it, parameters allowed; same rule

        Raises one of REASONS, or ProviderDown when the check itself could not be done.
        """
        ...
