"""`manage.py mail`: the mail server of the embedded profile, and the page to read what it caught."""

from __future__ import annotations

import asyncio
import signal

import structlog

from providers.simulators.mail import Mailbox, serve
from runtime import log
from runtime.settings import Settings


def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    log.setup("mail", settings.log_level)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ports = settings.smtp_port, settings.mail_page_port
    await serve(Mailbox(settings.mail_dir), stop, settings.mail_listen, *ports, ready=_tell)
    structlog.get_logger().info("stopped")


def _tell(smtp_port: int, page_port: int) -> None:
    structlog.get_logger().info("ready", smtp_port=smtp_port, page_port=page_port)
