"""A house in which days pass and reactions run, as far as loans go: what happens when, one after the other.

The same reactions, deadlines, stores and read models as in the processes, run by the real ``Acting``; only letters and
documents are not made. Whatever a reaction or a deadline raises is a finding: in the processes it would be parked.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import httpx

import workers
from aggregates.rules.servicing_refusals import NoIndexValue
from eventstore import Aggregate, Projection, Rejected
from eventstore.reader import Reader
from projections.deadlines import Deadlines
from runtime.acting import Acting
from runtime.reactions import DEADLINES, REACTIONS, Deadline
from tests.api.house import MAY_4, House

assert workers.react, "every reaction is declared"

FOLLOWED: Final = ("service.", "post.", "sign.")
"""What follows a loan without the outside; and all letters are put together, but not sent."""
NOT_FOLLOWED: Final = ("notify.send_the_letter", "notify.note_that_the_contract_left")
INSIDE: Final = re.compile(
    r"Traceback|object at 0x|<class|Money\(|datetime\.|UUID\(|\bNone\b|KeyError|AssertionError|\.py\b"
)
"""What nobody who reads a refusal is to see."""


class Finding(AssertionError):
    """Something that may never be, with everything that was asked until then."""


@dataclass
class Day:
    """The business date."""

    on: date = MAY_4

    def today(self) -> date:
        return self.on


@dataclass
class World:
    house: House
    day: Day
    asked: list[str] = field(default_factory=list)
    """Everything that was asked, to read how it came to a finding."""
    answers: Counter[str] = field(default_factory=Counter)
    """How often each kind of request was answered how."""
    _through: int = 0

    # ── asking ─────────────────────────────────────────────────────────────

    def ask(
        self, who: str | None, path: str, body: Any = None, kind: str = "", **headers: str
    ) -> httpx.Response:
        """A POST; its answer is one that may be."""
        answer = self._client(who).post(path, json={} if body is None else body, headers=headers)
        kind = kind or path.rpartition("/")[2]
        said = answer.json().get("type", "ok") if answer.content else "nothing"
        self.asked.append(f"{self.day.on} {who} {path} {body} {headers or ''} -> {answer.status_code} {said}")
        self.answers[f"{kind}: {said}"] += 1
        self.admits(answer)
        return answer

    def look(self, who: str, path: str) -> httpx.Response:
        answer = self._client(who).get(path)
        self.admits(answer)
        return answer

    def admits(self, answer: httpx.Response) -> None:
        """Raises Finding for an answer that nobody should be given."""
        if answer.status_code < 400:
            return
        problem = answer.json() if "json" in answer.headers["content-type"] else {}
        self.holds(answer.status_code < 500, f"{answer.status_code} {answer.text}")
        self.holds(answer.headers["content-type"] == "application/problem+json", answer.text)
        for name in ("type", "title", "detail", "what_to_do", "request_id"):
            self.holds(bool(problem.get(name)), f"a refusal without {name}: {answer.text}")
        self.holds(re.fullmatch(r"[a-z]+(-[a-z]+)*", problem["type"]) is not None, answer.text)
        self.holds(not INSIDE.search(problem["detail"] + problem["what_to_do"]), answer.text)

    def holds(self, so: bool, what: str) -> None:
        if not so:
            raise Finding("\n".join(["", *self.asked[-60:], "", what]))

    def _client(self, who: str | None) -> httpx.Client:
        if who not in self._clients:
            auth = self.house.doors[who] if who else None
            self._clients[who] = httpx.Client(base_url=f"{self.house.url}/api/v1", auth=auth, timeout=30)
        return self._clients[who]

    @cached_property
    def _clients(self) -> dict[str | None, httpx.Client]:
        return {}

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    # ── what follows ───────────────────────────────────────────────────────

    def follow(self) -> None:
        """Everything that follows from what happened; then every read model has it."""
        while events := self._news():
            for event in events:
                for reaction in REACTIONS.get(event.kind, []):
                    if self._follows(reaction.name):
                        self._does(f"{reaction.name} of {event!r}", self._acting.react, reaction, event)
        self.house.settle()

    def _news(self) -> list[Aggregate.Event]:
        batch = self.house.platform.store.read_feed(self._through)
        self._through = batch.events[-1].position if batch.events else self._through
        return [recorded.event() for recorded in batch.events]

    @staticmethod
    def _follows(reaction: str) -> bool:
        return reaction.startswith(FOLLOWED) or (
            reaction.startswith("notify.") and reaction not in NOT_FOLLOWED
        )

    def passes(self, days: int) -> None:
        """So many days later, what fell due until then not yet done."""
        self.day.on += timedelta(days=days)
        self.asked.append(f"── it is {self.day.on}")

    def works(self) -> None:
        """What is due is done, oldest first, as the day's jobs do it."""
        self.follow()
        tried: set[tuple[str, UUID, int]] = set()
        while lines := [
            line for line in self._due() if (line.kind, line.stream_id, line.number) not in tried
        ]:
            for line in lines:
                tried.add((line.kind, line.stream_id, line.number))
                deadline = Deadline(line.kind, line.stream_id, line.number, line.due, line.lane)
                self._does(f"deadline {deadline}", self._acting.meet, DEADLINES[line.kind], deadline)
            self.follow()
        left = [line for line in self._due() if line.kind != "rate-reset"]
        self.holds(not left, f"still due after the day's work: {left}")

    def _due(self) -> list[Any]:
        return list(self._reader.read(Deadlines).due(self.day.on))

    def _does(self, what: str, run: Any, *said: Any) -> None:
        try:
            run(*said)
        except NoIndexValue:
            self.asked.append(f"{what}: waits for the value of its index")
        except Exception as error:
            kind = "refused" if isinstance(error, Rejected) else "failed"
            raise Finding("\n".join(["", *self.asked[-60:], "", f"{what} {kind}: {error!r}"])) from error

    def rows(self, model: type[Projection], query: str, **values: Any) -> list[dict[str, Any]]:
        return self._reader.fetch(model, query, values)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.house.platform.store.pool)

    @cached_property
    def _acting(self) -> Acting:
        platform = self.house.platform
        return Acting(platform.store, platform.clock, self.day, platform.outside)  # type: ignore[arg-type]
