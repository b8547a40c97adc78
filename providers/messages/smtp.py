"""Mail over SMTP: any provider's server, or the sink of the embedded profile."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal, Protocol

from providers.errors import OutcomeUnknown, ProviderDown, ProviderRefused
from providers.messages import Message

TIMEOUT = 15.0
"""Seconds for each exchange with the server."""

Encryption = Literal["none", "starttls", "tls"]


class Now(Protocol):
    def now(self) -> datetime:
        """The present, UTC; ``runtime.clock.Clock`` in the product."""
        ...


class SmtpMail:
    """One connection for each message: mails are few, and a broken connection then concerns one of them."""

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        clock: Now,
        encryption: Encryption = "none",
        user: str = "",
        password: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        self.host, self.port, self.sender, self.clock = host, port, sender, clock
        self.encryption, self.user, self.password, self.timeout = encryption, user, password, timeout

    def send(self, message: Message) -> str:
        mail = self._written(message)
        try:
            server = self._connected()
            try:
                self._announce(server, mail)
                self._deliver(server, mail)
            finally:
                server.close()
        except smtplib.SMTPResponseException as error:
            raise _judged(error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise ProviderDown(f"mail server {self.host}:{self.port}: {error}") from error
        return str(mail["Message-ID"])

    def _written(self, message: Message) -> EmailMessage:
        try:
            mail = _addressed(self.sender, message)
        # What the library says of an address that it cannot read differs from one mistake to another.
        except (ValueError, IndexError, MessageError) as error:
            raise ProviderRefused(f"a header cannot be written: {type(error).__name__}") from error
        mail["Date"] = format_datetime(self.clock.now())
        mail["Message-ID"] = f"<{message.key}@{_addresses(mail)[0].rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        mail.set_boundary(f"=_{message.key.hex}")
        return mail

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.encryption == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        if self.encryption == "starttls":
            server.starttls(context=context)
        if self.user:
            server.login(self.user, self.password)
        return server

    def _announce(self, server: smtplib.SMTP, mail: EmailMessage) -> None:
        server.ehlo_or_helo_if_needed()
        sender, recipient = _addresses(mail)[:2]
        international = not "".join(_addresses(mail)).isascii()
        if international and not server.has_extn("smtputf8"):
            raise ProviderRefused("the mail server takes only addresses in ASCII")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
        for code, answer in (server.mail(sender, options), server.rcpt(recipient)):
            if code not in (250, 251):
                raise smtplib.SMTPResponseException(code, answer)

    def _deliver(self, server: smtplib.SMTP, mail: EmailMessage) -> None:
        try:
            code, answer = server.data(mail.as_bytes())
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise OutcomeUnknown(f"{mail['Message-ID']}: the connection broke before the answer") from error
        if code != 250:
            raise smtplib.SMTPDataError(code, answer)
        with suppress(smtplib.SMTPException, OSError):
            server.quit()  # what comes after the server has taken it changes nothing


def _addressed(sender: str, message: Message) -> EmailMessage:
    """An empty mail with its addresses and its subject."""
    name, address = parseaddr(sender)
    headers = {"From": Address(name, addr_spec=address), "To": Address(addr_spec=message.to)}
    if message.reply_to:
        headers["Reply-To"] = Address(addr_spec=message.reply_to)
    international = not all(written.addr_spec.isascii() for written in headers.values())
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit", utf8=international))
    for header, written in headers.items():
        mail[header] = written
    mail["Subject"] = message.subject
    return mail


def _addresses(mail: EmailMessage) -> list[str]:
    """From, To and, when there is one, Reply-To."""
    return [mail[name].addresses[0].addr_spec for name in ("From", "To", "Reply-To") if mail[name]]


def _judged(error: smtplib.SMTPResponseException) -> Exception:
    said = (
        error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
    )
    return (ProviderRefused if 500 <= error.smtp_code < 600 else ProviderDown)(f"{error.smtp_code} {said}")
