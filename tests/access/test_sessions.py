"""Sessions: opened at a proof, renewed with another id, refreshed by tokens that work once, ended for good."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg_pool import ConnectionPool

from access.sessions import GRACE, CsrfTokens, Device, Opened, SessionOver, Sessions
from aggregates.account import Account
from aggregates.values import AccountId
from tests.access.clockwork import Watch
from tests.conftest import Database
from tests.soon import soon

BROWSER = Device("Firefox", "192.0.2.17")
PROVED = ("pwd", "otp", "mfa")


class Desk:
    def __init__(self, pool: ConnectionPool) -> None:
        self.watch = Watch()
        self.sessions = Sessions(pool, self.watch, b"s" * 32)
        self.ended = 0
        self.sessions.after_end = self._count

    def opened(self, account: Account | None = None) -> Opened:
        return self.sessions.open(account or somebody(), PROVED, BROWSER)

    def _count(self) -> None:
        self.ended += 1


def somebody(*roles: str) -> Account:
    return Account.open(AccountId(uuid4()), list(roles or ("client",)), [], "Awa")


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    with ConnectionPool(
        database.app_url, kwargs={"autocommit": True}, min_size=1, max_size=8, open=True
    ) as pool:
        yield Desk(pool)


# ── opening and looking ────────────────────────────────────────────────────


def test_a_session_begins_with_a_fresh_proof(desk: Desk) -> None:
    awa = somebody()
    session = desk.opened(awa).session
    assert (session.account_id, session.kind, session.device) == (awa.id, "portal", BROWSER)
    assert session.proved_at == session.began_at == desk.watch()
    assert set(session.amr) == set(PROVED)
    assert desk.sessions.get(session.id) == session
    assert desk.sessions.get(uuid4()) is None


@pytest.mark.parametrize(
    ("roles", "kind", "idle", "total"),
    [
        (("client",), "portal", 30, 12),
        (("advisor",), "bureau", 15, 8),
        (("admin",), "bureau", 15, 8),
        (("client", "support"), "bureau", 15, 8),
    ],
)
def test_a_session_ends_when_nobody_uses_it_and_when_it_is_old(
    desk: Desk, roles: tuple[str, ...], kind: str, idle: int, total: int
) -> None:
    unused, used = desk.opened(somebody(*roles)).session, desk.opened(somebody(*roles)).session
    assert unused.kind == kind
    while desk.watch() < used.began_at + timedelta(hours=total, minutes=-idle):
        desk.watch.lapse(minutes=idle - 1)
        assert desk.sessions.seen(used.id)
    assert desk.sessions.get(unused.id) is None
    desk.watch.time = used.began_at + timedelta(hours=total, seconds=-1)
    assert desk.sessions.get(used.id)
    desk.watch.lapse(seconds=1)
    assert desk.sessions.get(used.id) is None


def test_the_last_minute_of_idleness_counts_and_looking_is_not_using(desk: Desk) -> None:
    session = desk.opened().session
    desk.watch.lapse(minutes=29, seconds=59)
    assert desk.sessions.get(session.id)
    desk.watch.lapse(seconds=1)
    assert desk.sessions.get(session.id) is None
    assert desk.sessions.seen(session.id) is None


def test_use_is_written_down_once_a_minute(desk: Desk) -> None:
    session = desk.opened().session
    desk.watch.lapse(seconds=60)
    assert desk.sessions.seen(session.id) == session
    desk.watch.lapse(seconds=1)
    seen = desk.sessions.seen(session.id)
    assert seen is not None
    assert seen.last_seen_at == desk.watch()


def test_an_accounts_sessions_are_listed_and_those_of_others_are_not(desk: Desk) -> None:
    awa = somebody()
    first = desk.opened(awa).session
    desk.watch.lapse(seconds=1)
    second = desk.opened(awa).session
    desk.opened()
    assert [each.id for each in desk.sessions.of(awa.id)] == [second.id, first.id]


def test_an_account_has_fifty_sessions_at_most_and_the_oldest_gives_way(desk: Desk) -> None:
    awa, ids = somebody(), []
    for _ in range(51):
        desk.watch.lapse(seconds=1)
        ids.append(desk.opened(awa).session.id)
    assert {each.id for each in desk.sessions.of(awa.id)} == set(ids[1:])


def test_what_a_program_says_of_itself_is_cut_and_never_refused(desk: Desk) -> None:
    opened = desk.sessions.open(somebody(), PROVED, Device("\0x" * 5000, "y" * 500))
    assert (len(opened.session.device.user_agent), len(opened.session.device.address)) == (300, 64)


# ── renewing and ending ────────────────────────────────────────────────────


def test_a_new_proof_makes_a_new_session_and_ends_the_old_one(desk: Desk) -> None:
    before = desk.opened(somebody("advisor"))
    desk.watch.lapse(minutes=10)
    after = desk.sessions.renew(before.session.id, ("hwk", "mfa"), BROWSER)
    assert after.session.id != before.session.id
    assert after.session.kind == "bureau"
    assert (after.session.account_id, after.session.proved_at) == (before.session.account_id, desk.watch())
    assert desk.sessions.get(before.session.id) is None
    with pytest.raises(SessionOver):
        desk.sessions.rotate(before.refresh_token)
    assert desk.ended == 1


def test_a_session_that_has_ended_is_not_renewed(desk: Desk) -> None:
    session = desk.opened().session
    desk.sessions.end(session.id)
    for sid in (session.id, uuid4()):
        with pytest.raises(SessionOver):
            desk.sessions.renew(sid, PROVED, BROWSER)


def test_a_session_ends_once(desk: Desk) -> None:
    session = desk.opened().session
    assert desk.sessions.end(session.id)
    assert not desk.sessions.end(session.id)
    assert desk.sessions.get(session.id) is None


def test_all_sessions_of_an_account_end_but_one(desk: Desk) -> None:
    awa, jean = somebody(), desk.opened().session
    first, second, third = (desk.opened(awa).session for _ in range(3))
    assert desk.sessions.end_all(awa.id, but=second.id) == 2
    assert [desk.sessions.get(each.id) is None for each in (first, second, third, jean)] == [
        True, False, True, False,
    ]  # fmt: skip
    assert desk.sessions.end_all(awa.id) == 1


def test_what_expired_is_swept_when_somebody_signs_in(desk: Desk, database: Database) -> None:
    old = desk.opened()
    desk.watch.lapse(days=3)
    desk.opened()
    with psycopg.connect(database.owner_url) as owner:
        left = owner.execute(
            "SELECT count(*) FROM access.sessions WHERE id = %s", (old.session.id,)
        ).fetchone()
        kept = owner.execute("SELECT count(*) FROM access.refresh").fetchone()
    assert (left, kept) == ((0,), (1,))


# ── refreshing ─────────────────────────────────────────────────────────────


def test_a_refresh_token_gives_the_next_one_and_the_session_goes_on(desk: Desk) -> None:
    opened = desk.opened()
    desk.watch.lapse(minutes=5)
    second = desk.sessions.rotate(opened.refresh_token)
    desk.watch.lapse(minutes=5)
    third = desk.sessions.rotate(second.refresh_token)
    assert len({opened.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert third.session.id == opened.session.id
    assert third.session.proved_at == opened.session.proved_at


def test_within_ten_seconds_the_same_successor_is_given_again(desk: Desk) -> None:
    opened = desk.opened()
    first = desk.sessions.rotate(opened.refresh_token)
    desk.watch.lapse(seconds=10)
    assert desk.sessions.rotate(opened.refresh_token).refresh_token == first.refresh_token
    assert desk.sessions.rotate(first.refresh_token).session.id == opened.session.id


def test_a_token_used_again_later_ends_the_whole_family(desk: Desk) -> None:
    opened = desk.opened()
    second = desk.sessions.rotate(opened.refresh_token)
    desk.watch.lapse(seconds=11)
    for token in (opened.refresh_token, second.refresh_token):
        with pytest.raises(SessionOver):
            desk.sessions.rotate(token)
    assert desk.sessions.get(opened.session.id) is None
    assert desk.ended == 1


def test_two_tabs_at_once_get_the_same_successor(desk: Desk) -> None:
    opened, got, ready = desk.opened(), [], threading.Barrier(6)

    def tab() -> None:
        ready.wait()
        got.append(desk.sessions.rotate(opened.refresh_token).refresh_token)

    tabs = [threading.Thread(target=tab) for _ in range(6)]
    for each in tabs:
        each.start()
    for each in tabs:
        each.join()
    assert len(got) == 6
    assert len(set(got)) == 1


def test_the_second_of_two_waits_until_the_first_is_through(desk: Desk, database: Database) -> None:
    opened, got = desk.opened(), []
    sessions, old = desk.sessions, opened.refresh_token
    successor = sessions._successor(old)
    asked = (sessions._hash(old), sessions._hash(successor), desk.watch(), GRACE)
    second = threading.Thread(target=lambda: got.append(sessions.rotate(old).refresh_token))
    with (
        psycopg.connect(database.app_url) as first,
        psycopg.connect(database.owner_url, autocommit=True) as owner,
    ):
        first.execute("SELECT outcome FROM access.rotate(%s, %s, %s, %s)", asked)
        second.start()
        soon(lambda: owner.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall())
        first.commit()
        second.join()
    assert got == [successor]


@pytest.mark.parametrize("token", ["", "x" * 43, "' OR true --"])
def test_an_unknown_token_is_refused_in_the_same_words(desk: Desk, token: str) -> None:
    with pytest.raises(SessionOver, match="sign in again"):
        desk.sessions.rotate(token)


def test_refreshing_keeps_nobody_in_beyond_the_limits(desk: Desk) -> None:
    opened = desk.opened()
    desk.watch.lapse(minutes=30)
    with pytest.raises(SessionOver):
        desk.sessions.rotate(opened.refresh_token)


def test_no_refresh_token_is_in_the_database(desk: Desk, database: Database) -> None:
    opened = desk.opened()
    second = desk.sessions.rotate(opened.refresh_token)
    with psycopg.connect(database.owner_url) as owner:
        said = str(owner.execute("SELECT * FROM access.refresh, access.sessions").fetchall())
    assert opened.refresh_token not in said
    assert second.refresh_token not in said


def test_a_row_that_somebody_wrote_without_our_secret_opens_nothing(desk: Desk, database: Database) -> None:
    sid, token, now = uuid4(), "f" * 43, desk.watch()
    said = (sid, uuid4(), "bureau", list(PROVED), now, "1 h", "1 h", "", "", sha256(token.encode()).digest())
    with psycopg.connect(database.app_url) as app:
        app.execute("SELECT access.open_session(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", said)
    assert desk.sessions.get(sid)
    with pytest.raises(SessionOver):
        desk.sessions.rotate(token)


def test_with_another_secret_no_session_goes_on(desk: Desk) -> None:
    opened = desk.opened()
    after = Sessions(desk.sessions._pool, desk.watch, b"t" * 32)
    with pytest.raises(SessionOver):
        after.rotate(opened.refresh_token)


@pytest.mark.parametrize("table", ["sessions", "refresh", "key_uses"])
def test_the_application_reaches_no_table(database: Database, table: str) -> None:
    with psycopg.connect(database.app_url, autocommit=True) as app:
        for statement in ("SELECT FROM access.{}", "DELETE FROM access.{}"):
            with pytest.raises(InsufficientPrivilege):
                app.execute(statement.format(table))


# ── of pages ───────────────────────────────────────────────────────────────


def test_a_csrf_token_fits_its_session_and_no_other() -> None:
    tokens, sid = CsrfTokens(b"s" * 32), uuid4()
    made = tokens.make(sid)
    assert tokens.fits(sid, made)
    assert tokens.make(sid) != made
    assert not tokens.fits(uuid4(), made)
    assert not CsrfTokens(b"t" * 32).fits(sid, made)


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 64, "A" * 63, "A" * 5000])
def test_any_other_text_fits_no_session(token: str) -> None:
    assert not CsrfTokens(b"s" * 32).fits(UUID(int=7), token)
