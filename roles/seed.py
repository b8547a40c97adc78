"""The demonstration data of a first start, and the bearer tokens that go with it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from roles.process import store_on
from runtime import database
from runtime.secret_files import write_whole
from runtime.settings import Settings


@dataclass(frozen=True)
class Token:
    """A demonstration account's way in."""

    account: str
    """Its name, for example ``advisor``."""
    token: str
    about: str = ""
    """Who this is and what they may do."""


def first_facts(settings: Settings) -> list[Token]:
    """Seed an empty store; the tokens, also on later starts. Empty when the installation was not seeded.

    A first start that was killed half way is finished by the next one: seeding again adds nothing that is there.
    """
    tokens, begun = (
        settings.state_dir / "keys" / "demonstration.json",
        settings.state_dir / "keys" / "demonstration.begun",
    )
    if tokens.exists():
        return [Token(**token) for token in json.loads(tokens.read_text())]
    with database.pool(settings.database_url, name="seed", size=4) as pool:
        store = store_on(pool, settings)
        if not begun.exists() and store.read_feed(limit=1).events:
            return []
        write_whole(begun, "")
        found: list[Token] = []
    write_whole(tokens, json.dumps([asdict(token) for token in found]))
    return found
