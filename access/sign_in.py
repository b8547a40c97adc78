"""Signing in and stepping up: from what somebody shows to a session, or to one refusal that tells nobody anything.

    address and password ──▶ session
                         └──▶ second factor ──▶ session          passkey alone ──▶ session
    OpenID identity      ──▶ session, or second factor           session and fresh proof ──▶ new session

An address without an account, a wrong password, a closed account and one without a password cost the same work and get
the same words. Every door is counted before it is tried (access/limits.py); api/sign_in.py sees to the access log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, TypeVar
from uuid import UUID

from access.factors import NOTHING, PASSKEY, PASSWORD, SEVERAL, Answer, Factors, Kind, of_kind
from access.limits import Limits
from access.passkeys import SECOND, SIGN_IN, STEP_UP, Json, PasskeyRefused
from access.passwords import Passwords
from access.pending import Half, Pending
from access.secrets import Secrets
from access.sessions import Device, Opened, Session, Sessions
from aggregates.account import Account
from commands.account import SIGN_IN as ADDRESS
from eventstore import NotFound, Rejected, Store

NOBODY = UUID(int=0)
"""Whom is looked for when nobody has the address: it takes as long."""

R = TypeVar("R", "SignInRefused", "FactorRefused")


class SignInRefused(Rejected):
    """That is not enough to sign in."""

    status: ClassVar[int] = 401
    account: UUID | None = None
    """Whose door it was: for the access log, never for the answer."""


class FactorRefused(Rejected):
    """This second proof does not count: it is wrong, used already, or over."""

    status: ClassVar[int] = 401
    account: UUID | None = None
    """As above."""


class PasswordWrong(FactorRefused):
    """The present password is another one."""

    status: ClassVar[int] = 422


@dataclass(frozen=True)
class LetIn:
    """Somebody is in."""

    account: Account
    opened: Opened


@dataclass(frozen=True)
class FactorNeeded:
    """The first proof is right, and this account has a second one."""

    account: UUID
    pending: str
    kinds: list[Kind]
    passkey: Json | None
    """Options for ``navigator.credentials.get``, when a passkey is among the kinds."""


class SignIn:
    def __init__(
        self,
        store: Store,
        secrets: Secrets,
        passwords: Passwords,
        factors: Factors,
        sessions: Sessions,
        limits: Limits,
        pending: Pending,
    ) -> None:
        self._store, self._secrets, self._passwords = store, secrets, passwords
        self._factors, self._sessions, self._limits, self._pending = factors, sessions, limits, pending

    # ── the first proof ────────────────────────────────────────────────────

    def with_password(self, email: str, password: str, device: Device, place: str) -> LetIn | FactorNeeded:
        """Raises SignInRefused, TooManyRequests, Busy.

        place  for whom the client address stands when tries are counted
        """
        address = email.casefold()
        with self._counted(("sign-in.address", place), ("sign-in.account", address), ("sign-in.all",)):
            account = self._account(self._store.claimed(ADDRESS, address) or NOBODY)
            right = self._is_password(account, password)
            if account is None or not right:
                raise _refused(SignInRefused("check the address and the password"), account)
        return self._go_on(account, (PASSWORD,), device)

    def with_identity(self, account: Account, how: tuple[str, ...], device: Device) -> LetIn | FactorNeeded:
        """An OpenID provider has vouched for the account's person. Raises SignInRefused when it is closed."""
        if account.status != "open":
            raise _refused(SignInRefused("the account is closed"), account)
        return self._go_on(account, how, device)

    def passkey_options(self) -> Json:
        """Options for ``navigator.credentials.get``, for whoever comes."""
        return self._factors.passkeys.to_prove(SIGN_IN)

    def with_passkey(self, credential: Json, device: Device, place: str) -> LetIn:
        """A passkey that asked its holder for a finger or a PIN is two proofs in one. Raises SignInRefused."""
        # Nobody guesses a passkey: when guessers of passwords have filled the door of everybody, this one stays open.
        with self._counted(("sign-in.address", place)):
            account = self._account(self._factors.passkeys.claims_to_be(credential) or NOBODY)
            try:
                if account is None:
                    raise PasskeyRefused("nobody has it")
                known = of_kind(account, "webauthn")
                self._factors.passkeys.check(SIGN_IN, account.id, known, credential, verify=True, bound=False)
            except PasskeyRefused:
                refusal = SignInRefused("try again, or sign in with your password")
                raise _refused(refusal, account) from None
        return self._let_in(account, (PASSKEY, SEVERAL), device)

    # ── the second one ─────────────────────────────────────────────────────

    def with_factor(self, pending: str, answer: Answer, device: Device) -> LetIn:
        """Raises SignInRefused when the first proof is over, FactorRefused, TooManyRequests."""
        half, account = self._half_way(pending)
        with self._counted(("factor", str(account.id))):
            proved = self._factors.check(account, answer, SECOND)
            if proved is None:
                raise _refused(FactorRefused("try again with a new code"), account)
        return self._let_in(account, (*half.how, proved, SEVERAL), device)

    def asked_again(self, pending: str) -> FactorNeeded:
        """The same question with a new challenge. Raises SignInRefused when the first proof is over."""
        return self._question(self._half_way(pending)[1], pending)

    # ── once more, later ───────────────────────────────────────────────────

    def step_up_options(self, session: Session) -> Json | None:
        """Options for ``navigator.credentials.get``; None when the account has no passkey."""
        return self._factors.options(self._store.load(Account, session.account_id), STEP_UP, verify=True)

    def step_up(self, session: Session, password: str | None, answer: Answer, device: Device) -> LetIn:
        """A new session in the place of this one, with a fresh proof. Raises FactorRefused, TooManyRequests, Busy.

        Password and second factor; the password alone where there is no second factor; or a passkey alone.
        """
        account = self._store.load(Account, session.account_id)
        with self._counted(("factor", str(account.id))):
            how = self._proved_again(account, password, answer)
            if how is None:
                raise _refused(FactorRefused("try again"), account)
        return LetIn(account, self._sessions.renew(session.id, how, device))

    def _proved_again(self, account: Account, password: str | None, answer: Answer) -> tuple[str, ...] | None:
        if password is None:
            alone = answer.passkey is not None and self._factors.check(account, answer, STEP_UP, verify=True)
            return (PASSKEY, SEVERAL) if alone else None
        if not self._is_password(account, password):
            return None
        if not account.factors:
            return (PASSWORD,) if answer == NOTHING else None
        proved = self._factors.check(account, answer, STEP_UP)
        return (PASSWORD, proved, SEVERAL) if proved else None

    def confirm(self, account: Account, password: str) -> None:
        """The present password, before another one takes its place. Raises PasswordWrong, TooManyRequests, Busy."""
        with self._counted(("factor", str(account.id))):
            if not self._is_password(account, password):
                raise PasswordWrong("nothing was changed")

    # ── inside ─────────────────────────────────────────────────────────────

    def _half_way(self, pending: str) -> tuple[Half, Account]:
        """Whose first proof was right, not long ago. Raises SignInRefused."""
        half = self._pending.read(pending)
        account = self._account(half.account) if half else None
        if half is None or account is None or not half.is_of(account):
            raise _refused(SignInRefused("start again with your password"), account)
        return half, account

    def _account(self, id: UUID) -> Account | None:
        try:
            return self._store.load(Account, id)
        except NotFound:
            return None

    def _is_password(self, account: Account | None, text: str) -> bool:
        """The same work whether there is an account, a password, both or neither. Raises Busy."""
        id, secret = (account.id, account.password or NOBODY) if account is not None else (NOBODY, NOBODY)
        kept = self._secrets.open(secret, id)
        hashed = kept.value.decode() if kept is not None else None
        if not self._passwords.matches(hashed, text):
            return False
        if kept is not None and hashed is not None and self._passwords.needs_rehash(hashed):
            self._secrets.replace(secret, id, kept.version, self._passwords.hash(text).encode())
        return True

    def _go_on(self, account: Account, how: tuple[str, ...], device: Device) -> LetIn | FactorNeeded:
        kinds = self._factors.asked_of(account)
        if not kinds or SEVERAL in how:
            return self._let_in(account, how, device)
        return self._question(account, self._pending.make(account, how))

    def _question(self, account: Account, pending: str) -> FactorNeeded:
        return FactorNeeded(
            account.id, pending, self._factors.asked_of(account), self._factors.options(account, SECOND)
        )

    def _let_in(self, account: Account, how: tuple[str, ...], device: Device) -> LetIn:
        return LetIn(account, self._sessions.open(account, how, device))

    @contextmanager
    def _counted(self, *doors: tuple[str, ...]) -> Iterator[None]:
        """Count a try at each door; one that was right, or was never judged, does not count after all.

        The narrowest door first: what is refused there fills no other, or one sender could close the widest for all.
        """
        for rule, *keys in doors:
            self._limits.hit(rule, *keys)
        try:
            yield
        except (SignInRefused, FactorRefused):
            raise
        except BaseException:
            self._give_back(doors)
            raise
        self._give_back(doors)

    def _give_back(self, doors: tuple[tuple[str, ...], ...]) -> None:
        for rule, *keys in doors:
            self._limits.give_back(rule, *keys)


def _refused(refusal: R, account: Account | None) -> R:
    refusal.account = account.id if account is not None else None
    return refusal
