"""The whole API met with what its document promises to take, and with what it does not.

    python -m tests.fuzz.run --examples 5000 --seed 1

A throwaway server, a house that serves, and schemathesis with all its phases. Exit code 1 when a check failed or fewer
than nine operations of ten reached a 2xx.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from secrets import randbelow

import structlog
from rich.console import Console
from rich.progress import Progress

from access import limits
from api.app import openapi_document
from eventstore.migrate import migrate, prepare
from runtime.embedded.postgres import SUPERUSER, Postgres
from tests.access.openid_provider import CLIENT, SECRET, running
from tests.api.house import House, opened
from tests.api.listening import brief_connections
from tests.conftest import TEMPLATE, Database, fresh_database, migration_folders, passwords_of
from tests.fuzz.engine import OFF, Plan, played
from tests.fuzz.figures import ENOUGH, Figures, figures

LONG = 3
"""Requests of a chain that shows more than a pair does."""
CHAIN = 10
"""Requests of a scenario in the stateful phase, about."""


COVERAGE = 0.25
"""Of the cases with one wrong value in one place each, which are many thousand; another quarter with another seed."""

OFTEN = 1_000_000
"""How often anything may be tried here; how often elsewhere, tests/access/test_limits.py asks."""


def planned(examples: int, seed: int, operations: int) -> Plan:
    """Two thirds in the fuzzing phase, a third in chains; what the document shows, and a share of its coverage, come on top."""
    each, scenarios = round(examples * 2 / 3 / operations), round(examples / 3 / CHAIN)
    return Plan(seed, max(1, each), max(1, scenarios), COVERAGE)


@contextmanager
def throwaway() -> Iterator[House]:
    """A house on a server of its own, that ends with it."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        server = Postgres(Path(folder) / "postgres", die_with_parent=True, durable=False)
        server.start()
        try:
            prepare(server.url(SUPERUSER, "postgres"), TEMPLATE, passwords_of(server))
            migrate(server.url("store_owner", TEMPLATE), migration_folders())
            with fresh_database(server) as database, fuzzed(database, Path(folder) / "state") as house:
                yield house
        finally:
            server.stop()


@contextmanager
def fuzzed(database: Database, state: Path) -> Iterator[House]:
    """A house where everything can be asked: with an OpenID provider, and with nobody asking too often."""
    with patient(), brief_connections(), running() as provider:
        chosen = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        with opened(database.app_url, database.owner_url, state, **chosen) as house:
            provider.now = house.platform.clock.now
            yield house


@contextmanager
def patient() -> Iterator[None]:
    """Guesses are counted by the same rules up to higher numbers: everything here comes from one address."""
    before = dict(limits.RULES)
    for name, rule in before.items():
        windows = tuple(type(each)(OFTEN, each.multiples) for each in rule.windows)
        limits.RULES[name] = replace(rule, windows=windows)
    try:
        yield
    finally:
        limits.RULES.update(before)


def run(examples: int, seed: int, console: Console) -> Figures:
    """One run; the bar counts requests, of which the phases before fuzzing make an unknown number."""
    document = openapi_document()
    plan = planned(examples, seed, sum(map(len, document["paths"].values())))
    with (
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
        throwaway() as house,
    ):
        task = progress.add_task("starting", total=None)

        def watch(phase: str, asked: int) -> None:
            progress.update(
                task,
                description=f"{phase}, {asked:,} requests",
                completed=min(asked, examples),
                total=examples,
            )

        return figures(document, played(house, document, plan), watch)


def tell(found: Figures, seed: int, seconds: float, console: Console) -> None:
    """The figures, and each finding with the request that shows it again."""
    for finding in found.findings.values():
        console.rule(f"{finding.operation}: {finding.check}, {finding.times} times", style="red")
        console.print(f"{finding.said}\n{finding.request}", markup=False, highlight=False, soft_wrap=True)
    for error in found.broken:
        console.print(f"not asked: {error}", markup=False, style="red", soft_wrap=True)
    by_phase = ", ".join(f"{count:,} {phase}" for phase, count in found.examples.items())
    reached = len(found.operations) - len(found.unreached)
    lines = [
        f"{found.examples.total():,} examples ({by_phase}) in {seconds:.0f} s, seed {seed}",
        f"{reached} of {len(found.operations)} operations reached a 2xx: {found.reached:.1f} %; {ENOUGH} % are asked for",
        f"{sum(n for length, n in found.chains.items() if length >= LONG)} chains of {LONG} and more, all accepted",
        *([f"without a 2xx: {', '.join(found.unreached)}"] if found.unreached else []),
        *(f"switched off: {check}: {reason}" for check, reason in OFF.items()),
        f"{len(found.findings)} findings",
    ]
    console.print("\n".join(lines), highlight=False, soft_wrap=True, style="" if found.kept else "red")


def main() -> int:
    """Exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--examples", type=int, default=5_000, help="drawn, besides what the document shows")
    parser.add_argument(
        "--seed", type=int, default=None, help="the same again; without it another one each time"
    )
    chosen = parser.parse_args()
    seed = randbelow(1_000_000) if chosen.seed is None else chosen.seed
    silence()
    console, began = Console(), time.monotonic()
    found = run(chosen.examples, seed, console)
    tell(found, seed, time.monotonic() - began, console)
    return 0 if found.kept else 1


def silence() -> None:
    """Refusals are what this is about: nobody reads a line about each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)


if __name__ == "__main__":
    sys.exit(main())
