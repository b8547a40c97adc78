"""The same request again, at once, by many: it is done once, and everybody is told the truth."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

from tests.api.house import request_of


def at_once(times, call):
    """Call from so many threads at the same moment."""
    barrier = Barrier(times)

    def one(number):
        barrier.wait()
        return call(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def test_two_identical_commands_at_the_same_moment_are_done_once_a_hundred_times(house):
    with house.calling("awa") as first, house.calling("awa") as second:
        for _ in range(100):
            loan, key = uuid4(), {"Idempotency-Key": str(uuid4())}
            body = request_of("awa", loan)
            clients = (first, second)
            answers = at_once(2, lambda n: clients[n].post("/loans", json=body, headers=key))  # noqa: B023
            assert [answer.status_code for answer in answers] == [201, 201], [a.text for a in answers]
            assert answers[0].json() == answers[1].json()
            assert len(house.platform.store.history(loan)) == 1


def test_the_same_key_with_another_body_is_refused(house):
    loan, key = uuid4(), {"Idempotency-Key": "one-intention"}
    first = house.post("awa", "/loans", request_of("awa", loan), **key)
    other = house.post("awa", "/loans", request_of("awa", loan, amount="6000.00"), **key)
    again = house.post("awa", "/loans", request_of("awa", loan), **key)
    assert (other.status_code, other.json()["type"]) == (409, "command-mismatch")
    assert again.json() == first.json()


def test_a_key_belongs_to_its_account(house):
    key = {"Idempotency-Key": "monday"}
    first = house.post("awa", "/loans", request_of("awa", uuid4()), **key)
    second = house.post("jean", "/loans", request_of("jean", uuid4()), **key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


def test_the_success_is_repeated_even_when_the_state_has_moved_on(house):
    loan = house.requested()
    key = {"Idempotency-Key": "approve-it"}
    first = house.post("ben", f"/loans/{loan}/approve", **key)
    again = house.post("ben", f"/loans/{loan}/approve", **key)
    without = house.post("ben", f"/loans/{loan}/approve")
    assert (first.status_code, again.json()) == (200, first.json())
    assert without.status_code == 409


def test_of_fifty_approvals_at_once_one_wins_and_the_others_are_told_the_state(house):
    loan = house.requested()
    answers = at_once(50, lambda n: house.post(("ana", "ben")[n % 2], f"/loans/{loan}/approve"))
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 49
    assert {(problem["type"], problem["state"]) for problem in refused} == {
        ("not-awaiting-decision", "approved")
    }
    assert len(house.platform.store.history(loan)) == 2
