"""What a caller sends to prove who they are is in no answer and in no log."""

from __future__ import annotations

import httpx
import pytest

from runtime import log
from tests.api.house import House

TOKEN = "marker" + "x" * 40
KEY = "qk_" + "marker" * 20
PASSWORD = "marker-of-a-password-1789"
CARRIERS = {
    "a token": {"Authorization": f"Bearer {TOKEN}.{TOKEN}.{TOKEN}"},
    "a key": {"Authorization": f"Bearer {KEY}"},
    "basic": {"Authorization": "Basic bWFya2VyOm1hcmtlcg=="},
    "a cookie": {"Cookie": f"__Host-at={TOKEN}; __Host-rt={TOKEN}"},
    "two of them": {"Authorization": f"Bearer {TOKEN}", "Cookie": f"__Host-at={TOKEN}"},
    "a token for writing": {"Cookie": f"__Host-at={TOKEN}", "X-CSRF-Token": TOKEN},
}
ASKED = (
    ("GET", "/loans", None),
    ("POST", "/auth/sign-in", {"email": "awa@example.org", "password": PASSWORD, "carrier": "bearer"}),
    ("POST", "/auth/sign-in", {"email": ["marker"], "password": {"marker": PASSWORD}}),
    ("POST", "/auth/sign-in/factor", {"pending": TOKEN, "code": "marker"}),
    ("POST", "/auth/password", {"token": TOKEN, "password": PASSWORD}),
    ("POST", "/auth/refresh", {"refresh_token": TOKEN}),
    ("POST", "/auth/step-up", {"password": PASSWORD}),
    ("GET", f"/links/{TOKEN}", None),
)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_what_proves_who_asks_is_in_no_answer_and_in_no_log(
    house: House, carrier: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log.setup("serve", "debug")
    answers = []
    with httpx.Client(base_url=f"{house.url}/api/v1", headers=CARRIERS[carrier]) as client:
        for method, path, body in ASKED:
            answer = client.request(method, path, json=body)
            assert answer.status_code in range(400, 500), (path, answer.text)
            answers.append(f"{answer.text} {dict(answer.headers)}")
    logged = capsys.readouterr().err
    assert "marker" not in "".join(answers)
    assert logged
    assert "marker" not in logged
