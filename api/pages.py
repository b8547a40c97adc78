"""The pages for people: what this is, and the documentation of the API with everything it loads from here."""

from __future__ import annotations

import html
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.headers import PAGES
from api.platform import ThePlatform
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

_HOME = """<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Quittance</title><link rel="stylesheet" href="/home.css">
<h1>Quittance</h1>
<p>Le prêt, de la demande à la quittance : demande, accord, contrat, signature, versement, échéances,
remboursements, écritures comptables. Chaque fait est conservé, daté et vérifiable.</p>
<ul><li><a href="/docs">Documentation de l'API</a>, chaque commande et chaque question, avec des exemples</li>
<li><a href="{mails}">Courriels interceptés</a> de cette installation</li>
<li><a href="/health/ready">État du service</a></li></ul>
"""

_STYLE = """body{font:16px/1.6 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1.5rem;color:#111}
a{color:inherit}li{margin:.4rem 0}input,button{font:inherit;padding:.5rem .7rem;border:1px solid #111;border-radius:4px}
input{display:block;width:100%;box-sizing:border-box;margin-top:.3rem}button{background:#111;color:#fff;cursor:pointer}
"""

OWN_SCRIPTS = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Swagger UI styles its own elements, which takes unsafe-inline for styles; scripts come from files only."""


@router.get("/")
def home(platform: ThePlatform) -> HTMLResponse:
    settings = platform.settings
    mails = html.escape(f"http://{settings.smtp_host}:{settings.mail_page_port}/")
    return HTMLResponse(_HOME.format(mails=mails), headers=PAGES)


@router.get("/home.css")
def style() -> Response:
    return Response(_STYLE, media_type="text/css", headers={"Cache-Control": "max-age=86400"})


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
