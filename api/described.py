"""What a route says about itself in the OpenAPI: drawn from the command it sends or the question it asks."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_type_hints

from fastapi import Depends, Request, Response, Security
from pydantic import BaseModel

from access.limits import TooManyRequests
from access.log import NotRecorded
from api.auth import TheIdentity, bearer, identified, just_proved
from api.deps import ReadAfter, positions
from api.permitted import HOUSE_RECORDS, Terms
from api.platform import ThePlatform
from api.problem import MEDIA_TYPE, FieldError, problem_of
from api.refusals import (
    AmbiguousCredentials,
    Away,
    BodyTooLarge,
    BrokenBody,
    BrokenUpload,
    CrossSite,
    DocumentDamaged,
    EnrolmentNeeded,
    HeaderRefused,
    HeadersTooLarge,
    Invalid,
    TooManyUploads,
    TooSlow,
    Unauthenticated,
    UnknownHost,
    WrongMediaType,
)
from eventstore import (
    AlreadyExists,
    BadCursor,
    Command,
    CommandMismatch,
    Forbidden,
    NotFound,
    Projection,
    Reader,
    Rejected,
    Stale,
    StepUpRequired,
)
from eventstore.command import accepted_by
from providers.checking import REASONS
from providers.storage import ENDINGS
from providers.storage.permits import UploadAltered, UploadExpired, UploadInvalid, UploadMissing

Kinds = tuple[type[Rejected], ...]

PUBLICLY: Kinds = (Invalid, UnknownHost, TooManyRequests, HeadersTooLarge, Away)
"""What every route may answer."""

ALWAYS: Kinds = (AmbiguousCredentials, Unauthenticated, Forbidden, EnrolmentNeeded, CrossSite, *PUBLICLY)
"""What every route behind a sign-in may answer."""

WITH_A_BODY: Kinds = (BrokenBody, BodyTooLarge, WrongMediaType)

MISSING = FieldError(field="reason", place="body", code="missing", message="Ce champ est obligatoire.")


def asks(
    command: type[Command], *more: type[Rejected], name: str | None = None, may: str | None = None
) -> dict[str, Any]:
    """Route settings drawn from the command: its name, its docstring, its permission, every refusal it may meet.

    more  refusals of the route itself
    name  operation id of a second route to it
    may   the permission that this route takes, when it takes another one
    """
    may = may or command.may
    target: Kinds = (AlreadyExists,) if command.creates() else (Stale,)
    proof: Kinds = (StepUpRequired,) if _may_need_step_up(command) else ()
    kinds: Kinds = (
        *ALWAYS,
        *WITH_A_BODY,
        NotFound,
        *target,
        CommandMismatch,
        *proof,
        *command.rejects,
        *more,
    )
    return {
        "operation_id": name or command.__name__,
        "status_code": 201 if command.creates() else 200,
        "response_description": "Done, for good. The same request with the same key is answered the same.",
        **_words(inspect.getdoc(command), may, bool(proof)),
        "dependencies": [Depends(_permission(may))] if may else [],
        "openapi_extra": Terms(may, bool(proof)).extra(),
        "responses": refused(*kinds, command=command),
    }


FILE = {"type": "string", "format": "binary", "description": "PDF, PNG or JPEG, by content."}

FORM: Kinds = (BrokenUpload, TooSlow, TooManyUploads)
"""How a form with a file may be refused."""

UPLOADED: Kinds = (UploadInvalid, UploadExpired, UploadMissing, UploadAltered)
"""How a file may be that went to the storage first."""


def takes_a_file(command: type[Command], named: type[BaseModel]) -> dict[str, Any]:
    """Route settings of a command whose content is one file, sent as a form.

    named  the JSON that may stand for it, once it was uploaded
    """
    settings = asks(command, *FORM, *REASONS.values(), *UPLOADED)
    json = {"application/json": {"schema": named.model_json_schema()}}
    settings["openapi_extra"]["requestBody"] = {"required": True, "content": {**form_schema({}), **json}}
    return settings


def form_schema(fields: dict[str, Any]) -> dict[str, Any]:
    """A form of these fields and the file, as the OpenAPI document shows it."""
    schema = {
        "type": "object",
        "required": ["file"],
        "additionalProperties": False,
        "properties": {**fields, "file": FILE},
    }
    return {"multipart/form-data": {"schema": schema}}


def hands_out(
    name: str, summary: str, *more: type[Rejected], may: str | None = None, elsewhere: bool = False
) -> dict[str, Any]:
    """Route settings of a download.

    more  refusals besides the usual ones
    may   the permission it takes; None: no token is asked for
    elsewhere  whether it may lead on to an address of the storage
    """
    recorded = "As an attachment; the access is recorded before the bytes leave."
    kinds: Kinds = (*(ALWAYS if may else PUBLICLY), NotFound, DocumentDamaged, NotRecorded, *more)
    binary = {"schema": {"type": "string", "format": "binary"}}
    bytes_of = {"description": "The bytes.", "content": {media_type: binary for media_type in ENDINGS}}
    leads_on = {303: {"description": "To an address of the storage, good for a minute."}} if elsewhere else {}
    return {
        "operation_id": name,
        "response_class": Response,
        "dependencies": [Depends(_permission(may))] if may else [],
        "openapi_extra": Terms(may, recorded=True).extra(),
        "responses": {200: bytes_of, **leads_on, **refused(*kinds)},
        **_words(f"{summary}\n\n{recorded}", may),
    }


def shows(
    model: type[Projection],
    query: str,
    *also: type[Projection],
    may: str,
    name: str | None = None,
    one: bool = False,
    recorded: bool | None = None,
) -> dict[str, Any]:
    """Route settings drawn from a question to a read model, which takes a permission too.

    query  the method that answers; its docstring is the documentation
    also   further read models that the answer is made of
    name   operation id; the read model's name unless it answers several questions
    one    whether it is about one thing, which may not exist
    recorded  whether the access log says who looked; without it: where rows belong to customers, people or money
    """
    if recorded is None:
        recorded = any(each.owner for each in (model, *also)) or may in HOUSE_RECORDS
    logged: Kinds = (NotRecorded,) if recorded else ()
    listed: Kinds = (BadCursor,) if "cursor" in inspect.signature(getattr(model, query)).parameters else ()
    return {
        "operation_id": name or model.__name__,
        **_words(inspect.getdoc(getattr(model, query)), may),
        "dependencies": [Depends(_gate((model, *also), may))],
        "openapi_extra": Terms(may, recorded=recorded).extra(),
        "responses": refused(*ALWAYS, HeaderRefused, *((NotFound,) if one else ()), *listed, *logged),
    }


def offers(
    name: str,
    said: str,
    *more: type[Rejected],
    may: str | None = None,
    body: bool = False,
    step_up: bool = False,
    recorded: bool = False,
    reads: tuple[type[Projection], ...] = (),
) -> dict[str, Any]:
    """Route settings of what is neither a command nor a question to one read model.

    said     its documentation; the first sentence is the summary
    more     refusals besides the usual ones
    may      the permission it takes; None: nobody has to be signed in
    body     whether it takes JSON
    step_up  whether it takes a fresh proof of who asks
    recorded  whether the access log says who looked: for data of somebody else
    reads    read models that the answer is made of: it waits for them when it is asked to
    """
    usual: Kinds = (*(ALWAYS if may else PUBLICLY), *((NotRecorded,) if recorded else ()))
    usual = (*usual, *((HeaderRefused,) if reads else ()))
    proof: Kinds = (StepUpRequired,) if step_up else ()
    return {
        "operation_id": name,
        **_words(said, may, step_up),
        "dependencies": _asked_first(may, step_up, reads),
        "openapi_extra": Terms(may, step_up, recorded).extra(),
        "responses": refused(*usual, *(WITH_A_BODY if body else ()), *proof, *more),
    }


def _asked_first(may: str | None, step_up: bool, reads: tuple[type[Projection], ...]) -> list[Any]:
    if may is None:
        return []
    return [Depends(_gate(reads, may) if reads else _permission(may, step_up))]


def _permission(may: str, step_up: bool = False) -> Any:
    """Whoever may not ask at all is told so before the body is judged; the store asks again."""

    async def permission(request: Request, _: Annotated[object, Security(bearer)]) -> None:
        (await identified(request)).needs(may)
        if step_up:
            (await just_proved(request)).needs(may)

    return permission


def _may_need_step_up(command: type[Command]) -> bool:
    return command.step_up or command.needs_step_up is not Command.needs_step_up


def _gate(models: tuple[type[Projection], ...], may: str) -> Any:
    async def gate(
        platform: ThePlatform, identity: TheIdentity, response: Response, read_after: ReadAfter = None
    ) -> None:
        identity.needs(may)
        if read_after is not None:
            reached = await Reader(platform.reads).reached(positions(read_after), models)
            response.headers["Read-After-Reached"] = str(reached).lower()

    return gate


def _words(docstring: str | None, may: str | None, step_up: bool = False) -> dict[str, str]:
    """The first sentence is the summary, all of it the description, with the permission."""
    said = docstring or ""
    summary = " ".join(said.partition("\n\n")[0].split()).partition(". ")[0].rstrip(".")
    permission = f"Permission: `{may}`." if may else "No permission is needed."
    proof = " A proof of who asks within five minutes is needed, too." if step_up else ""
    return {"summary": summary, "description": f"{said}\n\n{permission}{proof}".replace("``", "`")}


def refused(*kinds: type[Rejected], command: type[Command] | None = None) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route by status, each with its rule and an example of the answer."""
    by_status: dict[int, list[type[Rejected]]] = {}
    for kind in dict.fromkeys(kinds):
        by_status.setdefault(kind.status, []).append(kind)
    return {status: _answer(by_status[status], command) for status in sorted(by_status)}


