"""Lists that are short by a rule of the domain, in pages like every other: the newest first."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from eventstore import BadCursor, Page

Row = TypeVar("Row")


def page(
    rows: Iterable[Row], place: Callable[[Row], tuple[str, str]], cursor: str | None, limit: int
) -> Page[Row]:
    """One page of rows that were read whole.

    place  two texts by which they are sorted, descending; no two rows have the same

    Raises BadCursor.
    """
    before = _read(cursor) if cursor is not None else None
    left = sorted((row for row in rows if before is None or place(row) < before), key=place, reverse=True)
    return Page(items=left[:limit], next=_written(place(left[limit - 1])) if len(left) > limit else None)


def _written(place: tuple[str, str]) -> str:
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, str]:
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=tuple[str, str])
    except ValueError as error:
        raise BadCursor("it cannot be read") from error
