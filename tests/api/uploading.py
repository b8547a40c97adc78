"""Uploading a signed copy before it is handed in, as a browser does."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import httpx

from tests.api.house import House


def announced(content: bytes, media_type: str = "application/pdf") -> dict[str, Any]:
    """A file as its sender describes it."""
    digest = hashlib.sha256(content).hexdigest()
    return {"size": len(content), "media_type": media_type, "sha256": digest}


def offer(house: House, name: str, contract: UUID, content: bytes) -> httpx.Response:
    return house.post(name, f"/contracts/{contract}/signed-copy-uploads", announced(content))


def bring(house: House, offered: dict[str, Any], content: bytes, **changed: str) -> httpx.Response:
    """The fields as they are, then the file."""
    # People reach the door under the house's public name; here it is under its port.
    address = offered["url"].replace(house.platform.settings.public_url, house.url)
    file = {"file": ("copie signée.pdf", content, "application/pdf")}
    return httpx.post(address, data={**offered["fields"], **changed}, files=file, timeout=30)


def upload(house: House, name: str, contract: UUID, content: bytes) -> str:
    """Announced and brought; returns what it is named by when it is handed in."""
    answer = offer(house, name, contract, content)
    assert answer.status_code == 200, answer.text
    assert bring(house, answer.json(), content).status_code == 204
    return str(answer.json()["upload"])
