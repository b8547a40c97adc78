"""Cursors of lists in the order of the store: the position where a page ended, opaque to whoever carries it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal

import msgspec

from eventstore import BadCursor

Name = Literal["activity", "history"]
"""Which list: a cursor of another one does not fit."""


def written(name: Name, position: int) -> str:
    return urlsafe_b64encode(msgspec.json.encode((name, position))).decode().rstrip("=")


def read(name: Name, cursor: str) -> int:
    """Raises BadCursor."""
    try:
        whole = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        of, position = msgspec.json.decode(whole, type=tuple[str, int])
    except ValueError as error:
        raise BadCursor("it cannot be read") from error
    if of != name or not 0 <= position < 2**63:
        raise BadCursor("it belongs to another list")
    return position
