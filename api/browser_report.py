"""What browsers tell of themselves: a page of ours tried something that its policy forbids. Counted in the log."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from pydantic import BaseModel, Field

from api.bodies import decoded, whole
from api.described import offers
from api.headers import REPORTS
from api.refusals import BodyTooLarge, BrokenBody, TooSlow, WrongMediaType
from api.routing import PREFIX, routes

LIMIT = 65_536
"""Bytes of one delivery; a browser sends several reports together."""

REPORTS_SHOWN = 5
"""Of one delivery; the others are counted."""

SAID = (
    "effectiveDirective",
    "disposition",
    "blockedURL",
    "documentURL",
    "effective-directive",
    "blocked-uri",
)
"""What is kept of a report, by its names in the Reporting API and before it."""

KINDS = ("application/reports+json", "application/csp-report")

BODY = {
    "required": True,
    "content": {
        kind: {"schema": {"type": ["array", "object"]}, "example": [{"type": "csp-violation", "body": {}}]}
        for kind in KINDS
    },
}

router = routes(REPORTS.removeprefix(PREFIX), "health")
log = structlog.get_logger("api")

_SETTINGS = offers(
    "BrowserReport",
    "A browser reports what a page of ours was not allowed to do.\n\nWithout credentials, as browsers send it.",
    BodyTooLarge, BrokenBody, TooSlow, WrongMediaType,
)  # fmt: skip
_SETTINGS["openapi_extra"]["requestBody"] = BODY


class Taken(BaseModel):
    reports: int = Field(examples=[1])


@router.post("", **_SETTINGS)
async def browser_report(request: Request) -> Taken:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in KINDS:
        raise WrongMediaType(f"send {KINDS[0]}")
    said = decoded(await whole(request, LIMIT))
    if not isinstance(said, dict | list):
        raise BrokenBody("a report is an object, several are an array")
    reports = said if isinstance(said, list) else [said]
    for report in reports[:REPORTS_SHOWN]:
        log.warning("browser report", reports=len(reports), **_kept(report))
    return Taken(reports=len(reports))


def _kept(report: Any) -> dict[str, str]:
    """A few words of a report, without anything that an address could hold behind its path."""
    body = report.get("body", report.get("csp-report")) if isinstance(report, dict) else None
    if not isinstance(body, dict):
        return {"said": "nothing that is known"}
    return {name.replace("-", "_"): _cut(body[name]) for name in SAID if isinstance(body.get(name), str)}


def _cut(text: str) -> str:
    try:
        host = urlsplit(text).hostname
    except ValueError:
        host = None
    return "".join(c for c in (host or text.partition("?")[0]) if c.isprintable())[:100]
