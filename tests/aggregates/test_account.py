"""What an account can do."""

from datetime import date
from uuid import UUID

import pytest
from pydantic import ValidationError

from aggregates.account import (
    FACTORS,
    KEYS,
    Account,
    AccountClosed,
    AddressUnchanged,
    BeyondOwnRights,
    InvitationTaken,
    LastFactor,
    LooksAfterEverybody,
    NoAddress,
    OwnRoles,
    TooManyFactors,
    TooManyKeys,
    UnknownFactor,
    UnknownKey,
)
from aggregates.values import FactorId, KeyId
from commands.account import (
    IDENTITY,
    SIGN_IN,
    AddFactor,
    ChangeAccountCustomers,
    ChangePortfolio,
    ChangeRoles,
    ChangeSignInAddress,
    ChoosePassword,
    CloseAccount,
    InviteAgain,
    IssueKey,
    LinkIdentity,
    MakeRecoveryCodes,
    OpenAccount,
    RemoveFactor,
    RemoveFactorOfAnother,
    RevokeKey,
    WelcomeClient,
)
from eventstore import NotFound, Sealed
from tests.kit import fact, given, replay
from tests.stories import (
    ADMIN,
    ANA,
    AWA,
    BEN,
    CODES,
    JEAN,
    JEAN_ACCOUNT,
    KEY,
    NEW_PASSWORD,
    PASSKEY,
    PASSWORD,
    PHONE,
    account_closed,
    admin,
    ana,
    awa,
    ben,
    codes_made,
    deputy,
    factor_added,
    invited_ana,
    jean,
    jean_account,
    key_issued,
    newcomer,
    password_set,
    phone_added,
)

ANA_IS_INVITED = OpenAccount(
    account_id=ANA, roles=["advisor"], label="Ana Ferreira", email="Ana.Ferreira@example.org", language="en",
    portfolio=[JEAN, AWA],
)  # fmt: skip
AN_EXPORT = IssueKey(
    key_id=KEY, name="Export du soir", permissions=["loan.read"], networks=["203.0.113.7/24"],
    expires_on=date(2027, 5, 4), sha256="5e" * 32,
)  # fmt: skip
GONE = "Départ de la maison."
linked = fact(Account.IdentityLinked, issuer="https://id.example")


def of(number: int) -> UUID:
    return UUID(f"fad00000-0000-4000-8000-{number:012d}")


# ── opening ────────────────────────────────────────────────────────────────


def test_staff_gets_an_account():
    given().when(OpenAccount(account_id=ANA, roles=["advisor"], label="Ana Ferreira")).then(ana)


def test_whoever_is_invited_has_an_address_that_nobody_else_signs_in_with():
    outcome = given().with_(jean, awa).when(ANA_IS_INVITED)
    outcome.then(invited_ana)
    assert outcome.claims == [(SIGN_IN, "ana.ferreira@example.org")]


def test_a_client_acts_for_a_customer_we_know():
    ask = OpenAccount(account_id=JEAN_ACCOUNT, roles=["client"], customers=[JEAN], label="Jean Moreau")
    given().with_(jean).when(ask).then(jean_account)
    given().when(ask).then_rejected(NotFound)


def test_a_portfolio_is_of_customers_we_know():
    given().with_(jean).when(ANA_IS_INVITED).then_rejected(NotFound)


def test_whoever_signed_up_acts_for_nobody_yet():
    ask = WelcomeClient(
        account_id=JEAN_ACCOUNT, label="Jean Moreau", email="Jean.Moreau@example.org", language="fr"
    )
    outcome = given().when(ask)
    outcome.then(newcomer)
    assert outcome.claims == [(SIGN_IN, "jean.moreau@example.org")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"roles": ["client"]},
        {"roles": []},
        {"roles": ["owner"]},
        {"roles": ["advisor", "advisor"]},
        {"customers": [JEAN, JEAN]},
        {"portfolio": [JEAN, JEAN]},
        {"email": "nobody"},
        {"status": "closed"},
    ],
)
def test_what_no_account_is(wrong):
    with pytest.raises(ValidationError):
        OpenAccount(**({"account_id": ANA, "roles": ["advisor"], "label": "Ana Ferreira"} | wrong))


