"""What leaves this machine is encrypted, to a peer that proves who it is: checked when the settings are read.

A host is on this machine when it is a socket, a loopback address, or named in ``unencrypted_hosts`` (containers beside
each other on one machine). TLS 1.2 is the least; that is what libpq, Python and uvicorn begin with, and nothing here
lets less in. No message repeats a connection string: it may hold a password.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

_OLD = {"TLSv1", "TLSv1.1"}
_NO = {"none", "optional", "false", "0", "no", "off"}


def stays_here(host: str, named: Collection[str] = ()) -> bool:
    """Whether what is sent to a host does not leave the machine."""
    host = host.strip("[]").lower()
    if not host or host.startswith(("/", "@")) or host in named:
        return True
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def of_database(name: str, url: str, named: Collection[str]) -> Iterator[str]:
    """What is wrong with a connection string of PostgreSQL."""
    try:
        said = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError:
        yield f"{name} is no connection string"
        return
    hosts = said.get("hostaddr", said.get("host", "")).split(",")
    if all(stays_here(host, named) for host in hosts):
        return
    if said.get("sslmode") != "verify-full" or "sslrootcert" not in said:
        yield (
            f"{name} leaves this machine: add sslmode=verify-full and sslrootcert=FILE with the certificate of the"
            " authority that signed the server's (sslrootcert=system for one that everybody knows)"
        )
    if said.get("ssl_min_protocol_version") in _OLD:
        yield f"{name}: ssl_min_protocol_version is TLSv1.2 at least"


def of_redis(name: str, url: str, named: Collection[str]) -> Iterator[str]:
    """What is wrong with the address of a Redis."""
    at = urlsplit(url)
    if not url or at.scheme in ("unix", "redis+unix") or stays_here(at.hostname or "", named):
        return
    if at.scheme not in ("rediss", "redis+rediss"):
        yield f"{name} leaves this machine: it begins with rediss://"
    asked = {key: values[-1].lower() for key, values in parse_qs(at.query).items()}
    if asked.get("ssl_cert_reqs") in _NO or asked.get("ssl_check_hostname") in _NO:
        yield f"{name}: the certificate of the server is checked; name its authority with ssl_ca_certs=FILE"


def of_kafka(servers: Collection[str], protocol: str, named: Collection[str]) -> Iterator[str]:
    """What is wrong with the brokers to begin with; those that they name are reached by the same protocol."""
    for server in servers:
        host, colon, port = server.rpartition(":")
        if not colon or not port.isdigit():
            yield f"kafka_servers: {server!r} is not host:port"
        elif not protocol.endswith("SSL") and not stays_here(host, named):
            yield "kafka_servers leaves this machine: set kafka_protocol to SASL_SSL or SSL"


def of_s3(url: str, named: Collection[str]) -> Iterator[str]:
    at = urlsplit(url)
    if url and at.scheme != "https" and not (at.scheme == "http" and stays_here(at.hostname or "", named)):
        yield "s3_url begins with https:// where documents leave this machine"


def of_mail(host: str, encryption: str, named: Collection[str]) -> Iterator[str]:
    if encryption == "none" and not stays_here(host, named):
        yield "smtp_host leaves this machine: set smtp_tls to starttls (port 587) or tls (port 465)"


def of_public(url: str, profile: str) -> Iterator[str]:
    at = urlsplit(url)
    if profile == "scale-out" and at.scheme != "https" and not stays_here(at.hostname or ""):
        yield "public_url begins with https:// where people reach us over a network"


def of_certificate(files: Mapping[str, str]) -> Iterator[str]:
    given = [name for name, file in files.items() if file]
    if len(given) == 1:
        (missing,) = files.keys() - set(given)
        yield f"{missing} is missing: a certificate and its key go together"
