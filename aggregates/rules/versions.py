"""Which version of a schedule is in force, and which instalments it says: a chain, each built on another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import pairwise

from aggregates.rules.facts import Fact, Lifted, Noticed, Receipt, Returned, Version
from aggregates.rules.scheduled import Scheduled


def grounds(facts: Iterable[Fact]) -> set[int]:
    """The numbers of what versions may rest on: receipts and notices that are known and did not come to nothing."""
    known, gone = set(), set()
    for fact in facts:
        match fact:
            case Receipt() | Noticed():
                known.add(fact.number)
            case Returned(receipt=number) | Lifted(notice=number):
                gone.add(number)
            case _:
                pass
    return known - gone


def standing_versions(versions: Iterable[Version], grounds: Collection[int]) -> list[Version]:
    """The versions that stand, oldest first: those whose ground stands, built on one that stands.

    grounds  the numbers of the facts that a version may rest on

    Raises ValueError for a chain that cannot be: what to look at is in the message.
    """
    chain: list[Version] = []
    seen: set[int] = set()
    for version in sorted(versions, key=lambda version: version.number):
        if version.number in seen or version.number < 1:
            raise ValueError(f"version {version.number}: a number from 1, given once")
        seen.add(version.number)
        if version.rests_on is not None and version.rests_on not in grounds:
            continue
        if version.over and version.over not in (known.number for known in chain):
            continue
        _fits(version, chain)
        chain.append(version)
    return chain


def built_up(number: int, versions: Iterable[Version]) -> list[Version]:
    """A version and those it was built on, oldest first, whether they stand or fell since; empty for none.

    Raises KeyError for a number that is not there.
    """
    by_number = {version.number: version for version in versions}
    chain: list[Version] = []
    while number:
        chain.insert(0, by_number[number])
        number = chain[0].over
    return chain


def lines_of(number: int, chain: Sequence[Version]) -> list[tuple[int, Scheduled]]:
    """The instalments that a version leaves in force, each with the version that brought it; empty for none."""
    lines: list[tuple[int, Scheduled]] = []
    for version in chain:
        if version.number <= number:
            lines = lines[: version.after] + [(version.number, line) for line in version.lines]
    return lines


def _fits(version: Version, chain: list[Version]) -> None:
    last = chain[-1] if chain else None
    if version.over != (last.number if last else 0):
        raise ValueError(f"version {version.number} is built on {version.over}, which is not the latest")
    kept = lines_of(last.number, chain)[: version.after] if last else []
    if len(kept) != version.after:
        raise ValueError(f"version {version.number}: there is no instalment {version.after} to come after")
    if last and version.on < last.on:
        raise ValueError(f"version {version.number} takes effect before version {last.number}")
    if [line.number for line in version.lines] != list(
        range(version.after + 1, version.after + 1 + len(version.lines))
    ):
        raise ValueError(f"version {version.number}: instalments are numbered from {version.after + 1}")
    days: list[date] = [line.due_on for _, line in kept[-1:]] + [line.due_on for line in version.lines]
    if any(later < earlier for earlier, later in pairwise(days)):
        raise ValueError(f"version {version.number}: due days never go back")
    if any(line.due_on > version.on for line in version.lines[: version.taken_in]):
        raise ValueError(f"version {version.number}: an instalment that is to come is not taken in")
    if version.indemnity and version.lines[0].due_on != version.on:
        raise ValueError(f"version {version.number}: an indemnity falls due on the day of its version")
