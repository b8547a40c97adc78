"""The two applications of the web, as they were built: the portal at ``/``, the back-office at ``/bureau``.

Files lie beside their compressed forms. Names of assets hold a hash, so browsers keep them for ever; the page itself is
asked for each time. Whatever has no extension and is nobody else's is a screen: it gets the page, which knows its routes.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from functools import lru_cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from api.headers import PAGES, page_policy
from api.language import Language, language_of
from api.refusals import NoSuchPage

DIST = Path(__file__).resolve().parents[1] / "web" / "dist"
"""What `manage.py web` builds."""

OTHERS: Final = ("/api", "/docs", "/health", "/openapi.json", "/webhooks", "/metrics")
"""Addresses below which nothing is a screen."""

ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
"""Smallest first."""

FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)

MISSING: Final[dict[Language, str]] = {
    "fr": "L’application n’est pas construite. Pour la construire :",
    "en": "The application is not built. To build it:",
}
_MISSING = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>Quittance</title>
<meta name="viewport" content="width=device-width"><h1>Quittance</h1><p>{said} <code>python3 manage.py web</code></p>
<p><a href="/docs">API</a></p>"""


class Screens(Route):
    """Every address that is nobody else's. What is wrong below theirs is a problem, never a page."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        super().__init__("/{path:path}", endpoint, include_in_schema=False)
        self.methods = {"GET"}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        theirs = any(path == other or path.startswith(f"{other}/") for other in OTHERS)
        return (Match.NONE, {}) if theirs else super().matches(scope)


def route(dist: Path = DIST) -> Screens:
    """To be added behind all others."""

    async def show(request: Request) -> Response:
        path = request.path_params["path"]
        face = "bureau" if path == "bureau" or path.startswith("bureau/") else "portal"
        inside = path.removeprefix("bureau").lstrip("/") if face == "bureau" else path
        if inside and "." in inside.rpartition("/")[2]:
            return _file(request, dist / face, inside)
        return _page(request, dist / face / "index.html")

    return Screens(show)


def _page(request: Request, index: Path) -> Response:
    try:
        changed = index.stat().st_mtime_ns
    except OSError:
        return _missing(request)
    headers = {**PAGES, "Content-Security-Policy": policy_of(index, changed)}
    return _sent(request, index, headers)


def _file(request: Request, root: Path, inside: str) -> Response:
    file = (root / inside).resolve()
    if not file.is_relative_to(root.resolve()) or not file.is_file() or file.suffix in (".br", ".gz"):
        raise NoSuchPage("there is nothing at this address")
    kept = FOR_EVER if inside.startswith("assets/") else A_DAY
    return _sent(request, file, {"Cache-Control": kept})


def _sent(request: Request, file: Path, headers: dict[str, str]) -> Response:
    """The smallest form that the browser takes and that was built."""
    taken = {part.split(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
    kind = guess_type(file.name)[0] or "application/octet-stream"
    headers = {**headers, "Vary": "Accept-Encoding"}
    for encoding, suffix in ENCODINGS:
        smaller = file.with_name(file.name + suffix)
        if encoding in taken and smaller.is_file():
            return FileResponse(smaller, media_type=kind, headers={**headers, "Content-Encoding": encoding})
    return FileResponse(file, media_type=kind, headers=headers)


@lru_cache(maxsize=8)
def policy_of(index: Path, changed: int) -> str:
    """The policy of a page: what stands in it before anything is loaded is known by its hash, and nothing else may.

    changed  when the file was written: another build is another page
    """
    found: dict[str, list[str]] = {"script": [], "style": []}
    for kind, text in _INLINE.findall(index.read_text()):
        found[kind].append(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'")
    return page_policy(scripts=found["script"], styles=found["style"])


def _missing(request: Request) -> Response:
    language = language_of(request)
    page = _MISSING.format(language=language, said=MISSING[language])
    return HTMLResponse(page, 503, headers={**PAGES, "Content-Language": language, "Retry-After": "30"})
