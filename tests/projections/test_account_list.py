"""The accounts."""

from uuid import UUID

from aggregates.account import Account
from projections.account_list import AccountList
from tests.kit import Fact, fact
from tests.stories import ANA, AWA, JEAN_ACCOUNT, MAY_4, MAY_6, ana, awa_account, jean_account

FIRST, SECOND = (UUID(f"70000000-0000-5000-8000-00000000000{n}") for n in (1, 2))


def issued(account: UUID, token: UUID) -> Fact:
    return fact(Account.TokenIssued, account, token_id=token)


def test_an_account_is_shown_with_its_roles_customers_and_live_tokens(screens):
    screens.happened(jean_account, ana, issued(JEAN_ACCOUNT, FIRST), issued(ANA, SECOND))
    screens.happened(issued(JEAN_ACCOUNT, SECOND), fact(Account.TokenRevoked, JEAN_ACCOUNT, token_id=FIRST))
    accounts = screens.read(AccountList)
    line = accounts.line(JEAN_ACCOUNT)
    assert (line.roles, line.customers) == (["client"], jean_account.says["customers"])
    assert (line.tokens, line.opened_on, line.version) == ([SECOND], MAY_4, 4)
    line = accounts.line(ANA)
    assert (line.roles, line.customers, line.tokens, line.version) == (["advisor"], [], [SECOND], 2)


def test_a_closed_account_has_no_tokens(screens):
    screens.happened(jean_account, ana, issued(JEAN_ACCOUNT, FIRST), issued(ANA, SECOND))
    screens.happened(fact(Account.Closed, JEAN_ACCOUNT, reason="Départ."), on=MAY_6)
    accounts = screens.read(AccountList)
    line = accounts.line(JEAN_ACCOUNT)
    assert (line.status, line.closed_on, line.closed_because, line.tokens) == ("closed", MAY_6, "Départ.", [])
    assert (accounts.line(ANA).status, accounts.line(ANA).tokens) == ("open", [SECOND])


def test_accounts_are_listed_by_label_to_staff_only(screens):
    screens.happened(jean_account, ana, awa_account)
    labels = [line.label for line in screens.read(AccountList).lines().items]
    assert labels == ["Ana Ferreira", "Awa Koné", "Jean Moreau"]
    assert screens.read(AccountList, customers=[AWA]).lines().items == []
