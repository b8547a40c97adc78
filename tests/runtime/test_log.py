"""Logs: one line of JSON for each thing that happened, whoever says it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lines(code: str) -> list[dict[str, str]]:
    """What a process of its own logs: logging is set up once for a whole process."""
    program = f"from runtime import log\nimport logging, structlog\nlog.setup('serve')\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_line_names_the_role_the_time_and_the_facts() -> None:
    (line,) = lines("structlog.get_logger().info('ApproveLoan', version=2)")
    assert (line["event"], line["version"], line["role"], line["level"]) == (
        "ApproveLoan",
        2,
        "serve",
        "info",
    )
    assert line["at"].endswith("Z")


def test_libraries_speak_the_same_way() -> None:
    (line,) = lines("logging.getLogger('uvicorn.error').warning('slow %s', 3)")
    assert (line["event"], line["role"]) == ("slow 3", "serve")


def test_an_error_stays_on_one_line() -> None:
    (line,) = lines("try: 1/0\nexcept ZeroDivisionError: structlog.get_logger().exception('broke')")
    assert "ZeroDivisionError" in line["exception"]


def test_below_the_level_nothing_is_said() -> None:
    assert lines("structlog.get_logger().debug('detail')\nlogging.getLogger('x').debug('detail')") == []


def test_what_a_client_of_kafka_repeats_is_heard_once_a_minute() -> None:
    said = lines(
        "kafka, other = logging.getLogger('kafka.net.manager'), logging.getLogger('uvicorn')\n"
        "for attempt in range(50):\n"
        "    kafka.error('connection %s refused', attempt)\n"
        "    other.error('other')\n"
        "kafka.error('something else')\nkafka.info('detail')\n"
    )
    assert [line["event"] for line in said if line["event"] != "other"] == [
        "connection 0 refused",
        "something else",
    ]
    assert len(said) == 52
