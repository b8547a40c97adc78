"""What happens before anything is installed: has .venv, its packages and the system's libraries, then starts again there.

Standard library only. Everything else in this repository may assume that this has run.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
OLDEST = (3, 11)
LIBRARIES = {
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
}
"""What WeasyPrint loads, and the Debian package that brings it."""
FOR_DEVELOPERS = (
    "test", "check", "lock", "bench", "chaos", "cluster", "fuzz", "idor", "web-check", "screens",
)  # fmt: skip
"""Verbs that take more packages than running does."""
WITH_BROWSER = ("test", "web-check", "screens")
"""Verbs that drive Chromium."""
WITH_KAFKA = ("test", "bench", "chaos", "cluster")
"""Verbs that start Apache Kafka, which takes Java, and Maven once; running embedded takes neither."""


def enter(arguments: Sequence[str]) -> None:
    """Return when this process runs in a complete .venv; else make it complete and start again in it."""
    verb = set(arguments[:1])
    install("requirements-dev.lock" if verb & set(FOR_DEVELOPERS) else "requirements.lock")
    if Path(sys.prefix).resolve() != VENV.resolve():
        python = str(VENV / "bin" / "python")
        os.execv(python, [python, str(ROOT / "manage.py"), *arguments])
    if verb & set(WITH_KAFKA):
        from roles import java  # not above: what it needs is not copied into an image before the packages

        java.prepare()
    if verb & set(WITH_BROWSER):
        from roles import browser

        browser.prepare()


def install(lock: str = "requirements.lock") -> None:
    """Have .venv, the packages of a lock file and the system's libraries. Ends the process, saying why, when it cannot."""
    if sys.version_info < OLDEST:
        sys.exit(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    with alone():
        if not (VENV / "bin" / "python").exists() or not (VENV / "bin" / "pip").exists():
            _make_venv()
        if not _is_installed(lock):
            _install_packages(lock)
        if missing := missing_libraries():
            _install_libraries(missing)


def missing_libraries() -> list[str]:
    """Debian packages of the shared libraries that do not load here."""
    return [
        package for library, package in LIBRARIES.items() if sys.platform == "linux" and not _loads(library)
    ]


# ── packages of Python ─────────────────────────────────────────────────────


def _make_venv() -> None:
    say("Making .venv (first start only)")
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, check=False).returncode:
        _apt_install(["python3-venv"], "Python's venv module")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def _is_installed(lock: str) -> bool:
    """The complete list holds the shorter one, so either stamp will do for it; an image has the shorter one alone."""
    stamps = {file.read_text() for file in VENV.glob("*.installed")}
    wanted = [lock] if lock == "requirements-dev.lock" else [lock, "requirements-dev.lock"]
    return any(_stamp(name) in stamps for name in wanted if (ROOT / name).exists())


def _stamp(lock: str) -> str:
    return f"{lock} {hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()}\n"


def _install_packages(lock: str) -> None:
    total = (ROOT / lock).read_text().count("==")
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-input",
               "--disable-pip-version-check", "--progress-bar", "off", "-r", str(ROOT / lock)]  # fmt: skip
    said: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        for number, name in enumerate(_collected(pip.stdout, said), start=1):
            _progress(f"Installing Python packages {number}/{total} {name}", plainly=number % 25 == 0)
    if pip.returncode:
        sys.exit(
            "\n" + "\n".join(said[-15:]) + f"\nThe packages of {lock} could not be installed; see above."
        )
    for old in VENV.glob("*.installed"):
        old.unlink()
    (VENV / f"{lock}.installed").write_text(_stamp(lock))
    _progress("Python packages are installed", plainly=True)
    if sys.stderr.isatty():
        say("")


def _collected(lines: Iterator[str], said: list[str]) -> Iterator[str]:
    """Names of the packages that pip begins with; everything it says is kept for the case that it fails."""
    for line in lines:
        said.append(line.rstrip())
        if line.startswith("Collecting "):
            yield line.split()[1].split("==")[0]


# ── libraries of the system ────────────────────────────────────────────────


def _install_libraries(packages: list[str]) -> None:
    _apt_install(packages, "libraries that make PDFs")
    if still := missing_libraries():
        sys.exit(f"These libraries still do not load: {' '.join(still)}. PDFs cannot be made without them.")


def _apt_install(packages: list[str], what: str) -> None:
    """Install Debian packages when root may, else end with the one line that does it."""
    try:
        apt(what, packages)
    except CannotInstall as error:
        sys.exit(str(error))


def apt(what: str, *choices: list[str]) -> None:
    """Install the first of these lists that this release of Debian has; root may. Raises CannotInstall."""
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        line = f"sudo apt-get install -y {' '.join(choices[-1])}"
        raise CannotInstall(f"Missing on this system: {what}. Please run: {line}")
    for packages in choices:
        command = f"apt-get install -y {' '.join(packages)}"
        say(f"Installing {what}: {' '.join(packages)}")
        for step in ("apt-get update -q", f"{command} -q --no-install-recommends"):
            done = _quietly(step)
        if done.returncode == 0:
            return
    raise CannotInstall(f"{done.stdout[-800:]}{done.stderr[-800:]}\n`{command}` failed; see above.")


def _quietly(command: str) -> subprocess.CompletedProcess[str]:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command.split(), env=quiet, capture_output=True, text=True, check=False)


class CannotInstall(Exception):
    """Of Debian packages; the message says what a person can do."""


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


# ── saying so ──────────────────────────────────────────────────────────────


@contextmanager
def alone() -> Iterator[None]:
    """Two first starts at once: the second one waits, then finds everything done."""
    with (ROOT / "requirements.lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _progress(line: str, plainly: bool) -> None:
    """One line that changes on a terminal; elsewhere a line now and then."""
    if sys.stderr.isatty():
        print(f"\r{line:<70}", end="", file=sys.stderr, flush=True)
    elif plainly:
        say(line)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
