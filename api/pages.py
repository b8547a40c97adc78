"""The documentation of the API for people, with everything it loads from here."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.refusals import NoSuchPage

router = APIRouter(include_in_schema=False)

ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
"""Swagger UI 5 from the package fastapi-offline, byte for byte what npm's swagger-ui-dist holds."""

_START = """
SwaggerUIBundle({url: "/openapi.json", dom_id: "#ui", deepLinking: true, persistAuthorization: false, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout", docExpansion: "none", displayRequestDuration: true});
"""

_DOCS = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Quittance API</title><link rel="icon" href="/docs/favicon.png"><link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>
"""

OWN_SCRIPTS = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Swagger UI styles its own elements, which takes unsafe-inline for styles; scripts come from files only."""


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    return Response(request.app.state.document(), media_type="application/json")


@router.get("/docs")
def docs() -> HTMLResponse:
    return HTMLResponse(_DOCS, headers={"Content-Security-Policy": OWN_SCRIPTS})


@router.get("/docs/start.js")
def start() -> Response:
    return Response(_START, media_type="text/javascript")


@router.get("/docs/{name}")
def asset(name: str) -> Response:
    if name not in ASSETS:
        raise NoSuchPage("there is nothing at this address")
    return Response(_asset(name), media_type=ASSETS[name], headers={"Cache-Control": "max-age=86400"})


@cache
def _asset(name: str) -> bytes:
    return (files("fastapi_offline") / "static" / name).read_bytes()
