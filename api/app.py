"""The FastAPI application: every route, one handler for every way to refuse, and the OpenAPI document."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from api import (
    acceleration,
    access_log,
    account,
    activity,
    approval,
    arrears,
    browser_report,
    business_day,
    clock,
    consent,
    contact,
    contract,
    customer,
    document,
    events,
    factor,
    health,
    history,
    index_rates,
    key,
    legal_rates,
    link,
    loan,
    loan_product,
    loan_simulation,
    machinery,
    me,
    notification,
    openid,
    organisation,
    overview,
    pages,
    payee,
    posting,
    servicing,
    session,
    sign_in,
    sign_up,
    simulation,
    standing,
    stepping_back,
    stop_switch,
    upload,
    web,
)
from api.auth import Identities
from api.edge import Edge
from api.export import Exports
from api.files import Uploads
from api.missed import Missed
from api.openapi import document as drawn_document
from api.origin import Origins
from api.platform import Platform
from api.problem import invalid, respond
from api.refusals import Away, BrokenBody, MethodRefused, NoSuchPage
from api.viewers import Viewers
from eventstore import Rejected, Unavailable
from providers import ProviderDown

NOUNS = (
    sign_up,
    sign_in,
    openid,
    factor,
    organisation,
    loan_product,
    loan_simulation,
    simulation,
    index_rates,
    legal_rates,
    account,
    me,
    session,
    key,
    customer,
    contact,
    payee,
    consent,
    loan,
    approval,
    servicing,
    standing,
    stepping_back,
    acceleration,
    arrears,
    stop_switch,
    contract,
    document,
    upload,
    link,
    history,
    overview,
    activity,
    posting,
    notification,
    business_day,
    access_log,
    machinery,
    events,
    browser_report,
)
"""The files with routes, in the order of the documentation."""

TAGS = [
    {
        "name": "sign-in",
        "description": "Proving who one is: password, second factor, passkey, OpenID provider.",
    },
    {
        "name": "own account",
        "description": "What everybody looks after for themselves: second factors, codes.",
    },
    {
        "name": "organisation",
        "description": "Who lends: legal identity, return address, four-eyes policy, limits.",
    },
    {"name": "loan product", "description": "What is lent: amounts, terms, rates."},
    {
        "name": "legal rate",
        "description": "The most that loans may cost by their law: by amount and day, with its source.",
    },
    {
        "name": "index",
        "description": "What variable rates follow: published values by day, with their source.",
    },
    {"name": "account", "description": "Who may sign in, with which roles, for which customers."},
    {"name": "session", "description": "Who is in, from where; going on and signing out."},
    {"name": "key", "description": "Keys by which programs act for an account."},
    {"name": "customer", "description": "Whom we lend to, person or company."},
    {"name": "contact", "description": "The people of a customer, whom we write to."},
    {"name": "payee", "description": "Where a customer's payouts go: proposed by one, confirmed by another."},
    {"name": "loan", "description": "From the request to the payout."},
    {"name": "servicing", "description": "Schedule, account and repayments of a loan that was paid out."},
    {"name": "stop switch", "description": "Stops all money that leaves: pulled by one, released by two."},
    {"name": "contract", "description": "From the draft to the signed copy."},
    {
        "name": "document",
        "description": "Information before the contract, contracts, signed copies, schedules, quittances: facts, bytes, accesses, links.",
    },
    {"name": "history", "description": "What happened to a loan, a contract or a customer, event by event."},
    {"name": "overview", "description": "What there is to do: the house at a glance, a client's next steps."},
    {"name": "activity", "description": "What happened lately, newest first."},
    {"name": "ledger", "description": "The journal in double entry and the trial balance."},
    {"name": "mail", "description": "What was written to whom, and what became of it."},
    {"name": "business day", "description": "The passing of time as the books know it."},
    {"name": "access log", "description": "Who looked at personal and money data, and what was refused."},
    {"name": "machinery", "description": "What runs, how far everything is, what is parked."},
    {"name": "live", "description": "What changes, told to open pages while it changes."},
    {"name": "clock", "description": "Time-lapse, only where it is allowed; 404 elsewhere."},
    {"name": "health", "description": "For supervisors and load balancers."},
]

log = structlog.get_logger("api")

WHOLE_FILES = 4
"""How many uploads are held in memory at once, to be examined; others wait on disk."""


def create_app(platform: Platform) -> FastAPI:
    """The application on a platform; it owns nothing, whoever made the platform closes it."""
    app = _routes(time_lapse=platform.settings.time_lapse)
    app.state.platform = platform
    app.state.identities = Identities(platform.store, platform.access, platform.clock)
    platform.access.sessions.after_end = app.state.identities.forget
    _be_live(app, platform)
    app.state.whole_files = asyncio.Semaphore(WHOLE_FILES)
    app.state.uploads = Uploads()
    app.state.exports = Exports()
    app.state.origins = Origins(platform.settings)
    app.add_middleware(Edge, origins=app.state.origins)
    return app


def _be_live(app: FastAPI, platform: Platform) -> None:
    """Who is connected; and what this process remembers of accounts is forgotten with what the others remember."""
    live, identities = platform.live, app.state.identities
    viewers = app.state.viewers = Viewers(live, platform.access.sessions, identities)
    app.state.missed = Missed(platform.store)

    def changed_here() -> None:
        viewers.look_soon()
        live.tell_to_forget()

    def changed_elsewhere() -> None:
        identities.forget_here()
        viewers.look_soon()

    identities.after_forget, live.after_forget = changed_here, changed_elsewhere


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document of everything there is; needs no database."""
    return drawn_document(_routes(time_lapse=True))


def _routes(time_lapse: bool) -> FastAPI:
    app = FastAPI(
        title="Quittance",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        strict_content_type=False,
        openapi_tags=TAGS,
        separate_input_output_schemas=False,
    )
    for noun in (*NOUNS, *((clock,) if time_lapse else ()), health, pages):
        # The routes themselves: a router that is included is searched twice for each request, by a detour for each
        # route (measured: a seventh of a command). What app would hand down stands in api/routing.py.
        app.router.routes.extend(noun.router.routes)
    app.router.routes.append(web.route())
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.state.document = cache(lambda: json.dumps(drawn_document(app), ensure_ascii=False))
    return app


# ── every way to refuse ────────────────────────────────────────────────────


def refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, Rejected)
    return respond(request, error, **getattr(error, "headers", {}))


def away(request: Request, error: Exception) -> Response:
    # A full disk and a dead server look alike from outside; whoever looks after them has to see which it is.
    log.warning("away", cause=type(error.__cause__ or error).__name__)
    return respond(request, Away("a part that is needed for it does not answer just now"))


def wrong_fields(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return invalid(request, error)


def of_the_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = {404: NoSuchPage, 405: MethodRefused}.get(error.status_code, BrokenBody)
    headers = {**(error.headers or {}), **({"Allow": _methods(request)} if kind is MethodRefused else {})}
    return respond(request, kind(error.detail), **headers)


def _methods(request: Request) -> str:
    """Every method that the address answers to; the framework names those of the first of its routes alone.

    Source: RFC 9110 §15.5.6, read 2026-11-21.
    """
    routes = [
        route
        for route in request.app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
    ]
    return ", ".join(sorted(set().union(*(route.methods or set() for route in routes))))


HANDLERS: dict[type[Exception], Any] = {
    Rejected: refuse,
    RequestValidationError: wrong_fields,
    HTTPException: of_the_framework,
    Unavailable: away,
    PoolTimeout: away,
    psycopg.OperationalError: away,
    ProviderDown: away,
}
