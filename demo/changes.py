"""A loan whose money is learnt late and comes before its time: what that changes is told in numbers, and judged.

paid out ──▶ a transfer nobody saw ──▶ recorded with its own value date: others pay something else
         ──▶ a part repaid early, the instalment kept ──▶ another part, the instalment lowered
         ──▶ quote ──▶ exactly the quote ──▶ quittance ──▶ paid once more ──▶ kept ──▶ sent back by somebody else
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from aggregates.values import Money
from demo import judge, papers
from demo.borrowing import Borrowing, written
from demo.calendar import Course, fall_due
from demo.cast import Cast
from demo.desk import Unexpected, until
from demo.judge import Early, Keeps, Pays, Said, Terms, Verdict
from demo.plan import Bounds, Due, Payment, Plan

SEEN_LATE: Final = timedelta(days=4)
"""How long after the third instalment the bank's statement is read."""
EARLY: Final = timedelta(days=10)
"""How long after an instalment a part is repaid before its time."""
SETTLED: Final = timedelta(days=17)
"""How long after the last instalment the quote is asked."""
PARTS: Final = {
    "due": "fallen due",
    "principal": "principal to come",
    "accrued": "interest so far",
    "fee": "fee",
    "credit": "paid ahead, taken off",
}
"""What the parts of a quote are called here."""


