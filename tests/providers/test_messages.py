"""Writing to people: what a mail server receives, and what becomes of each of its answers."""

from __future__ import annotations

import email
import socket
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from providers import OutcomeUnknown, ProviderDown, ProviderRefused
from providers.messages import Message
from providers.messages.smtp import SmtpMail

KEY = UUID("b0000000-0000-4000-8000-000000000001")
MESSAGE = Message(
    to="awa@example.org",
    subject="Votre contrat de prêt K-2026-000123 est à signer",
    text="Bonjour,\n\nVotre demande de 5\u202f000,00\u00a0€ est acceptée.\n.\nÀ bientôt\n",
    html="<p>Bonjour,</p><p>Votre demande de 5\u202f000,00\u00a0€ est acceptée.</p>",
    key=KEY,
    reply_to="bonjour@prets.example",
)


class Noon:
    def now(self):
        return datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class Postmaster:
    """A mail server's mind: keeps what it takes, answers as it is told, per step of the exchange."""

    def __init__(self):
        self.taken = []
        self.answers = {}

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(envelope)
        if self.answers.get("DATA") == "hang up":
            server.transport.abort()
        return self.answers.get("DATA", "250 OK")

    async def handle_QUIT(self, server, session, envelope):
        return self.answers.get("QUIT", "221 Bye")

    def mail(self):
        (envelope,) = self.taken
        return email.message_from_bytes(envelope.content, policy=default)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def postmaster():
    return Postmaster()


@pytest.fixture
def server(postmaster):
    running = Controller(postmaster, hostname="127.0.0.1", port=free_port(), ready_timeout=20)
    running.start()
    yield running
    running.stop()


def smtp(server, **chosen) -> SmtpMail:
    return SmtpMail(
        "127.0.0.1", server.port, "Prêts du Fleuve <ne-pas-repondre@prets.example>", Noon(), **chosen
    )


EVERY_PROVIDER = [smtp]


@pytest.fixture(params=EVERY_PROVIDER)
def mail(request, server):
    return request.param(server)


def test_a_message_arrives_as_text_and_as_html(mail, postmaster):
    mail.send(MESSAGE)
    got = postmaster.mail()
    assert [part.get_content_type() for part in got.iter_parts()] == ["text/plain", "text/html"]
    assert got.get_body(("plain",)).get_content().replace("\r\n", "\n") == MESSAGE.text
    assert got.get_body(("html",)).get_content().strip() == MESSAGE.html


def test_it_says_who_writes_to_whom_about_what_and_when(mail, postmaster):
    mail.send(MESSAGE)
    got = postmaster.mail()
    assert got["From"] == "Prêts du Fleuve <ne-pas-repondre@prets.example>"
    assert (got["To"], got["Reply-To"]) == ("awa@example.org", "bonjour@prets.example")
    assert got["Subject"] == MESSAGE.subject
    assert got["Date"].datetime == Noon().now()


def test_machines_are_asked_not_to_answer(mail, postmaster):
    mail.send(MESSAGE)
    assert postmaster.mail()["Auto-Submitted"] == "auto-generated"


def test_the_message_id_is_ours_and_the_same_when_it_is_sent_again(mail, postmaster):
    ids = {mail.send(MESSAGE), mail.send(MESSAGE)}
    assert ids == {f"<{KEY}@prets.example>"}
    assert [email.message_from_bytes(sent.content)["Message-ID"] for sent in postmaster.taken] == [*ids, *ids]


def test_sent_twice_it_is_the_same_to_the_byte(mail, postmaster):
    mail.send(MESSAGE)
    mail.send(MESSAGE)
    assert postmaster.taken[0].content == postmaster.taken[1].content


def test_it_travels_as_plain_ascii(mail, postmaster):
    mail.send(MESSAGE)
    assert postmaster.taken[0].content.isascii()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"to": "awa@example.org\r\nBcc: everybody@example.org"},
        {"to": "awa@example.org, ben@example.org"},
        {"to": "not an address"},
        {"to": ""},
        {"to": "@"},
        {"to": "awa.traoré@example.org"},
        {"to": "awa@exämple.org"},
        {"subject": "Bonjour\r\nBcc: everybody@example.org"},
        {"reply_to": "a\nb@example.org"},
    ],
)
def test_a_header_that_would_break_out_is_refused_before_anybody_is_asked(mail, postmaster, spoilt):
    with pytest.raises(ProviderRefused):
        mail.send(replace(MESSAGE, **spoilt))
    assert postmaster.taken == []


@pytest.mark.parametrize(
    ("step", "answer", "outcome"),
    [
        ("MAIL", "550 not from you", ProviderRefused),
        ("MAIL", "451 try later", ProviderDown),
        ("RCPT", "550 no such person", ProviderRefused),
        ("RCPT", "450 greylisted", ProviderDown),
        ("RCPT", "421 closing", ProviderDown),
        ("DATA", "554 looks like spam", ProviderRefused),
        ("DATA", "452 no room", ProviderDown),
        ("DATA", "hang up", OutcomeUnknown),
    ],
)
def test_each_answer_of_the_server_becomes_one_of_three_errors(mail, postmaster, step, answer, outcome):
    postmaster.answers[step] = answer
    with pytest.raises(outcome):
        mail.send(MESSAGE)


def test_what_a_server_says_after_it_has_taken_the_mail_changes_nothing(mail, postmaster):
    postmaster.answers["QUIT"] = "500 what"
    assert mail.send(MESSAGE) == f"<{KEY}@prets.example>"


def test_a_server_that_is_not_there_is_down():
    nobody = SmtpMail("127.0.0.1", free_port(), "a@prets.example", Noon())
    with pytest.raises(ProviderDown):
        nobody.send(MESSAGE)


def test_a_server_that_never_says_anything_is_down():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = SmtpMail("127.0.0.1", silent.getsockname()[1], "a@prets.example", Noon(), timeout=0.1)
        with pytest.raises(ProviderDown):
            mute.send(MESSAGE)


def test_a_password_that_the_server_does_not_know_says_nothing_about_the_message(server, postmaster):
    with pytest.raises(ProviderDown):
        smtp(server, user="nobody", password="nothing").send(MESSAGE)
    assert postmaster.taken == []


def test_encryption_that_was_asked_for_is_never_skipped(server, postmaster):
    with pytest.raises(ProviderDown, match="STARTTLS"):
        smtp(server, encryption="starttls").send(MESSAGE)
    with pytest.raises(ProviderDown):
        smtp(server, encryption="tls").send(MESSAGE)
    assert postmaster.taken == []
