"""Watch: the passing of time. Opens and closes business days and sees that what falls due is done.

    the date changes ──▶ the day's work is done ──▶ Closed ──▶ Opened(on, since) ──▶ what falls due, one job a lane

One process does this at a time (``manage.py clock``); another one stands by.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from datetime import date
from time import monotonic
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog

from aggregates.business_day import BusinessDay, business_year_id
from aggregates.organisation import ORGANISATION_ID, Organisation
from commands.business_day import BeginBusinessYear, CloseBusinessDay, OpenBusinessDay
from eventstore import Aggregate, Asker, Command, Recorded, Rejected, Store
from eventstore.reader import Reader
from projections import deadlines
from runtime import metrics
from runtime.acting import Behind, read_after
from runtime.business_days import BusinessDate, zone_of
from runtime.clock import Clock
from runtime.deadlines import Course, Deadlines
from runtime.leader import lead
from runtime.reactions import Deadline
from runtime.settling import Settling

log = structlog.get_logger()

LEADER = 1
"""Which leader this is, see runtime/leader.py."""
LOOK = 0.2
"""Seconds between two looks at the time."""
TELL = 2.0
"""Seconds between two lines of the log about how far the day is."""
WHO = "clock"
ACCOUNT = uuid5(NAMESPACE_URL, WHO)


class Watch:
    """Looks at the time. Everything it does may be done twice without harm: the days know their order."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._business_date = business_date(store, clock)
        self._settling, self._deadlines = Settling(store), deadlines_of(store)
        self._closing: tuple[date, int] | None = None
        self._course, self._told = Course(), 0.0

    def look(self) -> float:
        """One round; returns for how many seconds there is nothing to do."""
        newest, today = self._business_date.newest(), self._business_date.local()
        event = newest.event() if newest else None
        try:
            if isinstance(event, BusinessDay.Opened):
                return self._work(event.day) if event.day >= today else self._finish(event.day)
            last = _last_day(event)
            return self._open(today, last, newest) if last is None or last < today else LOOK
        except Behind:
            return LOOK
        except Rejected as refusal:
            log.warning("refused", who=WHO, code=refusal.code())
            return LOOK

    def _work(self, day: date) -> float:
        """A look at many lines takes long: it is not to take more than a tenth of the time."""
        began = monotonic()
        self._share_out(day)
        return min(max(LOOK, 9 * (monotonic() - began)), TELL)

    def _share_out(self, day: date) -> int:
        """Says now and then how far it is, and when it is done."""
        left = self._deadlines.share_out(day)
        news = self._course.look(day, left)
        if (news and not left) or (left and monotonic() - self._told >= TELL):
            log.info("deadlines", day=day.isoformat(), done=self._course.done, of=self._course.total)
            self._told = monotonic()
        return left

    def _finish(self, day: date) -> float:
        """Close the day once nothing that is due is left and everything that happened so far was followed up."""
        if self._share_out(day):
            return LOOK / 4
        if self._closing is None or self._closing[0] != day:
            self._closing = day, self._settling.newest()
        if self._settling.waits_for(self._closing[1]):
            return LOOK / 4
        self._send(CloseBusinessDay(on=day), day, business_year_id(day.year))
        return 0

    def _open(self, day: date, last: date | None, newest: Recorded | None) -> float:
        year = business_year_id(day.year)
        if newest is None or newest.stream_id != year:
            self._send(BeginBusinessYear(year=day.year, after=last), day, None)
        self._send(OpenBusinessDay(on=day), day, year)
        return 0

    def _send(self, command: Command, day: date, to: UUID | None) -> None:
        asker = Asker(ACCOUNT, WHO, on=day, now=self._clock.now())
        id = uuid5(ACCOUNT, f"{type(command).__name__} {day}")
        with metrics.command(type(command).__name__):
            self._store.send(command, asker, to=to, command_id=id)
        log.info("time", did=type(command).__name__, day=day.isoformat())


def waits_for(store: Store, clock: Clock) -> str | None:
    """What is still to come by itself before everything is quiet; None when it is.

    ``the day``: the business day that belongs to the Clock's date is not open; ``deadlines``: something that is due
    is not done; otherwise what ``Settling.waits_for`` says. What is parked is a person's next step.
    """
    day, settling = business_date(store, clock), Settling(store)
    newest, today = settling.newest(), day.local()
    if (waits := settling.waits_for(newest)) is not None:
        return waits
    if day.newest() is None or day.today() != today:
        return "the day"
    return "deadlines" if deadlines_of(store).left(today) else _news(settling, newest)


def _news(settling: Settling, newest: int) -> str | None:
    return "reactions" if settling.newest() != newest else None


def _last_day(event: Aggregate.Event | None) -> date | None:
    """The day that was closed last; None before the first."""
    if isinstance(event, BusinessDay.YearBegun):
        return event.after
    return event.day if isinstance(event, BusinessDay.Closed) else None


def run(store: Store, clock: Clock, url: str, stop: threading.Event) -> None:
    """The process `manage.py clock`: watch until ``stop`` is set, as soon as nobody else does.

    url  connection string of the role ``app``; the leader's lock is held on a connection of its own
    """
    lead(url, LEADER, Watch(store, clock).look, stop)


def business_date(store: Store, clock: Clock) -> BusinessDate:
    """The organisation's business date."""
    zone = zone_of(store, Organisation, ORGANISATION_ID)
    return BusinessDate(store, clock, zone, business_year_id, BusinessDay.Opened)


def deadlines_of(store: Store) -> Deadlines:
    """What is due, from the read model of deadlines."""
    reader = Reader(store.pool)

    def due(day: date, lane: int | None, seen: dict[int, int]) -> Sequence[Deadline]:
        lines = read_after(reader, deadlines.Deadlines, seen).due(day, lane)
        return [Deadline(line.kind, line.stream_id, line.number, line.due, line.lane) for line in lines]

    def count(day: date, kinds: Collection[str], without: Collection[tuple[str, UUID]]) -> dict[int, int]:
        found = read_after(reader, deadlines.Deadlines, {}).count(day, kinds, without)
        return {each.lane: each.lines for each in found}

    return Deadlines(store.pool, due, count)
