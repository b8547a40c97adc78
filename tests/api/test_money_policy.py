"""Money leaves by two hands, over HTTP: what one insider alone may try, and is told."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import httpx
import pytest

from aggregates.payee import payee_id
from commands.account import AddFactor, OpenAccount
from commands.loan import NoteSignature
from tests.api.house import MAY_4, House, id_of, opened, pdf, request_of
from tests.conftest import Database
from tests.doors import Door
from tests.soon import soon

PAID = {"value_date": str(MAY_4), "method": "transfer", "reference": "VIR-1"}
IBAN = "FR76 3000 6000 0112 3456 7890 189"
WHY = {"reason": "Un virement que personne ne connaît."}


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    """A house of its own for each test, because a stopped one stays so; with a second administrator."""
    with opened(database.app_url, database.owner_url, tmp_path) as house:
        dora = id_of("dora")
        house.does(OpenAccount(account_id=dora, roles=["admin", "advisor"], label="Dora"))
        house.does(AddFactor(factor_id=id_of("dora passkey"), factor="webauthn", name="Clé"), dora, dora)
        of = house.platform
        house.doors["dora"] = Door(of.store, of.access, of.clock, dora)
        yield house


def ready(house: House) -> UUID:
    """Awa's loan, waiting for its money."""
    contract = house.sent()
    loan: UUID = house.platform.store.history(contract)[0].event().loan_id  # type: ignore[attr-defined]
    done(house.upload("awa", contract, pdf("signed")))
    done(house.post("ana", f"/contracts/{contract}/signed-copy/accept"))
    house.does(NoteSignature(contract_id=contract), loan)  # type: ignore[arg-type]
    return loan


def done(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: httpx.Response, code: str, status: int = 409) -> str:
    problem = answer.json()
    assert (answer.status_code, problem["type"].rpartition("/")[2]) == (status, code), answer.text
    return f"{problem['title']} {problem.get('detail', '')}"


def proposal(who: str = "awa", **to: str) -> dict[str, Any]:
    account = {"kind": "bank-account", "holder": "Awa Diop", "iban": IBAN}
    ids = {"customer_id": str(id_of(f"{who} customer")), "contact_id": str(id_of(f"{who} contact"))}
    return {**ids, "to": {**account, **to}}


def later(house: House, by: timedelta) -> None:
    """The Clock goes on, for the house too, which may not have heard of it for a tenth of a second."""
    moment = house.platform.clock.now() + by
    house.platform.clock.advance_to(moment)
    soon(lambda: house.platform.clock.now() >= moment)


def tomorrow(house: House) -> None:
    """A day passes on the Clock; nobody's proof lasts that long, so everybody signs in again."""
    later(house, timedelta(hours=24, seconds=1))


# ── limits ─────────────────────────────────────────────────────────────────


def test_limits_are_shown_and_not_raised_by_the_one_who_uses_them(house: House) -> None:
    """Dora is an administrator and an advisor, and would like to approve more."""
    house.settle()
    card = done(house.get("awa", "/organisation"))
    mine = [
        limit
        for limit in card["limits"]
        if (limit["operation"], limit["currency"]) == ("loan.approve", "EUR")
    ]
    assert mine == [
        {"operation": "loan.approve", "role": "advisor", "currency": "EUR", "each": 5_000_000, "daily": None}
    ]
    lower = {"operation": "loan.approve", "role": "advisor", "each": {"amount": "4000.00", "currency": "EUR"}}
    change = {"limits": [lower], "reason": "Plus prudent en fin d’année."}
    done(house.post("admin", "/organisation/limits", change))
    done(house.post("dora", "/organisation/proposal/confirm", {"number": 1}))
    loan = house.requested()
    said = refused(house.post("dora", f"/loans/{loan}/approve"), "above-limit")
    assert "4000.00 EUR" in said
    higher = {**change, "limits": [{**lower, "each": {"amount": "40000.00", "currency": "EUR"}}]}
    done(house.post("dora", "/organisation/limits", higher))
    refused(house.post("dora", "/organisation/proposal/confirm", {"number": 2}), "own-proposal")
    refused(house.post("dora", f"/loans/{loan}/approve"), "above-limit")
    house.settle()
    card = done(house.get("dora", "/organisation"))
    assert (card["proposal"], card["proposed_by"]) == (2, str(id_of("dora")))
    assert card["proposed_limits"][0]["each"] == 4_000_000
    done(
        house.post("admin", "/organisation/proposal/refuse", {"number": 2, "reason": "Le plafond reste bas."})
    )
    house.settle()
    assert done(house.get("dora", "/organisation"))["proposal"] is None


def test_nobody_approves_their_own_request_whatever_the_reason(house: House) -> None:
    loan = UUID(int=7, version=4)
    done(house.post("ana", "/loans", request_of("awa", loan, by_staff=True)))
    refused(house.post("ana", f"/loans/{loan}/approve"), "own-request")
    refused(
        house.post("ana", f"/loans/{loan}/approve", {"reason": "Personne d’autre n’est là."}), "own-request"
    )