def _answer(kinds: Iterable[type[Rejected]], command: type[Command] | None) -> dict[str, Any]:
    examples = {
        kind.code(): {"summary": inspect.getdoc(kind), "value": _example(kind, command)} for kind in kinds
    }
    return {
        "description": "\n".join(f"* `{kind.code()}`: {inspect.getdoc(kind)}" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def _example(kind: type[Rejected], command: type[Command] | None) -> dict[str, Any]:
    refusal = kind.__new__(kind)
    if command is not None and kind in command.rejects and (state := _refusing_state(command)) is not None:
        refusal.state, refusal.accepts = state
    problem = problem_of(refusal, "fr", "0c9a1f6e52c14c2f9f3c0d0c2f0b7a11")
    if kind is Invalid:
        problem.errors = [MISSING]
    return problem.model_dump(exclude_none=True)


def _refusing_state(command: type[Command]) -> tuple[str, tuple[str, ...]] | None:
    """A state in which the target refuses the command, and what it would accept instead; the most telling one."""
    states = get_args(get_type_hints(command.target).get("status"))
    allowed = getattr(command.decides, "allowed_in", states)
    refusing = [(state, _accepted_in(command, state)) for state in states if state not in allowed]
    return max(refusing, key=lambda each: len(each[1]), default=None)


def _accepted_in(command: type[Command], state: str) -> tuple[str, ...]:
    target = command.target.__new__(command.target)
    target.__dict__["status"] = state
    return accepted_by(target)
