"""Acceleration: a borrower in default who was put on notice and has not paid owes at once what was still to come.

    past due ──notice──▶ the delay runs ──still unpaid when it is over──▶ accelerated ──it was paid after all──▶ as before

Source: code de la consommation (FR), L312-39 (the capital that remains due may be asked for at once, with an indemnity),
D312-16 (at most 8 % of it) and D312-17 (else at most 8 % of the unpaid instalments); cited 2026-11-22 without their
text. Elsewhere the contract says. Rules to the cent: docs/decisions/0042-acceleration.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from aggregates.rules.early import due_at_once, to_come
from aggregates.rules.facts import Fact, Noticed, Version
from aggregates.rules.law import LAWS, Law
from aggregates.rules.life import standing
from aggregates.rules.servicing_terms import ServicingTerms
from aggregates.rules.standing import Standing
from aggregates.rules.terms import Terms, UnsoundTerms
from aggregates.values import Money

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AtOnce:
    """What an acceleration makes of a loan on its day."""

    on: date
    overdue: Money
    """Owed without it: past due and due, with penalties and a claim."""
    principal: Money
    """Of the instalments to come."""
    interest: Money
    """Of the current period so far; none is to come after it."""
    indemnity: Money

    @property
    def total(self) -> Money:
        """What is owed at the end of the day."""
        return self.overdue + self.principal + self.interest + self.indemnity


def at_once(terms: ServicingTerms, now: Standing) -> AtOnce:
    """What everything comes to when it falls due on the day of the standing.

    Raises ValueError when nothing is to come.
    """
    principal = Money.total((line.principal for line in to_come(now)), terms.currency)
    return AtOnce(now.on, now.owed_now, principal, now.accrued, _indemnity(terms, now, principal))


def accelerated(now: Standing, owed: AtOnce, notice: int, number: int) -> Version:
    """The version that makes it due: one line, on the day, in place of all to come; it rests on the notice.

    notice  the number of the fact
    number  of the new version
    """
    line = due_at_once(to_come(now)[0], now, owed.principal, Money.zero(owed.principal.currency))
    return Version(
        number,
        now.on,
        now.version,
        line.number - 1,
        (line,),
        why="accelerated",
        rests_on=notice,
        indemnity=owed.indemnity or None,
    )


def in_default(terms: ServicingTerms, notice: Noticed, now: Standing) -> bool:
    """Whether the notice was not obeyed, and as many instalments are unpaid as the terms ask for."""
    late = sum(one.line.due_on < now.on and one.unpaid.total > one.unpaid.penalty for one in now.instalments)
    return bool(unpaid_of(notice, now)) and late >= terms.acceleration.instalments


def unpaid_of(notice: Noticed, now: Standing) -> Money:
    """What is not paid of the instalments that were past due when the notice was given; without penalties."""
    left = (one.unpaid.total - one.unpaid.penalty for one in now.instalments if one.line.due_on < notice.on)
    return Money.total(left, now.claim.currency)


def had_to_fall(
    terms: ServicingTerms,
    versions: Iterable[Version],
    facts: Iterable[Fact],
    version: Version,
    notice: Noticed,
) -> bool:
    """Whether, as it is known now, the borrower was not in default at the end of the day before the acceleration.

    versions  those that are known; the acceleration among them
    """
    earlier = [each for each in versions if each.number < version.number]
    return not in_default(terms, notice, standing(terms, earlier, facts, version.on - A_DAY))


def within_the_law(terms: Terms, law: Law) -> Terms:
    """The same terms. Raises UnsoundTerms where a default would cost more than the law of the product lets be asked."""
    caps = LAWS[law].default_caps
    if caps is None:
        return terms
    if terms.acceleration.indemnity > caps.accelerated:
        most = f"ask for at most {caps.accelerated / 100:g} % of the capital ({caps.accelerated_source})"
        raise UnsoundTerms("acceleration", most)
    if terms.late is not None and terms.late.share > caps.instalment:
        most = f"ask for at most {caps.instalment / 100:g} % of an unpaid instalment"
        raise UnsoundTerms("late", f"{most} ({caps.instalment_source})")
    return terms


def _indemnity(terms: ServicingTerms, now: Standing, principal: Money) -> Money:
    """An instalment that bears a share of its own for being late bears no second one: only what it does not bear counts."""
    bears_its_own = terms.late is not None and terms.late.share > 0
    base = principal if bears_its_own else now.outstanding
    return Money(base.minor * terms.acceleration.indemnity // 10_000, base.currency)
