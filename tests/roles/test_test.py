"""How `manage.py test` runs the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from roles.test import environment, workers


@pytest.mark.parametrize(("cores", "expected"), [(1, 2), (2, 3), (3, 5), (4, 6), (8, 12)])
def test_while_some_workers_wait_others_have_the_cores(cores: int, expected: int) -> None:
    assert workers(cores) == expected


def test_compiled_modules_are_kept_also_where_the_machine_says_not_to(tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text("")
    told = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", "import some"], env=environment(told), check=True)
    assert list(tmp_path.glob("__pycache__/some.*.pyc"))
