"""What somebody does with their own account: another password, another address, a customer of one's own."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request
from pydantic import BaseModel, ConfigDict

from access.choosing import choose
from access.limits import TooManyRequests
from access.sign_in import PasswordWrong
from aggregates.account import Account, AccountClosed
from aggregates.permissions import SELF
from aggregates.values import NotificationId, derived
from api.auth import TheIdentity
from api.deps import Send, asker, dispatch
from api.described import asks, offers
from api.platform import ThePlatform
from api.proofs import Password
from api.routing import routes
from api.sign_up import JUDGED
from commands.account import ChoosePassword
from commands.customer import BecomeCustomer
from commands.fields import Email
from commands.notification import ProveAddress
from eventstore import Receipt, StepUpRequired

router = routes("/me", "own account")


class NewPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")

    current: Password
    password: Password


class NewAddress(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email


@router.post("/password", **offers(
    "ChangePassword",
    "Choose another password. It takes the present one, and a fresh proof where there is a second factor; every other"
    " session of the account ends.",
    PasswordWrong, TooManyRequests, StepUpRequired, AccountClosed, *JUDGED, may=SELF, body=True,
))  # fmt: skip
def change_password(
    wanted: NewPassword, send: Send, platform: ThePlatform, identity: TheIdentity, request: Request
) -> Receipt:
    access, account = platform.access, platform.store.load(Account, identity.account)
    identity = request.app.state.identities.afresh(identity)
    if not account.factors:  # then the present password is all the proof there can be
        identity = replace(identity, proved_at=platform.clock.now())
    told = asker(platform, identity, request)
    if not told.has_just_proved():
        raise StepUpRequired("confirm with your second factor")
    access.sign_in.confirm(account, wanted.current)

    def record(command: ChoosePassword) -> Receipt:
        return dispatch(platform, told, command, account.id, None, send.command_id)

    receipt = choose(account, wanted.password, access.secrets, access.passwords, record)
    access.sessions.end_all(account.id, but=identity.session)
    request.app.state.identities.forget()
    return receipt


@router.post("/email", **asks(ProveAddress, TooManyRequests))
def prove_address(wanted: NewAddress, send: Send, platform: ThePlatform) -> Receipt:
    platform.access.limits.hit("mail.mailbox", wanted.email.casefold())
    id = NotificationId(derived(send.command_id, "address-proof"))
    return send(ProveAddress(notification_id=id, email=wanted.email))


@router.post("/customer", **asks(BecomeCustomer))
def become_customer(command: BecomeCustomer, send: Send, request: Request) -> Receipt:
    receipt = send(command)
    request.app.state.identities.forget()  # the account sees its customer from now on
    return receipt
