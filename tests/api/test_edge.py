"""The edge: whom we are, whom we believe, which pages may ask, and how often anybody may."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from structlog.testing import capture_logs

from access.limits import Limits
from api import files
from api.files import Uploads
from api.headers import PAGES, page_policy
from api.origin import Origins, counted_as
from api.refusals import TooManyUploads
from runtime.settings import Settings
from tests.api.house import House, id_of, pdf, served
from tests.soon import soon


def scope(client: str | None = "127.0.0.1", **headers: str):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "client": (client, 1234) if client else None,
        "headers": raw,
        "method": "GET",
        "path": "/",
    }


def origins(tmp_path, **chosen) -> Origins:
    return Origins(Settings.load(state_dir=tmp_path, **chosen))


@contextmanager
def other_settings(house: House, **chosen):
    """The same house behind an edge of its own."""
    settings = house.platform.settings.model_copy(update=chosen)
    platform = replace(house.platform, settings=settings)
    with served(platform) as url:
        yield House(platform, url)


# ── where it comes from ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("198.51.100.9", None, "198.51.100.9"),
        ("198.51.100.9", "203.0.113.7", "198.51.100.9"),
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", '"[2001:db8::1]"', "2001:db8::1"),
        ("::ffff:10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        (None, "203.0.113.7", "local"),
    ],
)
def test_only_our_own_proxies_say_whom_they_speak_for(tmp_path, client, forwarded, address):
    headers = {} if forwarded is None else {"x_forwarded_for": forwarded}
    assert origins(tmp_path, trusted_proxies="10.0.0.0/8").client_of(scope(client, **headers)) == address


def test_without_proxies_of_ours_nobody_is_believed(tmp_path):
    assert origins(tmp_path).client_of(scope("127.0.0.1", x_forwarded_for="203.0.113.7")) == "127.0.0.1"


def test_a_long_list_of_hops_is_not_followed_for_ever(tmp_path):
    hops = ", ".join(["203.0.113.7", *["10.0.0.2"] * 100])
    assert origins(tmp_path, trusted_proxies="10.0.0.0/8").client_of(scope("10.0.0.1", x_forwarded_for=hops)) == "10.0.0.2"  # fmt: skip


def test_ipv6_is_counted_by_the_network_that_is_given_to_one_customer():
    assert counted_as("2001:db8:1:2:3::4") == counted_as("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert counted_as("203.0.113.7") == "203.0.113.7"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trusted_proxies", "10.0.0.0/33"),
        ("trusted_proxies", "proxy.example.org"),
        ("allowed_origins", "*"),
        ("allowed_origins", "https://*.example.org"),
        ("allowed_origins", "https://app.example.org/"),
        ("allowed_origins", "null"),
    ],
)
def test_a_setting_that_means_something_else_is_refused(tmp_path, name, value):
    with pytest.raises(ValueError, match=name):
        Settings.load(state_dir=tmp_path, **{name: value})


SERVERS = dict.fromkeys(
    ("database_url", "owner_url", "projector_url", "auditor_url"), "postgresql://somebody@localhost/quittance"
)

# ── whom it is meant for ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("prets.example.org", True),
        ("PRETS.example.org:443", True),
        ("prets.example.org.", True),
        ("bureau.example.org", True),
        ("127.0.0.1:8000", False),
        ("localhost", False),
        ("evil.example", False),
        ("prets.example.org.evil.example", False),
        ("evil.example/prets.example.org", False),
        ("evil.example#@prets.example.org", False),
        ("user@prets.example.org", False),
        ("prets.example.org,evil.example", False),
        ("prets.example.org:x", True),
        ("[::1", False),
        ("", False),
    ],
)
def test_it_answers_to_its_own_names_only(tmp_path, host, ours):
    known = origins(
        tmp_path, profile="scale-out", **SERVERS, allowed_hosts="bureau.example.org",
        public_url="https://prets.example.org",
    )  # fmt: skip
    assert known.is_ours(scope(host=host)) is ours


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_on_ones_own_machine_it_answers_to_the_loopback(tmp_path, host):
    assert origins(tmp_path, public_url="https://prets.example.org").is_ours(scope(host=host))


def test_a_request_for_another_host_is_turned_away_and_a_supervisor_is_not(house):
    astray = house.get("awa", "/loans", Host="evil.example")
    assert (astray.status_code, astray.json()["type"]) == (421, "unknown-host")
    assert "evil" not in astray.text
    assert httpx.get(f"{house.url}/health/live", headers={"Host": "10.1.2.3"}).status_code == 200


def test_two_hosts_or_none_are_no_host(house):
    port = int(house.url.rpartition(":")[2])
    for hosts in ("Host: 127.0.0.1\r\nHost: evil.example\r\n", "Host: \r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(f"GET /openapi.json HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
            assert line.makefile("rb").readline().split()[1] in (b"400", b"421")


# ── which pages may ask ────────────────────────────────────────────────────

APP = "https://app.example.org"


def preflight(house, origin):
    with house.calling(None, Origin=origin, **{"Access-Control-Request-Method": "POST"}) as client:
        return client.options("/loans")


def test_pages_of_nobody_else_may_ask_unless_they_are_listed(house):
    asked, answer = preflight(house, APP), house.get("awa", "/loans", Origin=APP)
    assert (asked.status_code, asked.json()["type"]) == (403, "unknown-origin")
    assert answer.status_code == 200
    for each in (asked, answer):
        assert not [name for name in each.headers if name.startswith("access-control")]


def test_a_listed_origin_may_ask_and_is_named_exactly(house):
    with other_settings(house, allowed_origins=f"{APP},https://other.example.org") as open_house:
        asked, answer = preflight(open_house, APP), open_house.get("awa", "/loans", Origin=APP)
        refused = [preflight(open_house, origin) for origin in ("https://app.example.org.evil.example", "null", "http://app.example.org")]  # fmt: skip
        stranger = open_house.get("awa", "/loans", Origin="https://evil.example")
    assert asked.status_code == 204
    assert "Idempotency-Key" in asked.headers["access-control-allow-headers"]
    for each in (asked, answer):
        assert each.headers["access-control-allow-origin"] == APP
        assert each.headers["access-control-allow-credentials"] == "true"
        assert "Origin" in each.headers["vary"]
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert [each.status_code for each in refused] == [403] * 3
    assert "access-control-allow-origin" not in stranger.headers
    assert "Origin" in stranger.headers["vary"]


# ── headers ────────────────────────────────────────────────────────────────


def test_over_tls_browsers_are_told_to_stay_there(house):
    assert "strict-transport-security" not in house.get("awa", "/loans").headers
    with other_settings(house, public_url="https://127.0.0.1") as secured:
        told = secured.get(None, "/loans", **{"X-Forwarded-Proto": "http"}).headers[
            "strict-transport-security"
        ]
    assert told == "max-age=63072000; includeSubDomains"


def test_pages_run_no_script_but_ours_and_say_so_when_something_tries():
    policy = PAGES["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in (
        "default-src 'none'",
        "script-src 'self';",
        "require-trusted-types-for 'script'",
        "report-to browser",
    ):
        assert part in policy
    assert PAGES["Reporting-Endpoints"] == 'browser="/api/v1/browser-reports"'
    with_cards = page_policy(scripts=["https://js.example"], frames=["https://pay.example"])
    assert "script-src 'self' https://js.example;" in with_cards
    assert "frame-src https://pay.example;" in with_cards


def test_a_browser_report_is_cut_to_a_few_words(house):
    report = {
        "type": "csp-violation",
        "body": {
            "effectiveDirective": "script-src",
            "blockedURL": "https://evil.example/steal?token=Planted-8461",
            "documentURL": "https://prets.example.org/links/Planted-8461",
            "sample": "Planted-8461",
        },
    }
    with (
        capture_logs() as lines,
        house.calling(None, **{"Content-Type": "application/reports+json"}) as client,
    ):
        answer = client.post("/browser-reports", json=[report] * 9)
    told = [line for line in lines if line["event"] == "browser report"]
    assert (answer.status_code, answer.json(), len(told)) == (200, {"reports": 9}, 5)
    assert told[0]["blockedURL"] == "evil.example"
    assert "Planted-8461" not in str(lines)


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"[]", 415),
        ("application/csp-report", b"{", 400),
        ("application/csp-report", b"7", 400),
        ("application/csp-report", b'{"csp-report": {"effective-directive": 7}}', 200),
        ("application/reports+json", b" " * 70_000, 413),
    ],
)
def test_a_report_is_measured_like_everything(house, kind, body, status):
    with house.calling(None, **{"Content-Type": kind}) as client:
        assert client.post("/browser-reports", content=body).status_code == status


def test_more_headers_than_any_browser_sends_are_refused(house):
    answer = house.get("awa", "/loans", **{f"X-{n}": "1" for n in range(100)})
    assert (answer.status_code, answer.json()["type"]) == (431, "headers-too-large")


# ── how often ──────────────────────────────────────────────────────────────


class Watch:
    """A clock that a test moves."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def counted(house: House, watch: Watch):
    """The same house, where an account asks 25 times a minute and an address 5 times."""
    limits = Limits(b"s" * 32, per_minute=25, clock=watch)
    platform = replace(house.platform, access=replace(house.platform.access, limits=limits))
    with served(platform) as url:
        yield House(platform, url)


