"""What comes in is measured before anybody interprets it: size, type, depth, and no parameter unheard of."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Coroutine
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from fastapi import params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette._utils import get_route_path
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from api.counted import count_address
from api.permitted import Terms
from api.recorded import About, denies_recorded, record
from api.refusals import BodyTooLarge, BrokenBody, TooSlow, WrongMediaType
from eventstore import Rejected

JSON_LIMIT = 1_048_576
"""Bytes of a JSON body."""

DEPTH_LIMIT = 16
"""Levels of nesting; the deepest of our bodies has three."""

PATIENCE = 30.0
"""Seconds that a JSON body may take to arrive."""

M = TypeVar("M", bound=BaseModel)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Route(APIRoute):
    """A route whose JSON body and query parameters are examined before the declarations are."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        terms = Terms.of(settings.get("openapi_extra"))
        self.about = About.of(path, settings, terms)
        if settings.get("methods") == ["POST"]:
            endpoint = in_a_thread(endpoint)
        super().__init__(path, endpoint, **settings)
        self._begins = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Most routes are told apart by how their address begins, without a regular expression."""
        if not get_route_path(scope).startswith(self._begins):
            return Match.NONE, {}
        return super().matches(scope)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        declared = get_flat_params(self.dependant)
        known = {field.alias for field in declared if isinstance(field.field_info, params.Query)}
        headers = {
            field.alias.lower().encode() for field in declared if isinstance(field.field_info, params.Header)
        }
        takes_json, about = self.body_field is not None, self.about
        is_public = about.terms.permission is None

        async def examined(request: Request) -> Response:
            with denies_recorded(request, about):
                if is_public:
                    await count_address(request)
                _refuse_unknown(request, known)
                _refuse_repeated(request, headers)
                if takes_json:
                    await _take_json(request)
                response = await handle(request)
            await record(request, about, response)
            return response

        return examined


def in_a_thread(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The same for the framework, which then writes a receipt down where it is.

    After a plain function it goes into a second thread to do that, for the few microseconds that a receipt takes.
    """
    if iscoroutinefunction(endpoint):
        return endpoint

    @wraps(endpoint)
    async def asked(**values: Any) -> Any:
        return await run_in_threadpool(endpoint, **values)

    return asked


def _refuse_unknown(request: Request, known: set[str]) -> None:
    if not request.scope["query_string"]:
        return
    if unknown := sorted(set(request.query_params) - known):
        raise RequestValidationError(
            [{"type": "extra_forbidden", "loc": ("query", name)} for name in unknown]
        )


def _refuse_repeated(request: Request, headers: set[bytes]) -> None:
    """One value each: which of two counts is told differently by every proxy, framework and log on the way."""
    if request.scope["query_string"]:
        _refuse_twice("query", [name for name, _ in request.query_params.multi_items()])
    if headers:
        _refuse_twice("header", [name.decode() for name, _ in request.scope["headers"] if name in headers])


def _refuse_twice(place: str, names: list[str]) -> None:
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise RequestValidationError([{"type": "sent_twice", "loc": (place, name)} for name in twice])


def is_json(request: Request) -> bool:
    """Whether the body says that it is JSON."""
    said = request.headers.get("content-type", "")
    return re.match(r"application/json\s*(;|$)", said, re.IGNORECASE) is not None


async def said_in_json(request: Request, model: type[M]) -> M:
    """The JSON body of a route that takes something else, too. Raises what any other route raises."""
    await _take_json(request)
    try:
        return model.model_validate(request._json)
    except ValidationError as error:
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        ) from None


async def _take_json(request: Request) -> None:
    """Read and decode the body; an absent body counts as an empty object. FastAPI finds both ready."""
    declared = request.headers.get("content-type")
    if declared is not None and not is_json(request):
        raise WrongMediaType("send application/json")
    body = await whole(request, JSON_LIMIT)
    if body and declared is None:
        raise WrongMediaType("send Content-Type: application/json")
    request._body = body or b"{}"
    request._json = decoded(request._body)


async def whole(request: Request, limit: int) -> bytes:
    """The body, at most ``limit`` bytes of it. Raises BodyTooLarge, or TooSlow after PATIENCE."""
    try:
        async with asyncio.timeout(PATIENCE):
            return b"".join([chunk async for chunk in limited(request, limit)])
    except TimeoutError:
        raise TooSlow(f"the body has to arrive within {PATIENCE:.0f} s") from None


async def limited(
    request: Request, limit: int, refusal: type[Rejected] = BodyTooLarge
) -> AsyncGenerator[bytes, None]:
    """The body as it arrives, stopped at the first byte beyond ``limit``."""
    promised = request.headers.get("content-length", "")
    if promised.isdecimal() and int(promised[:18]) > limit:
        raise refusal(f"at most {limit:,} bytes")
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise refusal(f"at most {limit:,} bytes")
        yield chunk


def decoded(body: bytes) -> Any:
    """Strict JSON: no NaN, no name twice, no half surrogates, at most DEPTH_LIMIT levels. Raises BrokenBody."""
    try:
        value = json.loads(body.decode(), parse_constant=_no_constant, object_pairs_hook=_each_once)
        _measure(value)
    except BrokenBody:
        raise
    except (ValueError, RecursionError) as error:
        raise BrokenBody(_place(error)) from None
    return value


def _place(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"line {error.lineno}, column {error.colno}: {error.msg}"
        case UnicodeError():
            return "the text is not UTF-8"
        case RecursionError():
            return f"nested deeper than {DEPTH_LIMIT} levels"
    return "a number is too long"


def _no_constant(name: str) -> None:
    raise BrokenBody(f"{name} is not a number in JSON")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise BrokenBody("a name stands twice in one object")
    return named


def _measure(value: Any) -> None:
    level = [value]
    for _ in range(DEPTH_LIMIT + 1):
        for text in (each for each in level if isinstance(each, str)):
            text.encode()
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return
    raise BrokenBody(f"nested deeper than {DEPTH_LIMIT} levels")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []
