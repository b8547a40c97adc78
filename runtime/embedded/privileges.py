"""PostgreSQL refuses to run as root: how to start it all the same, as somebody who may do nothing else.

not root ──▶ as we are
root ──▶ in a user namespace, where the process believes to be user 1000 and owns root's files
     └─▶ where namespaces are refused: as the system user ``quittance``, who is given the server's folder
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from functools import cache
from pathlib import Path

USER = "quittance"


class NeedsAnotherUser(Exception):
    """Root cannot start PostgreSQL here; the message says what to do."""


def unprivileged(*needs: Path) -> list[str]:
    """What to put before a command so that PostgreSQL accepts who runs it; nothing for an ordinary user.

    needs  what the command must be able to enter or execute

    Raises NeedsAnotherUser.
    """
    if not _unacceptable():
        return []
    if namespaces_work():
        return _namespace()
    user = _system_user()
    prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    for path in needs:
        if not _runs([*prefix, "test", "-x", str(path)]):
            raise NeedsAnotherUser(
                f"only root can enter {path}, and PostgreSQL must not run as root: move this installation,"
                " or start it as an ordinary user"
            )
    return prefix


def give(path: Path) -> None:
    """Let whoever ``unprivileged`` runs as own a file, or a folder with all that is in it."""
    if not _unacceptable() or namespaces_work():
        return
    user = _system_user()
    if path.stat().st_uid != user.pw_uid:
        for owned in (path, *path.rglob("*")):
            os.chown(owned, user.pw_uid, user.pw_gid, follow_symlinks=False)


def dying_with_parent(signal_name: str) -> list[str]:
    """What to put before a command so that it gets a signal when the process that started it ends.

    It stands after ``unprivileged``: entering a namespace or changing the user forgets the wish.
    """
    return ["setpriv", "--pdeathsig", signal_name] if shutil.which("setpriv") else []


@cache
def namespaces_work() -> bool:
    return _runs([*_namespace(), "true"])


def _unacceptable() -> bool:
    return os.getuid() == 0 or not _has_name(os.getuid())


def _namespace() -> list[str]:
    """A name that exists on this machine; whose it is does not matter, it is worn inside the namespace only."""
    other = next((user for user in pwd.getpwall() if user.pw_uid), None)
    return ["unshare", "--user", f"--map-user={other.pw_uid if other else 1}", "--map-group=1"]


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _system_user() -> pwd.struct_passwd:
    if os.getuid() != 0:
        raise NeedsAnotherUser(
            f"PostgreSQL does not run as user {os.getuid()}, who has no name here: start this as a user of this machine"
        )
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        _runs(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER])
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        raise NeedsAnotherUser(
            "PostgreSQL must not run as root, and no other user can be made here: start this as an ordinary user"
        ) from None


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
