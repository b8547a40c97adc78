"""docker-compose.yml as processes: what is replaced in what they are told, and what is not."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest

from roles.composed import FILE, Container, Replacing, command, containers
from roles.topology import Topology
from runtime.compose import NotUnderstood, Service, read
from tests.house.test_compose import PASSWORDS


@pytest.fixture(scope="module")
def services() -> dict[str, Service]:
    return read(FILE, {**PASSWORDS, "APP_PASSWORD": "a-b_c"})


@pytest.fixture
def replacing(services: dict[str, Service], tmp_path: Path) -> Replacing:
    hosts = {"serve": ["127.9.9.3", "127.9.9.4"], "mail": ["127.9.9.5"]}
    places = {"postgres": (5432, ("127.9.9.2", 5432)), "kafka": (9092, ("127.0.0.1", 20_001))}
    return Replacing(hosts, places, tmp_path)


@pytest.fixture
def serve(services: dict[str, Service]) -> Container:
    return Container(services["serve"], 1, "127.9.9.3")


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ("postgresql://app:a-b_c@postgres:5432/quittance", "postgresql://app:a-b_c@127.9.9.2:5432/quittance"),
        # Who signs in may be called like a host.
        ("postgresql://postgres:x@postgres:5432/postgres", "postgresql://postgres:x@127.9.9.2:5432/postgres"),
        ("kafka:9092", "127.0.0.1:20001"),
        ("mail", "127.9.9.5"),
        ("serve:8000", "127.9.9.3:8000,127.9.9.4:8000"),
        ("0.0.0.0", "127.9.9.3"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("postgres,kafka,mail", "postgres,kafka,mail"),
        ("Quittance <ne-pas-repondre@mail>, kafka", "Quittance <ne-pas-repondre@mail>, kafka"),
        ("quittance-documents", "quittance-documents"),
        ("8000", "8000"),
        ("", ""),
    ],
)
def test_a_host_becomes_the_place_where_it_is(
    said: str, becomes: str, replacing: Replacing, serve: Container
) -> None:
    assert replacing.value(said, serve) == becomes


def test_a_server_has_one_port(replacing: Replacing, serve: Container) -> None:
    with pytest.raises(NotUnderstood, match="kafka is reached at its port 9092, not at 9093"):
        replacing.value("kafka:9093", serve)


def test_a_role_is_not_taken_for_a_host(services: dict[str, Service], replacing: Replacing) -> None:
    entry = Container(services["entry"], 1, "127.9.9.9")
    assert command(entry, replacing) == [
        "python", "manage.py", "entry", "--listen", "127.9.9.9:8000", "--to", "127.9.9.3:8000,127.9.9.4:8000"
    ]  # fmt: skip
    assert command(Container(services["mail"], 1, "127.9.9.5"), replacing)[-1] == "mail"


def test_a_container_asks_itself_whether_it_is_well(replacing: Replacing, serve: Container) -> None:
    assert "http://127.9.9.3:8000/health/ready" in replacing.asked(serve)[-1]


def test_everything_else_is_said_as_it_stands_in_the_file(replacing: Replacing, serve: Container) -> None:
    hosts = {name: ["127.9.9.8"] for name in ("valkey", "s3")}
    told = Replacing({**replacing.hosts, **hosts}, replacing.places, replacing.folder).environment(serve)
    said = serve.service.environment
    assert told.keys() == said.keys()
    assert {name for name in said if told[name] != said[name]} == {
        "QUITTANCE_STATE_DIR", "QUITTANCE_DATABASE_URL", "QUITTANCE_REDIS_URL", "QUITTANCE_S3_URL",
        "QUITTANCE_KAFKA_SERVERS", "QUITTANCE_SMTP_HOST", "QUITTANCE_HTTP_HOST", "QUITTANCE_METRICS_HOST",
    }  # fmt: skip


def test_containers_share_a_volume_and_nothing_else(
    services: dict[str, Service], replacing: Replacing, serve: Container
) -> None:
    clock = Container(services["clock"], 1, "127.9.9.6")
    one, other = (replacing.inside(container, "/state") for container in (serve, clock))
    (one / "keys" / "kek").write_text("shared")
    (one / "own").write_text("its own")
    assert (other / "keys" / "kek").read_text() == "shared"
    assert not (other / "own").exists()


def test_each_container_has_an_address_of_the_loopback_to_itself(services: dict[str, Service]) -> None:
    one, other = (containers(services, Path(folder)) for folder in ("/a/state", "/b/state"))
    found = [container.address for container in (*one, *other)]
    assert all(ip_address(address).is_loopback for address in found)
    assert len(set(found)) == len(found) == 2 * sum(service.replicas for service in services.values())
    assert [c.name for c in one if c.service.name in ("migrate", "serve")] == [
        "migrate",
        "serve-1",
        "serve-2",
    ]


def test_an_image_that_nothing_stands_for_is_refused(services: dict[str, Service], tmp_path: Path) -> None:
    other = Service(**{**vars(services["valkey"]), "image": "redis:8"})
    with pytest.raises(NotUnderstood, match="nothing here stands for the image redis:8"):
        Topology({**services, "valkey": other}, tmp_path)
