"""Everything that the HTTP side needs to know who is asking, put together once a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg_pool import ConnectionPool

from access.keys import KeySecrets, KeyUses
from access.limits import Limits
from access.log import AccessLog
from access.sessions import CsrfTokens, Sessions
from access.signing import SigningKeys
from access.tokens import Tokens
from eventstore import Store
from runtime.clock import Clock
from runtime.settings import Settings


@dataclass(frozen=True)
class Access:
    sessions: Sessions
    signing: SigningKeys
    tokens: Tokens
    key_secrets: KeySecrets
    key_uses: KeyUses
    csrf: CsrfTokens
    limits: Limits
    log: AccessLog


def from_settings(
    settings: Settings,
    pool: ConnectionPool,
    clock: Clock,
    store: Store,
    today: Callable[[], date | None] = lambda: None,
) -> Access:
    """The desk of this installation.

    pool   connections in autocommit of the role ``app``
    today  the business date, for the access log
    """
    signing = SigningKeys(settings.signing_dir, clock.now, make_first=settings.profile == "embedded")
    return Access(
        sessions=Sessions(pool, clock.now, derived(settings.secret(), "refresh tokens")),
        signing=signing,
        tokens=Tokens(signing, settings.public_url, clock.now),
        key_secrets=KeySecrets(derived(settings.secret(), "keys of programs")),
        key_uses=KeyUses(pool, clock.now),
        csrf=CsrfTokens(derived(settings.secret(), "csrf tokens")),
        limits=Limits(derived(settings.secret(), "limits"), settings.redis_url, settings.requests_per_minute),
        log=AccessLog(pool, derived(settings.secret(), "access log"), today),
    )


def derived(secret: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose, so that what one makes means nothing to another. Source: RFC 5869."""
    return HKDF(SHA256(), 32, salt=None, info=f"quittance {purpose}".encode()).derive(secret)
