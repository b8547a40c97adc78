"""`manage.py migrate`: the database as this version of the code wants it, and a table for every read model."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from psycopg.conninfo import conninfo_to_dict

import projections  # noqa: F401 - every read model is known once this is imported
from access.signing import SigningKeys
from eventstore import Projection, read_models, restoring
from eventstore import migrate as store
from roles import keys
from roles.bootstrap import ROOT
from runtime import database
from runtime.clock import Clock
from runtime.database import password_in
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
    passwords = {role: server.password(role) for role in store.ROLES}
    store.prepare(server.url(SUPERUSER, "postgres"), DATABASE, passwords)


def migrate(settings: Settings) -> Iterator[str]:
    """Says what it did, a line each. Ends the process when a loaded dump was not adopted."""
    if settings.admin_url:
        _prepare_elsewhere(settings)
        yield "the roles and the database are there"
    try:
        applied = store.migrate(settings.owner_url, FOLDERS)
    except store.RolesMissing as missing:
        sys.exit(str(missing))
    for name in applied:
        yield f"applied {name}"
    with database.connect(settings.owner_url) as connection:
        if restoring.is_behind(connection):
            sys.exit(NOT_ADOPTED)
    for kind in read_models.ensure(settings.owner_url, every_read_model()):
        yield f"{kind.__name__} has a new version: run `python3 manage.py rebuild {kind.__name__}`"
    if settings.s3_bucket:
        yield from _prepare_bucket(settings)
    yield "the database is up to date"


def migrate_with_keys(settings: Settings) -> Iterator[str]:
    """The same, and every secret that is missing, the key that signs access tokens included."""
    yield from keys.create(settings)
    yield from migrate(settings)
    with database.pool(settings.database_url, name="keys", size=1) as pool:
        newest = SigningKeys(settings.signing_dir, Clock(pool).now).newest()
    yield f"signing: {settings.signing_dir} signs access tokens, {newest.kid} by now"


def _prepare_bucket(settings: Settings) -> Iterator[str]:
    """Ends the process when documents would not be safe there, or nobody answers."""
    # Here and not above: every `manage.py up` migrates, and few installations have a bucket.
    from providers import ProviderDown, ProviderRefused
    from providers.storage import bucket

    try:
        yield from bucket.prepare(settings)
    except (bucket.BucketUnfit, ProviderDown, ProviderRefused) as error:
        sys.exit(str(error))
    yield f"the bucket {settings.s3_bucket} is ready"


def _prepare_elsewhere(settings: Settings) -> None:
    """Roles with the passwords that their connection strings name. Ends the process when one of them is missing."""
    urls = settings.urls()
    if unset := [role for role in store.ROLES if not urls[role]]:
        sys.exit(f"There is no connection string for {', '.join(unset)}: see .env.example.")
    database = str(conninfo_to_dict(settings.owner_url).get("dbname", DATABASE))
    passwords = {role: password_in(url, role) for role, url in urls.items()}
    store.prepare(settings.admin_url, database, passwords)


def every_read_model() -> list[type[Projection]]:
    """In the order in which projections/__init__.py lists them."""
    return list(Projection.registry.values())
