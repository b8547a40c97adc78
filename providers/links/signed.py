"""Temporary links as signed tokens: nothing is stored, and only ids are in the address.

token = base64url( version ‖ document ‖ customer ‖ contact ‖ expiry, seconds, int8 ‖ purpose ‖ HMAC-SHA256 )
"""

from __future__ import annotations

import hmac
import struct
from datetime import UTC, datetime, timedelta
from uuid import UUID

from providers.links import Link, LinkExpired, LinkFacts, LinkInvalid
from providers.tokens import seal, unseal
from runtime.clock import Clock

VERSION = 1
HEAD = struct.Struct(">B16s16s16sq")
LONGEST = 256
"""Characters of a token that are worth looking at."""


class SignedLinks:
    def __init__(self, secret: bytes, clock: Clock, ttl: timedelta, public_url: str) -> None:
        # A key of its own: a token can never be mistaken for anything else that the secret signs.
        self.key = hmac.digest(secret, b"quittance temporary links", "sha256")
        self.clock, self.ttl, self.address = clock, ttl, public_url.rstrip("/") + "/api/v1/links/"

    def make(self, document_id: UUID, customer_id: UUID, contact_id: UUID, purpose: str) -> Link:
        expires_at = (self.clock.now() + self.ttl).replace(microsecond=0)
        token = self._seal(LinkFacts(document_id, customer_id, contact_id, purpose, expires_at))
        return Link(self.address + token, token, expires_at)

    def read(self, token: str) -> LinkFacts:
        facts = _facts(self._open(token))
        if self.clock.now() >= facts.expires_at:
            raise LinkExpired(facts)
        return facts

    def _seal(self, facts: LinkFacts) -> str:
        ids = (facts.document_id.bytes, facts.customer_id.bytes, facts.contact_id.bytes)
        said = HEAD.pack(VERSION, *ids, int(facts.expires_at.timestamp())) + facts.purpose.encode("ascii")
        return seal(self.key, said)

    def _open(self, token: str) -> bytes:
        said = unseal(self.key, token, LONGEST)
        if said is None:
            raise LinkInvalid("it is cut, misspelt or not signed by us")
        return said


def _facts(said: bytes) -> LinkFacts:
    version, document_id, customer_id, contact_id, expires = HEAD.unpack_from(said)
    if version != VERSION:
        raise LinkInvalid(f"version {version} is not known")
    return LinkFacts(
        UUID(bytes=document_id),
        UUID(bytes=customer_id),
        UUID(bytes=contact_id),
        said[HEAD.size :].decode("ascii"),
        datetime.fromtimestamp(expires, UTC),
    )
