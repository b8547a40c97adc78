"""How a noun's routes are collected: under the API's prefix, with its name, examined before they are interpreted."""

from __future__ import annotations

from fastapi import APIRouter

from api.bodies import Route

PREFIX = "/api/v1"


def routes(path: str, tag: str) -> APIRouter:
    """A router for one noun."""
    return APIRouter(prefix=f"{PREFIX}{path}", tags=[tag], route_class=Route, strict_content_type=False)
