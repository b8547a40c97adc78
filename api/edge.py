"""The edge: what every request and every answer has, whichever route it meets. Request ids, headers, one log line."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problem import respond
from api.refusals import HeadersTooLarge, Unexpected

HEADERS_LIMIT = 32_768
"""Bytes of all headers together; one value has at most a quarter of it."""

ADDRESS_LIMIT = 4_096
"""Bytes of path and query; a signed link has about 300."""

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""On every answer, unless the route says something stricter or needs something wider."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

log = structlog.get_logger("api")


class Edge:
    """Outermost of our middleware: nothing leaves without its headers, nothing fails without a problem."""

    def __init__(self, app: ASGIApp, https: bool = False) -> None:
        self.app = app
        self._headers = {**SECURITY, **({"Strict-Transport-Security": "max-age=63072000"} if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope["request_id"] = _known_form(_REQUEST_ID, headers.get("x-request-id")) or uuid4().hex
        scope["traceparent"] = _known_form(_TRACE, headers.get("traceparent"))
        with structlog.contextvars.bound_contextvars(request_id=scope["request_id"]):
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(message, scope["request_id"])
            await send(message)

        try:
            if (refusal := _oversized(scope)) is not None:
                await respond(Request(scope), refusal)(scope, receive, sent)
            else:
                await self.app(scope, receive, sent)
        except ClientDisconnect:
            status = status or 499
        except Exception as error:
            _tell(error)
            if status:
                raise
            await respond(Request(scope), Unexpected("it was logged under the request id"))(
                scope, receive, sent
            )
        finally:
            log.debug("http", method=scope["method"], route=_template(scope), status=status, ms=_ms(began))

    def _dress(self, message: Message, request_id: str) -> None:
        headers = MutableHeaders(raw=message["headers"])
        headers["X-Request-Id"] = request_id
        for name, value in self._headers.items():
            headers.setdefault(name, value)


def _oversized(scope: Scope) -> HeadersTooLarge | None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > ADDRESS_LIMIT:
        return HeadersTooLarge(f"an address has at most {ADDRESS_LIMIT:,} bytes")
    sizes = [len(name) + len(value) for name, value in scope["headers"]]
    if sum(sizes) > HEADERS_LIMIT or max(sizes, default=0) > HEADERS_LIMIT // 4:
        return HeadersTooLarge(
            f"headers have at most {HEADERS_LIMIT:,} bytes, each at most a quarter of that"
        )
    return None


def _tell(error: Exception) -> None:
    """Where it broke, never what it was about: messages of errors quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("unexpected", kind=type(error).__qualname__, places=places)


def _known_form(form: re.Pattern[str], value: str | None) -> str | None:
    return value if value and form.fullmatch(value) else None


def _template(scope: MutableMapping[str, Any]) -> str:
    """The route as it is declared: the address itself may hold the token of a link."""
    return getattr(scope.get("route"), "path", "none")


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
