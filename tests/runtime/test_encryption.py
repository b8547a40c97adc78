"""Nothing leaves this machine in clear, and nobody is believed without proof."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from runtime.embedded.postgres import SUPERUSER, Postgres
from runtime.settings import ROLE_OF, Settings
from tests.certificates import Signed, signed

FAR = "postgresql://app@db.example.org/quittance"
PROVEN = FAR + "?sslmode=verify-full&sslrootcert=system"
ADDRESS = "127.83.12.7"
SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"

REFUSED = {
    "a database in clear": ({"database_url": FAR}, "database_url"),
    "a database that proves nothing": ({"database_url": f"{FAR}?sslmode=require"}, "verify-full"),
    "a database without an authority": ({"projector_url": f"{FAR}?sslmode=verify-full"}, "sslrootcert"),
    "another database in clear": ({"auditor_url": FAR}, "auditor_url"),
    "the superuser's in clear": ({"admin_url": FAR}, "admin_url"),
    "one of two hosts far away": ({"owner_url": "postgresql://a@127.0.0.1,db.example.org/q"}, "owner_url"),
    "an address behind a local name": (
        {"owner_url": f"{FAR}?host=localhost&hostaddr=192.0.2.1"},
        "owner_url",
    ),
    "an old version": ({"database_url": f"{PROVEN}&ssl_min_protocol_version=TLSv1.1"}, "TLSv1.2"),
    "a Redis in clear": ({"redis_url": "redis://cache.example.org:6379/0"}, "rediss://"),
    "a Redis that proves nothing": (
        {"redis_url": "rediss://cache.example.org?ssl_cert_reqs=none"},
        "redis_url",
    ),
    "events in clear": ({"kafka_servers": "k1.example.org:9092"}, "kafka_protocol"),
    "events in clear behind a password": (
        {"kafka_servers": "k1.example.org:9092", "kafka_protocol": "SASL_PLAINTEXT"},
        "kafka_protocol",
    ),
    "a broker without a port": ({"kafka_servers": "127.0.0.1"}, "host:port"),
    "a certificate for brokers without its key": ({"kafka_cert_file": "/x/cert.pem"}, "kafka_key_file"),
    "documents in clear": ({"s3_url": "http://s3.example.org"}, "s3_url"),
    "mails in clear": ({"smtp_host": "smtp.example.org"}, "smtp_tls"),
    "people in clear": ({"profile": "scale-out", "public_url": "http://prets.example.org"}, "public_url"),
    "a certificate without its key": ({"http_tls_cert": "/x/cert.pem"}, "http_tls_key"),
}
ACCEPTED = {
    "a database with proof": {"database_url": PROVEN},
    "a socket": {"database_url": "postgresql://app@/quittance?host=/run/postgresql"},
    "this machine": {"database_url": "postgresql://app@127.0.0.1/q", "redis_url": "redis://localhost:6379"},
    "this machine in IPv6": {"database_url": "postgresql://app@[::1]/q"},
    "a container that is named": {
        "database_url": "postgresql://app@postgres/q",
        "smtp_host": "mail",
        "unencrypted_hosts": "postgres, mail",
    },
    "a Redis with proof": {"redis_url": "rediss://cache.example.org:6380/0"},
    "events with proof": {"kafka_servers": "k1.example.org:9093", "kafka_protocol": "SASL_SSL"},
    "events on this machine": {"kafka_servers": "127.0.0.1:9092,[::1]:9092"},
    "documents with proof": {"s3_url": "https://s3.example.org"},
    "documents on this machine": {"s3_url": "http://127.0.0.1:8333"},
    "mails": {"smtp_host": "smtp.example.org", "smtp_tls": "starttls"},
    "people": {"profile": "scale-out", "public_url": "https://prets.example.org"},
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_leave_in_clear_is_refused_with_what_to_set(tmp_path: Path, what: str) -> None:
    chosen, said = REFUSED[what]
    with pytest.raises(ValueError, match=said):
        Settings.load(state_dir=tmp_path, **chosen)


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_is_encrypted_or_stays_here_is_accepted(tmp_path: Path, what: str) -> None:
    Settings.load(state_dir=tmp_path, **ACCEPTED[what])


def test_a_refusal_repeats_no_password(tmp_path: Path) -> None:
    for name in (*ROLE_OF, "admin_url"):
        with pytest.raises(ValueError, match=name) as refused:
            Settings.load(state_dir=tmp_path, **{name: "postgresql://app:s3cret-marker@db.example.org/q"})
        assert "s3cret-marker" not in str(refused.value) + repr(refused.value)


class Proven(socketserver.BaseRequestHandler):
    """Speaks TLS for a PostgreSQL that was built without it, and lets nobody in who does not.

    Source: PostgreSQL documentation, 53.2.10 SSL Session Encryption.
    """

    context: ssl.SSLContext
    behind: str

    def handle(self) -> None:
        if self.request.recv(8) != SSL_REQUEST:
            return
        self.request.sendall(b"S")
        with (
            suppress(OSError),
            self.context.wrap_socket(self.request, server_side=True) as front,
            socket.socket(socket.AF_UNIX) as back,
        ):
            back.connect(self.behind)
            thread = threading.Thread(target=_pump, args=(back, front))
            thread.start()
            _pump(front, back)
            thread.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def proven(postgres: Postgres, tmp_path: Path) -> Iterator[tuple[int, Signed]]:
    """The port on loopback where the tests' server is reached over TLS."""
    files = signed(tmp_path / "own", ADDRESS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    place = conninfo_to_dict(postgres.url(SUPERUSER, "postgres"))
    handler = type(
        "Here", (Proven,), {"context": context, "behind": f"{place['host']}/.s.PGSQL.{place['port']}"}
    )
    with socketserver.ThreadingTCPServer((ADDRESS, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], files
        server.shutdown()
        thread.join()


def reaching(postgres: Postgres, port: int, **more: object) -> str:
    said = {
        "host": ADDRESS,
        "port": port,
        "user": SUPERUSER,
        "dbname": "postgres",
        "connect_timeout": 5,
        **more,
    }
    return make_conninfo(password=postgres.password(SUPERUSER), **said)


def test_a_server_with_proof_is_reached_over_tls(postgres: Postgres, proven: tuple[int, Signed]) -> None:
    port, files = proven
    with psycopg.connect(
        reaching(postgres, port, sslmode="verify-full", sslrootcert=files.authority)
    ) as connection:
        assert connection.pgconn.ssl_in_use
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_another_authority_another_name_and_no_encryption_are_refused(
    postgres: Postgres, proven: tuple[int, Signed], tmp_path: Path
) -> None:
    port, files = proven
    other, own = signed(tmp_path / "other", ADDRESS).authority, files.authority
    for said, why in (
        ({"sslmode": "verify-full", "sslrootcert": other}, "certificate verify failed"),
        ({"sslmode": "verify-full", "sslrootcert": own, "host": "localhost", "hostaddr": ADDRESS}, "does not match"),
        ({"sslmode": "disable"}, "closed the connection"),
        (
            {"sslmode": "verify-full", "sslrootcert": own, "ssl_max_protocol_version": "TLSv1.1",
             "ssl_min_protocol_version": "TLSv1"},
            "SSL error|protocol",
        ),
    ):  # fmt: skip
        with pytest.raises(psycopg.OperationalError, match=why):
            psycopg.connect(reaching(postgres, port, **said))
