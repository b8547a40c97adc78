"""A loan on other conditions than were asked for, that is not paid: due at once, given up as lost, and made good at last.

counter-offer ──▶ accepted ──▶ paid out ──▶ nothing comes ──▶ notice ──▶ everything due at once, said by somebody else
              ──▶ written off by two people ──▶ all of it comes back
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from aggregates.rules.charts import PCG
from aggregates.rules.movements import PAID_FROM, RECEIVED_IN
from aggregates.values import Money
from demo import papers
from demo.borrowing import Borrowing, written
from demo.calendar import Course, fall_due
from demo.cast import Cast
from demo.desk import Unexpected, until
from demo.judge import Verdict
from demo.plan import Bounds, Due, Plan

LATER: Final = timedelta(days=61)
"""How long after the loss the money comes."""
AT_ONCE: Final = {
    "overdue": "past due",
    "principal": "of principal to come",
    "interest": "of interest so far",
    "indemnity": "of indemnity",
}
"""What the parts of what is due at once are called here."""


@dataclass
class Default:
    """One loan of Jean's. Its steps are called in their order."""

    cast: Cast
    offer: Bounds
    one: Borrowing = field(init=False)
    schedule: list[Due] = field(init=False)
    lost: dict[str, int] = field(default_factory=dict)
    """What was given up, by component, as the proposal said it."""

    def __post_init__(self) -> None:
        plan = Plan("Jean", Money(2_400_00, "EUR"), 12, "Du matériel de sonorisation", {})
        self.one = Borrowing(self.cast, plan, self.offer, self.cast.ids)

    def is_offered_less(self, principal: Money) -> str:
        """Less than was asked for is offered; Jean takes it. Returns both, in words."""
        self.one.ask()
        why = "Vos revenus du moment portent ce montant."
        self.cast.approver.send(
            f"{self.one.path}/counter-offer", {"principal": written(principal), "reason": why}
        )
        until("Jean reads the counter-offer", lambda: self._loan("counter-offered"))
        self.one.client.desk.send(f"{self.one.path}/counter-offer/accept", {})
        loan = until("the loan is approved", lambda: self._loan("approved"))
        if loan["principal"] != principal.minor:
            raise Unexpected(f"{loan['principal']} approved, {principal} accepted")
        return f"{self.one.plan.principal} asked for, {principal} offered and accepted, {self.one.reference}"

    def is_paid_out(self) -> None:
        self.one.receive_contract()
        self.one.hand_in(papers.signed(self.one.contract))
        self.one.accept_copy()
        self.schedule = self.one.transfer()

    def goes_unpaid(self, instalments: int) -> str:
        """So many fall due and nothing comes; returns how the loan stands, in words."""
        for due in self.schedule[:instalments]:
            self._waits_until(due.on)
        self.cast.wait_for(self.cast.today() + timedelta(days=1))
        said = self._default()
        return f"{self._money(said['past_due'])} past due for {said['days_past_due']} days"

    def is_put_on_notice(self) -> date:
        """An advisor does, as late as the contract asks for; Jean has the letter. Returns the last day to pay."""
        last = self._default()["first_until"]
        self.cast.advisor.send(f"{self.one.path}/notice", {"until": last})
        until("the letter of notice", lambda: self._mailed("notice"))
        return date.fromisoformat(last)

    def falls_due_at_once(self, last: date) -> tuple[dict[str, Any], str]:
        """After the last day: the refusal of whoever gave the notice, then what somebody else's word makes of it.

        Raises Unexpected when another sum is owed than was foreseen.
        """
        self._waits_until(last + timedelta(days=1))
        because = {"grounds": "Deux échéances impayées, aucune réponse."}
        refusal = self.cast.advisor.refused(f"{self.one.path}/acceleration", because)
        foreseen = self._default()["at_once"]
        self.cast.accountant.send(f"{self.one.path}/acceleration", because)
        owed = until("everything is due", lambda: self._default()["accelerated_on"] and self._default())[
            "owed_now"
        ]
        if owed != foreseen["total"]:
            raise Unexpected(f"{owed} is owed at once, {foreseen} was foreseen")
        parts = ", ".join(f"{self._money(foreseen[part])} {said}" for part, said in AT_ONCE.items())
        return refusal, f"{self._money(owed)}: {parts}"

    def is_given_up(self) -> tuple[dict[str, Any], str]:
        """An advisor proposes it; the refusal of the same advisor's confirmation, and what somebody else's gives up."""
        self.cast.advisor.send(f"{self.one.path}/write-off/propose", {"reason": "Introuvable."})
        self.lost = until("the proposal says how much", lambda: self.one.read_account()["would_lose"])
        refusal = self.cast.advisor.refused(f"{self.one.path}/write-off/confirm", {})
        self.cast.accountant.send(f"{self.one.path}/write-off/confirm", {})
        until("the loan is written off", lambda: self._loan("written-off"))
        return refusal, self._money(self.lost["total"])

    def is_made_good(self) -> str:
        """Two months later all of it comes back in one transfer; returns how much."""
        self.cast.wait_for(self.cast.today() + LATER)
        today = self.cast.today()
        money = {
            "repayment_id": self.cast.ids.new(),
            "amount": written(Money(self.lost["total"], self.offer.currency)),
            "value_date": today.isoformat(),
            "method": "transfer",
            "reference": f"{today:%y%m%d} {self.one.reference}",
        }
        self.cast.accountant.send(f"{self.one.path}/repayments", money)
        until("the loss is made good", lambda: self._loan("recovered"))
        return self._money(self.one.read_account()["recovered"])

    def in_the_books(self) -> Counter[str]:
        """What it leaves on each account at the end, in minor units, debits positive: what was earned of it and given up,
        and what came back of that."""
        left = Counter[str]()
        left[PCG[PAID_FROM["transfer"]].number] -= self.lost["principal"]
        left[PCG[RECEIVED_IN["transfer"]].number] += self.lost["total"]
        left[PCG["interest_earned"].number] -= self.lost["interest"]
        left[PCG["penalties_earned"].number] -= self.lost["penalty"]
        left[PCG["losses"].number] += self.lost["total"]
        left[PCG["recoveries"].number] -= self.lost["total"]
        return left

    def verdicts(self) -> list[Verdict]:
        """What the judge finds about it: a loan that was given up and made good owes nothing and is owed nothing."""
        account, total = self.one.read_account(), self.lost["total"]
        holds = (account["written_off"], account["recovered"], account["overpaid"]) == (total, total, 0)
        parts = sum(amount for component, amount in self.lost.items() if component != "total")
        return [
            Verdict(
                f"{self.one.reference}: given up = come back",
                holds and parts == total,
                f"{self._money(account['written_off'])} = {self._money(account['recovered'])}",
            )
        ]

    def _waits_until(self, day: date) -> None:
        """Each instalment on the way falls due on its day."""
        for due in self.schedule:
            if self.cast.today() < due.on <= day:
                self.cast.wait_for(due.on)
                fall_due(Course(self.one, self.schedule, []), due.on)
        if self.cast.today() < day:
            self.cast.wait_for(day)

    def _default(self) -> dict[str, Any]:
        said: dict[str, Any] = self.cast.accountant.read(f"{self.one.path}/default")
        return said

    def _loan(self, status: str) -> dict[str, Any] | None:
        loan = self.one.read_loan()
        return loan if loan["status"] == status else None

    def _mailed(self, template: str) -> bool:
        lines = self.cast.advisor.read(f"/api/v1/mails/about/{self.one.loan_id}")
        return any(line["template"] == template and line["status"] == "sent" for line in lines)

    def _money(self, minor: int) -> str:
        return str(Money(minor, self.offer.currency))