def test_an_invitation_is_asked_for_again_until_it_is_taken():
    asked = fact(Account.InvitationAsked, number=1, by=ADMIN)
    given(invited_ana).as_(ADMIN).when(InviteAgain()).then(asked)
    given(invited_ana, asked).as_(ADMIN).when(InviteAgain()).then(asked.but(number=2))
    given(invited_ana, password_set).as_(ADMIN).when(InviteAgain()).then_rejected(InvitationTaken)
    given(ana).as_(ADMIN).when(InviteAgain()).then_rejected(NoAddress)


# ── what it may do, decided by somebody else ───────────────────────────────


def test_roles_are_changed_by_somebody_else():
    changed = fact(Account.RolesChanged, roles=["advisor", "support"], by=ADMIN)
    ask = ChangeRoles(roles=["advisor", "support"])
    given(ana).as_(ADMIN).when(ask).then(changed)
    given(ana, changed).as_(ADMIN).when(ChangeRoles(roles=["support", "advisor"])).then_nothing()
    given(ana).as_(ANA).when(ask).then_rejected(OwnRoles)


def test_customers_are_changed_by_somebody_else():
    changed = fact(Account.CustomersChanged, customers=[JEAN, AWA])
    ask = ChangeAccountCustomers(customers=[JEAN, AWA])
    given(jean_account).with_(jean, awa).as_(ADMIN).when(ask).then(changed)
    given(jean_account, changed).with_(jean, awa).as_(ADMIN).when(ask).then_nothing()
    given(jean_account).with_(jean, awa).as_(JEAN_ACCOUNT).when(ask).then_rejected(OwnRoles)
    given(jean_account).with_(jean).as_(ADMIN).when(ask).then_rejected(NotFound)


def test_a_portfolio_is_changed_by_somebody_else():
    changed = fact(Account.PortfolioChanged, portfolio=[JEAN])
    ask = ChangePortfolio(portfolio=[JEAN])
    given(ana).with_(jean).as_(ADMIN).when(ask).then(changed)
    given(ana, changed).with_(jean).as_(ADMIN).when(ask).then_nothing()
    given(ana, changed).as_(ADMIN).when(ChangePortfolio()).then(changed.but(portfolio=None))
    given(ana).as_(ADMIN).when(ChangePortfolio()).then_nothing()
    given(ana).with_(jean).as_(ANA).when(ask).then_rejected(OwnRoles)
    given(ana).as_(ADMIN).when(ask).then_rejected(NotFound)


def test_who_looks_after_everybody_has_no_portfolio():
    ask = ChangePortfolio(portfolio=[JEAN])
    given(deputy).with_(jean).as_(ADMIN).when(ask).then_rejected(LooksAfterEverybody)
    with pytest.raises(ValidationError):
        OpenAccount(account_id=ANA, roles=["auditor"], label="Iris", portfolio=[JEAN])
    promoted = fact(Account.RolesChanged, roles=["admin"], by=ADMIN)
    assert replay(invited_ana, promoted)[0].owners() is None


def test_staff_sees_everybody_unless_there_is_a_portfolio():
    assert replay(ana)[0].owners() is None
    assert replay(invited_ana)[0].owners() == {JEAN, AWA, ANA}


def test_a_client_sees_its_customers_and_itself():
    assert replay(jean_account)[0].owners() == {JEAN, JEAN_ACCOUNT}


# ── what proves who uses it ────────────────────────────────────────────────


def test_the_newest_password_counts():
    given(newcomer).as_(JEAN_ACCOUNT).when(ChoosePassword(secret_id=PASSWORD)).then(password_set)
    chosen = password_set.but(secret_id=NEW_PASSWORD)
    given(newcomer, password_set).as_(JEAN_ACCOUNT).when(ChoosePassword(secret_id=NEW_PASSWORD)).then(chosen)
    assert replay(newcomer, password_set, chosen)[0].password == NEW_PASSWORD


