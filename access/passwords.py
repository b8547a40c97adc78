"""Passwords: argon2id in a bounded pool, and what a password has to be.

Length decides, as NIST has it: no rules about digits and signs, but no password that guessers try first, and none that
is made of the person's own name or address or of this product's words. A text is normalised (NFC) before anything is
done with it, so that the same keys typed on two machines are the same password.

Source: NIST SP 800-63B-4 (August 2025) §3.1.1; RFC 9106 §4 for argon2id; OWASP Password Storage Cheat Sheet
(m = 46 MiB, t = 1, p = 1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from pathlib import Path
from threading import BoundedSemaphore
from typing import ClassVar, Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from eventstore import Rejected

T = TypeVar("T")

LONG_ENOUGH: Final = 15
"""Characters of a password that is the only proof."""
LONG_ENOUGH_WITH_FACTOR: Final = 8
"""Characters of a password beside a second factor."""
LONGEST: Final = 128
"""Characters."""

WORKERS: Final = 2
"""How many are hashed at once: each takes a core and 46 MiB."""
QUEUE: Final = 30
"""How many wait at most; at 60 ms each the last one waits for a second."""

COMMON = Path(__file__).parent / "common-passwords.txt"
OUR_WORDS: Final = (
    "quittance",
    "motdepasse",
    "password",
    "administrateur",
    "administrator",
    "customer",
    "client",
)
ENOUGH_OF_ONES_OWN: Final = 8
"""Characters that have to be left when the words that anybody would try are taken out."""
DIFFERENT: Final = 5
"""Different characters at least."""

ARGON2ID: Final = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1, type=Type.ID)


class PasswordRefused(Rejected):
    """This password cannot be chosen."""

    status: ClassVar[int] = 422


class PasswordTooShort(PasswordRefused):
    """A password has at least 15 characters, or 8 beside a second factor."""


class PasswordTooLong(PasswordRefused):
    """A password has at most 128 characters."""


class PasswordTooCommon(PasswordRefused):
    """This password is among those that guessers try first."""


class PasswordTooPersonal(PasswordRefused):
    """A password is not made of your name, your address or this product's words."""


class Busy(Rejected):
    """Too many people are signing in at this moment."""

    status: ClassVar[int] = 503


class Passwords:
    """Owned by its maker, who closes it.

    hasher   argon2id with today's parameters; a hash made with others is told by ``needs_rehash``
    workers  hashed at once
    queue    waiting at most; the next one gets Busy
    """

    def __init__(self, hasher: PasswordHasher = ARGON2ID, workers: int = WORKERS, queue: int = QUEUE) -> None:
        self._hasher = hasher
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="argon2")
        self._places = BoundedSemaphore(workers + queue)
        self._nobodys = _hash_of_nobody(hasher)

    def hash(self, text: str) -> str:
        """The hash to keep, in PHC form. Raises Busy."""
        return self._in_turn(lambda: self._hasher.hash(_normal(text)))

    def matches(self, hash: str | None, text: str) -> bool:
        """Whether this is the password; the same work without a hash, and the answer no. Raises Busy."""
        right = self._in_turn(lambda: self._verify(hash or self._nobodys, text))
        return right and hash is not None

    def needs_rehash(self, hash: str) -> bool:
        """Whether it was made with other parameters than today's: hash again, now that the text is known."""
        return self._hasher.check_needs_rehash(hash)

    def check(self, text: str, with_factor: bool, personal: Collection[str]) -> None:
        """Raises PasswordRefused unless this text may be chosen.

        with_factor  whether the account has a second factor
        personal     the person's name and address, in any spelling
        """
        text = _normal(text)
        least = LONG_ENOUGH_WITH_FACTOR if with_factor else LONG_ENOUGH
        if len(text) < least:
            raise PasswordTooShort(f"it has {len(text)} characters, and {least} are needed")
        if len(text) > LONGEST:
            raise PasswordTooLong(f"it has {len(text)} characters")
        folded = text.casefold()
        if _is_common(folded):
            raise PasswordTooCommon("choose another one")
        left = _without(folded, _words(personal))
        if left != folded and len(re.sub(r"[\W_]+", "", left)) < ENOUGH_OF_ONES_OWN:
            raise PasswordTooPersonal("choose another one")

    def close(self) -> None:
        """Let what is being hashed end; nothing is hashed after that."""
        self._pool.shutdown()

    def _verify(self, hash: str, text: str) -> bool:
        try:
            return self._hasher.verify(hash, _normal(text))
        except (VerificationError, InvalidHashError):
            return False

    def _in_turn(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Busy("the queue is full")
        try:
            return self._pool.submit(work).result()
        finally:
            self._places.release()


@cache
def common_passwords() -> frozenset[str]:
    """What guessers try first, in lower case; the file says where it comes from."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))


@cache
def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """What is compared where there is no account: made before the first question, which would take twice as long."""
    return hasher.hash("nobody has this password")


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _is_common(folded: str) -> bool:
    """In the list as it is, or with numbers and signs around it, or again and again, or a row of neighbours."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    return (
        folded in common_passwords()
        or core in common_passwords()
        or _unit(folded) in common_passwords()
        or len(set(folded)) < DIFFERENT
        or steps <= {1, -9}
        or steps <= {-1, 9}
    )


def _unit(text: str) -> str:
    """What the text repeats: ``abc`` of ``abcabcabc``; the text itself when it repeats nothing."""
    return text[: (text + text).index(text, 1)]


def _words(personal: Collection[str]) -> set[str]:
    """Our words, and the parts of a name or an address that are long enough to mean somebody."""
    parts = {part for said in personal for part in re.split(r"[\W_]+", _normal(said).casefold())}
    return {*OUR_WORDS, *(part for part in parts if len(part) > 2)}


def _without(folded: str, words: Collection[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        folded = folded.replace(word, "")
    return folded
