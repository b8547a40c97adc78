"""`manage.py lock`: the exact versions and hashes of everything, without the address of any registry."""

from __future__ import annotations

import subprocess
import sys

from roles.bootstrap import ROOT

COMPILE = [
    sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "python3 manage.py lock",
]  # fmt: skip


def lock() -> int:
    """Exit code: 0 when both files are written."""
    running = [*COMPILE, "--output-file", "requirements.lock"]
    working = [
        *COMPILE,
        "--extra",
        "dev",
        "--constraint",
        "requirements.lock",
        "--output-file",
        "requirements-dev.lock",
    ]
    return max(subprocess.run(command, cwd=ROOT, check=False).returncode for command in (running, working))
