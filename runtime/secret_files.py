"""Files that only this user may read, written once and by one process, whoever tries at the same moment."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource


def keep_once(file: Path, content: bytes) -> bytes:
    """Write the file unless it exists; returns what it holds then."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, fresh = mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        os.fchmod(handle, 0o400)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        with suppress(FileExistsError):
            os.link(fresh, file)  # unlike a rename, a link never replaces what somebody else just wrote
    finally:
        os.unlink(fresh)
    return file.read_bytes()


def replace_key(file: Path, content: bytes) -> None:
    """Put other bytes in the place of a secret; a reader finds the old ones or the new ones, on the disk too."""
    handle, fresh = mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        os.fchmod(handle, 0o400)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(fresh, file)
    except OSError:
        os.unlink(fresh)
        raise


def write_whole(file: Path, text: str) -> None:
    """Write or replace the file; a reader sees the old text or the new one, never half of it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, fresh = mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w") as opened:
            opened.write(text)
        os.replace(fresh, file)
    except OSError:  # a full disk: leave nothing behind that nobody clears away
        os.unlink(fresh)
        raise


class FilesNamed(PydanticBaseSettingsSource):
    """Settings whose value stands in a file that the environment names: ``PREFIX_NAME_FILE`` for ``PREFIX_NAME``."""

    def __init__(self, settings: type[BaseSettings]) -> None:
        super().__init__(settings)
        self._prefix = str(settings.model_config.get("env_prefix", ""))

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        file = os.environ.get(f"{self._prefix}{field_name}_file".upper())
        # A field that is itself the name of a file (kek_file) is not the value of another one.
        if file is None or f"{field_name}_file" in self.settings_cls.model_fields:
            return None, field_name, False
        return Path(file).read_text(encoding="utf-8").strip(), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}