def test_the_sign_in_address_moves_its_claim():
    moved = fact(
        Account.AddressChanged,
        email=Sealed("jean@example.com"),
        before=Sealed("jean.moreau@example.org"),
    )
    ask = ChangeSignInAddress(email="Jean@example.com")
    outcome = given(newcomer).as_(JEAN_ACCOUNT).when(ask)
    outcome.then(moved)
    assert (outcome.claims, outcome.released) == (
        [(SIGN_IN, "jean@example.com")],
        [(SIGN_IN, "jean.moreau@example.org")],
    )
    given(newcomer, moved).as_(JEAN_ACCOUNT).when(ask).then_rejected(AddressUnchanged)


def test_an_account_of_programs_can_get_an_address():
    moved = fact(Account.AddressChanged, email=Sealed("ana@example.org"))
    outcome = given(ana).as_(ANA).when(ChangeSignInAddress(email="ana@example.org"))
    outcome.then(moved)
    assert outcome.released == []


def test_a_second_factor_is_added_once():
    ask = AddFactor(factor_id=PASSKEY, factor="webauthn", name="Clé bleue")
    given(ana).as_(ANA).when(ask).then(factor_added)
    given(ana, factor_added).as_(ANA).when(ask).then_nothing()


def test_an_account_has_ten_second_factors_at_most():
    added = [factor_added.but(factor_id=FactorId(of(n))) for n in range(FACTORS)]
    ask = AddFactor(factor_id=PASSKEY, factor="webauthn", name="Clé bleue")
    given(ana, *added).as_(ANA).when(ask).then_rejected(TooManyFactors)
    given(ana, *added[1:]).as_(ANA).when(ask).then(factor_added)


def test_staff_keeps_a_second_factor_and_an_administrator_a_passkey():
    removed = fact(Account.FactorRemoved, factor_id=PASSKEY, by=ANA)
    ask = RemoveFactor(factor_id=PASSKEY)
    given(ana, factor_added).as_(ANA).when(ask).then_rejected(LastFactor)
    given(ana, factor_added, phone_added).as_(ANA).when(ask).then(removed)
    given(admin, factor_added, phone_added).as_(ADMIN).when(ask).then_rejected(LastFactor)
    given(jean_account, factor_added).as_(JEAN_ACCOUNT).when(ask).then(removed.but(by=JEAN_ACCOUNT))
    given(ana, phone_added).as_(ANA).when(ask).then_rejected(UnknownFactor)


def test_an_administrator_helps_whoever_lost_every_factor():
    removed = fact(Account.FactorRemoved, factor_id=PASSKEY, by=ADMIN)
    ask = RemoveFactorOfAnother(factor_id=PASSKEY)
    given(ana, factor_added).as_(ADMIN).when(ask).then(removed)
    given(ana, factor_added, removed).as_(ADMIN).when(ask).then_rejected(UnknownFactor)
    given(admin, factor_added).as_(ADMIN).when(ask).then_rejected(LastFactor)


def test_staff_has_to_enrol_what_its_roles_ask_for():
    assert replay(ana)[0].must_enrol()
    assert not replay(ana, phone_added)[0].must_enrol()
    assert replay(admin, phone_added)[0].must_enrol()
    assert not replay(admin, factor_added)[0].must_enrol()
    assert not replay(jean_account)[0].must_enrol()


def test_the_newest_recovery_codes_count():
    given(ana).as_(ANA).when(MakeRecoveryCodes(secret_id=CODES)).then(codes_made)
    assert replay(ana, codes_made)[0].recovery_codes == CODES


def test_an_identity_is_linked_to_one_account():
    ask = LinkIdentity(issuer="https://id.example", subject="248289761001")
    outcome = given(ana).as_(ANA).when(ask)
    outcome.then(linked)
    assert outcome.claims == [(IDENTITY, "https://id.example 248289761001")]
    assert "248289761001" not in repr(outcome.recorded)
    given(ana, linked).as_(ANA).when(ask).then_nothing()


