"""A colleague arrives: invited by mail, chooses a password, enrols an app, and may work from then on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from demo.cast import Cast
from demo.desk import Desk, Unexpected, until
from demo.people import Held

NAME: Final = "Dora Lindqvist"
EMAIL: Final = "dora.lindqvist@prets-du-fleuve.example"
PASSWORD: Final = "kora vélo brume septembre"
GONE: Final = 410


@dataclass
class Newcomer:
    """Dora, of the support. Her steps are called in their order."""

    cast: Cast
    link: str = ""

    def __post_init__(self) -> None:
        self.account_id = UUID(self.cast.ids.new())
        self._person = self.cast.person(Held(EMAIL, PASSWORD))
        self.desk: Desk = self.cast.desk("Dora", self._person)

    def is_invited(self) -> None:
        """An administrator opens the account; the mail with the link follows by itself."""
        body = {"account_id": str(self.account_id), "roles": ["support"], "label": NAME, "email": EMAIL}
        self.cast.admin.send("/api/v1/accounts", body)
        self.link = until("the invitation", self._mailed)
        page, _, self._token = self.link.partition("#")
        if '<script type="module"' not in self.cast.visitor.fetch(page).decode():
            raise Unexpected(f"{page} is no screen: a password cannot be chosen there")

    def tries(self, password: str) -> dict[str, Any]:
        """A password that cannot be chosen; returns the refusal."""
        return self.cast.visitor.refused("/api/v1/auth/password", self._chosen(password))

    def chooses(self) -> None:
        self.cast.visitor.send("/api/v1/auth/password", self._chosen(PASSWORD))

    def uses_the_link_again(self) -> dict[str, Any]:
        return self.tries(f"{PASSWORD}, encore")

    def looks_at_the_files(self) -> dict[str, Any]:
        """Without a second factor; returns the refusal."""
        return self.desk.problem("/api/v1/customers")

    def enrols(self) -> None:
        """An authenticator app; then she is in with both, and sees the files."""
        begun = self.desk.send_plain("/api/v1/me/factors/totp", {})
        self._person.takes(replace(self._person.held, app=begun["secret"]))
        shown = {"code": self._person.code(), "name": "Téléphone"}
        self.desk.send_plain(f"/api/v1/me/factors/totp/{begun['factor_id']}/confirm", shown)
        if not next(self.desk.rows("/api/v1/customers"), None):
            raise Unexpected("Dora sees no file")

    def leaves(self) -> None:
        self.desk.close()

    def _chosen(self, password: str) -> dict[str, str]:
        return {"token": self._token, "password": password}

    def _mailed(self) -> str | None:
        for mail in self.cast.mails.read("/mails", to=EMAIL):
            if found := re.search(r"https?://\S+/password#[\w-]+", mail["text"]):
                return found[0]
        return None


def wrong_password(cast: Cast) -> dict[str, Any]:
    """Somebody tries the advisor's door; returns the refusal, which is that of an unknown address."""
    tried = {"password": "une petite maison bleue", "carrier": "bearer"}
    known, unknown = (
        cast.visitor.refused("/api/v1/auth/sign-in", {**tried, "email": email})
        for email in (cast.persons["advisor"].held.email, "nobody@prets-du-fleuve.example")
    )
    if {**known, "request_id": ""} != {**unknown, "request_id": ""}:
        raise Unexpected(f"the refusals tell who has an account: {known}, {unknown}")
    return known