def test_an_account_asks_so_often_a_minute_and_another_one_is_not_held_up(house):
    with counted(house, Watch()) as strict:
        answers = [strict.get("ana", "/loan-products") for _ in range(27)]
        other = strict.get("ben", "/loan-products")
    assert [each.status_code for each in answers] == [200] * 25 + [429] * 2
    assert answers[-1].json()["type"] == "too-many-requests"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].headers["ratelimit-policy"] == '"api.identity";q=25;w=60'
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/loan-products", {"Authorization": f"Bearer {'x' * 40}"}, 401),
        ("/loan-products", {}, 401),
        ("/links/nothing", {}, 404),
    ],
)
def test_whoever_proves_nothing_is_counted_by_address_and_nobody_else(house, path, headers, status):
    with counted(house, watch := Watch()) as strict:
        before = [strict.get(None, path, **headers).status_code for _ in range(7)]
        signed_in = strict.get("ana", "/loan-products").status_code
        watch.now += 120
        later = strict.get(None, path, **headers).status_code
    assert before == [status] * 5 + [429] * 2
    assert (signed_in, later) == (200, status)


def test_a_flood_does_not_fill_the_access_log(house):
    with counted(house, Watch()) as strict:
        for _ in range(40):
            strict.get(None, "/loan-products")
        entries = soon(lambda: strict.get("iris", "/access-log?limit=200&decision=deny").json()["items"])
    assert [each["reason"] for each in entries] == ["unauthenticated"] * 5


