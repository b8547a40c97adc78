"""Every refusal as problem+json (RFC 9457): what happened, in which state, and what to do about it."""

from __future__ import annotations

import html
import re
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from api import fields, refusals
from api.language import Language, language_of
from api.words import title_of, what_to_do
from eventstore import Rejected

MEDIA_TYPE = "application/problem+json"

SHOWN_ERRORS = 50
"""How many wrong fields one answer names."""


class FieldError(BaseModel):
    """One field that was refused, and why."""

    field: str = Field(
        description="Path inside the body, or the parameter's name.", examples=["principal.amount"]
    )
    place: str = Field(description="body, query, path or header.", examples=["body"])
    code: str = Field(description="Stable name of the rule.", examples=["string_pattern_mismatch"])
    message: str = Field(
        description="For people, in the reader's language.", examples=["Format non reconnu."]
    )


class Problem(BaseModel):
    """RFC 9457 problem details. ``type`` is the refusal's name and never changes; titles follow Accept-Language."""

    type: str = Field(examples=["not-awaiting-decision"])
    title: str = Field(
        description="The rule, for people.", examples=["Cette demande n'attend plus de décision."]
    )
    status: int = Field(examples=[409])
    detail: str = Field(description="This case.", examples=["Loan is approved, not requested"])
    what_to_do: str = Field(description="The way out, for people.", examples=["Rechargez, puis choisissez."])
    state: str | None = Field(None, description="The state that the thing is in.", examples=["approved"])
    accepted_commands: list[str] | None = Field(
        None, description="What it would accept now, by operation id.", examples=[["DisburseLoan"]]
    )
    figures: dict[str, int | str | None] | None = Field(
        None,
        description="The numbers of this case by name: rates in hundredths of a percent, amounts in minor units.",
        examples=[{"apr": 2594, "ceiling": 2400}],
    )
    errors: list[FieldError] | None = Field(None, description="The fields that were refused, at most 50.")
    request_id: str | None = Field(
        None, description="Name it when you ask for help.", examples=["0c9a1f6e52c14c2f9f3c0d0c2f0b7a11"]
    )


def problem_of(refusal: Rejected, language: Language, request_id: str | None = None) -> Problem:
    """The answer to a refusal; state and accepted commands only where the refusal knows them."""
    return Problem(
        type=refusal.code(),
        title=title_of(type(refusal), language),
        status=refusal.status,
        detail=str(refusal) or title_of(type(refusal), language),
        what_to_do=what_to_do(refusal, language),
        state=refusal.state,
        accepted_commands=list(refusal.accepts) if refusal.state is not None else None,
        figures=dict(refusal.figures) or None,
        request_id=request_id,
    )


def respond(request: Request, refusal: Rejected, **headers: str) -> Response:
    """A refusal as a response: a page for a person who followed a link, problem+json for everyone else."""
    language = language_of(request)
    problem = problem_of(refusal, language, request.scope.get("request_id"))
    return as_response(request, problem, language, headers)


def as_response(request: Request, problem: Problem, language: Language, headers: dict[str, str]) -> Response:
    headers = {"Content-Language": language, "Vary": "Accept-Language", **headers}
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="quittance"'
    if problem.status == 503:
        headers.setdefault("Retry-After", "2")
    if problem.status in (408, 413):
        headers["Connection"] = "close"  # the rest of the body is not read
    if wants_page(request):
        return HTMLResponse(_page(problem, language), problem.status, headers)
    return JSONResponse(problem.model_dump(exclude_none=True), problem.status, headers, media_type=MEDIA_TYPE)


def wants_page(request: Request) -> bool:
    """Whether somebody followed a link of a mail in a browser, or comes back from an OpenID provider."""
    followed = "/links/" in request.url.path or "/auth/openid/" in request.url.path
    return followed and "text/html" in request.headers.get("accept", "")


def invalid(request: Request, error: RequestValidationError) -> Response:
    """Wrong fields, named one by one; never with the values that were sent."""
    language = language_of(request)
    errors = [_field_error(each, language) for each in error.errors()[:SHOWN_ERRORS]]
    refusal = refusals.Invalid("; ".join(f"{each.field}: {each.message}" for each in errors[:3]))
    problem = problem_of(refusal, language, request.scope.get("request_id")).model_copy(
        update={"errors": errors}
    )
    return as_response(request, problem, language, {})


def _field_error(error: dict[str, Any], language: Language) -> FieldError:
    place, *path = error["loc"]
    return FieldError(
        field=".".join(_readable(str(step)) for step in path) or str(place),
        place=str(place),
        code=error["type"],
        message=fields.message(error, language),
    )


def _readable(step: str) -> str:
    return re.sub(r"[^\w\[\]-]", "?", step)[:64]


_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><h1>{title}</h1><p>{what_to_do}</p>"""


def _page(problem: Problem, language: Language) -> str:
    return _PAGE.format(
        language=language, title=html.escape(problem.title), what_to_do=html.escape(problem.what_to_do)
    )
