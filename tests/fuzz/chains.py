"""What follows from what: links from a receipt to everything that can be asked of the thing that it names.

The engine goes along them in its stateful phase. A receipt says ``id`` whatever the thing is, so it cannot guess them.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

_ONE = re.compile(r"^(?P<all>.+)/\{(?P<id>\w+)\}(?:/[^{]*)?$")
"""An address of one thing, or of something about it: ``/loans/{loan_id}/approve``."""

_RECEIPT = {"$ref": "#/components/schemas/Receipt"}


_OWN = "/api/v1/me/"
"""Receipts of these name the account, and not what stands in their address."""


def linked(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the links in it."""
    document = deepcopy(document)
    targets = _targets(document)
    for path, methods in document["paths"].items():
        whole = one["all"] if (one := _ONE.match(path)) else path
        id = next((name for all, name in targets.values() if all == whole), None)
        for operation in methods.values() if id is not None and not path.startswith(_OWN) else ():
            for status, answer in operation["responses"].items():
                if status.startswith("2") and _is_receipt(answer):
                    answer["links"] = _links(operation["operationId"], whole, id, document, targets)
    return document


def _is_receipt(answer: dict[str, Any]) -> bool:
    return bool(answer.get("content", {}).get("application/json", {}).get("schema") == _RECEIPT)


def _targets(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Operations on one thing: where all of its kind live, and what its id is called there."""
    found = {}
    for path, methods in document["paths"].items():
        if (one := _ONE.match(path)) is not None and "{" not in one["all"]:
            for operation in methods.values():
                found[operation["operationId"]] = one["all"], one["id"]
    return found


def _links(
    source: str, whole: str, id: str, document: dict[str, Any], targets: dict[str, tuple[str, str]]
) -> dict[str, Any]:
    """To everything that takes such an id in its address, and to questions that are asked about it."""
    on = {target: name for target, (all, name) in targets.items() if all == whole}
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] != "header" and parameter["name"] in (id, "about"):
                    on.setdefault(operation["operationId"], parameter["name"])
    return {
        f"{source}Then{target}": {"operationId": target, "parameters": {name: "$response.body#/id"}}
        for target, name in on.items()
        if target != source
    }
