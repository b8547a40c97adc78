"""Live updates over HTTP: who is told what, how it is written, and from where on."""

from __future__ import annotations

from uuid import uuid4

import pytest

from access.sessions import Device
from aggregates.account import Account
from api import events, missed
from api.carriers import ACCESS_COOKIE
from commands.account import ChangeAccountCustomers, ChangePortfolio, ChangeRoles
from tests.api.house import House, id_of, request_of
from tests.api.listening import asks_for, caught_up, hears_loans, listening

# ── who is told what ───────────────────────────────────────────────────────


def test_everybody_is_told_what_is_theirs_to_see_and_nothing_of_its_content(house: House) -> None:
    with (
        listening(house, "awa") as awa,
        listening(house, "jean") as jean,
        listening(house, "ana") as ana,
    ):
        answer = house.post("awa", "/loans", request_of("awa", loan := uuid4()))
        own = asks_for(house, "jean")
        hears_loans(ana, [str(loan), *own])
        hears_loans(awa, [str(loan)])
        hears_loans(jean, own)
    (told,) = awa.of("changed")
    lane, position = next(iter(told.data["positions"].items()))
    assert told.data == {
        "kind": "Loan",
        "id": str(loan),
        "event": "Loan.Requested",
        "version": 1,
        "owner": str(id_of("awa customer")),
        "positions": {lane: position},
        "on": "2026-05-04",
    }
    assert told.id == position == answer.json()["positions"][lane]


def test_what_is_told_can_be_read_at_once(house: House) -> None:
    """What stands in ``positions`` is what Read-After takes."""
    with listening(house, "awa") as page:
        loan = house.requested("awa")
        page.hears(lambda page: page.events())
    house.settle()
    (lane, position), *_ = page.of("changed")[0].data["positions"].items()
    answer = house.get("awa", f"/loans/{loan}", **{"Read-After": f"{lane}={position}"})
    assert (answer.status_code, answer.headers["read-after-reached"]) == (200, "true")


def test_staff_is_told_what_its_permissions_let_it_read(house: House) -> None:
    """The ledger is for the accountant, mails for whoever works here, accounts for the administrator."""
    with (
        listening(house, "chloe") as chloe,
        listening(house, "ana") as ana,
        listening(house, "admin") as admin,
        listening(house, "awa") as awa,
    ):
        house.posts("awa")
        house.writes_to("awa")
        house.hires("Zoé", "support")
        loan = asks_for(house, "awa")
        for page in (chloe, ana, admin, awa):
            page.hears(lambda page: page.ids()[-1:] == loan)
    told = {name: {each.partition(".")[0] for each in page.events()} for name, page in
            {"chloe": chloe, "ana": ana, "admin": admin, "awa": awa}.items()}  # fmt: skip
    assert told == {
        "chloe": {"Posting", "Notification", "Loan"},
        "ana": {"Notification", "Loan"},
        "admin": {"Notification", "Account", "Loan"},
        "awa": {"Loan"},
    }


def test_a_portfolio_limits_staff_here_as_elsewhere(house: House) -> None:
    house.hires("inès", "advisor", portfolio=[id_of("jean customer")])
    with listening(house, "inès") as page:
        asks_for(house, "awa")
        hers = asks_for(house, "jean")
        house.lets_money_leave()
        page.hears(lambda page: page.ids())
        assert page.ids() == hers


def test_the_houses_own_is_for_whoever_works_there(house: House) -> None:
    house.hires("inès", "advisor", portfolio=[id_of("jean customer")])
    with listening(house, "inès") as staff, listening(house, "awa") as client:
        house.opens_the_day()
        last = asks_for(house, "awa")
        hears_loans(client, last)
        staff.hears(lambda page: "BusinessDay.Opened" in page.events())


def test_everybody_hears_of_their_own_account_and_of_no_other(house: House) -> None:
    with listening(house, "awa") as awa, listening(house, "jean") as jean:
        house.does(
            ChangeAccountCustomers(customers=[id_of("awa customer")]), id_of("jean"), account=id_of("admin")
        )
        jean.hears(lambda page: page.events() == ["Account.CustomersChanged"])
        last = asks_for(house, "awa")
        hears_loans(awa, last)


def test_staff_that_has_not_shown_a_second_factor_hears_of_its_own_account_alone(house: House) -> None:
    access, ana = house.platform.access, house.platform.store.load(Account, id_of("ana"))
    token = access.tokens.mint(access.sessions.open(ana, ["pwd"], Device("test", "127.0.0.1")).session)
    with (
        listening(house, None, authorization=f"Bearer {token}") as page,
        listening(house, "ben") as ben,
    ):
        loans = asks_for(house, "awa")
        hears_loans(ben, loans)
        house.does(ChangePortfolio(portfolio=[]), id_of("ana"), account=id_of("admin"))
        page.hears(lambda page: page.events() == ["Account.PortfolioChanged"])


