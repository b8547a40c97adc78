"""What the writers of a run ask for, drawn at random, and how many events each command makes when it is done once."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from eventstore import Command
from tests.eventstore import library, shelf
from tests.eventstore.library import CloseCard, IssueCard, LendBook, LendWithSlip
from tests.eventstore.shelf import BuyBook, PraiseBook, ReadPages

KINDS: dict[str, type[Command]] = {
    f"{kind.target.__name__}.{kind.__name__}": kind
    for kind in (
        BuyBook, ReadPages, PraiseBook, shelf.MoveBook, IssueCard, LendBook, LendWithSlip, library.MoveBook, CloseCard,
    )
}  # fmt: skip
"""By a name that two modules do not share."""


@dataclass(frozen=True)
class Wish:
    """One command for one aggregate; ``to`` is None when it creates one."""

    command: Command
    to: UUID | None

    @property
    def name(self) -> str:
        return f"{type(self.command).target.__name__}.{type(self.command).__name__}"

    @property
    def events(self) -> int:
        """How many it appends; a slip's number is an event of its series."""
        if isinstance(self.command, ReadPages):
            return self.command.times
        return 2 if isinstance(self.command, LendWithSlip | library.MoveBook) else 1


def read(name: str, to: str, body: str) -> Wish:
    """The wish that was written down as its name, its target and its JSON."""
    return Wish(KINDS[name].model_validate_json(body), None if to == "-" else UUID(to))


def first(random: Random, count: int = 20) -> list[Wish]:
    """Books and cards that all writers know, so that they meet."""
    return [wish for _ in range(count) for wish in (_buy(random), _issue(random))]


@dataclass
class Drawing:
    """Draws wishes for books and cards: those of everybody, and the newest of its own."""

    random: Random
    books: list[UUID] = field(default_factory=list)
    cards: list[UUID] = field(default_factory=list)

    def learn(self, wish: Wish) -> None:
        """Remember what was created."""
        if isinstance(wish.command, BuyBook):
            self.books.append(wish.command.book_id)
        elif isinstance(wish.command, IssueCard):
            self.cards.append(wish.command.card_id)

    def draw(self) -> Wish:
        roll = self.random.random()
        if roll < 0.08:
            return _buy(self.random)
        if roll < 0.16:
            return _issue(self.random)
        if roll < 0.55:
            return Wish(self._of_a_book(), self._one(self.books))
        return self._of_a_card()

    def _of_a_book(self) -> Command:
        roll = self.random.random()
        if roll < 0.6:
            return ReadPages(pages=self.random.randint(1, 400), times=self.random.randint(1, 3))
        if roll < 0.8:
            return shelf.MoveBook(shelf=self.random.choice(("hall", "attic", "desk")))
        return PraiseBook(words="à relire")

    def _of_a_card(self) -> Wish:
        card, roll = self._one(self.cards), self.random.random()
        if roll < 0.5:
            return Wish(LendBook(title="L'Enfant noir"), card)
        if roll < 0.7:
            return Wish(LendWithSlip(), card)
        if roll < 0.95:
            return Wish(library.MoveBook(title="Sous l'orage", other=self._one(self.cards, but=card)), card)
        return Wish(CloseCard(), self.cards[-1])

    def _one(self, known: list[UUID], but: UUID | None = None) -> UUID:
        """One of the oldest, which everybody knows, or of the newest; nothing grows for ever."""
        choice = [id for id in (*known[:20], *known[-20:]) if id != but]
        return self.random.choice(choice)


def _buy(random: Random) -> Wish:
    return Wish(BuyBook(book_id=_id(random), reader_id=_id(random), dedication="à Awa"), None)


def _issue(random: Random) -> Wish:
    """One in three wants an address that somebody may have."""
    email = f"reader-{random.randint(1, 2000)}@example.org" if random.random() < 0.3 else None
    return Wish(IssueCard(card_id=_id(random), reader=_id(random), email=email), None)


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)
