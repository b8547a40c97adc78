"""Making papers: the same bytes, nothing from outside, and presses that may die."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import msgspec
import pypdfium2
import pytest

from aggregates.values import Money
from providers import ProviderDown, ProviderRefused
from providers.rendering.papers import (
    AmortisationSchedule,
    Borrower,
    FinalQuittance,
    Lender,
    LoanAgreement,
    PrecontractInformation,
)
from providers.rendering.templates import TEMPLATES, fingerprint
from providers.rendering.weasyprint import WeasyPrintRendering
from tests.soon import soon

EVERY_PROVIDER = [WeasyPrintRendering]
ROOT = TEMPLATES.parent


def sample(kind):
    return msgspec.json.decode((TEMPLATES / f"{kind.template}.sample.json").read_bytes(), type=kind)


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in document)


@pytest.fixture(scope="module", params=EVERY_PROVIDER)
def rendering(request):
    made = request.param(presses=1)
    yield made
    made.close()


@pytest.fixture
def listener():
    """A server that would notice anybody who comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def came(listener) -> bool:
    try:
        listener.accept()
    except BlockingIOError:
        return False
    return True


# ── what every renderer promises ───────────────────────────────────────────────


@pytest.mark.parametrize(
    "kind", [PrecontractInformation, LoanAgreement, AmortisationSchedule, FinalQuittance]
)
def test_the_same_facts_give_the_same_bytes_in_another_process_too(rendering, kind):
    first, again = rendering.render(sample(kind)), rendering.render(sample(kind))
    other = type(rendering)(presses=1)
    try:
        elsewhere = other.render(sample(kind))
    finally:
        other.close()
    assert first.content == again.content == elsewhere.content
    assert first.sha256 == elsewhere.sha256
    assert first.content.startswith(b"%PDF-")


def test_other_facts_give_other_bytes(rendering):
    paper = sample(LoanAgreement)
    assert (
        rendering.render(paper).sha256 != rendering.render(replace(paper, reference="K-2026-000124")).sha256
    )


def test_pages_are_counted(rendering):
    made = rendering.render(sample(LoanAgreement))
    assert made.pages == len(pypdfium2.PdfDocument(made.content))


def test_a_fingerprint_covers_what_a_paper_is_made_of(rendering):
    assert rendering.fingerprint("contract/loan_agreement") == fingerprint("contract/loan_agreement")
    assert rendering.fingerprint("contract/loan_agreement") != rendering.fingerprint("quittance/final")
    assert len(rendering.fingerprint("quittance/final")) == 64


@pytest.mark.parametrize(
    ("paper", "why"),
    [
        (
            lambda: replace(sample(LoanAgreement), principal=Money(4_999_99, "EUR")),
            "the instalments are not those of the terms",
        ),
        (lambda: replace(sample(FinalQuittance), interest=Money(1, "EUR")), "was paid"),
        (
            lambda: replace(sample(AmortisationSchedule), lines=sample(AmortisationSchedule).lines[1:]),
            "the lines repay 4594.67 EUR, the principal is 5000.00 EUR",
        ),
    ],
)
def test_figures_that_disagree_never_reach_paper(paper, why):
    with pytest.raises(ValueError, match=why):
        paper()


def test_a_paper_that_cannot_be_written_is_refused(rendering):
    with pytest.raises(ProviderRefused, match="loan_agreement"):
        rendering.render(replace(sample(LoanAgreement), drafted_on="no date"))


# ── hostile input ──────────────────────────────────────────────────────────────

SECRET = "the secret of this machine"


@pytest.mark.parametrize(
    "html",
    [
        '<img src="{web}/a.png">',
        '<img src="file://{file}">',
        '<link rel="stylesheet" href="{web}/a.css">',
        '<style>@import url("{web}/a.css")</style>',
        '<link rel="attachment" href="file://{file}">',
        '<a rel="attachment" href="file://{file}">x</a>',
        '<object data="file://{file}"></object>',
        '<embed src="{web}/a.svg">',
        '<div style="background: url({web}/a.png)">x</div>',
        '<svg><image href="file://{file}" width="9" height="9"/></svg>',
        '<style>@font-face {{ font-family: X; src: url("file://{file}") }} p {{ font-family: X }}</style><p>x</p>',
        '<style>p::before {{ content: url("file://{file}") }}</style><p>x</p>',
        '<ul style="list-style-image: url({web}/a.png)"><li>x</ul>',
        '<base href="file:///"><img src=".{file}">',
        '<img src="asset:///../pyproject.toml">',
        '<img src="asset:///fonts/../../pyproject.toml">',
        '<img src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>">',
        '<img src="//{address}/a.png">',
        '<img src="FILE://{file}">',
    ],
)
def test_a_document_that_reaches_outside_is_refused_whole(rendering, listener, tmp_path, html):
    (tmp_path / "secret.txt").write_text(SECRET)
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    hostile = html.format(web=f"http://{address}", address=address, file=tmp_path / "secret.txt")
    with pytest.raises(ProviderRefused):
        rendering.print(f"<!doctype html><body>{hostile}")
    assert not came(listener)


