"""A rebuild that never ends, for tests that end it: ``python -m tests.eventstore.rebuilding APP OWNER PROCESSES``.

Never imported: its read model has the name of another one.
"""

from __future__ import annotations

import os
import sys
import threading

from psycopg_pool import ConnectionPool

from eventstore import Keyring, Store, Table, on
from eventstore.rebuild import rebuild
from tests.eventstore.shelf import Book, BookList


class Halting(BookList):
    """A book list that stops at its first row, which is written by then; says so by a line on its output."""

    name = BookList.name

    @on(Book.Bought)
    def _bought(self, e: Book.Bought, table: Table) -> None:
        super()._bought(e, table)
        table.flush()
        os.write(1, b"halted\n")
        threading.Event().wait()


def main(app: str, owner: str, processes: str) -> None:
    with ConnectionPool(app, kwargs={"autocommit": True}, min_size=1, max_size=4, open=True) as pool:
        store = Store(pool, Keyring(pool, os.urandom(32)), os.urandom(32))
        rebuild(store, owner, Halting, processes=int(processes))


if __name__ == "__main__":
    main(*sys.argv[1:])
