"""The mail server of the embedded profile: takes every mail, delivers none, and shows them on a page.

Faults, by the recipient's domain, so that what we do about them can be tried:

    refused.test   550: nobody lives there, do not try again
    busy.test      451: try again later
    lost.test      the mail is kept but the connection breaks before the answer: nobody knows
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel
from starlette.middleware.trustedhost import TrustedHostMiddleware

LARGEST = 30_000_000
"""Bytes of a mail that is taken."""
SHOWN = 200
"""Mails on the page; the JSON has them all."""
_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""A caught mail runs no script, fetches nothing and cannot read the page around it."""


class Attachment(BaseModel):
    name: str
    media_type: str
    size: int
    """Bytes."""


class Mail(BaseModel):
    number: int
    """1 is the first mail ever caught here."""
    sender: str
    to: list[str]
    """Who the envelope named, which is who would have got it."""
    subject: str
    date: str
    """As the sender wrote it."""
    message_id: str
    text: str
    html: str | None
    attachments: list[Attachment]
    headers: dict[str, str]


class Mailbox:
    """Mails in a folder, a file each: ``00000001.eml`` with the envelope in its first lines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, sender: str, to: list[str], content: bytes) -> int:
        """Write a mail down so that a crash after the answer loses nothing; returns its number."""
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(to)}\r\n".encode()
        fresh = self.folder / f"incoming.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(envelope + content)
            file.flush()
            os.fsync(file.fileno())
        number = max(self.numbers(), default=0) + 1
        fresh.rename(self._file(number))
        return number

    def numbers(self) -> list[int]:
        """Numbers of the mails that are here, oldest first."""
        return sorted(int(file.stem) for file in self.folder.glob("*.eml"))

    def raw(self, number: int) -> bytes:
        """The mail as it came, without the lines that this box put before it. Raises FileNotFoundError."""
        return self._file(number).read_bytes().split(b"\r\n", 2)[2]

    def open(self, number: int) -> Mail:
        """The mail, taken apart. Raises FileNotFoundError."""
        message = message_from_bytes(self._file(number).read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        html = _body(message, "html")
        return Mail(
            number=number,
            sender=str(message["X-Envelope-From"]),
            to=str(message["X-Envelope-To"]).split(", "),
            subject=str(message["Subject"] or ""),
            date=str(message["Date"] or ""),
            message_id=str(message["Message-ID"] or ""),
            text=_body(message, "plain") or "",
            html=html,
            attachments=[_attachment(part) for part in message.iter_attachments()],
            headers={
                name: str(value) for name, value in message.items() if not name.startswith("X-Envelope")
            },
        )

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:08}.eml"


class Door:
    """The SMTP side: what aiosmtpd asks about each mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.endswith("@refused.test"):
            return "550 5.1.1 nobody lives there"
        if address.endswith("@busy.test"):
            return "451 4.3.2 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content
        assert content is not None
        number = self._mailbox.keep(envelope.mail_from or "", envelope.rcpt_tos, content)
        if any(address.endswith("@lost.test") for address in envelope.rcpt_tos):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return f"250 2.0.0 kept as {number}"


def page(mailbox: Mailbox) -> FastAPI:
    """The pages and their JSON, for this machine only."""
    app = FastAPI(title="Courriels", docs_url=None, redoc_url=None, openapi_url=None)
    # A page elsewhere must not read the mails through a name that it points at this machine.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])

    def opened(number: int) -> Mail:
        try:
            return mailbox.open(number)
        except FileNotFoundError:
            raise HTTPException(404, "no such mail") from None

    @app.get("/", response_class=HTMLResponse)
    def every_mail() -> str:
        newest = mailbox.numbers()[: -SHOWN - 1 : -1]
        return _PAGES.get_template("mail_list.html").render(mails=[opened(number) for number in newest])

    @app.get("/mails")
    def mails(to: str | None = None, after: int = 0) -> list[Mail]:
        """Newest first; ``to``: one recipient's; ``after``: only those with a higher number."""
        found = [opened(number) for number in reversed(mailbox.numbers()) if number > after]
        return [mail for mail in found if to is None or to in mail.to]

    @app.get("/mails/{number}", response_class=HTMLResponse)
    def one_mail(number: int) -> str:
        return _PAGES.get_template("mail_open.html").render(
            mail=opened(number), links=_links(opened(number).text)
        )

    @app.get("/mails/{number}/html", response_class=HTMLResponse)
    def its_html(number: int) -> HTMLResponse:
        body = '<base target="_blank">' + (opened(number).html or "")
        return HTMLResponse(
            body, headers={"Content-Security-Policy": _SANDBOX, "X-Content-Type-Options": "nosniff"}
        )

    @app.get("/mails/{number}/eml")
    def its_file(number: int) -> Response:
        opened(number)
        name = {"Content-Disposition": f'attachment; filename="courriel-{number}.eml"'}
        return Response(mailbox.raw(number), media_type="message/rfc822", headers=name)

    return app


async def serve(
    mailbox: Mailbox,
    stop: asyncio.Event,
    host: str,
    smtp_port: int,
    page_port: int,
    ready: Callable[[int, int], None],
) -> None:
    """Take mails and show them until ``stop``; port 0 = any free one, ``ready`` hears which.

    Raises OSError when a port is taken.
    """
    smtp_socket, page_socket = _listen(host, smtp_port), _listen(host, page_port)
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(lambda: _smtp(mailbox), sock=smtp_socket)
    web = _Web(uvicorn.Config(page(mailbox), log_config=None, access_log=False, lifespan="off"))
    ready(smtp_socket.getsockname()[1], page_socket.getsockname()[1])
    showing = asyncio.create_task(web.serve([page_socket]))
    await stop.wait()
    web.should_exit = True
    smtp.close()
    await showing


class _Web(uvicorn.Server):
    """Leaves signals to whoever runs us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _smtp(mailbox: Mailbox) -> SMTP:
    return SMTP(
        Door(mailbox), data_size_limit=LARGEST, enable_SMTPUTF8=True, decode_data=False, ident="Quittance"
    )


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(128)
    return listening


def _body(message: EmailMessage, kind: str) -> str | None:
    part: Any = message.get_body((kind,))
    return None if part is None else str(part.get_content())


def _attachment(part: Any) -> Attachment:
    content = part.get_payload(decode=True) or b""
    return Attachment(name=part.get_filename() or "?", media_type=part.get_content_type(), size=len(content))


def _links(text: str) -> list[str]:
    return re.findall(r"https?://[^\s<>\"]+", text)
