"""What follows from what: links from a receipt to everything that can be asked of the thing that it names.

The engine goes along them in its stateful phase. A receipt says ``id`` whatever the thing is, so it cannot guess them.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

_ONE = re.compile(r"^(?P<all>/api/v1/(?!me/)[^{]+)/\{(?P<id>\w+)\}(?:/[^{]*)?$")
"""An address of one thing, or of something about it: ``/loans/{loan_id}/approve``."""

_RECEIPT = {"$ref": "#/components/schemas/Receipt"}

_ABOUT = "/api/v1/loans"
"""What letters, documents and entries are about."""


def linked(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the links in it."""
    document = deepcopy(document)
    targets = _targets(document)
    for path, methods in document["paths"].items():
        if one := _ONE.match(path):
            for operation in methods.values():
                _lead_on(operation, targets.get(one["all"], {}), f"$request.path.{one['id']}")
        elif path in targets:
            for operation in methods.values():
                _lead_on(operation, targets[path], "$response.body#/id", only_receipts=True)
    return document


def _lead_on(
    operation: dict[str, Any], targets: dict[str, str], id: str, only_receipts: bool = False
) -> None:
    """Every 2xx of an operation leads to the targets."""
    for status, answer in operation["responses"].items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if status.startswith("2") and (schema == _RECEIPT or not only_receipts):
            answer["links"] = {
                f"{operation['operationId']}Then{target}": {"operationId": target, "parameters": {name: id}}
                for target, name in targets.items()
                if target != operation["operationId"]
            }


def _targets(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    """By where all of a kind live: operations on one of them, and what its id is called there."""
    found: dict[str, dict[str, str]] = {}
    for path, methods in document["paths"].items():
        if (one := _ONE.match(path)) is not None and one["id"] != "about":
            for operation in methods.values():
                found.setdefault(one["all"], {})[operation["operationId"]] = one["id"]
    named = {next(iter(ids.values())): all for all, ids in found.items()}
    if _ABOUT in found:
        named["about"] = _ABOUT
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                all = named.get(parameter["name"])
                if all is not None and parameter["in"] != "header":
                    found[all].setdefault(operation["operationId"], parameter["name"])
    return found
