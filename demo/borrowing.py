"""One loan from request to quittance, as its people do it over HTTP; every wait is for a condition, with a deadline.

ask ──▶ decide ──▶ contract by mail ──▶ signed copy ──▶ payout ──▶ repayments (calendar.py) ──▶ quittance
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from aggregates.values import Money
from demo import papers
from demo.cast import Cast
from demo.desk import Desk, Unexpected, until
from demo.ids import Ids
from demo.person import Carrying
from demo.plan import Bounds, Due, Payment, Plan

NOT_ENOUGH = "Il n’y a que la première page, sans signature. Merci d’envoyer le contrat entier, signé."
"""What an advisor answers to a copy of the first page."""


@dataclass
class Borrowing:
    """A loan and what is known about it so far. Its steps are called in their order.

    by_advisor  who asks: the client, or an advisor on the client's behalf
    """

    cast: Cast
    plan: Plan
    offer: Bounds
    ids: Ids
    by_advisor: bool = False
    reference: str = ""
    contract: bytes = b""
    copy: bytes = b""
    quittance: bytes = b""
    link: str = ""
    repayments: list[tuple[str, Payment]] = field(default_factory=list)
    """What was recorded: the id of each repayment, and what was paid."""

    def __post_init__(self) -> None:
        self.loan_id = self.ids.new()
        self.client = self.cast.clients[self.plan.borrower]

    @property
    def name(self) -> str:
        return self.plan.borrower

    @property
    def path(self) -> str:
        return f"/api/v1/loans/{self.loan_id}"

    @property
    def contract_path(self) -> str:
        return f"/api/v1/contracts/{self.read_loan()['contract_id']}"

    def read_loan(self) -> dict[str, Any]:
        loan: dict[str, Any] = self.cast.advisor.read(self.path)
        return loan

    # ── request and decision ───────────────────────────────────────────────

    def ask(self) -> None:
        """The request, under an id that the asker chose."""
        body = {
            "loan_id": self.loan_id,
            "customer_id": self.client.customer_id,
            "contact_id": self.client.contact_id,
            "product_id": str(self.offer.product_id),
            "principal": written(self.plan.principal),
            "months": self.plan.months,
            "purpose": self.plan.purpose,
            "consents": self._agreed(),
        }
        self.asker.send("/api/v1/loans", body)
        self.reference = until("the loan book shows the request", lambda: self._seen("requested"))[
            "reference"
        ]

    def _agreed(self) -> list[dict[str, Any]]:
        """To every text: on the screen, or on a paper that the advisor holds."""
        on_paper = {"signed_on": self.cast.today().isoformat()} if self.by_advisor else {}
        texts = self.asker.read("/api/v1/consents")
        return [
            {"consent": text["consent"], "version": text["version"], "language": "fr", **on_paper}
            for text in texts
        ]

    @property
    def asker(self) -> Desk:
        return self.cast.advisor if self.by_advisor else self.client.desk

    def try_to_decide_alone(self) -> dict[str, Any]:
        """Who asked tries to approve; returns the refusal."""
        return self.asker.refused(f"{self.path}/approve")

    def approve(self) -> str:
        """Somebody else approves, twice under the same key; returns the key. Raises Unexpected unless both agree."""
        key = f"approve-{self.reference}"
        first = self.cast.approver.send(f"{self.path}/approve", key=key)
        again = self.cast.approver.send(f"{self.path}/approve", key=key)
        if first != again:
            raise Unexpected(f"the same request was answered {first}, then {again}")
        return key

    def reuse_key(self, key: str) -> dict[str, Any]:
        """The key of the approval with another content; returns the refusal."""
        return self.cast.approver.refused(f"{self.path}/approve", {"rate": 0}, key=key)

    # ── the contract ───────────────────────────────────────────────────────

    def receive_contract(self) -> dict[str, Any]:
        """Wait for the contract and the mail, and open its link without signing in; returns the line of the desk."""
        contract = until("the contract is sent", lambda: self._contract("sent"))
        self.link = until("the mail with the contract", lambda: self.link_to(contract["reference"]))
        self.contract = self._through(self.link, contract["sha256"])
        return contract

    def link_to(self, reference: str) -> str | None:
        """The newest link that a mail about this reference brought to the borrower; None while there is none."""
        for mail in self.cast.mails.read("/mails", to=self.client.email):
            if reference in mail["subject"] and (
                found := re.search(r"https?://\S+/links/[^\s>]+", mail["text"])
            ):
                return found[0]
        return None

    def _through(self, link: str, digest: str) -> bytes:
        content = self.cast.visitor.fetch(link)
        if sha256(content).hexdigest() != digest:
            raise Unexpected(f"{link} leads to other bytes than the event names")
        return content

    # ── the signed copy ────────────────────────────────────────────────────

    def hand_in(self, paper: papers.Paper) -> None:
        """The client returns the contract."""
        self.client.desk.hand_in(f"{self.contract_path}/signed-copy", paper)

    def hand_in_wrongly(self, paper: papers.Paper) -> dict[str, Any]:
        """The client sends a file that cannot be taken; returns the refusal."""
        return self.client.desk.refused_paper(f"{self.contract_path}/signed-copy", paper)

    def refuse_copy(self, reason: str, by: Desk | None = None) -> None:
        """An advisor looks at the copy, and it is not enough; the client hears why by mail."""
        (by or self.cast.advisor).send(f"{self.contract_path}/signed-copy/refuse", {"reason": reason})
        until("the mail that tells why", lambda: self._mail_saying(reason))

    def accept_copy(self, by: Desk | None = None) -> None:
        """An advisor accepts the copy, another one than handed it in; both sides fetch it."""
        (by or self.cast.advisor).send(f"{self.contract_path}/signed-copy/accept")
        until("the loan is ready to be paid out", lambda: self._seen("ready"))
        contract = until("the contract is signed", lambda: self._contract("signed"))
        address = f"/api/v1/documents/{contract['copy_id']}/content"
        self.copy = self.cast.advisor.fetch(address)
        if self.copy != self.client.desk.fetch(address):
            raise Unexpected("the two sides are given different signed copies")

    # ── money ──────────────────────────────────────────────────────────────

    def try_to_pay_out_as_approver(self) -> dict[str, Any]:
        """Whoever approved tries to pay out; returns the refusal."""
        return self.cast.approver.refused(f"{self.path}/disburse", self.payout())

    def try_to_pay_out_on_an_old_proof(self) -> dict[str, Any]:
        """The accountant has been in for six minutes: looking is no matter, paying is; returns the refusal."""
        self.cast.accountant.read(self.path)
        self.cast.let_pass(minutes=6)
        self.cast.accountant.read(self.path)
        with closing(self.cast.desk("accountant", Carrying(self.cast.persons["accountant"].token))) as desk:
            return desk.refused(f"{self.path}/disburse", self.payout())

    def stop_and_release(self) -> None:
        """One person stops all money, two let it go. Raises Unexpected when money could leave meanwhile."""
        why = {"reason": "Exercice : un virement que personne ne connaît."}
        switch = "/api/v1/stop-switch"
        self.cast.approver.send(f"{switch}/pull", why)
        if self.cast.accountant.refused(f"{self.path}/disburse", self.payout())["type"] != "money-stopped":
            raise Unexpected("money could leave while the stop switch was pulled")
        self.cast.accountant.send(f"{switch}/ask-for-release", why)
        self.cast.admin.send(f"{switch}/release")

    def propose_payee_and_take_it_back(self) -> None:
        """The client names a telephone, and thinks better of it."""
        telephone = {"kind": "mobile-money", "holder": self.plan.borrower, "operator": "Orange Money",
                     "phone": "+225 07 00 00 00 00"}  # fmt: skip
        who = {"customer_id": self.client.customer_id, "contact_id": self.client.contact_id}
        payee = self.client.desk.send("/api/v1/payees", {**who, "to": telephone})["id"]
        listed = until(
            "the payee is listed",
            lambda: self.client.desk.read("/api/v1/payees", customer_id=who["customer_id"])[:1],
        )
        no = {"number": listed[0]["number"], "reason": "Ce n’est plus mon numéro."}
        self.client.desk.send(f"/api/v1/payees/{payee}/refuse", no)

    def pay_out(self) -> list[Due]:
        """Money was stopped and let go, a payee named and taken back; then the accountant pays out by hand."""
        self.stop_and_release()
        self.propose_payee_and_take_it_back()
        return self.transfer()

    def transfer(self) -> list[Due]:
        """The accountant pays out by hand; returns the schedule once it stands."""
        self.cast.accountant.send(f"{self.path}/disburse", self.payout())
        until("the mail about the payout", lambda: self._mail_about("disbursed"))
        until("the books show the payout", lambda: self._posted("disbursement"))
        return until("the schedule", self.schedule)

    def schedule(self) -> list[Due]:
        """What falls due when; empty before the payout."""
        lines = self.cast.accountant.read(f"{self.path}/schedule")
        return [_due(line) for line in lines]

    def fallen_due(self, number: int) -> bool:
        """Whether an instalment has fallen due."""
        lines = self.cast.accountant.read(f"{self.path}/schedule")
        return any(line["number"] == number and line["fell_due"] for line in lines)

    def repay(self, payment: Payment) -> None:
        """The accountant records money that came in today."""
        repayment_id = self.ids.new()
        self.cast.accountant.send(f"{self.path}/repayments", self._repayment(repayment_id, payment))
        self.repayments.append((repayment_id, payment))

    def try_to_overpay(self, payment: Payment) -> dict[str, Any]:
        """More than is owed comes in; returns the refusal."""
        return self.cast.accountant.refused(
            f"{self.path}/repayments", self._repayment(self.ids.new(), payment)
        )

    def receive_information(self) -> None:
        """Wait for what the law wants read before the contract and its mail, and open the link."""
        kept = until("the information before the contract", lambda: self._documents("information"))
        link = until("the mail with the information", lambda: self.link_to(self.reference))
        self._through(link, kept[0]["sha256"])

    def receive_quittance(self) -> None:
        """Wait for the last paper and its mail, and open the link."""
        until("the loan is repaid", lambda: self._seen("repaid"))
        papers_kept = until("the quittance", lambda: self._documents("quittance"))
        link = until("the mail with the quittance", lambda: self.link_to(papers_kept[0]["reference"]))
        self.quittance = self._through(link, papers_kept[0]["sha256"])

    def read_account(self) -> dict[str, Any]:
        """What was lent, came in and is left."""
        account: dict[str, Any] = self.cast.accountant.read(f"{self.path}/account")
        return account

    def repayment_lines(self) -> list[dict[str, Any]]:
        """What came in and was not reversed, as the API lists it."""
        lines: list[dict[str, Any]] = self.cast.accountant.read(f"{self.path}/repayments")
        return [line for line in lines if not line["reversed"]]

    # ── looking ────────────────────────────────────────────────────────────

    def _seen(self, status: str) -> dict[str, Any] | None:
        found = self.cast.advisor.find(self.path)
        return found if found and found["status"] == status else None

    def _contract(self, status: str) -> dict[str, Any] | None:
        if self.read_loan()["contract_id"] is None:
            return None
        # Another read model than the loan's: it may be a moment behind.
        found = self.client.desk.find(self.contract_path)
        return found if found and found["status"] == status else None

    def _documents(self, purpose: str) -> list[dict[str, Any]]:
        page = self.client.desk.read("/api/v1/documents", about=self.loan_id, purpose=purpose)
        lines: list[dict[str, Any]] = page["items"]
        return lines

    def _mail_saying(self, words: str) -> bool:
        mails = self.cast.mails.read("/mails", to=self.client.email)
        return any(_plain(words) in _plain(mail["text"]) for mail in mails)

    def _mail_about(self, template: str) -> bool:
        lines = self.cast.advisor.read(f"/api/v1/mails/about/{self.loan_id}")
        return any(line["template"] == template and line["status"] == "sent" for line in lines)

    def _posted(self, movement: str) -> bool:
        lines = self.cast.accountant.read(f"/api/v1/ledger/journal/{self.loan_id}")
        return any(line["movement"] == movement for line in lines)

    def payout(self) -> dict[str, Any]:
        """What the accountant says of a transfer of today."""
        return {
            "value_date": self.cast.today().isoformat(),
            "method": "transfer",
            "reference": f"VIR {self.reference}",
        }

    def _repayment(self, repayment_id: str, payment: Payment) -> dict[str, Any]:
        return {
            "repayment_id": repayment_id,
            "amount": written(payment.amount),
            "value_date": payment.on.isoformat(),
            "method": "transfer" if payment.habit != "in part" else "cash",
            "reference": f"{payment.on:%y%m%d}-{payment.number}",
        }


def written(money: Money) -> dict[str, str]:
    """Money as the API takes it."""
    return {"amount": money.decimal(), "currency": money.currency}


def _due(line: dict[str, Any]) -> Due:
    total = Money(line["interest"] + line["principal"], line["currency"])
    return Due(line["number"], date.fromisoformat(line["due_on"]), total)


def _plain(text: str) -> str:
    """Words without line breaks, marks of quotation, and the difference between two kinds of apostrophes."""
    return " ".join(text.replace("’", "'").replace(">", " ").split())
