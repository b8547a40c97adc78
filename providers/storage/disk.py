"""Documents in a private folder of this machine: the storage of the embedded profile.

information/ contracts/ signed/ schedules/ quittances/    documents
.incoming/                        what is still being written, and uploads until they are handed in
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from providers.errors import ProviderDown, ProviderRefused
from providers.storage import KEY, DamagedDocument, KeyTaken, MissingDocument, UploadForm, form_at
from providers.storage.permits import KEPT, Permit, UploadMissing

INCOMING = ".incoming"


class DiskStorage:
    """Documents under a folder.

    door  where our own API takes uploads: the address without the permit
    """

    def __init__(self, root: Path, door: str) -> None:
        self.root, self.door = root, door
        with _disk_errors():
            _private_folder(root)
            root.chmod(0o700)

    def put(self, key: str, content: bytes) -> None:
        target = self._path(key)
        with _disk_errors(), self._part(content) as part:
            self._publish(part, target, content)

    def get(self, key: str, sha256: str) -> bytes:
        path = self._path(key)
        with _disk_errors():
            content = _read(path)
        if content is None:
            raise MissingDocument(key)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedDocument(key)
        return content

    def download_url(self, key: str, sha256: str, called: str, seconds: int) -> str | None:
        return None

    def offer_upload(self, permit: Permit) -> UploadForm:
        return form_at(self.door, permit)

    def take_upload(self, permit: Permit, content: bytes) -> None:
        permit.file.check(content)
        with _disk_errors(), self._part(content) as part:
            part.rename(self._incoming(permit.name))

    def uploaded(self, permit: Permit) -> bytes:
        with _disk_errors():
            content = _read(self._incoming(permit.name))
        if content is None:
            raise UploadMissing("no file has come for this permit")
        permit.file.check(content)
        return content

    def sweep(self) -> int:
        """By the disk's own clock; what a killed process left half written goes, too."""
        with _disk_errors():
            with self._part(b"") as now:
                since = now.stat().st_mtime - KEPT.total_seconds()
            return sum(_removed(file, since) for file in self._incoming().iterdir())

    def _incoming(self, name: str = "") -> Path:
        return self.root / INCOMING / name

    @contextmanager
    def _part(self, content: bytes) -> Iterator[Path]:
        """A whole file under a name that nobody knows; gone afterwards, unless it was given another name."""
        _private_folder(self._incoming())
        part = self._incoming(token_hex(16))
        try:
            _write(part, content)
            yield part
        finally:
            part.unlink(missing_ok=True)

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


def _read(path: Path) -> bytes | None:
    """The bytes of a file; None when there is none."""
    try:
        entry = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    with open(entry, "rb") as file:
        return file.read()


def _removed(file: Path, since: float) -> bool:
    """Whether it was older than that, and gone by our hand."""
    with suppress(FileNotFoundError):
        if file.stat().st_mtime < since:
            file.unlink()
            return True
    return False


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
