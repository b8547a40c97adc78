"""A real outside for the tests of workers: files on disk, PDFs from the press, a mail server that keeps everything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from eventstore import Command, NotFound, Receipt
from providers import Outside
from providers.checking.child import CheckingInAChild
from providers.links.mailed import MailedLinks
from providers.links.signed import SignedLinks
from providers.messages.smtp import SmtpMail
from providers.rendering import Rendering
from providers.rendering.weasyprint import WeasyPrintRendering
from providers.simulators import mail
from providers.storage.disk import DiskStorage
from providers.storage.permits import Permits
from runtime.reactions import Answers
from tests.kit import MAY_4, Fact, replay

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class AtNoon:
    def now(self) -> datetime:
        return NOON


@dataclass
class World:
    """The outside, what is known, and what the outside saw."""

    outside: Outside
    mailbox: mail.Mailbox
    tables: dict[type, Any] = field(default_factory=dict)

    def knowing(
        self,
        *facts: Fact,
        claims: dict[tuple[str, str], UUID] | None = None,
        on: dict[int, date] | None = None,
        **rows: Any,
    ) -> Outside:
        """The outside of a reaction that can load the aggregates of these facts, and find these claims.

        on  the business day of an event that is told, by its version; of the others the fourth of May
        """
        known = {one.id: one for one in replay(*facts)}

        def load(kind: type[Any], id: UUID) -> Any:
            if not isinstance(known.get(id), kind):
                raise NotFound(f"there is no {kind.__name__} {id}")
            return known[id]

        def claimed(scope: str, value: str) -> UUID | None:
            return (claims or {}).get((scope, value))

        def told(kind: type[Any], id: UUID, until: int) -> Iterator[tuple[Any, Any]]:
            stream = [fact for fact in facts if fact.kind.aggregate is kind]
            for version, _ in enumerate(stream[:until], 1):
                (aggregate,) = replay(*stream[:version])
                yield aggregate, stream[version - 1].event(version, id, on=(on or {}).get(version, MAY_4))

        return replace(
            self.outside, load=load, told=told, read=lambda model: self.tables[model], claimed=claimed
        )

    def mails(self) -> list[mail.Mail]:
        return [self.mailbox.open(number) for number in self.mailbox.numbers()]


@contextmanager
def mail_server(folder: Path) -> Iterator[tuple[mail.Mailbox, int]]:
    """The simulator on free ports; its mailbox and the port of its SMTP side."""
    mailbox, ready, ports = mail.Mailbox(folder), threading.Event(), []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    def opened(smtp: int, page: int) -> None:
        ports.append(smtp)
        ready.set()

    serving = threading.Thread(
        target=lambda: loop.run_until_complete(mail.serve(mailbox, stop, "127.0.0.1", 0, 0, opened))
    )
    serving.start()
    try:
        assert ready.wait(20)
        yield mailbox, ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        serving.join(20)
        loop.close()


@pytest.fixture(scope="session")
def press() -> Rendering:
    return WeasyPrintRendering()


@pytest.fixture
def world(tmp_path, press) -> Iterator[World]:
    with mail_server(tmp_path / "mail") as (mailbox, port):
        yield World(
            Outside(
                storage=DiskStorage(tmp_path / "documents", "https://quittance.example/api/v1/uploads/"),
                rendering=press,
                mail=SmtpMail("127.0.0.1", port, "Quittance <ne-pas-repondre@quittance.localhost>", AtNoon()),
                checking=CheckingInAChild(1_000_000),
                links=SignedLinks(bytes(32), AtNoon(), timedelta(days=7), "https://quittance.example"),
                mailed=MailedLinks(bytes(32), AtNoon(), "https://quittance.example"),
                permits=Permits(bytes(32), AtNoon()),
            ),
            mailbox,
        )


Act = Callable[[Any, Outside], Answers]


def asked(act: Act, event: Any, outside: Outside) -> list[tuple[Command, UUID | None]]:
    """Everything a reaction yields when nothing is refused."""
    return list(_running(act(event, outside)))


def _running(answers: Answers) -> Generator[tuple[Command, UUID | None], None, None]:
    receipt = Receipt(id=UUID(int=0), version=1, positions={})
    try:
        each = next(answers)
        while True:
            yield each
            each = answers.send(receipt)
    except StopIteration:
        return


def asked_twice(act: Act, event: Any, outside: Outside) -> list[tuple[Command, UUID | None]]:
    """What it yields, the same however often we hear of it."""
    first = asked(act, event, outside)
    assert asked(act, event, outside) == first
    return first
