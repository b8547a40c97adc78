"""The key-encryption key, of which two live while one follows the other.

    kek            wraps whatever is wrapped from now on
    kek.previous   opens what was wrapped before, until everything is wrapped anew

Both are files that running processes look at again whenever they change: nobody is restarted for a rotation.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

SIZE = 32


class WrongKek(Exception):
    """No key-encryption key at hand opens this: put the file back with which it was wrapped."""


class Keks(Protocol):
    """The newest first."""

    def every(self) -> Sequence[bytes]: ...


class OneKek:
    """A key that does not change while the process lives."""

    def __init__(self, kek: bytes) -> None:
        self._every = (_checked(kek),)

    def every(self) -> Sequence[bytes]:
        return self._every


class KekFiles:
    """The key in a file and, while there is one, the key before it in a file beside."""

    def __init__(self, file: Path) -> None:
        self.file, self.previous = file, previous_of(file)
        self._seen: tuple[object, object] | None = None
        self._every: tuple[bytes, ...] = ()
        self.every()

    def every(self) -> Sequence[bytes]:
        """Raises FileNotFoundError while the file is not there, ValueError when it holds no key."""
        seen = _mark(self.file), _mark(self.previous)
        if seen != self._seen:
            # Whoever makes the key follow another puts the older one beside it first: read in the other order,
            # one of the two is always found.
            newest = _checked(self.file.read_bytes())
            older = _checked(self.previous.read_bytes()) if self.previous.exists() else None
            self._every = (newest,) if older is None or older == newest else (newest, older)
            self._seen = seen
        return self._every


def previous_of(file: Path) -> Path:
    """Where the key before this one lies."""
    return file.with_name(f"{file.name}.previous")


def wrap(keks: Keks, key: bytes) -> bytes:
    """Under the newest. Source: RFC 3394."""
    return aes_key_wrap(keks.every()[0], key)


def unwrap(keks: Keks, wrapped: bytes) -> bytes:
    """Whichever key it was wrapped under. Raises WrongKek."""
    for kek in keks.every():
        try:
            return aes_key_unwrap(kek, wrapped)
        except InvalidUnwrap:
            continue
    raise WrongKek("a key in the database was wrapped under another key-encryption key than the one at hand")


def is_newest(keks: Keks, wrapped: bytes) -> bool:
    """Whether it is wrapped under the newest key."""
    try:
        aes_key_unwrap(keks.every()[0], wrapped)
    except InvalidUnwrap:
        return False
    return True


def _checked(kek: bytes) -> bytes:
    if len(kek) != SIZE:
        raise ValueError(f"the key-encryption key is {SIZE} bytes")
    return kek


def _mark(file: Path) -> object:
    try:
        found = os.stat(file)
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
