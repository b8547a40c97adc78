"""`manage.py audit`: is the history what was written, is what is read what it says, are the documents those it names?"""

from __future__ import annotations

import json
import os
from typing import Any

from psycopg_pool import ConnectionPool
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from access.proof import LogProof, verify_log
from eventstore import compare as engine
from eventstore.store import Store
from eventstore.verify import Chains, verify_chains
from roles import documents
from roles.migrate import every_read_model
from roles.process import store_on
from runtime import database, log
from runtime.settings import Settings

PASSES = ({"batch": 777, "seed": None}, {"batch": 50, "seed": 1})
"""Each read model is replayed in the order of the store, then with its lanes shuffled and in other batches."""


def audit(settings: Settings, what: str, *, json: bool) -> int:
    """Exit code: 0 when nothing differs, 1 when something does, 2 for a word that is none of ours."""
    log.setup("audit", "error")
    if what == "documents":
        facts = documents.audited(settings)
        _show(facts, json)
        return 0 if facts["well"] else 1
    if what not in ("verify", "compare"):
        print(
            "`audit verify` checks every stream's chain; `audit compare` replays every read model;"
            " `audit documents` reads every document that an event names."
        )
        return 2
    with database.pool(settings.auditor_url, name="audit") as pool:
        store = store_on(pool, settings)
        facts = _verified(_verify(store), _log(pool)) if what == "verify" else _compared(store, settings)
    _show(facts, json)
    return 0 if facts["well"] else 1


def _verify(store: Store) -> Chains:
    """On every core, with a bar on a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("Verifying")
        return verify_chains(
            store,
            lambda done, of: progress.update(bar, completed=done, total=of),
            processes=os.cpu_count() or 1,
        )


def _log(pool: ConnectionPool) -> LogProof:
    with pool.connection() as connection:
        return verify_log(connection)


def _verified(chains: Chains, log: LogProof) -> dict[str, Any]:
    broken = [{"stream": str(b.stream_id), "version": b.version, "what": b.what} for b in chains.breaks]
    broken += [{"stream": "access log", "version": entry, "what": what} for entry, what in log.breaks]
    return {
        "well": not broken, "streams": chains.streams, "events": chains.events, "accesses": log.entries,
        "access_log_head": log.head, "rows": broken,
    }  # fmt: skip


def _compared(store: Any, settings: Settings) -> dict[str, Any]:
    rows = []
    for chosen in PASSES:
        for found in engine.compare(store, settings.auditor_url, every_read_model(), **chosen):
            rows.append({
                "read_model": found.read_model, "order": "shuffled" if chosen["seed"] else "of the store",
                "rows": found.rows, "events": found.events, "parked": found.parked, "differ": len(found.differences),
                "keys": [[str(part) for part in difference.key] for difference in found.differences[:10]],
            })  # fmt: skip
    return {"well": not any(row["differ"] for row in rows), "rows": rows}


def _show(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts))
        return
    console = Console()
    if facts["rows"]:
        table = Table(*facts["rows"][0], box=None)
        for row in facts["rows"]:
            table.add_row(*(str(value) for value in row.values()))
        console.print(table)
    if "documents" in facts:
        console.print(f"{facts['documents']} documents")
    if "streams" in facts:
        console.print(f"{facts['streams']} streams, {facts['events']} events, {facts['accesses']} accesses")
        console.print(
            f"the access log ends with {facts['access_log_head']}: written down elsewhere, it shows a cut"
        )
    console.print("[green]nothing differs[/]" if facts["well"] else "[red]see above[/]")
