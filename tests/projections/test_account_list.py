"""The accounts."""

from datetime import date
from uuid import UUID

from aggregates.account import Account
from eventstore import Sealed
from projections.account_list import AccountList
from tests.kit import Fact, fact
from tests.stories import (
    ADMIN,
    ANA,
    AWA,
    AWA_ACCOUNT,
    JEAN,
    JEAN_ACCOUNT,
    MAY_4,
    MAY_6,
    ana,
    awa_account,
    factor_added,
    invited_ana,
    jean_account,
    key_issued,
    password_set,
)

OLD_TOKEN = UUID("70000000-0000-5000-8000-000000000001")


def of(account: UUID, each: Fact) -> Fact:
    return fact(each.kind, account, **each.says)


def test_an_account_is_shown_with_its_person_its_roles_and_its_customers(screens):
    screens.happened(jean_account, invited_ana)
    accounts = screens.read(AccountList)
    line = accounts.line(JEAN_ACCOUNT)
    assert (line.label, line.email, line.language) == ("Jean Moreau", None, "fr")
    assert (line.roles, line.customers, line.portfolio) == (["client"], [JEAN], None)
    assert (line.invited, line.has_password, line.opened_on, line.version) == (False, False, MAY_4, 1)
    line = accounts.line(ANA)
    assert (line.email, line.language, line.invited) == ("ana.ferreira@example.org", "en", True)
    assert line.portfolio == [JEAN, AWA]


def test_what_changes_on_one_account_changes_on_no_other(screens):
    screens.happened(jean_account, invited_ana)
    screens.happened(
        fact(Account.InvitationAsked, ANA, number=1, by=ADMIN),
        fact(Account.RolesChanged, ANA, roles=["support"], by=ADMIN),
        fact(Account.PortfolioChanged, ANA, portfolio=None),
        fact(Account.AddressChanged, ANA, email=Sealed("ana@example.com")),
        fact(Account.CustomersChanged, JEAN_ACCOUNT, customers=[JEAN, AWA]),
        of(ANA, password_set),
    )
    accounts = screens.read(AccountList)
    line = accounts.line(ANA)
    assert (line.roles, line.portfolio, line.email) == (["support"], None, "ana@example.com")
    assert (line.has_password, line.invited, line.version) == (True, False, 6)
    line = accounts.line(JEAN_ACCOUNT)
    assert (line.roles, line.customers, line.has_password, line.version) == (
        ["client"], [JEAN, AWA], False, 2,
    )  # fmt: skip


def test_second_factors_and_keys_are_listed_without_their_secrets(screens):
    screens.happened(jean_account, ana, of(ANA, factor_added), of(ANA, key_issued))
    second = factor_added.but(factor_id=OLD_TOKEN, factor="totp", name=Sealed("Téléphone"))
    screens.happened(of(ANA, second), fact(Account.RecoveryCodesMade, ANA, secret_id=OLD_TOKEN), on=MAY_6)
    line = screens.read(AccountList).line(ANA)
    assert [(f.kind, f.name, f.added_on) for f in line.factors] == [
        ("webauthn", "Clé bleue", MAY_4),
        ("totp", "Téléphone", MAY_6),
    ]
    [key] = line.keys
    assert (key.name, key.permissions, key.networks, key.expires_on, key.issued_on) == (
        "Export du soir", ["loan.read"], ["203.0.113.0/24"], date(2027, 5, 4), MAY_4,
    )  # fmt: skip
    assert line.has_recovery_codes
    assert screens.read(AccountList).line(JEAN_ACCOUNT).factors == []


def test_what_was_removed_or_revoked_is_listed_no_more(screens):
    screens.happened(ana, of(ANA, factor_added), of(ANA, key_issued))
    screens.happened(
        fact(Account.FactorRemoved, ANA, factor_id=factor_added.says["factor_id"], by=ADMIN),
        fact(Account.KeyRevoked, ANA, key_id=key_issued.says["key_id"]),
    )
    line = screens.read(AccountList).line(ANA)
    assert (line.factors, line.keys, line.version) == ([], [], 5)


def test_a_closed_account_has_nothing_left_to_prove_with(screens):
    screens.happened(jean_account, ana, of(ANA, password_set), of(ANA, factor_added), of(ANA, key_issued))
    screens.happened(fact(Account.Closed, ANA, reason="Départ."), on=MAY_6)
    accounts = screens.read(AccountList)
    line = accounts.line(ANA)
    assert (line.status, line.closed_on, line.closed_because) == ("closed", MAY_6, "Départ.")
    assert (line.has_password, line.factors, line.keys, line.invited) == (False, [], [], False)
    assert accounts.line(JEAN_ACCOUNT).status == "open"


def test_a_token_of_old_times_still_counts_the_version_up(screens):
    issued = fact(Account.TokenIssued, ANA, token_id=OLD_TOKEN)
    screens.happened(ana, issued, fact(Account.TokenRevoked, ANA, token_id=OLD_TOKEN))
    screens.happened(fact(Account.IdentityLinked, ANA, issuer="https://id.example"))
    assert screens.read(AccountList).line(ANA).version == 4


def test_accounts_are_listed_by_label_and_a_client_sees_its_own(screens):
    screens.happened(jean_account, ana, awa_account)
    labels = [line.label for line in screens.read(AccountList).lines().items]
    assert labels == ["Ana Ferreira", "Awa Koné", "Jean Moreau"]
    seen = screens.read(AccountList, customers=[AWA, AWA_ACCOUNT]).lines().items
    assert [line.label for line in seen] == ["Awa Koné"]
