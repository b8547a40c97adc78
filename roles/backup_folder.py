"""A backup on disk: what is in it, what it was made of, and which keys open it.

    manifest.json    what follows, and the SHA-256 of every file that PostgreSQL's own manifest does not list
    dump/ or base/   the database
    documents/       stored files, or the list of them where they are in S3

Never in it: the two keys (`manage.py keys` says where they are), passwords, logs, caught mails.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, PlainSerializer, ValidationError

from eventstore.keks import previous_of
from runtime.embedded.base_backup import Damaged
from runtime.secret_files import write_whole
from runtime.settings import Settings

FILE = "manifest.json"
RETIRED = "retired"
"""Folder beside the key-encryption key: those that only backups still need."""
Position = Annotated[int, PlainSerializer(str, str)]
"""A string in JSON."""


class NotABackup(Exception):
    """The folder holds no backup that this version of the code can read; the message says why."""


class WrongKeys(Exception):
    """The keys at hand do not open the backup; the message says which ones do and where to put them."""


class Keys(BaseModel):
    """Fingerprints: they tell keys apart and say nothing about them."""

    kek: str
    secret: str

    previous: str | None = None
    """The key-encryption key before it, when the backup was made while one followed the other."""

    @classmethod
    def of(cls, kek: Path, secret: Path) -> Keys:
        """Raises FileNotFoundError when one is not there; makes none."""
        before = previous_of(kek)
        return cls(
            kek=fingerprint(kek.read_bytes()),
            secret=fingerprint(secret.read_bytes()),
            previous=fingerprint(before.read_bytes()) if before.exists() else None,
        )


class Manifest(BaseModel, extra="forbid"):
    format: Literal[1] = 1
    kind: Literal["dump", "base"]
    until: datetime
    """The database as of then: nothing earlier can be restored from a base backup, nothing later from a dump."""
    incarnation: UUID
    base: Position
    largest_position: Position
    events: int
    """Counted in the dump's own snapshot; for a base backup when it began."""
    postgres: str
    migrations: list[str]
    state: Path
    """Where it was taken: the WAL archive goes on there, and so do the documents."""
    keys: Keys
    documents: int
    bucket: str | None = None
    """Where they are, when that is S3: they are listed in the folder then, not copied into it."""
    files: dict[str, str]


def write(folder: Path, manifest: Manifest) -> None:
    write_whole(folder / FILE, manifest.model_dump_json(indent=2) + "\n")


def read(folder: Path, kind: str) -> Manifest:
    """Raises NotABackup, also for a backup of the other kind."""
    try:
        manifest = Manifest.model_validate_json((folder / FILE).read_bytes())
    except FileNotFoundError:
        raise NotABackup(f"{folder} holds no {FILE}: name a folder that `manage.py backup` made") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise NotABackup(
            f"{folder / FILE} is of another version of Quittance, or damaged: {where} {first['msg']}"
        ) from None
    if manifest.kind != kind:
        raise NotABackup(f"{folder} is a {manifest.kind}: say --{manifest.kind}")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every listed file with its digest. Raises Damaged."""
    for name, digest in manifest.files.items():
        try:
            with (folder / name).open("rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
        except FileNotFoundError:
            raise Damaged(f"{name} is missing") from None
        if found != digest:
            raise Damaged(f"{name} has other bytes")


def check_keys(settings: Settings, manifest: Manifest, folder: Path | None) -> dict[Path, Path]:
    """Where each key that opens the backup belongs, and where it is now: in the installation, or in a folder of copies.

    A key-encryption key that another has followed belongs beside its successor: `keys rotate kek` then goes on.

    Raises WrongKeys.
    """
    kek, wanted, found = settings.kek_file, manifest.keys, {}
    if kek.exists() and (retired := _retired(kek, folder, wanted.kek)) is not None:
        found = {kek: kek, previous_of(kek): retired}
    else:
        found[kek] = _key(kek, folder, wanted.kek)
        if wanted.previous is not None:
            before = previous_of(kek)
            found[before] = _retired(kek, folder, wanted.previous) or _key(before, folder, wanted.previous)
    return found | {settings.secret_file: _key(settings.secret_file, folder, wanted.secret)}


def _retired(kek: Path, folder: Path | None, wanted: str) -> Path | None:
    """The copy of a key that is no longer in use; a retired key is called by its fingerprint."""
    if kek.exists() and fingerprint(kek.read_bytes()) == wanted:
        return None
    places = [kek.parent / RETIRED, *([folder, folder / RETIRED] if folder is not None else [])]
    copies = [place / f"{kek.name}.{wanted}" for place in places]
    return next((file for file in copies if file.exists() and fingerprint(file.read_bytes()) == wanted), None)


def _key(own: Path, folder: Path | None, wanted: str) -> Path:
    file = folder / own.name if folder is not None and not own.exists() else own
    if not file.exists():
        raise WrongKeys(
            f"{file} is not there. A backup never holds its keys, and without them nothing personal in it can be"
            f" read: put the copy of {own.name} there, or name the folder of the copies with --keys."
        )
    if (found := fingerprint(file.read_bytes())) != wanted:
        raise WrongKeys(
            f"{file} is not the key of this backup: its fingerprint is {found}, the backup was made with {wanted}."
            " Move it away, and name the folder of the right copy with --keys."
        )
    return file


def copy_documents(source: Path, target: Path, copied: Callable[[int], None]) -> int:
    """Add every stored file of ``source`` that ``target`` lacks; returns how many. What is half written is left."""
    added = 0
    for file in _documents(source):
        place = target / file.relative_to(source)
        if not place.exists():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(file, place)
            added += 1
            copied(added)
    return added


def digests(folder: Path, *parts: str) -> dict[str, str]:
    """SHA-256 of every file in these parts of a folder."""
    found = {}
    for file in sorted(file for part in parts for file in (folder / part).rglob("*") if file.is_file()):
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        found[str(file.relative_to(folder))] = digest
    return found


def documents_in(root: Path) -> list[str]:
    """The keys of all that is stored in a folder."""
    return sorted(str(file.relative_to(root)) for file in _documents(root))


def _documents(root: Path) -> Iterator[Path]:
    return (f for f in root.rglob("*") if f.is_file() and not str(f.relative_to(root)).startswith("."))


def fingerprint(key: bytes) -> str:
    """Tells a key from others and says nothing about it."""
    return hashlib.sha256(b"quittance fingerprint\0" + key).hexdigest()[:16]
