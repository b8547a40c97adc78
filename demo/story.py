"""The story: loans live their whole life over HTTP, with every refusal that the rules ask for on the way.

    requests ──▶ decisions ──▶ ceilings ──▶ contracts ──▶ signed copies ──▶ clocks ──▶ payouts ──▶ months of repayments ──▶ quittances
        ──▶ money learnt late ──▶ a part repaid early ──▶ quote ──▶ quittance

Before that a colleague is invited and let in. A worker is killed while a contract is being made, a projector while
money comes in. Nobody waits for a time: every wait is for a condition, with a deadline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from aggregates.values import Money
from demo import papers
from demo.borrowing import NOT_ENOUGH, Borrowing
from demo.calendar import Course, Lived, live
from demo.cast import Cast
from demo.ceilings import costly, enter_the_quarter, told
from demo.changes import Changes, compared
from demo.defaults import Default
from demo.desk import Unexpected
from demo.narrate import Narrator
from demo.plan import Payment, payments
from demo.second_thoughts import SecondThoughts
from demo.welcome import Newcomer, wrong_password

GONE = 410


class Story:
    """Tells it once.

    kill  kill -9 for the process of a role; called for ``react`` and ``project``
    look  called now and then, so that the judge sees what a finished run no longer shows
    """

    def __init__(
        self,
        cast: Cast,
        borrowings: Sequence[Borrowing],
        narrator: Narrator,
        random: Random,
        kill: Callable[[str], int],
        look: Callable[[], None],
    ) -> None:
        self._cast, self._borrowings, self._say = cast, borrowings, narrator
        self._random, self._kill, self._look = random, kill, look
        self.changes = Changes(cast, borrowings[0].offer)
        """A loan beside the others, that ends early."""
        self.default = Default(cast, borrowings[0].offer)
        """Another one, that is not paid."""

    def tell(self) -> None:
        for part in (
            self._arrivals,
            self._requests,
            self._decisions,
            self._ceilings,
            self._contracts,
            self._copies,
            self._clocks,
            self._payouts,
            self._changes,
            self._default,
        ):
            part()
            self._look()
        self._old_links()
        self._look()

    # ── who works here ─────────────────────────────────────────────────────

    def _arrivals(self) -> None:
        self._say.chapter("Who comes in")
        self._refused("a wrong password, like an unknown address", wrong_password(self._cast))
        dora = Newcomer(self._cast)
        dora.is_invited()
        self._say.tell(
            "an administrator invites Dora; the link in her mail opens a page to choose a password"
        )
        self._refused("a short one", dora.tries("quittance"))
        self._refused("her own name", dora.tries("Dora Lindqvist 2026"))
        dora.chooses()
        self._refused("the link once more", dora.uses_the_link_again())
        self._refused("with the password alone she opens the files", dora.looks_at_the_files())
        dora.enrols()
        self._say.tell("with the code of her telephone, too, she is let in")
        dora.leaves()

    # ── before the money ───────────────────────────────────────────────────

    def _requests(self) -> None:
        self._say.chapter("Two requests")
        for each in self._borrowings:
            each.ask()
            who = "an advisor asks for" if each.by_advisor else "asks for"
            self._say.tell(
                f"{each.name}: {who} {each.plan.principal} over {each.plan.months} months, {each.reference}"
            )
            self._refused(f"{each.asker.who} approves the own request", each.try_to_decide_alone())

    def _decisions(self) -> None:
        self._say.chapter("Somebody else decides")
        for each in self._borrowings:
            key = each.approve()
            self._say.tell(f"{each.reference} is approved; the same request twice gives the same answer")
            self._refused("the same key with other content", each.reuse_key(key))
        self._strike("react", "a worker, while it makes the contracts")

    def _ceilings(self) -> None:
        self._say.chapter("What the law allows")
        requests = costly(self._cast)
        for each in requests:
            each.find()
            self._say.tell(f"{each.ask()}, under the law {each.law}")
            if not each.has_ceiling:
                self._refused(
                    "approved without a ceiling for this quarter", each.is_refused("ceiling-not-entered")
                )
        self._offer_in_law = requests[0].offer
        before, count = enter_the_quarter(self._cast)
        self._say.tell(
            f"the register came with {before} published ceilings; an administrator enters this quarter, as an example:"
            f" {count} are in force today"
        )
        for each in requests:
            problem = each.is_refused("above-rate-ceiling")
            self._refused(f"{each.plan.borrower}'s request", problem)
            self._say.tell(f"{told(problem)}; {each.would_pass()}")
            each.take_back()

    def _contracts(self) -> None:
        self._say.chapter("The contract makes itself and arrives by mail")
        for each in self._borrowings:
            contract = each.receive_contract()
            pages = f"{contract['pages']} pages, SHA-256 {contract['sha256'][:12]}…"
            self._say.tell(f"{contract['reference']} fetched through the link in the mail: {pages}")

    def _copies(self) -> None:
        self._say.chapter("The signed copy")
        first, *others = self._borrowings
        for what, paper in (
            ("a text file that calls itself PDF", papers.renamed_text()),
            ("a PDF behind a password", papers.locked(first.contract)),
        ):
            self._refused(what, first.hand_in_wrongly(paper))
        first.hand_in(papers.photo_of_the_first_page(first.contract))
        first.refuse_copy(NOT_ENOUGH)
        self._say.strike(f"{first.name}'s first copy, refused by an advisor: {NOT_ENOUGH}")
        for each in (first, *others):
            each.hand_in(papers.signed(each.contract))
            each.accept_copy()
            self._say.tell(
                f"{each.name}'s signed copy is accepted; both sides hold the same {len(each.copy):,} bytes"
            )

    def _clocks(self) -> None:
        self._say.chapter("The times that the law gives")
        jean = SecondThoughts(self._cast, self._offer_in_law)
        self._say.tell(
            f"Jean asks for {jean.is_approved()}: approved, and no contract before the information"
        )
        jean.is_informed()
        self._say.tell("Jean confirms that he has read it; the contract comes, and the offer holds")
        jean.is_signed()
        self._refused("the accountant pays out on the day of the signature", jean.tries_to_pay())
        for number, (day, clocks) in enumerate(jean.days(), 1):
            self._say.tell(f"day {number}, {day}: {' and '.join(clocks)}")
            if "no-payment" in clocks and (problem := jean.tries_to_pay())["type"] != "no-payment-yet":
                raise Unexpected(f"on {day} the payout was refused with {problem['type']}")
        self._look()
        self._say.tell(f"signed on {jean.signed_on}; seven days later the first clock ended, all by itself")
        self._refused("on the last day Jean steps back, and the accountant pays out", jean.steps_back())

    def _payouts(self) -> None:
        self._say.chapter("Money")
        courses = []
        old = self._borrowings[0].try_to_pay_out_on_an_old_proof()
        self._refused("the accountant pays out, six minutes after the last code", old)
        for each in self._borrowings:
            self._refused("who approved pays out", each.try_to_pay_out_as_approver())
            schedule = each.pay_out()
            self._say.tell(
                f"{each.plan.principal} paid out to {each.name}, first instalment {schedule[0].total}"
            )
            courses.append(Course(each, schedule, payments(each.plan, schedule, self._random)))
        self._refused("more money than is owed", courses[0].borrowing.try_to_overpay(_too_much(courses[0])))
        self._look()
        for lived in live(self._cast, courses):
            self._pass(lived)

    def _changes(self) -> None:
        self._say.chapter("Money that is learnt late, and money before its time")
        one = self.changes
        self._say.tell(f"Jean borrows {one.is_paid_out()}")
        self._say.tell(
            f"a transfer for the second instalment goes unseen, the third is paid: {one.goes_unseen()}"
        )
        self._say.tell(f"it is found on the bank's statement and recorded with its own day: {one.is_seen()}")
        for moved in one.moved():
            self._say.tell(moved)
        self._say.tell(
            "each balance is what it would be had it been recorded on the day it came: the judge computes it"
        )
        self._look()
        amount = Money(800_00, one.offer.currency)
        self._say.tell(
            f"{amount} early, the instalment kept: {compared(one.repays_early(3, amount, 'same-instalment'))}"
        )
        amount = Money(400_00, one.offer.currency)
        self._say.tell(
            f"{amount} early, the instalment lowered: {compared(one.repays_early(5, amount, 'lower-instalment'))}"
        )
        for part in one.asks_for_the_quote(6):
            self._say.tell(part)
        self._refused("a cent more than the quote", one.pays_something_else())
        one.pays_the_quote()
        self._say.tell(f"exactly the quote: {one.one.reference} is closed, and Jean has the quittance")
        self._refused("a standing order pays once more, as if something were owed", one.pays_once_more())
        self._say.tell(
            f"it did arrive, so it is kept for Jean, who reads that {one.is_kept()} of his are too much"
        )
        one.is_sent_back()
        self._say.tell("somebody else than who recorded it sends it back, and nothing is left on the loan")

    def _default(self) -> None:
        self._say.chapter("A loan that is not paid")
        one = self.default
        self._say.tell(f"Jean: {one.is_offered_less(Money(1_800_00, one.offer.currency))}")
        one.is_paid_out()
        self._say.tell(f"it is paid out, and nothing comes: {one.goes_unpaid(2)}")
        last = one.is_put_on_notice()
        self._say.tell(f"an advisor puts him on notice, in writing: to be paid by {last}")
        refusal, owed = one.falls_due_at_once(last)
        self._refused("the same advisor lets everything fall due", refusal)
        self._say.tell(f"somebody else does: {owed}")
        self._look()
        refusal, lost = one.is_given_up()
        self._refused("an advisor gives it up alone", refusal)
        self._say.tell(f"two people do: {lost} are lost")
        self._say.tell(f"two months later a transfer brings it back: {one.is_made_good()} recovered")

    def _pass(self, lived: Lived) -> None:
        self._say.progress(lived.number, lived.of, f"business day {lived.day}")
        if lived.number == lived.of // 2:
            self._strike("project", "a projector, while money comes in")
        if lived.number % 8 == 0:
            self._look()
        for each in lived.repaid:
            many = len(each.repayments)
            self._say.tell(
                f"{lived.day}: {each.reference} is repaid, in {many} payments; {each.name} has the quittance"
            )

    # ── after the money ────────────────────────────────────────────────────

    def _old_links(self) -> None:
        self._say.chapter("Later")
        for each in self._borrowings:
            if (status := self._cast.visitor.status(each.link)) != GONE:
                raise Unexpected(f"the old link answers {status}")
        self._say.strike("the links of the first mails have expired: 410, with what to do")
        persons = self._cast.persons.values()
        ins, on, again = (
            sum(getattr(one, kind) for one in persons) for kind in ("sign_ins", "renewals", "proofs")
        )
        self._say.tell(f"{ins} sign-ins, {on} renewed tokens, {again} fresh proofs for what takes one")

    # ── how it is told ─────────────────────────────────────────────────────

    def _refused(self, what: str, problem: dict[str, Any]) -> None:
        self._say.strike(f"{what}: {problem['status']} {problem['type']}. {problem['title']}")

    def _strike(self, role: str, what: str) -> None:
        self._say.strike(f"kill -9 {self._kill(role)}: {what}")


def _too_much(course: Course) -> Payment:
    owed = Money.total((due.total for due in course.schedule), course.schedule[0].total.currency)
    paid_out = course.borrowing.cast.today()
    return Payment(paid_out, 1, owed + Money(1, owed.currency), "ahead")
