"""What our letters say, in both languages and both forms."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from providers import ProviderRefused
from providers.links import Link
from providers.messages.letters import LANGUAGES, LETTERS, Letterhead, write_letter

HEAD = Letterhead(
    "Prêts du Fleuve",
    "Service des contrats\n14 quai Saint-Antoine\n69002 Lyon",
    "04 99 00 12 34",
    "Europe/Paris",
)
LINK = Link("https://prets.example/api/v1/links/AbC-_9", "AbC-_9", datetime(2026, 5, 11, 22, 30, tzinfo=UTC))
FACTS = {
    "reference": "K-2026-000123",
    "loan_reference": "L-2026-000123",
    "amount": "5000.00 EUR",
    "reason": "La page 3 manque.",
    "requested": "6000.00 EUR",
    "months": "36",
    "instalment": "121.69 EUR",
    "apr": "617",
    "until": "2026-06-03",
    "value_date": "2026-05-01",
    "notified_on": "2026-05-06",
    "voided_on": "2026-05-20",
    "index": "EURIBOR-3M",
    "value": "212",
    "was": "600",
    "rate": "562",
    "reset_on": "2026-08-06",
    "due_on": "2026-09-06",
    "method": "transfer",
    "late_since": "2026-07-06",
    "accelerated_on": "2026-08-21",
    "overdue": "443.20 EUR",
    "principal": "4407.25 EUR",
    "interest": "11.02 EUR",
    "indemnity": "384.27 EUR",
    "total": "5245.74 EUR",
    "what": "factor-added",
    "on": "2026-05-04",
    "usable_at": "2026-05-05T12:00:00+00:00",
}
EVERY_LETTER = [(template, language) for template in LETTERS for language in LANGUAGES]
TO_AN_ACCOUNT = ("invitation", "sign-up-exists", "password-reset", "address-proof", "security-notice")
ABOUT_A_LOAN = [each for each in EVERY_LETTER if each[0] not in TO_AN_ACCOUNT]
HAPPENED = (
    "password", "factor-added", "factor-removed", "factor-removed-by-us", "recovery-codes", "address", "identity",
    "key", "session-copied",
)  # fmt: skip
WITH_A_DOCUMENT = ("contract", "copy-refused", "quittance")


class Words(HTMLParser):
    """The words of a page and the addresses it mentions."""

    def __init__(self, html):
        super().__init__()
        self.words, self.addresses, self.tags = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("href", "src", "background")]

    def handle_data(self, data):
        self.words.append(data)

    def read(self):
        return plain(" ".join(self.words))


def plain(text):
    return re.sub(r"\s+", " ", text)


def letter(template, language="fr", link=LINK, **facts):
    return write_letter(template, language, {**FACTS, **facts}, HEAD, link)


@pytest.mark.parametrize(("template", "language"), EVERY_LETTER)
def test_text_and_html_say_the_same(template, language):
    written = letter(template, language)
    shown = Words(written.html).read()
    for line in written.text.splitlines():
        said = re.sub(r"^(> |-- |\d\. |  +)", "", line)
        assert plain(said).strip() in shown or said == LINK.url


@pytest.mark.parametrize(("template", "language"), ABOUT_A_LOAN)
def test_every_letter_about_a_loan_names_its_reference_and_who_writes(template, language):
    written = letter(template, language)
    assert "2026-000123" in written.subject
    assert "K-2026-000123" in written.text
    assert "Prêts du Fleuve" in written.text
    assert "04 99 00 12 34" in written.text


@pytest.mark.parametrize(("template", "language"), EVERY_LETTER)
def test_a_letter_fetches_nothing_when_it_is_opened(template, language):
    shown = Words(letter(template, language).html)
    assert set(shown.addresses) <= {LINK.url}
    assert not {"img", "script", "link", "style", "iframe"} & set(shown.tags)


@pytest.mark.parametrize("template", WITH_A_DOCUMENT)
def test_the_link_comes_with_the_moment_it_expires_on_the_readers_wall(template):
    french, english = letter(template, "fr").text, letter(template, "en").text
    assert f"\n{LINK.url}\n" in french
    assert f"\n{LINK.url}\n" in english
    assert "jusqu’au 12 mai 2026 à 00:30" in plain(french)
    assert "until 12 May 2026 at 00:30" in plain(english)
    assert LINK.url in Words(letter(template).html).addresses


@pytest.mark.parametrize("template", ["contract", "copy-refused"])
def test_it_says_where_the_signed_copy_comes_back_to(template):
    assert "   Service des contrats\n   14 quai Saint-Antoine\n   69002 Lyon\n" in letter(template).text


@pytest.mark.parametrize("template", WITH_A_DOCUMENT)
def test_without_a_link_people_are_sent_to_their_own_space(template):
    assert "espace personnel" in letter(template, link=None).text


def test_figures_and_dates_are_written_as_the_language_wants():
    french, english = letter("disbursed", "fr").text, letter("disbursed", "en").text
    assert "5\u202f000,00\u00a0€ par virement" in french
    assert "date de valeur du 1er\u00a0mai\u00a02026" in french
    assert "€5,000.00 by bank transfer" in english
    assert "value date of 1\u00a0May\u00a02026" in english


def test_who_is_paid_elsewhere_hears_from_when_and_what_to_do_against_it():
    french, english = letter("payee-changed", "fr").text, letter("payee-changed", "en").text
    assert "À partir du 5 mai 2026 à 14:00" in plain(french)
    assert "refusez-le vous-même" in plain(french)
    assert "From 5 May 2026 at 14:00 on" in plain(english)


def test_francs_have_no_cents():
    assert "500\u202f000\u00a0F\u00a0CFA" in letter("contract", amount="500000 XOF").text


def test_a_reason_is_shown_word_for_word_and_never_as_markup():
    reason = "Il manque <b>la page 3</b> & {{ 7*7 }}\n<script>alert(1)</script>"
    written = letter("declined", reason=reason)
    assert "> Il manque <b>la page 3</b> & {{ 7*7 }}\n> <script>alert(1)</script>\n" in written.text
    shown = Words(written.html)
    assert reason in "".join(shown.words)
    assert not {"b", "script"} & set(shown.tags)


def test_a_subject_is_one_line_whatever_it_is_made_of():
    assert letter("contract", reference="K-1\r\nBcc: all@example.org").subject.count("\n") == 0


@pytest.mark.parametrize(("template", "language"), EVERY_LETTER)
def test_french_has_its_spaces_and_english_has_none_of_them(template, language):
    body = letter(template, language).text.replace(LINK.url, "")
    assert not re.search(r" [;!?%»]|« ", body)
    assert not re.search(r"\w'\w", body) if language == "fr" else "\u202f" not in body


def test_lines_of_text_are_short_but_a_link_is_whole():
    long = Link("https://prets.example/api/v1/links/" + "A" * 160, "A" * 160, LINK.expires_at)
    lines = letter("contract", link=long).text.splitlines()
    assert [line for line in lines if len(line) > 76] == [long.url]


def test_another_language_is_answered_in_english():
    assert letter("contract", "de") == letter("contract", "en")


def test_a_letter_without_its_facts_is_refused():
    with pytest.raises(ProviderRefused, match="amount"):
        write_letter("contract", "fr", {"reference": "K-2026-000123"}, HEAD)
    with pytest.raises(ProviderRefused, match="none of this name"):
        write_letter("../contract/loan_agreement", "fr", FACTS, HEAD)
    with pytest.raises(ProviderRefused, match="like"):
        letter("contract", amount="5,000 EUR")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", [each for each in TO_AN_ACCOUNT if each != "security-notice"])
def test_a_letter_to_an_account_leads_to_one_page_until_a_moment_and_names_nobody(template, language):
    written = letter(template, language)
    assert "Prêts du Fleuve" in written.subject
    assert f"\n{LINK.url}\n" in written.text
    assert ("12 mai 2026" if language == "fr" else "12 May 2026") in plain(written.text.replace("\xa0", " "))
    assert "00:30" in written.text
    with pytest.raises(ProviderRefused):
        letter(template, language, link=None)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", HAPPENED)
def test_a_notice_says_what_happened_and_holds_no_link(what, language):
    written = letter("security-notice", language, what=what)
    assert "http" not in written.text
    assert "Prêts du Fleuve" in written.subject
    assert len({letter("security-notice", language, what=each).text for each in HAPPENED}) == len(HAPPENED)


def test_a_notice_of_something_unheard_of_is_not_written():
    with pytest.raises(ProviderRefused):
        letter("security-notice", what="moved to Mars")
