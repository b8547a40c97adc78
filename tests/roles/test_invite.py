"""The first administrator of a new installation."""

from __future__ import annotations

import socket
from pathlib import Path
from uuid import UUID

import pytest

import projections  # noqa: F401 - every read model is known once this is imported
from aggregates.account import Account
from commands.account import SIGN_IN
from eventstore import Projection
from eventstore.projector import Projector
from eventstore.read_models import ensure
from projections.account_list import AccountList
from providers import from_settings
from roles.invite import Guest, invite
from roles.process import store_on
from runtime import database as connections
from runtime.clock import Clock
from runtime.settings import Settings

LEA = Guest("Lea.Roux@example.org", "Léa Roux", "admin", "fr")
BEN = Guest("ben@example.org", "Ben Traoré", "admin", "en")


@pytest.fixture
def settings(database, tmp_path: Path) -> Settings:
    """Migrated, empty, and without a mail server."""
    ensure(database.owner_url, list(Projection.registry.values()))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Settings.load(
        state_dir=tmp_path,
        database_url=database.app_url,
        projector_url=database.projector_url,
        smtp_port=port,
        public_url="https://prets.example",
    )


def account_of(settings: Settings, email: str) -> Account:
    with connections.pool(settings.database_url, name="test") as pool:
        store = store_on(pool, settings)
        id = store.claimed(SIGN_IN, email)
        assert isinstance(id, UUID)
        account = store.load(Account, id)
    with connections.pool(settings.projector_url, name="projector") as pool:
        Projector(store_on(pool, settings), pool, [AccountList]).step()
    return account


def test_the_first_administrator_is_invited_and_gets_a_link_when_no_mail_can_leave(settings, capsys):
    assert invite(settings, LEA, force=False, print_link=False) == 0
    account = account_of(settings, "lea.roux@example.org")
    assert (account.roles, account.label.open(), account.language) == (["admin"], "Léa Roux", "fr")
    [url] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("https://")]
    with connections.pool(settings.database_url, name="test") as pool:
        links = from_settings(settings, Clock(pool)).mailed
        mailed = links.read(url.partition("#")[2], "invitation")
        links.still(mailed, account)
    assert mailed.account_id == account.id


def test_where_mail_leaves_the_link_is_in_the_mail_alone(settings, mail_server, capsys):
    reachable = settings.model_copy(update={"smtp_port": mail_server.smtp_port})
    assert invite(reachable, LEA, force=False, print_link=False) == 0
    assert "https://" not in capsys.readouterr().out
    assert invite(reachable, BEN, force=True, print_link=True) == 0
    assert "https://" in capsys.readouterr().out


def test_a_second_one_is_invited_by_the_first_unless_it_is_forced(settings, capsys):
    invite(settings, LEA, force=False, print_link=False)
    account_of(settings, "lea.roux@example.org")
    capsys.readouterr()
    assert invite(settings, BEN, force=False, print_link=False) == 1
    assert "Léa Roux" in capsys.readouterr().out
    assert invite(settings, BEN, force=True, print_link=False) == 0
    assert account_of(settings, "ben@example.org").language == "en"


def test_an_invitation_that_was_lost_is_repeated(settings):
    invite(settings, LEA, force=False, print_link=False)
    first = account_of(settings, "lea.roux@example.org")
    assert invite(settings, LEA, force=True, print_link=False) == 0
    again = account_of(settings, "lea.roux@example.org")
    assert (again.id, again.invitations) == (first.id, 1)


@pytest.mark.parametrize(
    "wrong",
    [Guest("nobody", "Léa", "admin", "fr"), Guest("lea@example.org", "Léa", "client", "fr")],
)
def test_what_is_no_invitation_invites_nobody(settings, wrong, capsys):
    assert invite(settings, wrong, force=False, print_link=False) == 1
    assert "https://" not in capsys.readouterr().out


def test_before_the_tables_are_there_nobody_is_invited(database, tmp_path, capsys):
    bare = Settings.load(state_dir=tmp_path, database_url=database.app_url)
    assert invite(bare, LEA, force=False, print_link=False) == 1
    assert "migrate" in capsys.readouterr().out
