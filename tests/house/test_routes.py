"""Routes: which methods they answer, and that only what is posted changes anything."""

from __future__ import annotations

from fastapi.routing import APIRoute

import projections  # noqa: F401 - every read model is known once this is imported
from api.app import _routes, openapi_document
from eventstore import Command

PATHS = openapi_document()["paths"]
COMMANDS = {command.__name__ for command in Command.registry}


def test_what_changes_something_is_posted_and_nothing_else_is() -> None:
    """A command's route has the command's name; a signed copy is a command too, with a file for a body."""
    methods = {
        operation["operationId"]: method for path in PATHS.values() for method, operation in path.items()
    }
    sent = {method for name, method in methods.items() if name in COMMANDS}
    assert sent == {"post"}
    bodies = {
        (method, "requestBody" in operation) for path in PATHS.values() for method, operation in path.items()
    }
    assert bodies <= {("post", True), ("post", False), ("get", False)}


def test_only_methods_that_are_meant_are_answered() -> None:
    """No TRACE, which would send back what others may not see; no PUT, PATCH or DELETE by accident."""
    answered = {
        method
        for route in _routes(time_lapse=True).routes
        for method in getattr(route, "methods", None) or ()
    }
    assert answered == {"GET", "POST"}


def test_every_route_examines_what_comes_in_first() -> None:
    """Size, type, depth, unknown parameters: api/bodies.py. The pages for people take nothing."""
    plain = {
        route.path
        for route in _routes(time_lapse=True).routes
        if isinstance(route, APIRoute) and type(route) is APIRoute
    }
    assert {path for path in plain if path.startswith("/api/")} == set()
