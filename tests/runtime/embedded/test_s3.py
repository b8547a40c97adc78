"""The embedded S3 server: starts, keeps what it answered for, asks for the keys, stays on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from botocore.exceptions import ClientError

from runtime.embedded.s3 import S3Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Killed by the tests of this file; each leaves it running."""
    server = S3Server(tmp_path_factory.mktemp("s3"), die_with_parent=True)
    server.start()
    yield server
    server.stop()
    assert server.pid is None
    assert sockets_of(server) == []


def sockets_of(server: S3Server) -> list[Path]:
    return list(Path("/tmp").glob(f"seaweedfs-*-{server.port}.sock"))


def client(server: S3Server, secret: str = "") -> Any:
    return boto3.client(
        "s3", endpoint_url=server.url, region_name="eu-west-3", aws_access_key_id=server.access_key,
        aws_secret_access_key=secret or server.secret_key,
    )  # fmt: skip


def test_what_it_answered_for_survives_a_kill(server: S3Server) -> None:
    asked, url = client(server), server.url
    asked.create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    asked.put_object(Bucket="kept", Key="a/b", Body=b"x" * 100_000)
    server.kill()
    assert server.pid is None
    server.start()
    assert server.url == url
    assert client(server).get_object(Bucket="kept", Key="a/b")["Body"].read() == b"x" * 100_000


def test_only_who_has_the_keys_gets_in(server: S3Server) -> None:
    client(server).list_buckets()
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client(server, "wrong").list_buckets()


def test_a_bucket_that_nobody_made_is_not_made_by_writing_to_it(server: S3Server) -> None:
    with pytest.raises(ClientError):
        client(server).put_object(Bucket="nobody-made-it", Key="one", Body=b"")


def test_nothing_listens_beyond_the_loopback(server: S3Server) -> None:
    connections = psutil.Process(server.pid).net_connections("inet")
    assert {c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_its_sockets_are_for_this_user_alone(server: S3Server) -> None:
    assert sockets_of(server)
    assert {socket.stat().st_mode & 0o077 for socket in sockets_of(server)} == {0}
