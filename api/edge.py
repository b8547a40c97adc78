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
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import HSTS, SECURITY
from api.origin import CROSS_ORIGIN, PREFLIGHT, Origins, is_preflight, varies
from api.problem import respond
from api.refusals import HeadersTooLarge, Unexpected, UnknownHost, UnknownOrigin
from eventstore import Rejected
from runtime import metrics

HEADERS_LIMIT = 32_768
"""Bytes of all headers together; one value has at most a quarter of it."""

HEADERS_COUNT = 100
"""Lines of headers; a browser sends about 20."""

ADDRESS_LIMIT = 4_096
"""Bytes of path and query; a signed link has about 300."""

ANY_HOST = "/health/"
"""Supervisors ask by whatever name they know, and nothing there depends on it."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

log = structlog.get_logger("api")


class Edge:
    """Outermost of our middleware: nothing leaves without its headers, nothing fails without a problem."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        self.app, self._origins = app, origins
        self._headers = {**SECURITY, **({"Strict-Transport-Security": HSTS} if origins.https else {})}

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
                metrics.answered(scope["method"], _template(scope), status, time.perf_counter() - began)
                self._dress(message, scope)
            await send(message)

        try:
            if (refusal := _oversized(scope) or self._astray(scope)) is not None:
                await respond(Request(scope), refusal)(scope, receive, sent)
            elif is_preflight(scope):
                await Response(status_code=204, headers=PREFLIGHT)(scope, receive, sent)
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

    def _astray(self, scope: Scope) -> Rejected | None:
        """A request for somebody else, or a page that asks for leave and gets none."""
        if not self._origins.is_ours(scope) and not scope["path"].startswith(ANY_HOST):
            return UnknownHost("the host of this request is not a name of this service")
        if is_preflight(scope) and self._origins.listed(scope) is None:
            return UnknownOrigin("pages of this origin may not call this service")
        return None

    def _dress(self, message: Message, scope: Scope) -> None:
        headers = MutableHeaders(raw=message["headers"])
        headers["X-Request-Id"] = scope["request_id"]
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if self._origins.names_origins:
            headers["Vary"] = varies(headers.get("Vary", "").split(", "))
            if (origin := self._origins.listed(scope)) is not None:
                headers["Access-Control-Allow-Origin"] = origin
                headers.update(CROSS_ORIGIN)


def _oversized(scope: Scope) -> HeadersTooLarge | None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > ADDRESS_LIMIT:
        return HeadersTooLarge(f"an address has at most {ADDRESS_LIMIT:,} bytes")
    if len(scope["headers"]) > HEADERS_COUNT:
        return HeadersTooLarge(f"there are at most {HEADERS_COUNT} headers")
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
