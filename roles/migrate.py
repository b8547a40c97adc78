"""`manage.py migrate`: the database as this version of the code wants it, and a table for every read model."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from psycopg.conninfo import conninfo_to_dict

import projections  # noqa: F401 - every read model is known once this is imported
from eventstore import Projection, read_models, restoring
from eventstore import migrate as store
from roles.bootstrap import ROOT
from runtime import database
from runtime.embedded.postgres import SUPERUSER, Postgres
from runtime.settings import DATABASE, Settings

FOLDERS = [ROOT / "runtime" / "migrations", ROOT / "access" / "migrations"]
"""Migrations beside the store's own."""


NOT_ADOPTED = (
    "A dump was loaded and the store was not told: new events would hide from every reader."
    " Run `python3 manage.py restore --adopt dump` first."
)


def prepare(server: Postgres) -> None:
    """Roles and an empty database in the embedded server; harmless to repeat."""
    owner, app = server.password("store_owner"), server.password("app")
    store.prepare(server.url(SUPERUSER, "postgres"), DATABASE, owner, app)


def migrate(settings: Settings) -> Iterator[str]:
    """Says what it did, a line each. Ends the process when a loaded dump was not adopted."""
    if settings.admin_url:
        _prepare_elsewhere(settings)
        yield "the roles and the database are there"
    for name in store.migrate(settings.owner_url, FOLDERS):
        yield f"applied {name}"
    with database.connect(settings.owner_url) as connection:
        if restoring.is_behind(connection):
            sys.exit(NOT_ADOPTED)
    for kind in read_models.ensure(settings.owner_url, every_read_model()):
        yield f"{kind.__name__} has a new version: run `python3 manage.py rebuild {kind.__name__}`"
    yield "the database is up to date"


def _prepare_elsewhere(settings: Settings) -> None:
    """Roles with the passwords that the other two connection strings name."""
    owner, app = conninfo_to_dict(settings.owner_url), conninfo_to_dict(settings.database_url)
    database = str(owner.get("dbname", DATABASE))
    store.prepare(settings.admin_url, database, str(owner["password"]), str(app["password"]))


def every_read_model() -> list[type[Projection]]:
    """In the order in which projections/__init__.py lists them."""
    return list(Projection.registry.values())
