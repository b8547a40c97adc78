"""Logs: one line for each thing that happened; JSON for programs, coloured for a person at a terminal.

No personal data: log ids, kinds, numbers and durations, never what a person wrote.
"""

from __future__ import annotations

import logging
import sys
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
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_rendering())
    )
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
    ):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, root.level))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(role=role)


def _rendering() -> list[Any]:
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if sys.stderr.isatty():
        return [clean, structlog.dev.ConsoleRenderer()]
    return [
        clean,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