# ── rights that change ─────────────────────────────────────────────────────


def test_whoever_may_less_is_told_less_from_that_event_on(house: House, slow_looks: None) -> None:
    """Not a single event behind the one that took the right away, however soon it follows."""
    with listening(house, "chloe") as page, listening(house, "ana") as other:
        house.posts("awa")
        page.hears(lambda page: "Posting.Made" in page.events())
        house.does(ChangeRoles(roles=["support"]), id_of("chloe"), account=id_of("admin"))
        for _ in range(5):
            house.posts("awa")
        loan = asks_for(house, "awa")
        hears_loans(other, loan)
        page.hears(lambda page: page.ids()[-1:] == loan)
        assert page.events() == ["Posting.Made", "Account.RolesChanged", "Loan.Requested"]


def test_whoever_may_more_is_told_more_from_that_event_on(house: House, slow_looks: None) -> None:
    with listening(house, "ana") as page:
        hears_loans(page, asks_for(house, "awa"))
        house.posts("awa")
        house.does(ChangeRoles(roles=["accountant"]), id_of("ana"), account=id_of("admin"))
        house.posts("awa")
        page.hears(lambda page: "Posting.Made" in page.events())
        assert page.events() == ["Loan.Requested", "Account.RolesChanged", "Posting.Made"]


def test_rights_that_were_remembered_are_looked_up_before_anything_is_told(
    house: House, slow_looks: None
) -> None:
    """The account changed behind this process's back, a moment before: the door believes it for two seconds."""
    assert house.get("chloe", "/ledger/journal").status_code == 200
    house.does(ChangeRoles(roles=["support"]), id_of("chloe"), account=id_of("admin"))
    with listening(house, "chloe") as page:
        house.posts("awa")
        last = asks_for(house, "awa")
        hears_loans(page, last)


def test_a_client_who_was_given_another_customer_is_told_of_that_one(house: House) -> None:
    with listening(house, "jean") as page:
        house.does(
            ChangeAccountCustomers(customers=[id_of("awa customer")]), id_of("jean"), account=id_of("admin")
        )
        theirs = asks_for(house, "awa")
        page.hears(lambda page: page.ids()[-1:] == theirs)


# ── who asks ───────────────────────────────────────────────────────────────


def test_a_browser_shows_its_cookie_and_a_program_its_token(house: House) -> None:
    token = house.token("awa")
    with (
        listening(house, None, cookie=f"{ACCESS_COOKIE}={token}") as browser,
        listening(house, None, authorization=f"Bearer {token}") as program,
    ):
        loans = asks_for(house, "awa")
        hears_loans(browser, loans)
        hears_loans(program, loans)


def test_nobody_listens_without_a_session(house: House) -> None:
    with (
        listening(house, None) as nobody,
        listening(house, None, authorization=f"Bearer {'x' * 40}") as other,
    ):
        assert (nobody.answer.status_code, other.answer.status_code) == (401, 401)
    key = house.post(
        "awa", "/me/keys", {"name": "X", "permissions": ["loan.read"], "expires_on": "2026-12-01"}
    )
    with listening(house, None, authorization=f"Bearer {key.json()['key']}") as program:
        assert program.answer.status_code == 403


# ── how it is written ──────────────────────────────────────────────────────


def test_nobody_on_the_way_keeps_it_or_waits_for_more_of_it(house: House) -> None:
    with listening(house, "awa", accept_encoding="gzip, br") as page:
        headers = page.answer.headers
        assert headers["content-type"].startswith("text/event-stream")
        assert headers.get_list("cache-control") == ["no-store, no-transform"]
        assert headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in headers
        assert {"x-request-id", "content-security-policy", "x-content-type-options"} <= set(headers)
        assert page.retry is not None
        assert 0 <= page.retry - events.RETRY < events.SPREAD


