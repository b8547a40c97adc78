"""What a writer noted before it asked and after it was answered: the memory that no crash of the server touches.

asked    <command id> <name> <target or -> <body>
done     <command id> <receipt>
refused  <command id> <the refusal>
unknown  <command id>                                        nobody answered: retry with the same id
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec

from eventstore import Asker, Receipt, Rejected, Store, Unavailable
from eventstore.session import receipt_of
from tests.chaos import pg_commands
from tests.chaos.pg_commands import Wish
from tests.eventstore.shelf import MACHINE

Chosen = Callable[[UUID], UUID]
"""The command id of a retry, from the first one."""


@dataclass
class Intention:
    """One command under one id, and what became of it."""

    wish: Wish
    outcomes: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Nobody knows whether it was done."""
        return not {"done", "refused"} & set(self.outcomes)


class Ledger:
    """Writes one thread's notes. Each is with the system when the method returns, whoever is killed then."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def close(self) -> None:
        os.close(self._file)

    def ask(self, store: Store, wish: Wish, id: UUID, asker: Asker = MACHINE) -> str:
        """Note it, send it, note the answer: done, refused or unknown."""
        self._note("asked", id, wish.name, str(wish.to or "-"), wish.command.model_dump_json())
        return self.send(store, wish, id, id, asker)

    def send(self, store: Store, wish: Wish, id: UUID, under: UUID, asker: Asker = MACHINE) -> str:
        """Send what was noted under ``id``; its command id is ``under``."""
        try:
            receipt = store.send(wish.command, asker, wish.to, command_id=under)
        except Rejected as refusal:
            return self._note("refused", id, refusal.code())
        except Unavailable:
            return self._note("unknown", id)
        return self._note("done", id, written(receipt))

    def _note(self, what: str, id: UUID, *words: str) -> str:
        os.write(self._file, " ".join((what, str(id), *words)).encode() + b"\n")
        return what


def written(receipt: Receipt) -> str:
    """As the store keeps it."""
    return msgspec.json.encode(receipt).decode()


def read(folder: Path) -> dict[UUID, Intention]:
    """Every intention of all writers, by command id."""
    lines = [line for file in sorted(folder.glob("writer-*")) for line in file.read_text().splitlines()]
    known: dict[UUID, Intention] = {}
    for id, *rest in (line.split(" ", 4)[1:] for line in lines if line.startswith("asked ")):
        known[UUID(id)] = Intention(pg_commands.read(*rest))
    for what, id, *rest in (line.split(" ", 2) for line in lines if not line.startswith("asked ")):
        known[UUID(id)].outcomes.append(what)
        if what == "done":
            known[UUID(id)].receipts.append(receipt_of(rest[0].encode()))
    return known
