"""Which language a person is answered in: French unless ``Accept-Language`` prefers English."""

from __future__ import annotations

import re
from typing import Literal

from starlette.requests import HTTPConnection

Language = Literal["fr", "en"]

_CHOICE = re.compile(
    r"\s*([A-Za-z*]{1,8})(?:-[A-Za-z0-9-]{1,32})?\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


def language_of(request: HTTPConnection) -> Language:
    """The first of our languages in the reader's own order; unreadable wishes count as none."""
    wishes = [
        wish for part in request.headers.get("accept-language", "")[:500].split(",") if (wish := _wish(part))
    ]
    for _, language in sorted(wishes, key=lambda wish: -wish[0]):
        if language in ("fr", "*"):
            return "fr"
        if language == "en":
            return "en"
    return "fr"


def _wish(part: str) -> tuple[float, str] | None:
    written = _CHOICE.fullmatch(part)
    if written is None or (weight := float(written[2] or 1)) == 0:
        return None
    return weight, written[1].lower()
