"""`manage.py keys`: the keys that nothing can be read without."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from runtime.secret_files import keep_once
from runtime.settings import Settings


def keys(settings: Settings) -> Iterator[str]:
    """Make what is missing, never replace what is there; says where each one is."""
    for file, purpose in (
        (settings.kek_file, "opens every personal field"),
        (settings.secret_file, "keys the claims and signs the links"),
    ):
        keep_once(file, secrets.token_bytes(32))
        yield f"{file} {purpose}: keep a copy where this machine's disk is not"
