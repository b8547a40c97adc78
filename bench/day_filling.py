"""A hundred thousand active loans: eighty lived by the domain itself, and each copied under other ids.

Everything is as the store would have it: the owner's lane, the links of the chain, one position each. Only what was
sealed for the first of the copies is no more to be opened, and the commands and the journal of the past are missing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
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
"""Days from the day of the measurement to the due day of a loan: a twentieth of the loans falls due on each."""
AGES, TERM = range(4), 8
"""Instalments that fell due in the months before, and months of a loan: so few that filling takes no longer than the day."""
_A_TRANSACTION = 20_000
_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOTHING = bytes(32)


@dataclass(frozen=True)
class Lived:
    """A loan that the domain has lived until the morning of the day."""

    loan: UUID
    customer: UUID
    rows: list[Line]

    def copied(self, number: int) -> UUID:
        """The id of the loan of a copy."""
        return _other(self.loan, number)

    def copy(self, number: int) -> Iterator[Line]:
        """The same under ids of its own, its chains linked anew."""
        loan, customer = _other(self.loan, number), _other(self.customer, number)
        ids = {self.loan: loan, servicing_id(LoanId(self.loan)): servicing_id(LoanId(loan))}
        named = {str(old).encode(): str(new).encode() for old, new in ids.items()}

        def renamed(found: re.Match[bytes]) -> bytes:
            old = found[0]
            if old not in named:
                named[old] = str(_other(UUID(old.decode()), number)).encode()
            return named[old]

        lane, links = lane_of(customer), dict[UUID, bytes]()
        for row in self.rows:
            stream, state = ids[row.stream], _ID.sub(renamed, row.state)
            before = links.get(stream, _NOTHING)
            link = link_after(
                before, stream, row.version, row.kind, row.schema, lane, customer, row.meta, state
            )
            links[stream] = link
            yield Line(
                stream, row.version, lane, customer, row.kind, row.schema, state, row.meta, link, before
            )


def fill(
    at: Database, codec: Codec, loans: int, day: date, spread: range = SPREAD
) -> tuple[list[UUID], list[UUID]]:
    """Write so many loans as they are before this day; returns those that fall due on it, and the others.

    loans   a multiple of the days of the spread times four, of 80
    spread  days from this day to the due days of the loans
    """
    kinds = [(ahead, age) for ahead in spread for age in AGES]
    if loans % len(kinds):
        raise ValueError(f"{loans} loans are no multiple of {len(kinds)}")
    due, others = list[UUID](), list[UUID]()
    with psycopg.connect(at.owner_url) as owner:
        lines = Lines()
        for which, (ahead, age) in enumerate(kinds):
            model = lived(codec, which, day, months_after(day + timedelta(days=ahead), -1 - age), TERM)
            for number in range(loans // len(kinds)):
                lines.rows += model.copy(number)
                (others if ahead else due).append(model.copied(number))
                if len(lines.rows) > _A_TRANSACTION:
                    copy_in(owner, lines)
                    owner.commit()
                    lines = Lines()
        copy_in(owner, lines)
        owner.commit()
        owner.autocommit = True
        owner.execute("VACUUM (ANALYZE) store.events")
    return due, others


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
