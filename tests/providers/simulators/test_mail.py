"""The mail simulator: what is taken is kept, shown, and harmless to look at."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from providers.simulators.mail import Mailbox
from tests.conftest import MailServer


def letter(to: str, subject: str = "Votre contrat est prêt", html: str | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Quittance <nous@quittance.test>", to, subject
    message["Message-ID"] = "<1@quittance.test>"
    message.set_content("Bonjour,\n\nouvrez https://quittance.test/l/abc pour le lire.\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def post(server: MailServer, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=10) as smtp:
        smtp.send_message(message)


def test_a_mail_is_kept_and_shown(mail_server: MailServer) -> None:
    post(mail_server, letter("awa@client.test"))
    (mail,) = httpx.get(f"{mail_server.page}/mails").json()
    assert (mail["to"], mail["subject"]) == (["awa@client.test"], "Votre contrat est prêt")
    assert "https://quittance.test/l/abc" in mail["text"]
    assert "Votre contrat est prêt" in httpx.get(mail_server.page).text
    assert 'href="https://quittance.test/l/abc"' in httpx.get(f"{mail_server.page}/mails/1").text


def test_the_newest_comes_first_and_a_reader_can_ask_for_one_recipient(mail_server: MailServer) -> None:
    for to in ("awa@client.test", "ben@client.test"):
        post(mail_server, letter(to, f"À {to}"))
    numbers = [mail["number"] for mail in httpx.get(f"{mail_server.page}/mails").json()]
    assert numbers == [2, 1]
    (for_ben,) = httpx.get(f"{mail_server.page}/mails", params={"to": "ben@client.test"}).json()
    assert for_ben["number"] == 2
    assert httpx.get(f"{mail_server.page}/mails", params={"after": 2}).json() == []


def test_the_file_is_the_mail_as_it_was_sent(mail_server: MailServer) -> None:
    post(mail_server, letter("awa@client.test"))
    answer = httpx.get(f"{mail_server.page}/mails/1/eml")
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.content.startswith(b"From: Quittance")


def test_mails_survive_a_restart(mail_server: MailServer) -> None:
    post(mail_server, letter("awa@client.test"))
    again = Mailbox(mail_server.box.folder)
    assert again.numbers() == [1]
    assert again.keep("a@b.test", ["c@d.test"], b"Subject: deux\r\n\r\n") == 2


def test_a_mail_with_a_script_cannot_run_it(mail_server: MailServer) -> None:
    post(mail_server, letter("awa@client.test", html="<script>alert(1)</script><b>ici</b>"))
    answer = httpx.get(f"{mail_server.page}/mails/1/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


def test_a_subject_is_text_and_never_markup(mail_server: MailServer) -> None:
    post(mail_server, letter("awa@client.test", "<img src=x>"))
    assert "<img src=x>" not in httpx.get(mail_server.page).text


def test_a_page_under_another_name_reads_nothing(mail_server: MailServer) -> None:
    assert httpx.get(f"{mail_server.page}/mails", headers={"Host": "evil.test"}).status_code == 400


def test_an_unknown_mail_is_not_found(mail_server: MailServer) -> None:
    assert httpx.get(f"{mail_server.page}/mails/9").status_code == 404


@pytest.mark.parametrize(("to", "code"), [("x@refused.test", 550), ("x@busy.test", 451)])
def test_some_addresses_are_refused(mail_server: MailServer, to: str, code: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        post(mail_server, letter(to))
    assert refused.value.recipients[to][0] == code
    assert mail_server.box.numbers() == []


def test_an_answer_can_be_lost_while_the_mail_is_kept(mail_server: MailServer) -> None:
    with pytest.raises(smtplib.SMTPServerDisconnected):
        post(mail_server, letter("x@lost.test"))
    assert mail_server.box.numbers() == [1]


def test_the_folder_is_for_this_user_alone(mail_server: MailServer) -> None:
    assert mail_server.box.folder.stat().st_mode & 0o077 == 0
    assert Path(mail_server.box.folder).is_dir()
