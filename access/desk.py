"""Everything that the HTTP side needs to know who is asking, put together once a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from argon2 import PasswordHasher
from psycopg_pool import ConnectionPool

from access.challenges import Challenges
from access.factors import Factors
from access.keys import KeySecrets, KeyUses
from access.limits import Limits
from access.log import AccessLog
from access.openid import OpenId
from access.openid_provider import Provider
from access.passkeys import Passkeys
from access.passwords import ARGON2ID, Passwords
from access.pending import Pending
from access.recovery import RecoveryCodes
from access.secrets import Secrets
from access.sessions import CsrfTokens, Sessions
from access.sign_in import SignIn
from access.signing import SigningKeys
from access.tokens import Tokens
from access.totp import Totp
from eventstore import Store
from runtime.clock import Clock
from runtime.keys import derived
from runtime.settings import Settings

NAME = "Quittance"
"""What authenticator apps and browsers call us."""


@dataclass(frozen=True)
class Access:
    sessions: Sessions
    signing: SigningKeys
    tokens: Tokens
    key_secrets: KeySecrets
    key_uses: KeyUses
    csrf: CsrfTokens
    secrets: Secrets
    passwords: Passwords
    limits: Limits
    factors: Factors
    sign_in: SignIn
    openid: OpenId | None
    """None unless the settings name a provider."""
    log: AccessLog


def from_settings(
    settings: Settings,
    pool: ConnectionPool,
    clock: Clock,
    store: Store,
    today: Callable[[], date | None] = lambda: None,
    hasher: PasswordHasher = ARGON2ID,
) -> Access:
    """The desk of this installation.

    pool    connections in autocommit of the role ``app``
    today   the business date, for the access log
    hasher  of passwords; another one only where nobody's are guarded
    """
    signing = SigningKeys(settings.signing_dir, clock.now, make_first=settings.profile == "embedded")
    secret = settings.fleeting()
    sessions = Sessions(pool, clock.now, derived(secret, "refresh tokens"))
    secrets, passwords, challenges = (
        Secrets(pool, settings.keks()),
        Passwords(hasher),
        Challenges(pool, clock),
    )
    limits = Limits(derived(secret, "limits"), settings.redis_url, settings.requests_per_minute)
    factors = Factors(
        Totp(secrets, clock, NAME),
        RecoveryCodes(secrets),
        Passkeys(secrets, challenges, settings.public_url, NAME),
    )
    pending = Pending(derived(secret, "pending sign-in"), clock)
    return Access(
        sessions=sessions,
        signing=signing,
        tokens=Tokens(signing, settings.public_url, clock.now),
        key_secrets=KeySecrets(derived(secret, "keys of programs")),
        key_uses=KeyUses(pool, clock.now),
        csrf=CsrfTokens(derived(secret, "csrf tokens")),
        secrets=secrets,
        passwords=passwords,
        limits=limits,
        factors=factors,
        sign_in=SignIn(store, secrets, passwords, factors, sessions, limits, pending),
        openid=_openid(settings, challenges, clock),
        log=AccessLog(pool, derived(settings.secret(), "access log"), today),
    )


def _openid(settings: Settings, challenges: Challenges, clock: Clock) -> OpenId | None:
    if not settings.oidc_issuer:
        return None
    provider = Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_secret(), clock)
    return OpenId(provider, challenges, f"{settings.public_url.rstrip('/')}/api/v1/auth/openid/callback")
