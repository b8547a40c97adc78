"""`manage.py openapi`: the OpenAPI document. Kept in docs/openapi.json, from which clients are generated."""

from __future__ import annotations

import json

import projections  # noqa: F401 - every read model is known once this is imported
from api.app import openapi_document
from roles.bootstrap import ROOT

FILE = ROOT / "docs" / "openapi.json"


def show(*, write: bool = False) -> None:
    """Print the document, or write the file."""
    if write:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(whole())
    else:
        print(whole(), end="")


def is_fresh() -> bool:
    """Whether docs/openapi.json says what the code says."""
    return FILE.exists() and FILE.read_text() == whole()


def whole() -> str:
    """The text of docs/openapi.json."""
    return json.dumps(openapi_document(), ensure_ascii=False, indent=1, sort_keys=False) + "\n"
