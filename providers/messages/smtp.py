"""Mail over SMTP: any provider's server, or the sink of the embedded profile."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

from providers.errors import OutcomeUnknown, ProviderDown, ProviderRefused
from providers.messages import Message
from runtime.clock import Clock

TIMEOUT = 15.0
"""Seconds for each exchange with the server."""

Encryption = Literal["none", "starttls", "tls"]


class SmtpMail:
    """One connection for each message: mails are few, and a broken connection then concerns one of them."""

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        clock: Clock,
        encryption: Encryption = "none",
        user: str = "",
        password: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        self.host, self.port, self.sender, self.clock = host, port, sender, clock
        self.encryption, self.user, self.password, self.timeout = encryption, user, password, timeout

    def send(self, message: Message) -> str:
        mail = self._written(message)
        server = self._connected()
        try:
            self._announce(server, mail)
            self._deliver(server, mail)
        except smtplib.SMTPResponseException as error:
            raise _judged(error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._down(error) from error
        finally:
            server.close()
        return str(mail["Message-ID"])

    def _written(self, message: Message) -> EmailMessage:
        try:
            mail = _addressed(self.sender, message)
        # What the library says of an address that it cannot read differs from one mistake to another.
        except (ValueError, IndexError, MessageError) as error:
            raise ProviderRefused(f"a header cannot be written: {type(error).__name__}") from error
        mail["Date"] = format_datetime(self.clock.now())
        mail["Message-ID"] = f"<{message.key}@{_address(mail, 'From').rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        mail.set_boundary(f"=_{message.key.hex}")
        return mail

    def _connected(self) -> smtplib.SMTP:
        """What goes wrong before a message is named says nothing about the message."""
        server: smtplib.SMTP | None = None
        context = ssl.create_default_context()
        try:
            if self.encryption == "tls":
                server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            if self.encryption == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            server.ehlo_or_helo_if_needed()
            return server
        except (smtplib.SMTPException, OSError) as error:
            if server:
                server.close()
            raise self._down(error) from error

    def _down(self, error: Exception) -> ProviderDown:
        return ProviderDown(f"mail server {self.host}:{self.port}: {error}")

    def _announce(self, server: smtplib.SMTP, mail: EmailMessage) -> None:
        for code, answer in (server.mail(_address(mail, "From")), server.rcpt(_address(mail, "To"))):
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
    """An empty mail with its addresses, which are ASCII as most servers want them, and its subject."""
    name, address = parseaddr(sender)
    if not f"{address}{message.to}{message.reply_to}".isascii():
        raise ValueError("an address outside ASCII")
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = Address(name, addr_spec=address)
    mail["To"] = Address(addr_spec=message.to)
    if message.reply_to:
        mail["Reply-To"] = Address(addr_spec=message.reply_to)
    mail["Subject"] = message.subject
    return mail


def _address(mail: EmailMessage, header: str) -> str:
    return str(mail[header].addresses[0].addr_spec)


def _judged(error: smtplib.SMTPResponseException) -> Exception:
    said = (
        error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
    )
    return (ProviderRefused if 500 <= error.smtp_code < 600 else ProviderDown)(f"{error.smtp_code} {said}")
