"""Logs: one line for each thing that happened; JSON for programs, coloured for a person at a terminal.

No personal data: log ids, kinds, numbers and durations, never what a person wrote.
"""

from __future__ import annotations

import logging
import sys
from time import monotonic
from typing import Any

import structlog


def setup(role: str, level: str = "info") -> None:
    """Send this process's logs, also those of libraries, to standard error. Every line names the role.

    level  debug | info | warning | error
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper("iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]
    # What is ours goes straight to the stream: a detour by the standard library, a record and its formatter,
    # took two thirds of the time of a line, and there is one for every command.
    structlog.configure(
        processors=[*shared, *_rendering()],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=_Line,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[clean, *_rendering()])
    )
    handler.addFilter(_Seldom())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for talkative in (
        "httpx",
        "httpcore",
        "fontTools",
        "weasyprint",
        "procrastinate",
        "psycopg.pool",
        "mail.log",
        "kafka",
        "boto3",
        "botocore",  # at debug it writes down what it signs
        "urllib3",
    ):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, root.level))
    # It quotes what the server says about a value, when a pipeline is left for another reason.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(role=role)


class _Seldom(logging.Filter):
    """A client of Kafka says several times a second what it cannot reach; each of its lines is heard once a minute."""

    EVERY = 60.0

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("kafka"):
            return True
        place, now = (record.name, record.lineno), monotonic()
        told = now - self._said.get(place, -self.EVERY) < self.EVERY
        if not told:
            self._said[place] = now
        return not told


class _Line:
    """Writes to what is standard error at that moment: a logger that is kept outlives a stream that was redirected."""

    def __init__(self, *_: Any) -> None: ...

    def msg(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


def _rendering() -> list[Any]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer()]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
