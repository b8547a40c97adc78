"""Beside a browser that is driven: codes of telephones, papers to sign, loans brought along, time that lapses.

A program in another language plays the people on the screens; what they hold in hand, and what others do meanwhile, it
asks for over HTTP: ``POST /act/loan {"until": "sent"}``. On the loopback only, for as long as the block lasts.
"""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, Final

from aggregates.values import Money
from demo import papers
from demo.authenticator import Authenticator
from demo.borrowing import NOT_ENOUGH, Borrowing
from demo.cast import Cast
from demo.desk import Desk
from demo.ids import Ids
from demo.plan import AWA, JEAN, Payment

Json = dict[str, Any]

STEPS: Final = ("requested", "sent", "returned", "ready", "disbursed", "repaid")
"""How far a loan is brought: each is what the loan, or its contract, says then."""


class Stage:
    """What is behind the screens of one installation. One thing at a time.

    settle  waits until everything that follows from what happened so far is done
    """

    def __init__(self, cast: Cast, settle: Callable[[], object]) -> None:
        self._cast, self._settle = cast, settle
        self._alone = threading.Lock()
        self._loans: dict[str, Borrowing] = {}
        self._house: Json = {}
        self._ids, self._offers = Ids(Random(7)), cast.offers()

    def act(self, name: str, said: Json) -> Any:
        """Do one of the things below: the methods that are not hidden."""
        if name.startswith("_") or name == "act":
            raise LookupError(name)
        with self._alone:
            return getattr(self, name)(**said)

    def knows(self, shown: Borrowing) -> None:
        """The house is filled already: pages about one thing are about this loan."""
        facts = shown.read_loan()
        self._loans[shown.loan_id] = shown
        self._house = self._parameters(facts)

    # ── who they are, and what they hold ───────────────────────────────────

    def people(self) -> Json:
        """Addresses and passwords, by label."""
        return {
            label: {"email": one.held.email, "password": one.held.password, "app": one.held.app is not None}
            for label, one in self._cast.persons.items()
        }

    def code(self, who: str) -> str:
        """A code that was not used yet. Where there is none, time lapses until there is."""
        if not self._cast.persons[who].has_a_code():
            self._cast.let_pass(minutes=1)
        return self._cast.persons[who].code()

    def passkey(self, who: str, options: Json, origin: str) -> Json:
        """What the browser of somebody with a passkey answers."""
        held = self._cast.persons[who].held.passkey
        assert held is not None, f"{who} has no passkey"
        return Authenticator(origin, passkeys=[held]).get(options)

    def paper(self, loan: str, which: str) -> Json:
        """A file that the borrower sends: the contract as it came, signed, or a photo of its first page."""
        one = self._loan(loan)
        if not one.contract:
            one.receive_contract()
        made: dict[str, Callable[[], papers.Paper]] = {
            "contract": lambda: papers.Paper("contrat.pdf", "application/pdf", one.contract),
            "signed": lambda: papers.signed(one.contract),
            "first page": lambda: papers.photo_of_the_first_page(one.contract),
        }
        paper = made[which]()
        return {
            "name": paper.name,
            "mimeType": paper.media_type,
            "content": b64encode(paper.content).decode(),
        }

    # ── what others do meanwhile ───────────────────────────────────────────

    def loan(
        self, until: str = "requested", who: str = "Jean", months: int = 6, minor: int = 0, purpose: str = ""
    ) -> Json:
        """A loan of one of the borrowers, brought to one of STEPS; and the ids that its pages need."""
        model = {"Jean": JEAN, "Awa": AWA}[who]
        principal = Money(minor, model.principal.currency) if minor else model.principal
        plan = replace(model, months=months, principal=principal, purpose=purpose or model.purpose, habits={})
        one = Borrowing(self._cast, plan, self._offers[principal.currency], self._ids)
        self._loans[one.loan_id] = one
        one.ask()
        return self._bring(one, until)

    def further(self, loan: str, until: str) -> Json:
        """A loan that is there, also one that was asked for on a screen, is brought further."""
        return self._bring(self._loan(loan), until)

    def repay(self, loan: str, parts: list[int]) -> None:
        """Money comes in for these instalments, in full."""
        one = self._loan(loan)
        for due in one.schedule():
            if due.number in parts:
                one.repay(Payment(self._cast.today(), due.number, due.total, "on time"))

    def finish(self, loan: str) -> None:
        """Everything was paid: time lapses to the last day of the schedule, and the quittance is made."""
        self._until_the_last_day(self._loan(loan))

    def refuse_copy(self, loan: str) -> None:
        """The borrower sends a photo of the first page, and an advisor refuses it."""
        one = self._loan(loan)
        one.hand_in(papers.photo_of_the_first_page(one.contract))
        one.refuse_copy(NOT_ENOUGH)

    def house(self) -> Json:
        """Loans of Jean in every state, brought along once; what stands for the parameters of addresses."""
        if not self._house:
            # The one that is over comes first: it takes half a year.
            states = {step: self.loan(step, months=6) for step in reversed(STEPS)}
            self.repay(states["disbursed"]["loan_id"], [1])
            self._settle()
            self._house = self._parameters(states["disbursed"])
        return self._house

    def refusal(self) -> Json:
        """What the API says to somebody who may not."""
        return self._cast.clients["Awa"].desk.problem("/api/v1/accounts")

    def send(self, who: str, path: str, body: Json | None = None) -> Json:
        """A command of somebody at another desk."""
        return self._desk(who).send(path, body)

    def plain(self, who: str, path: str, body: Json | None = None) -> Json:
        """A request that is no command, of somebody at another desk."""
        return self._desk(who).send_plain(path, body or {})

    def read(self, who: str, path: str) -> Any:
        """What somebody's screen would show."""
        return self._desk(who).read(path)

    def mails(self, to: str) -> Any:
        """What the mailbox holds for an address."""
        return self._cast.mails.read("/mails", to=to)

    def lapse(self, minutes: int) -> None:
        """Some minutes go by."""
        self._cast.let_pass(minutes=minutes)

    def wait_for(self, day: str) -> None:
        """Time lapses to the morning of a day."""
        self._cast.wait_for(date.fromisoformat(day))

    def settle(self) -> None:
        """Everything that follows from what happened is done, and every read model shows it."""
        self._settle()

    # ── how ────────────────────────────────────────────────────────────────

    def _desk(self, who: str) -> Desk:
        staff: dict[str, Desk] = {
            name: getattr(self._cast, name) for name in ("advisor", "approver", "accountant", "admin")
        }
        return staff.get(who) or self._cast.clients[who.capitalize()].desk

    def _loan(self, id: str) -> Borrowing:
        if id not in self._loans:
            row = self._cast.advisor.read(f"/api/v1/loans/{id}")
            who = next(name for name, c in self._cast.clients.items() if c.customer_id == row["customer_id"])
            model = {"Jean": JEAN, "Awa": AWA}[who]
            plan = replace(model, principal=Money(row["principal"], row["currency"]), months=row["months"])
            one = Borrowing(self._cast, plan, self._offers[row["currency"]], self._ids)
            one.loan_id, one.reference = id, row["reference"]
            self._loans[id] = one
        return self._loans[id]

    def _parameters(self, loan: Json) -> Json:
        admin = self._cast.admin
        contract = self._cast.advisor.read(f"/api/v1/contracts/{loan['contract_id']}")
        return {
            "loanId": loan["loan_id"],
            "contractId": loan["contract_id"],
            "customerId": loan["customer_id"],
            "documentId": contract["copy_id"],
            "productId": admin.read("/api/v1/loan-products")[0]["product_id"],
            "accountId": next(admin.rows("/api/v1/accounts"))["account_id"],
        }

    def _bring(self, one: Borrowing, until: str) -> Json:
        row = one.read_loan()
        steps: dict[str, Callable[[], object]] = {
            "sent": lambda: (one.approve(), one.receive_contract()),
            "returned": lambda: one.hand_in(papers.signed(one.contract)),
            "ready": one.accept_copy,
            "disbursed": one.transfer,
            "repaid": lambda: self._repay_all(one),
        }
        here = self._step_of(one, row)
        for step in STEPS[STEPS.index(here) + 1 : STEPS.index(until) + 1]:
            steps[step]()
        row = one.read_loan()
        known = ("loan_id", "contract_id", "customer_id", "contact_id", "reference", "status")
        return {name: row.get(name) for name in known}

    def _step_of(self, one: Borrowing, row: Json) -> str:
        if row["status"] != "approved":
            return str(row["status"])
        if not one.contract:
            one.receive_contract()
        contract = self._cast.advisor.read(one.contract_path)
        return "returned" if contract["status"] == "returned" else "sent"

    def _repay_all(self, one: Borrowing) -> None:
        """All of it comes in at once; but a loan is over when everything has fallen due."""
        schedule = one.schedule()
        for due in schedule:
            one.repay(Payment(self._cast.today(), due.number, due.total, "ahead"))
        self._until_the_last_day(one)

    def _until_the_last_day(self, one: Borrowing) -> None:
        self._cast.wait_for(max(due.on for due in one.schedule()))
        one.receive_quittance()


@contextmanager
def behind(stage: Stage) -> Iterator[str]:
    """Answer for as long as the block lasts; gives the address."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}")
            try:
                status, answer = 200, stage.act(self.path.removeprefix("/act/"), said)
            except Exception as error:  # noqa: BLE001 - whatever it is, the program that asked shows it
                status, answer = 500, {"error": f"{type(error).__name__}: {error}"}
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
