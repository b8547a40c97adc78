"""`manage.py keys`: what nothing can be read without, where it lies, and how each is followed by another.

    kek        opens personal fields and the secrets of accounts; replaced while everything runs
    secret     keys hashes that are kept for ever; not replaced (docs/decisions/0019)
    fleeting   signs links, keys refresh tokens, stamps messages; replaced at once, and what it signed is void
    signing    signs access tokens; the old one verifies until its last token is over
    passwords  of the database roles; replaced while everything runs

No value is ever printed.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier, Literal

from access.sealed import reseal
from access.signing import SigningKeys
from eventstore.keks import KekFiles, previous_of
from eventstore.migrate import ROLES, scram
from eventstore.rewrapping import rewrap
from roles.backup_folder import RETIRED, fingerprint
from runtime import database
from runtime.clock import Clock
from runtime.embedded.postgres import SUPERUSER, Postgres
from runtime.secret_files import keep_once, replace_key, write_whole
from runtime.settings import Settings

SETTLED_AFTER = 40.0
"""Seconds after which nobody is left who took the key before it was replaced: longer than any statement may last."""

NOT_REPLACED = (
    "This secret keys hashes of values that nobody keeps in clear: another one would find no claim again."
    " What signs links and sessions is another one: `keys rotate fleeting`. See"
    " docs/how-to/rotate-the-keys.md for what to do when it is known to others."
)


class CannotRotate(Exception):
    """It cannot be replaced from here; the message says what to do."""


def create(settings: Settings) -> Iterator[str]:
    """Make what is missing, never replace what is there; says where each one is."""
    for name, file, purpose in _files(settings):
        keep_once(file, secrets.token_bytes(32))
        yield f"{name}: {file} {purpose}: keep a copy where this machine's disk is not"


def listed(settings: Settings) -> Iterator[str]:
    """Each secret: what it is for, where it lies, since when."""
    for name, file, purpose in _files(settings):
        yield f"{name}: {file} {purpose}, {_since(file)}"
    previous = previous_of(settings.kek_file)
    if previous.exists():
        yield f"kek, the one before: {previous} until `keys rotate kek` is through, {_since(previous)}"
    for file in sorted((settings.kek_file.parent / RETIRED).glob("kek.*")):
        yield f"kek, retired: {file} for backups made with it; delete it with the last of them, {_since(file)}"
    for file in sorted(settings.signing_dir.glob("*.pem")):
        yield f"signing: {file} signs access tokens, {_since(file)}"
    for role, url in settings.urls().items():
        yield f"password of {role}: {_where(url)}"


def rotate(
    settings: Settings, which: str, progress: Callable[[str], None] = lambda line: None
) -> Iterator[str]:
    """Replace one; says what was done. Raises CannotRotate, OSError, psycopg.Error."""
    ways = {
        "kek": _kek,
        "fleeting": _fleeting,
        "signing": _signing,
        "passwords": _passwords,
        "secret": _secret,
    }
    if which not in ways:
        raise CannotRotate(f"Say one of {', '.join(ways)}.")
    return ways[which](settings, progress)


# ── each in its way ────────────────────────────────────────────────────────


def _kek(
    settings: Settings, progress: Callable[[str], None], settled_after: float = SETTLED_AFTER
) -> Iterator[str]:
    """The new one beside the old one, then everything under the new one, then the old one out of the way.

    Broken off at any point, the next call goes on where this one was.
    """
    file, previous = settings.kek_file, previous_of(settings.kek_file)
    if previous.exists() and previous.read_bytes() != file.read_bytes():
        yield f"{previous} is there: going on with the rotation that began"
    else:
        keep_once(previous, file.read_bytes())
        replace_key(file, secrets.token_bytes(32))
        yield f"{file} is a new key: keep a copy where this machine's disk is not"
    keks, settled = KekFiles(file), False
    while True:
        subjects = rewrap(settings.owner_url, keks, lambda done: progress(f"{done} keys of subjects"))
        accounts = reseal(settings.owner_url, keks, lambda done: progress(f"{done} secrets of accounts"))
        yield f"{subjects} keys of subjects and {accounts} secrets of accounts are under the new key"
        # Somebody may have wrapped under the old key before it was replaced, and not written it down yet: not even a
        # first look that finds nothing, as after a rotation that was broken off, says that nobody is left.
        if settled and not subjects + accounts:
            break
        time.sleep(settled_after)
        settled = True
    yield _retire(file, previous)


def _retire(file: Path, previous: Path) -> str:
    retired = file.parent / RETIRED / f"kek.{fingerprint(previous.read_bytes())}"
    try:
        keep_once(retired, previous.read_bytes())
        previous.unlink()
    except OSError:
        return f"nothing needs {previous} any more but backups made before: take it away where it came from"
    return f"{retired} opens backups made before: delete it with the last of them, after 30 days"


def _fleeting(settings: Settings, progress: Callable[[str], None]) -> Iterator[str]:
    replace_key(settings.fleeting_file, secrets.token_bytes(32))
    yield f"{settings.fleeting_file} is new. Restart every process: links in mails and sessions are void then, and messages in Kafka"


def _signing(settings: Settings, progress: Callable[[str], None]) -> Iterator[str]:
    with database.pool(settings.database_url, name="keys", size=1) as pool:
        kid = SigningKeys(settings.signing_dir, Clock(pool).now).rotate()
    yield f"{kid} signs from now on; the one before verifies until its last token is over"


def _secret(settings: Settings, progress: Callable[[str], None]) -> Iterator[str]:
    raise CannotRotate(NOT_REPLACED)


def _passwords(settings: Settings, progress: Callable[[str], None]) -> Iterator[str]:
    """A new one for each role, in the server and in the file that its connection string names.

    Connections that are open stay open; whoever connects between the two steps tries again within a second.
    """
    files = {role: _passfile(role, url) for role, url in settings.urls().items()}
    for role in ROLES:
        password, file = secrets.token_urlsafe(24), files[role]
        with psycopg.connect(_admin(settings), autocommit=True) as connection:
            proof = Literal(scram(connection, role, password))
            connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), proof))
        place = file.read_text().strip().rpartition(":")[0]
        write_whole(file, f"{place}:{password}")
        yield f"password of {role}: {file} is new"


# ── where things are ───────────────────────────────────────────────────────


def _files(settings: Settings) -> list[tuple[str, Path, str]]:
    return [
        ("kek", settings.kek_file, "opens every personal field"),
        ("secret", settings.secret_file, "keys the claims"),
        (
            "fleeting",
            settings.fleeting_file,
            "signs links, keys sessions and new keys of programs, stamps messages to Kafka",
        ),
    ]


def _since(file: Path) -> str:
    if not file.exists():
        return "missing"
    return f"since {datetime.fromtimestamp(file.stat().st_mtime, UTC):%Y-%m-%d %H:%M} UTC"


def _where(url: str) -> str:
    file = conninfo_to_dict(url).get("passfile") if url else None
    return f"{file}, {_since(Path(str(file)))}" if file else "in its connection string" if url else "not set"


def _passfile(role: str, url: str) -> Path:
    file = conninfo_to_dict(url).get("passfile") if url else None
    if not file:
        raise CannotRotate(
            f"The connection string of {role} holds its password: put the password in a file and name it with"
            " passfile=…, and processes find the new one without a restart."
        )
    return Path(str(file))


def _admin(settings: Settings) -> str:
    if settings.admin_url:
        return settings.admin_url
    server = Postgres(settings.postgres_dir)
    if server.pid is None:
        raise CannotRotate(
            "The database does not run: start everything, or name a superuser in QUITTANCE_ADMIN_URL."
        )
    return server.url(SUPERUSER, "postgres")


def run(settings: Settings, action: str, which: str) -> int:
    """Exit code: 0 when it is done, else 1 and one line that says what to do."""
    if action == "rotate":
        try:
            for line in rotate(settings, which, _shown):
                print(line)
        except (CannotRotate, OSError, psycopg.OperationalError) as error:
            print(error)
            return 1
        return 0
    ways = {"create": create, "list": listed}
    if action not in ways:
        print(
            "Say `keys create`, `keys list` or `keys rotate` with one of kek, fleeting, signing, passwords."
        )
        return 1
    for line in ways[action](settings):
        print(line)
    return 0


def _shown(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{line}", end="\n", file=sys.stderr)
