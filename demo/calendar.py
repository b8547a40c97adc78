"""The months after the payout: time jumps from one day with work to the next, instalments fall due, money comes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def working_days(courses: Sequence[Course]) -> list[date]:
    """Every day on which something falls due or money comes in, in order."""
    due = {line.on for course in courses for line in course.schedule}
    return sorted(due | {payment.on for course in courses for payment in course.payments})


def live(cast: Cast, courses: Sequence[Course], passed: Callable[[int, int, date], None]) -> None:
    """Live every working day.

    passed  called after each: how many are over, of how many, and which one it was
    """
    days = working_days(courses)
    for number, day in enumerate(days, 1):
        cast.wait_for(day)
        for course in courses:
            _live(course, day)
        passed(number, len(days), day)


def _live(course: Course, day: date) -> None:
    for due in course.schedule:
        if due.on == day:
            until(f"instalment {due.number} falls due", lambda: course.borrowing.fallen_due(due.number))  # noqa: B023
    for payment in course.payments:
        if payment.on == day:
            course.borrowing.repay(payment)
