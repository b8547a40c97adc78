"""What somebody does with their own account, and what administrators do with those of others."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from access.choosing import choose
from access.sessions import Device
from aggregates.account import Account
from aggregates.values import derived
from commands.account import AddFactor, OpenAccount, WelcomeClient
from eventstore import Receipt
from projections.account_list import AccountList
from tests.api.house import House, id_of

GOOD = "trois mangues sur le toit"
BETTER = "une pirogue rouge à Thiès"
MAIL = "kofi@example.org"
KOFI = id_of("kofi")
LAPTOP = Device("Firefox", "192.0.2.7")
FILE = {
    "nature": "person",
    "name": "Kofi Mensah",
    "address": "12 rue du Port\nAbidjan",
    "country": "CI",
    "language": "fr",
}


class Signed:
    """Somebody with a password who is signed in twice: here, and elsewhere."""

    def __init__(self, house: House, account: UUID) -> None:
        self.house, self.id = house, account
        self.access = house.platform.access
        known = house.platform.store.load(Account, account)

        def record(command) -> Receipt:
            return house.does(command, account, account)

        choose(known, GOOD, self.access.secrets, self.access.passwords, record)
        self.elsewhere = self.access.sessions.open(known, ["pwd"], LAPTOP).session
        said = {"email": MAIL, "password": GOOD, "carrier": "bearer"}
        self.token = house.post(None, "/auth/sign-in", said).json()["access_token"]

    def post(self, path: str, body: dict, **headers: str):
        return self.house.post(None, path, body, Authorization=f"Bearer {self.token}", **headers)

    def get(self, path: str):
        return self.house.get(None, path, Authorization=f"Bearer {self.token}")


@pytest.fixture
def kofi(house: House) -> Signed:
    house.does(WelcomeClient(account_id=KOFI, label="Kofi Mensah", email=MAIL, language="fr"))
    return Signed(house, KOFI)


# ── a password ─────────────────────────────────────────────────────────────


def test_another_password_takes_the_present_one(house: House, kofi: Signed) -> None:
    wrong = kofi.post("/me/password", {"current": BETTER, "password": BETTER})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "password-wrong")
    assert kofi.post("/me/password", {"current": GOOD, "password": BETTER}).status_code == 200
    assert kofi.post("/me/password", {"current": GOOD, "password": GOOD}).status_code == 422


def test_another_password_ends_every_other_session(house: House, kofi: Signed) -> None:
    assert kofi.post("/me/password", {"current": GOOD, "password": BETTER}).status_code == 200
    assert kofi.access.sessions.get(kofi.elsewhere.id) is None
    assert kofi.get("/me").status_code == 200


def test_the_secret_of_the_password_before_is_destroyed(house: House, kofi: Signed) -> None:
    before = house.platform.store.load(Account, KOFI).password
    assert kofi.post("/me/password", {"current": GOOD, "password": BETTER}).status_code == 200
    now = house.platform.store.load(Account, KOFI).password
    assert kofi.access.secrets.open(before, KOFI) is None
    assert kofi.access.secrets.open(now, KOFI) is not None


def test_what_cannot_be_chosen_changes_nothing(house: House, kofi: Signed) -> None:
    answer = kofi.post("/me/password", {"current": GOOD, "password": "kofi@example.org"})
    assert (answer.status_code, answer.json()["type"]) == (422, "password-too-personal")
    assert kofi.access.sessions.get(kofi.elsewhere.id) is not None


def test_the_present_password_cannot_be_guessed_for_long(house: House, kofi: Signed) -> None:
    guesses = [
        kofi.post("/me/password", {"current": f"{BETTER} {n}", "password": GOOD}).status_code
        for n in range(6)
    ]
    assert guesses == [422] * 5 + [429]


def test_beside_a_second_factor_another_password_takes_a_fresh_proof(house: House, kofi: Signed) -> None:
    house.does(AddFactor(factor_id=uuid4(), factor="totp", name="Téléphone"), KOFI, KOFI)
    sessions, clock = kofi.access.sessions, house.platform.clock
    opened = sessions.open(house.platform.store.load(Account, KOFI), ["pwd", "otp", "mfa"], LAPTOP)
    clock.advance_to(clock.now() + timedelta(minutes=5, seconds=1))
    kofi.token = kofi.access.tokens.mint(opened.session)
    stale = kofi.post("/me/password", {"current": GOOD, "password": "tk8-vdqm"})
    assert (stale.status_code, stale.json()["type"]) == (401, "step-up-required")
    renewed = sessions.renew(opened.session.id, ["pwd", "otp", "mfa"], LAPTOP)
    kofi.token = kofi.access.tokens.mint(renewed.session)
    answer = kofi.post("/me/password", {"current": GOOD, "password": "tk8-vdqm"})
    assert answer.status_code == 200, "beside a second factor eight characters are enough"


# ── an address ─────────────────────────────────────────────────────────────


def test_another_address_is_proved_before_it_counts(house: House, kofi: Signed) -> None:
    answer = kofi.post("/me/email", {"email": "Kofi.Mensah@example.com"})
    assert answer.status_code == 201
    letter = UUID(answer.json()["id"])
    account = house.platform.store.load(Account, KOFI)
    assert account.email.open() == MAIL
    link = house.platform.outside.mailed.make("address-proof", account, letter).token
    assert house.post(None, "/auth/email", {"token": link}).status_code == 200
    assert house.platform.store.load(Account, KOFI).email.open() == "kofi.mensah@example.com"
    assert house.post(None, "/auth/email", {"token": link}).status_code == 410
    said = {"email": "kofi.mensah@example.com", "password": GOOD, "carrier": "bearer"}
    assert house.post(None, "/auth/sign-in", said).status_code == 200
    assert house.post(None, "/auth/sign-in", said | {"email": MAIL}).status_code == 401


def test_an_address_of_somebody_else_is_refused_to_who_reads_its_mails_only(
    house: House, kofi: Signed
) -> None:
    house.does(OpenAccount(account_id=uuid4(), roles=["support"], label="S", email="taken@example.org"))
    answer = kofi.post("/me/email", {"email": "taken@example.org"})
    assert answer.status_code == 201
    account = house.platform.store.load(Account, KOFI)
    link = house.platform.outside.mailed.make("address-proof", account, UUID(answer.json()["id"])).token
    taken = house.post(None, "/auth/email", {"token": link})
    assert (taken.status_code, taken.json()["type"]) == (409, "claimed")


def test_asking_twice_with_one_key_writes_one_letter(house: House, kofi: Signed) -> None:
    said = [
        kofi.post("/me/email", {"email": "k@example.com"}, **{"Idempotency-Key": "move"}) for _ in range(2)
    ]
    assert said[0].json() == said[1].json()


# ── a customer of one's own ────────────────────────────────────────────────


def test_whoever_signed_up_registers_the_customer_that_the_account_then_acts_for(
    house: House, kofi: Signed
) -> None:
    customer = uuid4()
    answer = kofi.post("/me/customer", {"customer_id": str(customer), **FILE})
    assert answer.status_code == 201, answer.text
    assert kofi.get("/me").json()["customers"] == sorted([str(customer), str(KOFI)])
    house.settle()
    assert kofi.get(f"/customers/{customer}").json()["name"] == "Kofi Mensah"
    contact = derived(customer, "contact")
    assert kofi.get(f"/customers/{customer}").status_code == 200
    assert house.platform.store.history(contact)[0].event().email.open() == MAIL
    again = kofi.post("/me/customer", {"customer_id": str(uuid4()), **FILE})
    assert (again.status_code, again.json()["type"]) == (409, "acts-for-somebody")


def test_staff_and_clients_with_a_customer_become_none(house: House) -> None:
    for name, refusal in (("ana", "not-for-staff"), ("awa", "acts-for-somebody")):
        answer = house.post(name, "/me/customer", {"customer_id": str(uuid4()), **FILE})
        assert (answer.status_code, answer.json()["type"]) == (409, refusal)


# ── the accounts of others ─────────────────────────────────────────────────


def test_an_administrator_invites_and_changes_what_somebody_may_do(house: House) -> None:
    lea = uuid4()
    opened = {
        "account_id": str(lea), "roles": ["support"], "label": "Léa Roux", "email": "lea@example.org",
    }  # fmt: skip
    assert house.post("admin", "/accounts", opened).status_code == 201
    assert house.post("admin", f"/accounts/{lea}/invite-again").status_code == 200
    assert house.post("admin", f"/accounts/{lea}/roles", {"roles": ["advisor"]}).status_code == 200
    portfolio = {"portfolio": [str(id_of("awa customer"))]}
    assert house.post("admin", f"/accounts/{lea}/portfolio", portfolio).status_code == 200
    customers = {"customers": [str(id_of("jean customer"))]}
    assert house.post("admin", f"/accounts/{lea}/customers", customers).status_code == 200
    house.settle()
    line = house.get("admin", f"/accounts/{lea}").json()
    assert (line["roles"], line["portfolio"], line["customers"], line["invited"], line["version"]) == (
        ["advisor"], portfolio["portfolio"], customers["customers"], True, 5,
    )  # fmt: skip


def test_an_administrator_takes_a_lost_factor_away_and_signs_its_finder_out(house: House) -> None:
    passkey = id_of("ana passkey")
    assert house.get("ana", "/me").status_code == 200
    assert house.post("admin", f"/accounts/{id_of('ana')}/factors/{passkey}/remove").status_code == 200
    assert house.platform.access.sessions.of(id_of("ana")) == []


def test_a_closed_account_leaves_no_secret_behind(house: House, kofi: Signed) -> None:
    password = house.platform.store.load(Account, KOFI).password
    assert house.post("admin", f"/accounts/{KOFI}/close", {"reason": "Demandé par lui."}).status_code == 200
    assert kofi.access.secrets.open(password, KOFI) is None
    assert kofi.get("/me").status_code == 401


def test_nobody_changes_their_own_rights(house: House) -> None:
    for path, body in (
        ("roles", {"roles": ["admin", "auditor"]}),
        ("customers", {"customers": []}),
        ("portfolio", {"portfolio": []}),
    ):
        answer = house.post("admin", f"/accounts/{id_of('admin')}/{path}", body)
        assert (answer.status_code, answer.json()["type"]) == (409, "own-roles")


@pytest.mark.parametrize("name", ["awa", "ana", "chloe", "sam", "iris"])
def test_nobody_but_an_administrator_manages_accounts(house: House, name: str) -> None:
    for path in ("invite-again", "roles", "customers", "portfolio", "close", f"factors/{uuid4()}/remove"):
        assert house.post(name, f"/accounts/{id_of('jean')}/{path}").status_code == 403


def test_a_client_reads_its_own_line_and_no_other(house: House) -> None:
    house.settle()
    own = frozenset({id_of("awa customer"), id_of("awa")})
    lines = house.platform.reader(AccountList, own).read(AccountList).lines().items
    assert [line.account_id for line in lines] == [id_of("awa")]
