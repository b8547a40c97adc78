"""The OpenAPI document: what FastAPI draws from the routes, with our problems and an example everywhere."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.carriers import ACCESS_COOKIE
from api.events import SPOKEN
from api.examples import example
from api.permitted import PUBLIC, Terms
from api.problem import Problem

ABOUT = """A loan from the request to the final receipt: one route for each command and for each question.

* **Who asks.** People sign in at `/auth/sign-in`; browsers hold cookies and send `X-CSRF-Token` with each change,
  programs send `Authorization: Bearer …` with an access token or a key (`qk_…`). One way a request, never two.
* **Once.** `Idempotency-Key` makes a repeated request answer the same and act once.
* **What you saw.** `If-Match` with the `ETag` of what you were looking at refuses when it has moved.
* **Read your writes.** Send `positions` of a receipt as `Read-After`.
* **Refusals** are `application/problem+json`: `type` is stable, `what_to_do` is for people, `state` and
  `accepted_commands` say where you are; French, or English by `Accept-Language`.
* **Lists** come in pages: `next` goes back as `cursor`.
* **Money** is written `{"amount": "5000.00", "currency": "EUR"}` when you send it, and is minor units and a currency in
  answers. Rates are basis points a year: 950 is 9.50 %.
"""

READ_HEADERS = {
    "Read-After-Reached": {
        "description": "`false`: the change you asked to see is not in yet.",
        "schema": {"type": "string", "enum": ["true", "false"]},
    }
}
VERSION_HEADERS = {
    "ETag": {
        "description": "The version; send it back as `If-Match`.",
        "schema": {"type": "string", "examples": ['"2"']},
    }
}


COOKIE = {
    "type": "apiKey",
    "in": "cookie",
    "name": ACCESS_COOKIE,
    "description": "Set by the sign-in. A change takes `X-CSRF-Token`, too, and comes from a page of ours.",
}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document of an app."""
    drawn = get_openapi(
        title=app.title, version=app.version, description=ABOUT, routes=app.routes, tags=app.openapi_tags
    )
    components = drawn["components"]["schemas"]
    components.pop("HTTPValidationError", None)
    components.pop("ValidationError", None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components.update(problem.pop("$defs"), Problem=problem)
    components.update({model.__name__: model.model_json_schema() for model in SPOKEN})
    drawn["components"].setdefault("securitySchemes", {})["cookie"] = COOKIE
    for path in drawn["paths"].values():
        for method, operation in path.items():
            operation.update({**Terms().extra(), **operation})
            if (reason := PUBLIC.get(operation["operationId"])) is not None:
                operation["x-public"] = reason
            _complete(operation, components, READ_HEADERS if method == "get" else VERSION_HEADERS)
    drawn["components"]["examples"] = _once(drawn["paths"])
    return drawn


def _once(paths: dict[str, Any]) -> dict[str, Any]:
    """Move examples that many routes share to one place; returns them."""
    shared: dict[str, Any] = {}
    answers = (
        a for path in paths.values() for operation in path.values() for a in operation["responses"].values()
    )
    for content in (content for answer in answers for content in answer.get("content", {}).values()):
        for name, shown in content.get("examples", {}).items():
            if shared.setdefault(name, shown) == shown:
                content["examples"][name] = {"$ref": f"#/components/examples/{name}"}
    return shared


def _complete(operation: dict[str, Any], components: dict[str, Any], headers: dict[str, Any]) -> None:
    _say_what_may_be_left_out(operation, components)
    _show(operation.get("requestBody", {}), components)
    if "security" in operation:
        operation["security"] = [*operation["security"], {"cookie": []}]
    for status, answer in operation["responses"].items():
        _show(answer, components)
        if status.startswith("2") and "security" in operation:
            answer["headers"] = headers


def _say_what_may_be_left_out(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """A parameter is there or it is not: it cannot be null. A body of which every field may be absent may be too."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
        schema.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})
    body = operation.get("requestBody", {})
    if "application/json" in body.get("content", {}):
        schema = body["content"]["application/json"]["schema"]
        schema = components.get(schema.get("$ref", "").rpartition("/")[2], schema)
        body["required"] = bool(schema.get("required"))


def _show(carrier: dict[str, Any], components: dict[str, Any]) -> None:
    for content in carrier.get("content", {}).values():
        if "example" not in content and "examples" not in content:
            content["example"] = example(content.get("schema", {}), components)
