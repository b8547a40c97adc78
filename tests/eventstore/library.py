"""A neutral little domain for the store's own tests: a reader's card, and a gapless series of loan slips."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID, uuid4

from eventstore import Aggregate, Ask, Asker, Command, Rejected, Sealed, when

MAY_4 = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SLIPS = UUID("5e71e500-0000-4000-8000-000000000001")


class CardClosed(Rejected):
    """The card is closed."""


class Slips(Aggregate):
    class Begun(Aggregate.Created):
        pass

    class Taken(Aggregate.Event):
        pass


class Card(Aggregate):
    reader: UUID
    status: Literal["open", "closed"] = "open"
    books: int = 0

    class Issued(Aggregate.Created, owner="reader", subject="reader"):
        reader: UUID
        name: Sealed[str]

    class BookLent(Aggregate.Event):
        title: str

        def apply(self, card: Card) -> None:
            card.books += 1

    class Closed(Aggregate.Event):
        def apply(self, card: Card) -> None:
            card.status = "closed"

    @when("open", otherwise=CardClosed)
    def lend(self, title: str) -> None:
        self.record(self.BookLent, title=title)

    @when("open", otherwise=CardClosed)
    def close(self) -> None:
        self.record(self.Closed)


class IssueCard(Command, on=Card, may="card.issue"):
    card_id: UUID
    reader: UUID
    name: str = "Awa Koné"
    email: str | None = None

    def create(self, ask: Ask) -> Card:
        if self.email:
            ask.claim("reader-email", self.email)
        return Card.begin(Card.Issued, self.card_id, reader=self.reader, name=Sealed(self.name))


class LendBook(Command, on=Card, may="card.lend", decides=Card.lend, rejects=(CardClosed,)):
    title: str

    def perform(self, card: Card, ask: Ask) -> None:
        card.lend(self.title)


class LendWithSlip(Command, on=Card, may="card.lend", decides=Card.lend):
    """Takes the next number of the series in the same transaction."""

    def perform(self, card: Card, ask: Ask) -> None:
        card.lend(f"slip {ask.number(Slips, SLIPS)}")


class LendWithNewCard(Command, on=Card, may="card.lend", decides=Card.lend):
    """Begins another stream in the same transaction."""

    card_id: UUID

    def perform(self, card: Card, ask: Ask) -> None:
        card.lend("Aya")
        ask.add(Card.begin(Card.Issued, self.card_id, reader=card.reader, name=Sealed("Awa Koné")))


class MoveBook(Command, on=Card, may="card.lend"):
    """Changes two streams at once."""

    title: str
    other: UUID

    def perform(self, card: Card, ask: Ask) -> None:
        card.lend(self.title)
        ask.also(Card, self.other).lend(self.title)


class ChangeEmail(Command, on=Card, may="card.issue"):
    was: str
    now: str

    def perform(self, card: Card, ask: Ask) -> None:
        ask.release("reader-email", self.was)
        ask.claim("reader-email", self.now)


class CloseCard(Command, on=Card, may="card.close", decides=Card.close, rejects=(CardClosed,)):
    def perform(self, card: Card, ask: Ask) -> None:
        card.close()


class NoteNothing(Command, on=Card):
    def perform(self, card: Card, ask: Ask) -> None: ...


def asker(**changes: object) -> Asker:
    """The librarian, who may do everything unless ``changes`` say otherwise."""
    facts: dict[str, object] = {"account": uuid4(), "who": "account:librarian", "on": MAY_4, "now": NOON}
    return Asker(**{**facts, **changes})  # type: ignore[arg-type]