# ── uploads ────────────────────────────────────────────────────────────────


def test_so_many_uploads_arrive_at_once_and_no_more():
    uploads, ana, ben = Uploads(), id_of("ana"), id_of("ben")
    with uploads.place(ana), uploads.place(ana), uploads.place(ana):
        with pytest.raises(TooManyUploads), uploads.place(ana):
            pass
        with uploads.place(ben):
            pass
    with uploads.place(ana):
        pass


def test_all_together_have_an_end_too():
    uploads = Uploads()
    places = [uploads.place(id_of(f"somebody {n}")) for n in range(files.AT_ONCE)]
    for place in places:
        place.__enter__()
    with pytest.raises(TooManyUploads), uploads.place(id_of("one more")):
        pass
    for place in places:
        place.__exit__(None, None, None)
    with uploads.place(id_of("one more")):
        pass


def test_an_upload_that_stalls_is_given_up(house, monkeypatch):
    monkeypatch.setattr(files, "STALLED", 0.2)
    contract = house.sent("awa")
    port = int(house.url.rpartition(":")[2])
    head = (
        f"POST /api/v1/contracts/{contract}/signed-copy HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {house.token('awa')}\r\nContent-Length: 5000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(head.encode())
        assert line.makefile("rb").readline().split()[1] == b"408"


@pytest.mark.parametrize(
    "body",
    [
        b"not a form",
        b"--x\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(50)) + b"\r\n--x--",
        b"--x\r\nX-Long: " + b"y" * 9_000 + b"\r\n\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nvalue\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n1\r\n' * 2 + b"--x--\r\n",
    ],
)
def test_a_form_that_cannot_be_read_is_said_to_be_one(house, body):
    contract = house.sent("awa")
    with house.calling("awa", **{"Content-Type": "multipart/form-data; boundary=x"}) as client:
        answer = client.post(f"/contracts/{contract}/signed-copy", content=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "broken-upload")


def test_the_address_of_a_download_is_the_one_behind_our_proxy(house):
    contract = house.sent("awa", pdf("contract"))
    house.settle()
    document = house.get("awa", f"/contracts/{contract}").json()["document_id"]
    with other_settings(house, trusted_proxies="127.0.0.0/8") as behind:
        behind.get("awa", f"/documents/{document}/content", **{"X-Forwarded-For": "203.0.113.7"})
    house.settle()
    accesses = house.get("ana", f"/documents/{document}/accesses").json()["items"]
    assert accesses[0]["ip"] == "203.0.113.7"
