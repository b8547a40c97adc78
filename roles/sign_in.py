"""`manage.py sign-in`: what curl needs to be one of the people of the demonstration.

They sign in over HTTP as everybody does; the token of a minute ago is given again while it is good.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from demo.clustered import ENVIRONMENT
from demo.people import Held, people
from demo.person import NotLetIn, Person
from runtime import database, log
from runtime.clock import Clock
from runtime.secret_files import write_whole
from runtime.settings import Settings

GIVEN_AGAIN = timedelta(minutes=4)
"""For how long: with a minute to spare, since the token and the proof behind it count for five."""


class Helpless(Exception):
    """There is nothing to sign in to, or nobody to sign in; the message says what to do."""


def sign_in(settings: Settings, who: str, *, code: bool) -> int:
    """Prints an access token, or a one-time code. Exit code: 1 with a line that says what to do."""
    log.setup("sign-in", "error")
    try:
        held, running = _held(settings, who), _running(settings)
        with database.pool(settings.database_url, name="sign-in", size=1) as pool:
            clock = Clock(pool)
            if code:
                print(_code(held, who, clock))
            else:
                print(
                    _token(settings, who, Person(held, running["public"], clock.now), running["api"], clock)
                )
    except (Helpless, NotLetIn, httpx.TransportError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _held(settings: Settings, who: str) -> Held:
    if not settings.demonstrates() and not (settings.state_dir / ENVIRONMENT).exists():
        raise Helpless("Only the people of a demonstration on this machine sign in like this.")
    try:
        everybody = people(settings.state_dir)
    except FileNotFoundError:
        raise Helpless(f"Nobody plays in {settings.state_dir}: start with python3 manage.py up.") from None
    if who not in everybody:
        raise Helpless(f"Nobody is called {who}; there are {', '.join(everybody)}.")
    return everybody[who]


def _running(settings: Settings) -> dict[str, Any]:
    try:
        verb = "cluster" if (settings.state_dir / ENVIRONMENT).exists() else "up"
        facts: dict[str, Any] = json.loads((settings.state_dir / "run" / f"{verb}.json").read_text())
    except FileNotFoundError:
        raise Helpless(f"Nothing runs on {settings.state_dir}: start it with python3 manage.py up.") from None
    return facts


def _code(held: Held, who: str, clock: Clock) -> str:
    if held.app is None:
        raise Helpless(
            f"{who} has no authenticator app: {'a passkey' if held.passkey else 'a password only'}."
        )
    return Person(held, "", clock.now).code()


def _token(settings: Settings, who: str, person: Person, base: str, clock: Clock) -> str:
    file = settings.state_dir / "run" / f"signed-in-{who}.json"
    with httpx.Client(base_url=base, timeout=30) as client:
        if (kept := _kept(file, clock)) is not None and _counts(client, kept):
            return kept
        client.get("/api/v1/me", auth=person).raise_for_status()
    write_whole(file, json.dumps({"token": person.token, "since": clock.now().isoformat()}))
    return person.token


def _kept(file: Path, clock: Clock) -> str | None:
    with suppress(FileNotFoundError):
        said = json.loads(file.read_text())
        if clock.now() - datetime.fromisoformat(said["since"]) < GIVEN_AGAIN:
            return str(said["token"])
    return None


def _counts(client: httpx.Client, token: str) -> bool:
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).is_success