@dataclass
class Changes:
    """One loan of Jean's. Its steps are called in their order."""

    cast: Cast
    offer: Bounds
    one: Borrowing = field(init=False)
    schedule: list[Due] = field(init=False)
    early: list[Early] = field(default_factory=list)
    """What was repaid before its time, as it was sent."""
    said: list[Said] = field(default_factory=list)
    """What each receipt pays, as the API said it, before and after one was learnt late."""
    quote: dict[str, Any] = field(default_factory=dict)
    too_much: dict[str, Any] = field(default_factory=dict)
    """What came after the end, as it is sent."""

    def __post_init__(self) -> None:
        plan = Plan("Jean", Money(3_000_00, "EUR"), 12, "Un voyage en famille", {})
        self.one = Borrowing(self.cast, plan, self.offer, self.cast.ids)

    def is_paid_out(self) -> str:
        """From the request to the money; returns what was lent, in words."""
        self.one.ask()
        self.one.approve()
        self.one.receive_contract()
        self.one.hand_in(papers.signed(self.one.contract))
        self.one.accept_copy()
        self.schedule = self.one.transfer()
        lent = f"{self.one.plan.principal} over {self.one.plan.months} months, {self.one.reference}"
        return f"{lent}, paid out on {self.cast.today()}, first instalment {self.schedule[0].total}"

    # ── learnt late ────────────────────────────────────────────────────────

    def goes_unseen(self) -> str:
        """The second instalment is paid and nobody sees it; what comes next pays it. Returns how the loan stands."""
        first, second, third = self.schedule[:3]
        self._comes(first)
        self._falls_due(second)
        self._comes(third)
        self.cast.wait_for(third.on + SEEN_LATE)
        return self._said_now()

    def is_seen(self) -> str:
        """It is recorded with the day on which it came; returns how the loan stands now."""
        second = self.schedule[1]
        self.one.repay(Payment(second.on, second.number, second.total, "on time"))
        return self._said_now()

    def moved(self) -> Iterator[str]:
        """Each receipt that pays something else than was said, in words. Raises Unexpected when there is none."""
        before, after = self.said
        others = [one for one in before.pays if one in after.pays and before.pays[one] != after.pays[one]]
        if not others:
            raise Unexpected("money learnt late changed nothing")
        for one in others:
            _, on, amount = one
            yield (
                f"{self._money(amount)} of {on} paid {self._parts(before.pays[one])};"
                f" it pays {self._parts(after.pays[one])}"
            )

    # ── before its time ────────────────────────────────────────────────────

    def repays_early(self, after: int, amount: Money, keeps: Keeps) -> list[dict[str, Any]]:
        """A part is repaid some days after an instalment; returns every schedule that the loan had, the first first."""
        self._pays_until(after)
        self._waits(after, EARLY)
        repaid = Early(self.cast.today(), amount.minor, keeps)
        self.cast.accountant.send(
            f"{self.one.path}/early-repayments", {**self._money_today(amount), "keeps": keeps}
        )
        self.early.append(repaid)
        self.schedule = self.one.schedule()
        return self.versions()

    def versions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.one.client.desk.read(f"{self.one.path}/schedule-versions")
        return found

    def asks_for_the_quote(self, after: int) -> Iterator[str]:
        """Jean asks what settles the loan; gives its parts in words, then the total and until when it is valid."""
        self._waits(after, SETTLED)
        self.quote = self.one.client.desk.read(f"{self.one.path}/early-repayment-quote")
        for part in self.quote["parts"]:
            yield f"{PARTS[part['part']]}: {self._money(part['amount'])} ({part['law']})"
        until = f"valid until {self.quote['valid_until']}, when it is {self._money(self.quote['days'][-1]['total'])}"
        saved = f"{self._money(self.quote['interest_saved'])} of interest is never owed"
        yield f"{self._money(self.quote['total'])} settles the loan on {self.quote['on']}; {until}; {saved}"

    def pays_something_else(self) -> dict[str, Any]:
        """A cent more than the quote; returns the refusal."""
        more = Money(self.quote["total"] + 1, self.quote["currency"])
        return self.cast.accountant.refused(f"{self.one.path}/settlement", self._money_today(more))

    def pays_the_quote(self) -> None:
        """Exactly the quote: the loan is closed, and Jean has the quittance."""
        total = Money(self.quote["total"], self.quote["currency"])
        self.cast.accountant.send(f"{self.one.path}/settlement", self._money_today(total))
        self.early.append(Early(self.cast.today(), total.minor, "nothing"))
        self.one.receive_quittance()

    # ── too much ───────────────────────────────────────────────────────────

    def pays_once_more(self) -> dict[str, Any]:
        """A standing order pays a loan that is closed; returns the refusal of whoever records it like any other."""
        self.too_much = self._money_today(self.schedule[1].total)
        return self.cast.accountant.refused(f"{self.one.path}/repayments", self.too_much)

    def is_kept(self) -> str:
        """It did arrive: it is kept for Jean, who reads so. Returns how much. Raises NeverHappened."""
        self.cast.accountant.send(f"{self.one.path}/repayments", {**self.too_much, "keeps_overpayment": True})
        until("Jean reads that it is too much", self._overpaid)
        return self._money(self._overpaid())

    def is_sent_back(self) -> None:
        """Somebody else than who recorded it sends it back, and nothing is left. Raises NeverHappened."""
        back = {key: value for key, value in self.too_much.items() if key != "repayment_id"}
        self.cast.approver.send(f"{self.one.path}/refund", back)
        until("nothing is held for Jean", lambda: not self._overpaid())

    def _overpaid(self) -> int:
        overpaid: int = self.one.client.desk.read(f"{self.one.path}/account")["overpaid"]
        return overpaid

    def verdicts(self) -> list[Verdict]:
        """What the judge finds about all of it."""
        terms = Terms.said(self.one.read_loan(), self.early)
        return [
            judge.late_money_counts_from_its_day(terms, *self.said),
            judge.schedules_are_as_the_oracle_says(terms, self.versions()),
            judge.quote_is_as_the_oracle_says(terms, self.quote),
        ]

    # ── how ────────────────────────────────────────────────────────────────

    def _falls_due(self, due: Due) -> None:
        self.cast.wait_for(due.on)
        fall_due(Course(self.one, self.schedule, []), due.on)

    def _comes(self, due: Due) -> None:
        """It falls due, and is paid on its day."""
        self._falls_due(due)
        self.one.repay(Payment(due.on, due.number, due.total, "on time"))

    def _pays_until(self, number: int) -> None:
        """Every instalment to come up to this one is paid on its day."""
        today = self.cast.today()
        for due in self.schedule:
            if due.on > today and due.number <= number:
                self._comes(due)

    def _waits(self, number: int, days: timedelta) -> None:
        due = next(due for due in self.schedule if due.number == number)
        self.cast.wait_for(due.on + days)

    def _money_today(self, amount: Money) -> dict[str, Any]:
        today = self.cast.today()
        return {
            "repayment_id": self.cast.ids.new(),
            "amount": written(amount),
            "value_date": today.isoformat(),
            "method": "transfer",
            "reference": f"{today:%y%m%d} {self.one.reference}",
        }

    def _said_now(self) -> str:
        """What the API says today is kept for the judge; returns where the account stands, in words."""
        said = self._said()
        self.said.append(said)
        paid = " and ".join(
            f"{self._money(said.account[f'{what}_paid'])} {what}" for what in ("interest", "principal")
        )
        late = f"{self._money(said.account['overdue'])} past due for {said.account['days_past_due']} days"
        return f"{late}, {paid} paid"

    def _said(self) -> Said:
        lines = self.cast.accountant.read(f"{self.one.path}/allocations")
        pays: dict[tuple[str, date, int], Pays] = {}
        for line in lines:
            parts: Counter[tuple[int, str]] = Counter()
            for part in line["parts"]:
                parts[part["number"], part["what"]] += part["amount"]
            pays[line["repayment_id"], date.fromisoformat(line["value_date"]), line["amount"]] = dict(parts)
        return Said(self.cast.today(), pays, self.one.read_account())

    def _parts(self, pays: Pays) -> str:
        numbers = sorted({number for number, _ in pays})
        return ", ".join(
            " + ".join(f"{self._money(amount)} {what}" for (at, what), amount in pays.items() if at == number)
            + f" of instalment {number}"
            for number in numbers
        )

    def _money(self, minor: int) -> str:
        return str(Money(minor, self.one.plan.principal.currency))


def compared(versions: Sequence[dict[str, Any]]) -> str:
    """The newest schedule beside the one before it, in words: both stay readable."""
    before, now = versions[-2:]
    since = now["on"]
    return f"version {before['number']} had {_to_come(before, since)}; version {now['number']} has {_to_come(now, since)}"


def _to_come(version: dict[str, Any], since: str) -> str:
    lines = [line for line in version["lines"] if line["due_on"] > since]
    each = Money(lines[0]["interest"] + lines[0]["principal"], version["currency"])
    return f"{len(lines)} to come, the next {each}, the last on {lines[-1]['due_on']}"