def test_whoever_has_no_second_administrator_does_not_change_the_policy(house: House) -> None:
    alone = {"policy": "single-operator", "reason": "Je décide seule désormais."}
    done(house.post("admin", "/organisation/four-eyes-policy", alone))
    refused(house.post("admin", "/organisation/proposal/confirm", {"number": 1}), "own-proposal")
    why = {"number": 1, "reason": "Personne d’autre n’est là."}
    refused(house.post("admin", "/organisation/proposal/confirm", why), "own-proposal")
    refused(house.post("chloe", "/organisation/proposal/confirm", {"number": 1}), "forbidden", 403)


def test_of_two_payouts_at_once_the_limit_of_the_day_lets_one_pass(house: House) -> None:
    five_thousand = {"amount": "5000.00", "currency": "EUR"}
    once = {"operation": "loan.disburse", "role": "accountant", "each": five_thousand, "daily": five_thousand}
    limits = [{"operation": "loan.approve", "role": "advisor", "each": five_thousand}, once]
    done(house.post("admin", "/organisation/limits", {"limits": limits, "reason": "Un prêt par jour."}))
    done(house.post("dora", "/organisation/proposal/confirm", {"number": 1}))
    loans = [ready(house), ready(house), ready(house)]
    answers = at_once(lambda loan: house.post("chloe", f"/loans/{loan}/disburse", PAID), loans)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    for answer in answers:
        if answer.status_code == 409:
            assert "5000.00 EUR a day" in refused(answer, "above-limit")


# ── payees ─────────────────────────────────────────────────────────────────


def test_an_account_that_was_edited_today_gets_no_money_today(house: House) -> None:
    """Ana edits where Awa is paid; even with Chloé's confirmation the money waits for Awa to object."""
    loan, payee = ready(house), payee_id(id_of("awa customer"))  # type: ignore[arg-type]
    done(house.post("ana", "/payees", proposal()))
    refused(house.post("chloe", f"/loans/{loan}/disburse", PAID), "payee-not-confirmed")
    refused(house.post("ana", f"/payees/{payee}/confirm", {"number": 1}), "forbidden", 403)
    done(house.post("chloe", f"/payees/{payee}/confirm", {"number": 1}))
    refused(house.post("chloe", f"/loans/{loan}/disburse", PAID), "payee-cooling-off")
    tomorrow(house)
    done(house.post("chloe", f"/loans/{loan}/disburse", PAID))
    disbursed = house.platform.store.history(loan)[-1].event()
    assert disbursed.payee == 1  # type: ignore[attr-defined]


def test_the_account_in_force_stays_while_another_one_waits(house: House) -> None:
    loan, payee = ready(house), payee_id(id_of("awa customer"))  # type: ignore[arg-type]
    done(house.post("awa", "/payees", proposal()))
    done(house.post("chloe", f"/payees/{payee}/confirm", {"number": 1}))
    tomorrow(house)
    done(house.post("ana", "/payees", proposal(iban="DE89370400440532013000", holder="A. Nonyme")))
    done(house.post("chloe", f"/payees/{payee}/confirm", {"number": 2}))
    done(
        house.post("awa", f"/payees/{payee}/refuse", {"number": 2, "reason": "Ce compte n’est pas le mien."})
    )
    tomorrow(house)
    done(house.post("chloe", f"/loans/{loan}/disburse", PAID))
    assert house.platform.store.history(loan)[-1].event().payee == 1  # type: ignore[attr-defined]
    house.settle()
    shown = done_list(house.get("awa", f"/payees?customer_id={id_of('awa customer')}"))
    assert [(line["number"], line["status"]) for line in shown] == [(2, "refused"), (1, "confirmed")]
    assert shown[1]["iban"] == IBAN.replace(" ", "")


def test_nobody_else_sees_where_a_customer_is_paid_or_says_so(house: House) -> None:
    done(house.post("awa", "/payees", proposal()))
    payee = payee_id(id_of("awa customer"))  # type: ignore[arg-type]
    house.settle()
    address = f"/payees?customer_id={id_of('awa customer')}"
    assert done_list(house.get("jean", address)) == []
    refused(house.get("sam", address), "forbidden", 403)
    refused(house.post("jean", "/payees", proposal()), "not-found", 404)
    refused(
        house.post("jean", f"/payees/{payee}/refuse", {"number": 1, "reason": "Non, vraiment."}),
        "not-found",
        404,
    )


def test_a_wrong_account_number_is_not_repeated_in_the_answer(house: House) -> None:
    answer = house.post("awa", "/payees", proposal(iban="DE89370400440532013001"))
    assert answer.status_code == 422
    assert "0532013" not in answer.text


