"""A hundred thousand active loans: eighty lived by the domain itself, and each copied under other ids.

Everything is as the store would have it: the owner's lane, the links of the chain, one position each. Only what was
sealed for the first of the copies is no more to be opened, and the commands and the journal of the past are missing.
The read models are the product's own of the first copies, copied under the same ids: bench/day_read_models.py.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import md5
from uuid import UUID

import psycopg

from aggregates.loan import Loan
from aggregates.rules.calendar import months_after
from aggregates.servicing import Servicing, servicing_id
from aggregates.values import CustomerId, LoanId
from bench.place import Database
from bench.reading_history import copy_in, one_loan
from eventstore import lane_of
from eventstore.chain import link_after
from eventstore.codec import Codec
from eventstore.session import Line, Lines, stamped

SPREAD = range(-9, 11)
"""Days from the day that is measured to the due day of a loan: a twentieth of the loans falls due on each."""
AGES, TERM = range(4), 8
"""Instalments that fell due in the months before, and months of a loan: so few that filling takes no longer than the day."""
_A_TRANSACTION = 20_000
_ID = re.compile(rb"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_NOTHING = bytes(32)


class Pattern:
    """Bytes in which ids stand as text, to be written again with others in their place."""

    def __init__(self, text: bytes) -> None:
        self._parts = _ID.split(text)
        self.ids = self._parts[1::2]

    def with_ids(self, named: dict[bytes, bytes]) -> bytes:
        """named  the other id of each of ``ids``"""
        if not self.ids:
            return self._parts[0]
        parts = self._parts.copy()
        parts[1::2] = [named[id] for id in self.ids]
        return b"".join(parts)


@dataclass(frozen=True)
class Lived:
    """A loan that the domain has lived until the morning of the day."""

    loan: UUID
    customer: UUID
    rows: list[Line]

    def copied(self, number: int) -> UUID:
        """The id of the loan of a copy."""
        return _other(self.loan, number)

    def customer_of(self, number: int) -> UUID:
        """Whose loan a copy is."""
        return _other(self.customer, number)

    def own(self, number: int) -> tuple[UUID, UUID, UUID]:
        """The ids that no other loan names: of the loan, its servicing and its customer, in a copy."""
        loan = self.copied(number)
        return loan, servicing_id(LoanId(loan)), self.customer_of(number)

    def names(self, number: int) -> dict[bytes, bytes]:
        """What each id of the loan is called in a copy, both as they are written."""
        named = {old: _text(_other(UUID(old.decode()), number)) for old in self._ids}
        named[_text(servicing_id(LoanId(self.loan)))] = _text(servicing_id(LoanId(self.copied(number))))
        return named

    def copy(self, number: int) -> Iterator[Line]:
        """The same under ids of its own, its chains linked anew."""
        customer, named = self.customer_of(number), self.names(number)
        streams = {row.stream: UUID(named[_text(row.stream)].decode()) for row in self.rows}
        lane, links = lane_of(customer), dict[UUID, bytes]()
        for row, pattern in zip(self.rows, self._patterns, strict=True):
            stream, state = streams[row.stream], pattern.with_ids(named)
            before = links.get(stream, _NOTHING)
            link = link_after(
                before, stream, row.version, row.kind, row.schema, lane, customer, row.meta, state
            )
            links[stream] = link
            yield Line(
                stream, row.version, lane, customer, row.kind, row.schema, state, row.meta, link, before
            )

    @cached_property
    def _patterns(self) -> list[Pattern]:
        return [Pattern(row.state) for row in self.rows]

    @cached_property
    def _ids(self) -> set[bytes]:
        streams = {_text(row.stream) for row in self.rows}
        return streams | {_text(self.customer)} | {id for each in self._patterns for id in each.ids}


@dataclass(frozen=True)
class Filling:
    """Loans that are copies of a few.

    models  those that were lived; every one of them has the copies 0 to ``each`` - 1
    due     loans that fall due on the day; ``others``: those that do not
    """

    models: list[Lived]
    each: int
    due: list[UUID]
    others: list[UUID]


def fill(at: Database, codec: Codec, loans: int, day: date, spread: range = SPREAD) -> Filling:
    """Write so many loans as they are before this day.

    loans   a multiple of the days of the spread times four, of 80
    spread  days from this day to the due days of the loans
    """
    filling = planned(codec, loans, day, spread)
    write(at, filling, range(filling.each))
    return filling


def planned(codec: Codec, loans: int, day: date, spread: range = SPREAD) -> Filling:
    """The same with nothing written yet. Raises ValueError when the loans are no such multiple."""
    kinds = [(ahead, age) for ahead in spread for age in AGES]
    if loans % len(kinds):
        raise ValueError(f"{loans} loans are no multiple of {len(kinds)}")
    filling = Filling([], loans // len(kinds), [], [])
    for which, (ahead, age) in enumerate(kinds):
        model = lived(codec, which, day, months_after(day + timedelta(days=ahead), -1 - age), TERM)
        filling.models.append(model)
        (filling.others if ahead else filling.due).extend(map(model.copied, range(filling.each)))
    return filling


def write(at: Database, filling: Filling, copies: range) -> None:
    """Write the events of these copies of every loan that was lived."""
    with psycopg.connect(at.owner_url) as owner:
        lines = Lines()
        for model in filling.models:
            for number in copies:
                lines.rows += model.copy(number)
                if len(lines.rows) > _A_TRANSACTION:
                    copy_in(owner, lines)
                    owner.commit()
                    lines = Lines()
        copy_in(owner, lines)
        owner.commit()
        owner.autocommit = True
        owner.execute("VACUUM (ANALYZE) store.events")


def some_days_ahead(today: date) -> date:
    """The 16th that comes next, so that no due day of the loans is clipped to the end of a month."""
    day = today.replace(day=16)
    return day if day > today else (day + timedelta(days=31)).replace(day=16)


def lived(codec: Codec, seed: int, until: date, paid_out: date, months: int) -> Lived:
    """A loan as it is on the morning of a day: what fell due before is paid."""
    chance = random.Random(seed)
    customer = CustomerId(UUID(int=chance.getrandbits(128), version=4))
    lines, loan = Lines(), None
    for on, aggregates in one_loan(chance, customer, months, paid_out):
        if on >= until:
            break
        for each in aggregates:
            if isinstance(each, Loan | Servicing):
                lines.add(each, stamped("user:officer", on=on), codec)
            if isinstance(each, Loan):
                loan = each.id
    assert loan is not None
    return Lived(loan, customer, lines.rows)


def _other(id: UUID, number: int) -> UUID:
    return UUID(bytes=md5(id.bytes + number.to_bytes(4, "big")).digest(), version=4)


def _text(id: UUID) -> bytes:
    return str(id).encode()
