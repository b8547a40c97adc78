"""What an account can do."""

import pytest
from pydantic import ValidationError

from aggregates.account import Account, AccountClosed, UnknownToken, token_id
from aggregates.values import AccountId
from commands.account import CloseAccount, IssueToken, OpenAccount, RevokeToken
from eventstore import NotFound
from tests.kit import fact, given, replay
from tests.stories import ANA, JEAN, JEAN_ACCOUNT, ana, jean, jean_account

TOKEN = "0123456789abcdefghijklmnopqrstuv_-ABCDEF"
ISSUED = token_id(AccountId(ANA), TOKEN)
issued = fact(Account.TokenIssued, token_id=ISSUED)
revoked = fact(Account.TokenRevoked, token_id=ISSUED)
closed = fact(Account.Closed, reason="Départ de la maison.")


def test_staff_gets_an_account():
    given().when(OpenAccount(account_id=ANA, roles=["advisor"], label="Ana Ferreira")).then(ana)


def test_a_client_acts_for_a_customer_we_know():
    ask = OpenAccount(account_id=JEAN_ACCOUNT, roles=["client"], customers=[JEAN], label="Jean Moreau")
    given().with_(jean).when(ask).then(jean_account)
    given().when(ask).then_rejected(NotFound)


@pytest.mark.parametrize(
    "wrong",
    [
        {"roles": ["client"]},
        {"roles": []},
        {"roles": ["owner"]},
        {"roles": ["advisor", "advisor"]},
        {"customers": [JEAN, JEAN]},
    ],
)
def test_what_no_account_is(wrong):
    with pytest.raises(ValidationError):
        OpenAccount(**({"account_id": ANA, "roles": ["advisor"], "label": "Ana Ferreira"} | wrong))


def test_a_token_lets_in_and_only_its_id_is_kept():
    outcome = given(ana).when(IssueToken(token=TOKEN))
    outcome.then(issued)
    assert outcome.claims == [("token", TOKEN)]
    assert TOKEN not in repr(outcome.recorded)
    account = replay(ana, issued)[0]
    assert account.admits(TOKEN)
    assert not account.admits(TOKEN[::-1])


def test_issuing_a_token_twice_changes_nothing():
    given(ana, issued).when(IssueToken(token=TOKEN)).then_nothing()


def test_a_revoked_token_lets_in_no_more():
    given(ana, issued).when(RevokeToken(token_id=ISSUED)).then(revoked)
    assert not replay(ana, issued, revoked)[0].admits(TOKEN)
    given(ana, issued, revoked).when(RevokeToken(token_id=ISSUED)).then_rejected(UnknownToken)


def test_a_closed_account_lets_nobody_in():
    given(ana, issued).when(CloseAccount(reason="Départ de la maison.")).then(closed)
    assert not replay(ana, issued, closed)[0].admits(TOKEN)


def test_a_closed_account_gets_nothing():
    for ask in (IssueToken(token=TOKEN), RevokeToken(token_id=ISSUED), CloseAccount(reason="Encore.")):
        given(ana, issued, closed).when(ask).then_rejected(AccountClosed)


@pytest.mark.parametrize("token", ["short", "x" * 129, "space space space space space space"])
def test_a_token_is_long_and_plain(token):
    with pytest.raises(ValidationError):
        IssueToken(token=token)