# ── the stop switch ────────────────────────────────────────────────────────


def test_one_person_stops_all_money_and_two_let_it_go(house: House) -> None:
    loan = ready(house)
    assert done(house.get("sam", "/stop-switch"))["status"] == "released"
    done(house.post("sam", "/stop-switch/pull", WHY))
    said = refused(house.post("chloe", f"/loans/{loan}/disburse", PAID), "money-stopped")
    assert WHY["reason"] in said
    refused(house.post("sam", "/stop-switch/ask-for-release", WHY), "forbidden", 403)
    refused(house.post("chloe", "/stop-switch/release", {}), "release-not-asked")
    done(house.post("chloe", "/stop-switch/ask-for-release", {"reason": "Le virement est expliqué."}))
    refused(house.post("chloe", "/stop-switch/release", {}), "own-release")
    refused(house.post("chloe", "/stop-switch/release", {"reason": "Je suis seule ici."}), "own-release")
    refused(house.post("chloe", f"/loans/{loan}/disburse", PAID), "money-stopped")
    house.settle()
    card = done(house.get("iris", "/stop-switch"))
    assert (card["status"], card["pulled_by"]) == ("release-asked", str(id_of("sam")))
    done(house.post("admin", "/stop-switch/release", {}))
    done(house.post("chloe", f"/loans/{loan}/disburse", PAID))
    house.settle()
    assert done(house.get("sam", "/stop-switch"))["status"] == "released"


def test_people_who_pull_it_at_once_are_all_heard(house: House) -> None:
    """Also when nobody pulled it before: whoever begins its stream second is tried again."""
    doors = ["sam", "ana", "ben", "chloe", "admin", "dora"]
    for answer in at_once(lambda name: house.post(name, "/stop-switch/pull", WHY), doors):
        done(answer)
    refused(house.post("awa", "/stop-switch/pull", WHY), "forbidden", 403)
    refused(house.get("awa", "/stop-switch"), "forbidden", 403)


# ── proofs ─────────────────────────────────────────────────────────────────


def test_what_moves_money_takes_a_fresh_proof_and_stopping_it_takes_none(house: House) -> None:
    """A session that somebody left open, on a machine that somebody else found."""
    loan, payee = ready(house), payee_id(id_of("awa customer"))  # type: ignore[arg-type]
    done(house.post("ana", "/payees", proposal()))
    left_open = {name: house.session(name) for name in ("ana", "chloe", "admin")}
    later(house, timedelta(minutes=5, seconds=1))
    alone = {"reason": "Personne d’autre n’est là."}
    limits = [{"operation": "loan.approve", "role": "advisor", "each": {"amount": "9.00", "currency": "EUR"}}]
    for name, path, body, code in (
        ("chloe", f"/loans/{loan}/disburse", PAID, "step-up-required"),
        ("chloe", f"/payees/{payee}/confirm", {"number": 1}, "step-up-required"),
        ("chloe", "/stop-switch/ask-for-release", WHY, "step-up-required"),
        ("chloe", "/stop-switch/release", {}, "step-up-required"),
        ("chloe", f"/loans/{loan}/repayments/{loan}/reverse", alone, "step-up-required"),
        ("ana", "/payees", proposal(), "step-up-required"),
        ("ana", f"/loans/{loan}/approve", alone, "step-up-required"),
        ("ana", f"/loans/{loan}/approve", {}, "not-awaiting-decision"),
        ("admin", "/organisation/limits", {"limits": limits, **alone}, "step-up-required"),
        (
            "admin",
            "/organisation/four-eyes-policy",
            {"policy": "single-operator", **alone},
            "step-up-required",
        ),
        ("admin", "/organisation/proposal/confirm", {"number": 1}, "step-up-required"),
    ):
        status = 401 if code == "step-up-required" else 409
        refused(with_session(house, left_open[name], path, body), code, status)
    done(with_session(house, left_open["ana"], "/stop-switch/pull", WHY))


def with_session(house: House, session: UUID, path: str, body: dict[str, Any]) -> httpx.Response:
    """As a browser whose session goes on: a new token, the old proof."""
    access = house.platform.access
    found = access.sessions.get(session)
    assert found is not None
    headers = {"Authorization": f"Bearer {access.tokens.mint(found)}"}
    return httpx.post(f"{house.url}/api/v1{path}", json=body, headers=headers, timeout=30)


def at_once(call: Callable[[Any], httpx.Response], several: list[Any]) -> list[httpx.Response]:
    """All of them, let go by one barrier."""
    gate = Barrier(len(several))

    def one(each: Any) -> httpx.Response:
        gate.wait()
        return call(each)

    with ThreadPoolExecutor(len(several)) as crew:
        return list(crew.map(one, several))


def done_list(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.is_success, answer.text
    lines: list[dict[str, Any]] = answer.json()
    return lines
