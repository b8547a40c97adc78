"""A run as a test asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from runtime.embedded.kafka import NoJars, NoJava
from tests.chaos.kafka import Figures, Run, chaos, show


def tried(folder: Path, asked: Run) -> Figures:
    """Without Java or the jars the test is left out, which fails where REQUIRE_ALL is set."""
    try:
        figures = chaos(folder, asked)
    except (NoJava, NoJars) as error:
        pytest.skip(f"Apache Kafka not tried: {error}")
    for one in figures.struck:
        print(one)
    Console().print(show(figures, asked))
    return figures
