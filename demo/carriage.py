"""By what a cluster did its work: events came by Kafka, processes shared Redis, documents are in the bucket.

When one of the three is away the store and the processes do its work, and every other figure is the same. So they are
asked themselves, once everything has come to rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

from demo.judge import Verdict
from providers.storage import s3
from runtime.settings import Settings

GROUPS: Final = ("projections", "reactions")
MOSTLY: Final = 0.5
"""The least share of the events that Kafka has to have brought: whoever starts, or is started again, reads from the
store what came before."""
OK: Final = "ok"


@dataclass(frozen=True)
class Carriage:
    """What the processes and the bucket say of themselves.

    carried, read  by group and process, events that Kafka brought, and those that were read from the store
    shipped        by relay, events that were acknowledged
    behind         events that Kafka has not; None when nobody says so
    ready          by API process, the checks of ``/health/ready``: their status and what they say
    kept, stored   keys of the documents that the records name, and of those that are in the bucket
    """

    carried: Mapping[str, Mapping[str, int]]
    read: Mapping[str, Mapping[str, int]]
    shipped: Mapping[str, int]
    behind: int | None
    ready: Mapping[str, Mapping[str, tuple[str, str]]]
    kept: frozenset[str]
    stored: frozenset[str]

    def verdicts(self) -> list[Verdict]:
        """What does not hold says what to look at."""
        return [
            *(self._by_kafka(group) for group in GROUPS),
            self._shipped(),
            self._shared("redis", "the processes of the API share Redis"),
            self._shared("events", "the API sees that events come by Kafka"),
            self._in_the_bucket(),
        ]

    def _by_kafka(self, group: str) -> Verdict:
        by, read = self.carried.get(group, {}), sum(self.read.get(group, {}).values())
        carried = sum(by.values())
        holds = carried > 0 and carried >= MOSTLY * (carried + read)
        busy = sum(count > 0 for count in by.values())
        said = f"{carried:,} brought to {busy} of {len(by)} processes, {read:,} read from the store"
        return Verdict(
            f"{group} come by Kafka", holds, said if holds else f"{said}: see the log of the relay"
        )

    def _shipped(self) -> Verdict:
        shipped = sum(self.shipped.values())
        holds = shipped > 0 and self.behind == 0
        behind = "nobody says how many wait" if self.behind is None else f"{self.behind:,} wait"
        return Verdict("the relay ships", holds, f"{shipped:,} acknowledged, {behind}")

    def _shared(self, check: str, name: str) -> Verdict:
        said = {process: checks.get(check, ("", "is not asked")) for process, checks in self.ready.items()}
        wrong = [
            f"{process}: {words}" for process, (status, words) in said.items() if not _answers(status, words)
        ]
        found = wrong[0] if wrong else f"{len(said)} say so"
        return Verdict(name, bool(said) and not wrong, found)

    def _in_the_bucket(self) -> Verdict:
        missing = sorted(self.kept - self.stored)
        holds = bool(self.kept) and not missing
        said = f"{len(self.kept)} kept, {len(missing)} of them not in the bucket"
        return Verdict("documents are in S3", holds, said)


def _answers(status: str, words: str) -> bool:
    """A part that was not set at all is no degradation to an API, but it is one to a cluster."""
    return status == OK and not words.startswith(
        ("none is set", "events come from the store", "is not asked")
    )


def seen(facts: Mapping[str, Any], settings: Settings, kept: Iterable[str]) -> Carriage:
    """Ask everybody.

    facts  of the cluster: ``figures`` and ``ready``, addresses by process
    kept   keys of the documents that the records name
    """
    by: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    shipped: dict[str, int] = {}
    behind: int | None = None
    for process, address in facts["figures"].items():
        for name, labels, value in _samples(_text(address)):
            if name in _BY_GROUP:
                by[name][labels["group"]][process] = value
            elif name == "quittance_relay_shipped_total":
                shipped[process] = value
            elif name == "quittance_relay_lag_events":
                behind = value
    ready = {process: _checks(address) for process, address in facts["ready"].items()}
    carried, read = (by[name] for name in _BY_GROUP)
    return Carriage(carried, read, shipped, behind, ready, frozenset(kept), frozenset(_bucket(settings)))


_BY_GROUP: Final = ("quittance_carried_events_total", "quittance_gap_events_total")


def _text(address: str) -> str:
    return httpx.get(address, timeout=30).raise_for_status().text


def _samples(text: str) -> Iterable[tuple[str, Mapping[str, str], int]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels, int(sample.value)


def _checks(address: str) -> dict[str, tuple[str, str]]:
    checks: Sequence[Mapping[str, str]] = httpx.get(address, timeout=30).json()["checks"]
    return {one["name"]: (one["status"], one["detail"]) for one in checks}


def _bucket(settings: Settings) -> Iterable[str]:
    pages = s3.client_of(settings).get_paginator("list_objects_v2").paginate(Bucket=settings.s3_bucket)
    for page in pages:
        for one in page.get("Contents", ()):
            yield one["Key"]