def test_a_key_may_do_at_most_what_its_account_may():
    given(ana).as_(ANA).when(AN_EXPORT).then(key_issued.but(networks=["203.0.113.0/24"]))
    given(jean_account).as_(JEAN_ACCOUNT).when(
        AN_EXPORT.model_copy(update={"permissions": ["loan.approve"]})
    ).then_rejected(BeyondOwnRights, "loan.approve")


def test_an_account_has_twenty_keys_at_most():
    issued = [key_issued.but(key_id=KeyId(of(n))) for n in range(KEYS)]
    given(ana, *issued).as_(ANA).when(AN_EXPORT).then_rejected(TooManyKeys)


def test_a_key_is_revoked_by_its_person_or_by_an_administrator():
    revoked = fact(Account.KeyRevoked, key_id=KEY)
    ask = RevokeKey(key_id=KEY)
    given(ana, key_issued).as_(ANA).when(ask).then(revoked)
    given(ana, key_issued).with_(admin).as_(ADMIN).when(ask).then(revoked)
    given(ana, key_issued).with_(ben).as_(BEN).when(ask).then_rejected(NotFound)
    given(ana, key_issued, revoked).as_(ANA).when(ask).then_rejected(UnknownKey)


@pytest.mark.parametrize("network", ["nowhere", "203.0.113.0/33", "::1/200"])
def test_a_network_is_written_as_one(network):
    with pytest.raises(ValidationError):
        IssueKey.model_validate({**AN_EXPORT.model_dump(mode="json"), "networks": [network]})


# ── nobody looks after the account of somebody else ────────────────────────

OWN = (
    ChoosePassword(secret_id=PASSWORD),
    ChangeSignInAddress(email="jean@example.com"),
    AddFactor(factor_id=PASSKEY, factor="webauthn", name="Clé bleue"),
    RemoveFactor(factor_id=PHONE),
    MakeRecoveryCodes(secret_id=CODES),
    LinkIdentity(issuer="https://id.example", subject="1"),
    AN_EXPORT,
)


@pytest.mark.parametrize("ask", OWN, ids=lambda ask: type(ask).__name__)
def test_nobody_looks_after_the_account_of_somebody_else(ask):
    given(invited_ana, phone_added).as_(ADMIN).when(ask).then_rejected(NotFound)


# ── closing ────────────────────────────────────────────────────────────────


def test_a_closed_account_gives_its_address_back_and_has_nothing_to_prove_with():
    outcome = (
        given(invited_ana, password_set, factor_added, codes_made, key_issued, linked)
        .as_(ADMIN)
        .when(CloseAccount(reason=GONE))
    )
    outcome.then(account_closed)
    assert outcome.released == [(SIGN_IN, "ana.ferreira@example.org")]
    closed = replay(invited_ana, password_set, factor_added, codes_made, key_issued, linked, account_closed)[
        0
    ]
    assert (closed.password, closed.factors, closed.recovery_codes, closed.keys, closed.linked) == (
        None, {}, None, {}, [],
    )  # fmt: skip


OTHERS = (
    InviteAgain(),
    ChangeRoles(roles=["support"]),
    ChangeAccountCustomers(customers=[JEAN]),
    ChangePortfolio(portfolio=[JEAN]),
    RemoveFactorOfAnother(factor_id=PASSKEY),
    CloseAccount(reason="Encore."),
)


@pytest.mark.parametrize("ask", [*OWN, RevokeKey(key_id=KEY)], ids=lambda ask: type(ask).__name__)
def test_a_closed_account_does_nothing(ask):
    given(invited_ana, account_closed).as_(ANA).when(ask).then_rejected(AccountClosed)


@pytest.mark.parametrize("ask", OTHERS, ids=lambda ask: type(ask).__name__)
def test_a_closed_account_gets_nothing(ask):
    given(invited_ana, account_closed).with_(jean).as_(ADMIN).when(ask).then_rejected(AccountClosed)


def test_what_old_tokens_said_changes_nothing():
    token = fact(Account.TokenIssued, token_id=PASSWORD)
    account = replay(ana, token, fact(Account.TokenRevoked, token_id=PASSWORD))[0]
    assert (account.status, account.version, account.keys) == ("open", 3, {})
