"""Who is let in, who is invited, and what people are told of their account."""

from __future__ import annotations

from uuid import UUID

import pytest

from aggregates.account import Account
from aggregates.notification import Notification
from aggregates.values import derived
from commands.account import SIGN_IN, WelcomeClient
from commands.notification import NoteNotificationSent, TellAccount
from eventstore import Claimed, Sealed
from tests.kit import fact
from tests.stories import (
    ADMIN,
    ANA,
    HOUSE,
    JEAN_ACCOUNT,
    LETTER,
    PASSKEY,
    VISIT_1,
    ana,
    codes_made,
    factor_added,
    forgot,
    invited_ana,
    key_issued,
    newcomer,
    password_set,
    signed_up,
)
from tests.workers.conftest import asked, asked_twice
from workers.admit import (
    invite,
    invite_again,
    let_in,
    tell_both_addresses,
    tell_of_the_identity,
    tell_of_the_key,
    tell_of_the_lost_factor,
    tell_of_the_new_factor,
    tell_of_the_password,
    tell_of_the_recovery_codes,
)
from workers.notify import send_the_letter

KNOWN = {(SIGN_IN, "jean.moreau@example.org"): JEAN_ACCOUNT}
OWN = derived(VISIT_1, "account")


def the_letter(sent: list) -> TellAccount:
    [(command, to)] = sent
    assert isinstance(command, TellAccount)
    assert to is None
    return command


# ── who asks ───────────────────────────────────────────────────────────────


def test_whoever_signs_up_gets_an_account(world):
    assert asked_twice(let_in, signed_up.event(), world.knowing()) == [
        (
            WelcomeClient(
                account_id=OWN, label="Jean Moreau", email="jean.moreau@example.org", language="fr"
            ),
            None,
        )
    ]


def test_a_repeat_after_the_account_was_opened_asks_for_the_same_and_writes_no_letter(world):
    claims = {(SIGN_IN, "jean.moreau@example.org"): OWN}
    [(command, _)] = asked(let_in, signed_up.event(), world.knowing(claims=claims))
    assert isinstance(command, WelcomeClient)


def test_of_two_who_sign_up_with_one_address_at_once_the_second_gets_nothing(world):
    answers = let_in(signed_up.event(), world.knowing())
    next(answers)
    with pytest.raises(StopIteration):
        answers.throw(Claimed(SIGN_IN))


@pytest.mark.parametrize(
    ("visit", "account", "template"),
    [
        (signed_up, (newcomer,), "invitation"),
        (signed_up, (newcomer, password_set), "sign-up-exists"),
        (forgot, (newcomer,), "invitation"),
        (forgot, (newcomer, password_set), "password-reset"),
    ],
)
def test_whose_address_is_known_is_told_by_mail_what_fits(world, visit, account, template):
    command = the_letter(asked_twice(let_in, visit.event(), world.knowing(*account, claims=KNOWN)))
    assert (command.account_id, command.template, command.to) == (JEAN_ACCOUNT, template, None)


def test_a_forgotten_password_of_nobody_writes_to_nobody(world):
    assert asked_twice(let_in, forgot.event(), world.knowing()) == []


# ── who is invited ─────────────────────────────────────────────────────────


def test_whoever_gets_an_account_with_an_address_is_invited(world):
    first = the_letter(asked_twice(invite, invited_ana.event(), world.knowing(invited_ana)))
    assert (first.account_id, first.template) == (ANA, "invitation")
    again = fact(Account.InvitationAsked, number=1, by=ADMIN).event(2, ANA)
    second = the_letter(asked_twice(invite_again, again, world.knowing()))
    assert second.notification_id != first.notification_id


def test_whoever_has_a_password_already_is_not_invited(world):
    assert asked(invite, invited_ana.event(), world.knowing(invited_ana, password_set)) == []


def test_programs_are_not_invited(world):
    assert asked(invite, ana.event(), world.knowing()) == []


# ── what happened to the account ───────────────────────────────────────────

HAPPENED = [
    (tell_of_the_password, password_set, "password"),
    (tell_of_the_new_factor, factor_added, "factor-added"),
    (tell_of_the_lost_factor, fact(Account.FactorRemoved, factor_id=PASSKEY, by=ANA), "factor-removed"),
    (
        tell_of_the_lost_factor,
        fact(Account.FactorRemoved, factor_id=PASSKEY, by=ADMIN),
        "factor-removed-by-us",
    ),
    (tell_of_the_recovery_codes, codes_made, "recovery-codes"),
    (tell_of_the_identity, fact(Account.IdentityLinked, issuer="https://id.example"), "identity"),
    (tell_of_the_key, key_issued, "key"),
]


@pytest.mark.parametrize(("act", "happened", "what"), HAPPENED, ids=[each[2] for each in HAPPENED])
def test_a_person_is_told_what_happened_to_their_account(world, act, happened, what):
    event = happened.event(2, ANA)
    command = the_letter(asked_twice(act, event, world.knowing(invited_ana)))
    assert (command.template, command.facts) == ("security-notice", {"what": what, "on": "2026-05-04"})
    assert asked(act, event, world.knowing(ana)) == [], "programs read no mail"


def test_both_addresses_are_told_that_one_took_the_place_of_the_other(world):
    moved = fact(
        Account.AddressChanged, email=Sealed("new@example.org"), before=Sealed("old@example.org")
    ).event(2, ANA)
    (now, _), (before, _) = asked_twice(tell_both_addresses, moved, world.knowing(invited_ana))
    assert (now.to, before.to) == (None, "old@example.org")
    assert now.notification_id != before.notification_id
    first = fact(Account.AddressChanged, email=Sealed("new@example.org")).event(2, ANA)
    assert len(asked(tell_both_addresses, first, world.knowing(invited_ana))) == 1


# ── what is in the mail, and nowhere else ──────────────────────────────────


def letter(template: str, account: UUID = JEAN_ACCOUNT, **facts: str):
    return fact(
        Notification.Requested,
        LETTER,
        customer_id=account,
        contact_id=None,
        template=template,
        language="fr",
        to=Sealed("jean.moreau@example.org"),
        facts=facts,
        about=account,
        account_id=account,
    )


@pytest.mark.parametrize(
    ("template", "purpose"),
    [
        ("invitation", "invitation"),
        ("sign-up-exists", "password-reset"),
        ("password-reset", "password-reset"),
        ("address-proof", "address-proof"),
    ],
)
def test_the_link_is_in_the_mail_and_in_nothing_that_is_kept(world, template, purpose):
    told = letter(template)
    known = world.knowing(*HOUSE, fact(newcomer.kind, JEAN_ACCOUNT, **newcomer.says), told)
    recorded = asked_twice(send_the_letter, told.event(), known)
    assert isinstance(recorded[-1][0], NoteNotificationSent)
    [mail, again] = world.mails()
    assert mail.message_id == again.message_id
    token = mail.text.partition("#")[2].split()[0]
    mailed = known.mailed.read(token, purpose)
    assert (mailed.account_id, mailed.letter) == (JEAN_ACCOUNT, LETTER)
    assert token not in repr(recorded)
    assert token not in repr(told.event().__dict__)


def test_a_notice_goes_out_without_a_link(world):
    told = letter("security-notice", what="password", on="2026-05-04")
    known = world.knowing(*HOUSE, told)
    asked(send_the_letter, told.event(), known)
    [mail] = world.mails()
    assert "un mot de passe a été choisi" in " ".join(mail.text.split())
    assert "http" not in mail.text
