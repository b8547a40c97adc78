"""Documents in a private folder of this machine: the storage of the embedded profile."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from providers.errors import ProviderDown, ProviderRefused
from providers.storage import KEY, DamagedDocument, KeyTaken, MissingDocument

INCOMING = ".incoming"
"""Folder of files that are still being written."""


class DiskStorage:
    def __init__(self, root: Path) -> None:
        self.root = root
        with _disk_errors():
            _private_folder(root)
            root.chmod(0o700)

    def put(self, key: str, content: bytes) -> None:
        target = self._path(key)
        with _disk_errors():
            _private_folder(self.root / INCOMING)
            part = self.root / INCOMING / token_hex(16)
            try:
                _write(part, content)
                self._publish(part, target, content)
            finally:
                part.unlink(missing_ok=True)

    def get(self, key: str, sha256: str) -> bytes:
        path = self._path(key)
        with _disk_errors():
            content = _read(path)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedDocument(key)
        return content

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ProviderRefused(f"not a key of ours: {key[:200]!r}")
        return self.root / key

    def _publish(self, part: Path, target: Path, content: bytes) -> None:
        # A link, not a rename: a rename would silently replace what is there.
        _private_folder(target.parent.parent)
        _private_folder(target.parent)
        try:
            os.link(part, target)
        except FileExistsError:
            if _read(target) != content:
                raise KeyTaken(str(target.relative_to(self.root))) from None
        for folder in (target.parent, target.parent.parent, self.root):
            _sync(folder)


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    try:
        entry = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise MissingDocument(f"{path.parent.name}/{path.name}") from None
    with open(entry, "rb") as file:
        return file.read()


def _private_folder(path: Path) -> None:
    with suppress(FileExistsError):
        path.mkdir(mode=0o700, parents=True)


def _sync(folder: Path) -> None:
    entry = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ProviderDown(f"document storage: {error.strerror}") from error