def test_who_hears_nothing_hears_that_and_how_far_the_feed_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So somebody to whom nothing happens for hours need not have the feed searched when they connect again."""
    monkeypatch.setattr(events, "HEARTBEAT", 0.1)
    with listening(house, "jean") as page:
        page.hears(lambda page: page.comments)
        before, loan = page.last_id, house.requested("awa")
        position = house.platform.store.history(loan)[0].position
        page.hears(lambda page: int(page.last_id) >= position)
        assert int(before) < position
        assert page.events() == []
    assert set(page.comments) == {"still here"}


def test_a_page_learns_where_it_is_when_it_begins(house: House) -> None:
    asks_for(house, "awa")
    with listening(house, "awa") as page, listening(house, "ana") as staff:
        (ready,) = page.of("ready")
        assert ready.data["position"] == ready.id == page.last_id
        assert ready.data["history"] == str(house.platform.live.hub.history)
        assert set(ready.data["positions"]) < set(staff.of("ready")[0].data["positions"])
        known = ",".join(f"{lane}={position}" for lane, position in ready.data["positions"].items())
    house.settle()
    assert house.get("awa", "/loans", **{"Read-After": known}).headers["read-after-reached"] == "true"


def test_that_it_was_opened_stands_in_the_access_log_once(house: House) -> None:
    with listening(house, "ana") as page:
        asks_for(house, "awa", 3)
        page.hears(lambda page: len(page.events()) == 3)
        looks = house.get("iris", "/access-log?limit=200").json()["items"]
    assert [
        (each["who"], each["kind"], each["customers"]) for each in looks if each["action"] == "Events"
    ] == [(f"account:{id_of('ana')}", "live", [])]


# ── from where on ──────────────────────────────────────────────────────────


def test_whoever_comes_back_is_told_exactly_what_they_missed(house: House) -> None:
    with listening(house, "awa") as page:
        heard = asks_for(house, "awa", 2)
        hears_loans(page, heard)
    away = asks_for(house, "awa", 3)
    asks_for(house, "jean", 3)
    caught_up(house)
    with listening(house, "awa", after=page.last_id) as again:
        later = asks_for(house, "awa", 2)
        hears_loans(again, away + later)
        (ready,) = again.of("ready")
        assert [message.event for message in again.messages[:4]] == ["changed"] * 3 + ["ready"]
        assert int(ready.id) >= again.positions()[2]


def test_nothing_is_missed_and_nothing_is_told_twice_however_often_one_comes_back(house: House) -> None:
    """While things happen all the time, and the place where one left off is anywhere."""
    told: list[int] = []
    with listening(house, "awa") as page:
        begin = int(page.last_id)
    last = begin
    for _ in range(8):
        with listening(house, "awa", after=last) as page:
            asks_for(house, "awa", 2)
            page.hears(lambda page: len(page.positions()) >= 1)
        told += page.positions()
        last = int(page.last_id)
    caught_up(house)
    with listening(house, "awa", after=last) as page:
        told += page.positions()
    mine = [
        row.position for row in house.platform.store.read_feed(begin).events if row.kind == "Loan.Requested"
    ]
    assert told == mine


def test_the_address_says_where_to_begin_and_the_browser_knows_better(house: House) -> None:
    """An EventSource keeps its address when it connects again, and adds what it heard last."""
    begin = house.platform.store.lane_ends()
    loans = asks_for(house, "awa", 2)
    with listening(house, "awa", query={"after": str(max(begin.values()))}) as page:
        hears_loans(page, loans)
    with listening(house, "awa", after=page.last_id, query={"after": "1"}) as again:
        assert (again.events(), len(again.of("ready"))) == ([], 1)


NONSENSE = ["x", "-1", "1.5", "", " ", "9" * 20, "1;2", "0x10", "a" * 3_000]


def test_a_position_that_is_none_is_refused(house: House) -> None:
    for nonsense in [*NONSENSE, "\u0661"]:
        with listening(house, "awa", query={"after": nonsense}) as page:
            assert page.answer.status_code == 422, nonsense
    for nonsense in (each for each in NONSENSE if each != " "):
        with listening(house, "awa", after=nonsense) as page:
            assert page.answer.status_code == 422, nonsense
    assert house.get("awa", "/events?after=1&after=2").status_code == 422
    assert house.get("awa", "/events?since=1").status_code == 422


def test_a_position_that_was_never_given_begins_again_from_now(house: House) -> None:
    with listening(house, "awa", after=2**63 - 1) as page:
        assert [message.event for message in page.messages] == ["reset"]
        loans = asks_for(house, "awa")
        hears_loans(page, loans)
    with listening(house, "awa", after="9" * 19) as page:
        assert [message.event for message in page.messages] == ["reset"]


@pytest.mark.parametrize(("bound", "by"), [("AT_MOST", "awa"), ("LOOKED_AT", "jean")])
def test_whoever_missed_too_much_loads_everything_again(
    house: House, monkeypatch: pytest.MonkeyPatch, bound: str, by: str
) -> None:
    """Too much of their own, or too much to be looked through for it."""
    monkeypatch.setattr(missed, bound, 3)
    monkeypatch.setattr(missed, "_PAGE", 2)
    monkeypatch.setattr(missed, "lanes_of", lambda identity: None)
    with listening(house, "awa") as page:
        pass
    asks_for(house, by, 3)
    caught_up(house)
    if bound == "AT_MOST":
        with listening(house, "awa", after=page.last_id) as again:
            assert len(again.events()) == 3
    asks_for(house, by, 1)
    caught_up(house)
    with listening(house, "awa", after=page.last_id) as again:
        assert [message.event for message in again.messages] == ["reset"]
        loans = asks_for(house, "awa")
        hears_loans(again, loans)
