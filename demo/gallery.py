"""A house that has been open for a season: what pictures of its screens show. Told over HTTP, as everything else.

Some borrow and pay, one of them late; the others stand at every step before that. Two have accounts, for the others an
advisor asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from aggregates.values import Money
from demo import papers
from demo.borrowing import NOT_ENOUGH, Borrowing
from demo.cast import Cast, Client
from demo.ids import Ids
from demo.plan import Payment, Plan

LATE: Final = 12
"""Days after its due date that somebody is late in the end."""


@dataclass(frozen=True)
class Sitter:
    """A borrower, the loan, and how far it has come.

    until  a step of the loan; one of ``photo`` and ``declined`` beside those of the usual way
    """

    name: str
    where: str
    country: str
    minor: int
    months: int
    purpose: str
    until: str
    language: str = "fr"


SITTERS: Final = (
    Sitter("Jean", "", "FR", 5_000_00, 24, "Remplacement d’une chaudière", "disbursed"),
    Sitter("Awa", "", "CI", 2_500_000, 12, "Achat d’un congélateur pour la boutique", "disbursed"),
    Sitter("Claire Dubois", "3 place Bellecour\n69002 Lyon", "FR", 12_000_00, 36, "Isolation de la maison", "disbursed"),
    Sitter("Ibrahim Diallo", "Plateau, rue du Commerce\nAbidjan", "CI", 4_000_000, 18, "Machine à coudre", "late"),
    Sitter("Margaret Hill", "27 rue Mercière\n69002 Lyon", "FR", 8_400_00, 12, "A second-hand van", "disbursed", "en"),
    Sitter("Fatou Ndiaye", "Cocody, rue des Jardins\nAbidjan", "CI", 900_000, 6, "Stock de tissus", "ready"),
    Sitter("Luc Perrin", "41 cours Gambetta\n69003 Lyon", "FR", 3_200_00, 12, "Vélo cargo électrique", "returned"),
    Sitter("Aïcha Koffi", "Marcory, boulevard de Marseille\nAbidjan", "CI", 1_500_000, 12, "Four à pain", "photo"),
    Sitter("Atelier Vasseur", "9 quai Perrache\n69002 Lyon", "FR", 24_000_00, 48, "Tour à bois", "sent"),
    Sitter("Jean", "", "FR", 7_500_00, 36, "Rénovation de la cuisine", "sent"),
    Sitter("Paul Girard", "12 rue Garibaldi\n69006 Lyon", "FR", 2_000_00, 6, "Voyage", "declined"),
    Sitter("Sophie Blanc", "5 montée Saint-Barthélemy\n69005 Lyon", "FR", 6_000_00, 24, "Formation", "requested"),
    Sitter("Moussa Traoré", "Yopougon, rue Princesse\nAbidjan", "CI", 3_000_000, 24, "Taxi", "requested"),
    Sitter("Awa", "", "CI", 800_000, 6, "Réserve pour les fêtes", "requested"),
)  # fmt: skip


class Gallery:
    """Fills one house.

    tell  hears how much is done, of how much
    """

    def __init__(self, cast: Cast, tell: Callable[[int, int], None] = lambda done, total: None) -> None:
        self._cast, self._tell = cast, tell
        self._ids, self._offers = Ids(Random(11)), cast.offers()
        self._done = 0

    def fill(self) -> Borrowing:
        """Gives a loan that is being paid back, with a history worth a picture."""
        paying = [self._begin(each) for each in SITTERS if each.until in ("disbursed", "late")]
        self._live([one for one, _ in paying], late=[one for one, who in paying if who.until == "late"])
        for each in SITTERS:
            if each.until not in ("disbursed", "late"):
                self._begin(each)
        return paying[0][0]

    def _begin(self, who: Sitter) -> tuple[Borrowing, Sitter]:
        if who.name not in self._cast.clients:
            self._cast.clients[who.name] = self._welcome(who)
        currency = "XOF" if who.country == "CI" else "EUR"
        plan = Plan(who.name, Money(who.minor, currency), who.months, who.purpose, {})
        by_advisor = self._cast.clients[who.name].desk is self._cast.advisor
        one = Borrowing(self._cast, plan, self._offers[currency], self._ids, by_advisor)
        one.ask()
        if who.until == "declined":
            reason = {"reason": "La charge mensuelle dépasserait un tiers des revenus."}
            self._cast.approver.send(f"{one.path}/decline", reason)
        elif who.until != "requested":
            self._contract(one, who.until)
        self._step()
        return one, who

    def _contract(self, one: Borrowing, until: str) -> None:
        one.approve()
        one.receive_contract()
        if until == "sent":
            return
        if until == "photo":
            one.hand_in(papers.photo_of_the_first_page(one.contract))
            one.refuse_copy(NOT_ENOUGH, by=self._cast.approver)
            return
        one.hand_in(papers.signed(one.contract))
        if until == "returned":
            return
        one.accept_copy(by=self._cast.approver)
        if until != "ready":
            one.transfer()

    def _live(self, paying: list[Borrowing], late: list[Borrowing]) -> None:
        """Four months: everybody pays on the day, one only half of the third time and nothing after that."""
        schedules = {one.loan_id: one.schedule() for one in paying}
        day = self._cast.today()
        for number in range(4):
            day = max(schedule[number].on for schedule in schedules.values())
            self._cast.wait_for(day)
            for one in paying:
                due = schedules[one.loan_id][number]
                if one in late and number > 2:
                    continue
                paid = (
                    Money(due.total.minor // 2, due.total.currency)
                    if one in late and number == 2
                    else due.total
                )
                one.repay(Payment(day, due.number, paid, "on time"))
        self._cast.wait_for(day + timedelta(days=LATE))

    def _welcome(self, who: Sitter) -> Client:
        """An advisor registers somebody who has no account."""
        customer, contact = self._ids.new(), self._ids.new()
        email = f"{who.name.lower().split()[-1].encode('ascii', 'ignore').decode()}@example.org"
        nature = "company" if who.name.startswith("Atelier") else "person"
        advisor = self._cast.advisor
        advisor.send(
            "/api/v1/customers",
            {"customer_id": customer, "nature": nature, "name": who.name, "address": who.where,
             "country": who.country, "language": who.language},
        )  # fmt: skip
        person = {"contact_id": contact, "customer_id": customer, "name": who.name, "email": email}
        advisor.send("/api/v1/contacts", person)
        return Client(advisor, customer, contact, email)

    def _step(self) -> None:
        self._done += 1
        self._tell(self._done, len(SITTERS))