@pytest.mark.parametrize(
    "html",
    [
        '<script src="{web}/a.js"></script>',
        '<iframe src="{web}/"></iframe>',
        '<meta http-equiv="refresh" content="0; url={web}/">',
        '<form action="{web}/"><input></form>',
        '<video src="{web}/a.mp4"></video>',
        '<svg><use href="{web}/a.svg#x"/></svg>',
    ],
)
def test_what_only_a_browser_would_do_is_not_done(rendering, listener, html):
    web = f"http://127.0.0.1:{listener.getsockname()[1]}"
    rendering.print("<!doctype html><body>text" + html.format(web=web))
    assert not came(listener)


def test_what_people_type_is_only_ever_text(rendering, listener):
    web = f"http://127.0.0.1:{listener.getsockname()[1]}"
    vectors = [
        f"<img src={web}/1>",
        f'"><link rel=stylesheet href={web}/2>',
        f"<style>@import url({web}/3)</style>",
        "</p></body></html>",
        "{{ 7 * 7 }}",
        "{% include '/etc/passwd' %}",
        "<script>alert(1)</script>",
        "' onload='x' style='background:url(x)",
        "&lt;b&gt; &amp;",
        "<!-- --><![CDATA[x]]>",
    ]
    paper = replace(
        sample(LoanAgreement),
        lender=Lender(
            legal_name=vectors[0],
            legal_form=vectors[1],
            registration=vectors[2],
            registered_office=vectors[3],
            country="FR",
            contact_line=vectors[4],
            return_address=vectors[5],
        ),
        borrower=Borrower(name=vectors[6], address=vectors[7], reference=vectors[8]),
        purpose=vectors[9],
    )
    shown = "".join(words(rendering.render(paper).content).split())
    for vector in vectors:
        assert "".join(vector.split()) in shown
    assert "49" not in shown.replace("318,49", "")
    assert not came(listener)


@pytest.mark.parametrize(
    "name",
    [
        "x" * 500,
        "é\u0301" * 200,
        "\u202eforged\u202c",
        "\0\x01\x1b",
        "Ɔwusu Ŋ’Ɖodo 王 🏦",
        "\n" * 500,
        "a\u200db",
    ],
)
def test_names_from_everywhere_make_a_paper(rendering, name):
    assert (
        rendering.render(replace(sample(LoanAgreement), borrower=Borrower(name=name, address=name))).pages
        >= 4
    )


# ── presses ────────────────────────────────────────────────────────────────────


def press_of(rendering):
    press = rendering._free.get()
    rendering._free.put(press)
    return press


def test_a_press_that_was_killed_is_replaced():
    rendering = WeasyPrintRendering(presses=1)
    try:
        rendering.warm()
        os.kill(press_of(rendering).process.pid, signal.SIGKILL)
        press_of(rendering).process.wait()
        assert rendering.print("<p>still here").pages == 1
    finally:
        rendering.close()


def test_a_press_that_dies_of_a_document_is_a_provider_that_is_down():
    rendering = WeasyPrintRendering(presses=1)
    try:
        rendering.warm()
        os.kill(press_of(rendering).process.pid, signal.SIGSTOP)
        press_of(rendering).deadline = 0.1
        with pytest.raises(ProviderDown):
            rendering.print("<p>too slow")
        assert rendering.print("<p>the next one").pages == 1
    finally:
        rendering.close()


def test_a_press_is_replaced_before_it_has_grown_large(monkeypatch):
    monkeypatch.setattr("providers.rendering.weasyprint.DOCUMENTS_EACH", 2)
    rendering = WeasyPrintRendering(presses=1)
    try:
        pids = []
        for _ in range(4):
            rendering.print("<p>page")
            pids.append(press_of(rendering).process.pid)
        assert pids[0] == pids[1] != pids[2] == pids[3]
    finally:
        rendering.close()


def test_when_all_presses_are_busy_the_provider_is_down():
    rendering = WeasyPrintRendering(presses=1, deadline=0.05)
    rendering._free.get()
    with pytest.raises(ProviderDown, match="busy"):
        rendering.print("<p>one more")


def test_a_press_sees_no_secrets(rendering, monkeypatch):
    monkeypatch.setenv("QUITTANCE_SMTP_PASSWORD", SECRET)
    other = WeasyPrintRendering(presses=1)
    try:
        other.print("<p>page")
        environment = Path(f"/proc/{press_of(other).process.pid}/environ").read_bytes()
    finally:
        other.close()
    assert SECRET.encode() not in environment
    assert b"QUITTANCE" not in environment


def test_a_press_does_not_outlive_its_parent():
    program = """
        from providers.rendering.weasyprint import WeasyPrintRendering
        rendering = WeasyPrintRendering(presses=1)
        rendering.print("<p>page")
        print(rendering._free.get().process.pid, flush=True)
        input()
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with parent:
        press = int(parent.stdout.readline())
        parent.kill()
    assert soon(lambda: gone(press))


def gone(pid: int) -> bool:
    """No such process, or nobody has fetched its end yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return True
