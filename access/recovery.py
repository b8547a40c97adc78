"""Recovery codes: ten words on paper for the day when every other second factor is lost, each of which counts once."""

from __future__ import annotations

import hashlib
import json
import os
import re
from base64 import b32encode
from uuid import UUID, uuid4

from access.secrets import Secrets

KIND = "recovery"
CODES = 10
RANDOM_BYTES = 15
"""120 bits each: a plain hash keeps what has 112 and more. Source: NIST SP 800-63B-4 §3.1.2.2."""

_MISREAD = str.maketrans("018", "OIB")
"""Base32 has no 0, 1 or 8: whoever reads one means the letter."""


class RecoveryCodes:
    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def make(self, account: UUID) -> tuple[UUID, list[str]]:
        """New codes under a new id, shown now and never again; they count once the account names the id."""
        id, codes = uuid4(), [b32encode(os.urandom(RANDOM_BYTES)).decode() for _ in range(CODES)]
        self._secrets.keep(id, account, KIND, _written([_hash(code) for code in codes]))
        return id, ["-".join(re.findall(".{4}", code)) for code in codes]

    def left(self, id: UUID, account: UUID) -> int:
        """How many were not used yet."""
        return len(self._open(id, account)[0])

    def check(self, id: UUID, account: UUID, code: str) -> bool:
        """Whether the code is one of those left; it is used then."""
        left, version = self._open(id, account)
        hashed = _hash(re.sub(r"[\s-]", "", code).upper().translate(_MISREAD))
        if hashed not in left:
            return False
        return self._secrets.replace(id, account, version, _written([one for one in left if one != hashed]))

    def _open(self, id: UUID, account: UUID) -> tuple[list[str], int]:
        kept = self._secrets.open(id, account)
        if kept is None or kept.kind != KIND:
            return [], 0
        return json.loads(kept.value), kept.version


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _written(left: list[str]) -> bytes:
    return json.dumps(left).encode()
