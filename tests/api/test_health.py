"""Alive, ready, and what is said while PostgreSQL is away."""

from __future__ import annotations

from dataclasses import replace

import httpx
import psycopg
import pytest
from psycopg_pool import ConnectionPool

from api import health
from eventstore import Store
from tests.api.house import served


def checks(url: str) -> tuple[int, dict[str, tuple[bool, str]]]:
    answer = httpx.get(f"{url}/health/ready")
    return answer.status_code, {
        each["name"]: (each["ok"], each["detail"]) for each in answer.json()["checks"]
    }


def test_it_is_ready_and_says_how_far_the_read_models_are_behind(house):
    status, said = checks(house.url)
    assert (status, said["lag"][1] == "0 events behind") == (200, False)
    house.settle()
    assert checks(house.url)[1]["lag"] == (True, "0 events behind")


def test_it_is_not_ready_without_a_migration_or_a_read_model(house, database):
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("UPDATE store.read_models SET state = 'building' WHERE name = 'loan_book'")
        assert checks(house.url)[0] == 503
        assert checks(house.url)[1]["read models"] == (False, "being built: loan_book")
        owner.execute("DELETE FROM public.migrations WHERE name LIKE '%0002%'")
        status, said = checks(house.url)
        assert (status, said["migrations"][0]) == (503, False)


@pytest.fixture
def cut_off(house):
    """The same house, whose database does not answer."""
    with ConnectionPool("host=127.0.0.1 port=1", min_size=0, max_size=1, timeout=0.2, open=True) as nowhere:
        store = Store(nowhere, house.platform.store.keyring, bytes(32))
        with served(replace(house.platform, store=store, reads=nowhere)) as url:
            yield url


def test_while_postgresql_is_away_it_is_alive_and_asks_to_come_back(house, cut_off):
    assert httpx.get(f"{cut_off}/health/live").json() == {"status": "ok"}
    assert checks(cut_off) == (503, {"database": (False, "the database does not answer")})
    with house.calling("awa") as client:
        answer = client.get(f"{cut_off}/api/v1/loans")
    assert (answer.status_code, answer.json()["type"], answer.headers["retry-after"]) == (503, "away", "2")
    assert "127.0.0.1" not in answer.text


def without_redis(said: dict[str, tuple[bool, str]]) -> bool:
    return said["redis"] == (True, "none is set: this process counts tries and follows the feed by itself")


def test_whether_events_come_by_kafka_is_said_and_never_makes_it_unready(house, database, monkeypatch):
    assert checks(house.url)[1]["events"] == (True, "events come from the store")
    assert without_redis(checks(house.url)[1])
    settings = house.platform.settings.model_copy(update={"kafka_servers": "127.0.0.1:9"})
    with served(replace(house.platform, settings=settings)) as url:
        monkeypatch.setattr(health, "FAR_BEHIND", 3_600.0)
        assert checks(url)[1]["events"] == (True, "events come by Kafka")
        monkeypatch.setattr(health, "FAR_BEHIND", 0.0)
        answer = httpx.get(f"{url}/health/ready")
        said = answer.json()
        assert (answer.status_code, said["ready"], said["status"]) == (200, True, "degraded")
        assert (said["checks"][-1]["status"], said["checks"][-1]["detail"][:27]) == (
            "degraded", "events come from the store:",
        )  # fmt: skip
        with psycopg.connect(database.projector_url, autocommit=True) as projector:
            last = max(house.platform.store.lane_ends().values())
            projector.execute("UPDATE store.relay SET position = %s", (last,))
        assert checks(url)[1]["events"] == (True, "events come by Kafka, all of them")
        assert httpx.get(f"{url}/health/ready").json()["status"] == "ok"


@pytest.mark.parametrize(("path", "title"), [("/", "Quittance"), ("/bureau", "Quittance · Bureau")])
def test_the_first_pages_are_the_two_applications(house, built, path, title):
    page = httpx.get(house.url + path)
    assert page.status_code == 200
    assert '<html lang="fr"' in page.text
    assert f"<title>{title}</title>" in page.text
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]


def test_time_lapses_for_whoever_may_and_never_back(house):
    soon, past = {"to": "2030-01-01T09:00:00Z"}, {"to": "2001-01-01T09:00:00Z"}
    assert house.post("ana", "/clock/advance", soon).status_code == 403
    assert house.post("admin", "/clock/advance", soon).json()["now"].startswith("2030-01-01T09:00:00")
    back = house.post("admin", "/clock/advance", past)
    assert (back.status_code, back.json()["type"]) == (409, "time-passed")
    assert house.get("awa", "/clock").json()["now"].startswith("2030-01-01T09:00")


def test_where_time_may_not_lapse_there_is_no_such_route(house):
    settings = house.platform.settings.model_copy(update={"time_lapse": False})
    with served(replace(house.platform, settings=settings)) as url, house.calling("admin") as client:
        assert (
            client.post(f"{url}/api/v1/clock/advance", json={"to": "2030-01-01T09:00:00Z"}).status_code == 404
        )
