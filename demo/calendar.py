"""The months after the payout: time jumps from one day with work to the next, instalments fall due, money comes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from demo.borrowing import Borrowing
from demo.cast import Cast
from demo.desk import until
from demo.plan import Due, Payment


@dataclass(frozen=True)
class Course:
    """What one loan has before it."""

    borrowing: Borrowing
    schedule: Sequence[Due]
    payments: Sequence[Payment]

    def days(self) -> set[date]:
        """Every day on which something falls due or money comes in."""
        return {due.on for due in self.schedule} | {payment.on for payment in self.payments}


@dataclass(frozen=True)
class Lived:
    """A working day that is over."""

    day: date
    number: int
    of: int
    repaid: Sequence[Borrowing]
    """The loans whose last day this was; their borrowers hold the quittance."""


def working_days(courses: Sequence[Course]) -> list[date]:
    """The days of all of them, in order."""
    return sorted(set[date]().union(*(course.days() for course in courses)))


def live(cast: Cast, courses: Sequence[Course]) -> Iterator[Lived]:
    """Live every working day, one after the other."""
    days = working_days(courses)
    for number, day in enumerate(days, 1):
        cast.wait_for(day)
        for course in courses:
            fall_due(course, day)
            pay(course, day)
        repaid = [course.borrowing for course in courses if day == max(course.days())]
        for borrowing in repaid:
            borrowing.receive_quittance()
        yield Lived(day, number, len(days), repaid)


def fall_due(course: Course, day: date) -> None:
    """Wait until what is due on the day has fallen due, all by itself."""
    for due in course.schedule:
        if due.on == day:
            until(f"instalment {due.number} falls due", lambda: course.borrowing.fallen_due(due.number))  # noqa: B023


def pay(course: Course, day: date) -> None:
    """Record what comes in on the day."""
    for payment in course.payments:
        if payment.on == day:
            course.borrowing.repay(payment)
