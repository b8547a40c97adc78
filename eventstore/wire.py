"""One prepared statement over libpq itself: for the append that every command ends in.

A cursor is made for any statement. At each call it looks up how to send the values and how to read the answer, and
steps through generators that share one connection between threads: half of what the client spends on an append
(decision 14). Here the types are known and the connection is held by one thread, so the bytes go as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg import Connection
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus

_BINARY = 1


class Prepared:
    """A statement that answers one value, prepared once on each connection.

    name       of the prepared statement; no other of this name may exist
    statement  with ``$1`` to ``$n``
    types      PostgreSQL's names of the parameters' types, ``uuid[]`` for an array
    """

    def __init__(self, name: str, statement: str, types: Sequence[str]) -> None:
        self._name, self._statement = name.encode(), statement.encode()
        self._types = [_oid(each) for each in types]
        self._formats = [_BINARY] * len(types)
        self._prepared_on: WeakSet[Connection[Any]] = WeakSet()

    def __call__(self, connection: Connection[Any], values: Sequence[Any]) -> bytes | None:
        """Execute it and wait; the connection is used by nobody else meanwhile, and is in no transaction.

        values  each in the binary form of its type; None for NULL

        Returns the first column of the first row in binary form. Raises what a cursor would raise.
        """
        if connection not in self._prepared_on:
            self._prepare(connection)
        try:
            return self._execute(connection, values)
        except InvalidSqlStatementName:
            # psycopg forgets every prepared statement of a connection after a rollback; nothing was done.
            self._prepare(connection)
            return self._execute(connection, values)

    def _prepare(self, connection: Connection[Any]) -> None:
        result = connection.pgconn.prepare(self._name, self._statement, self._types)
        if result.status != ExecStatus.COMMAND_OK:
            raise _error(connection, result)
        self._prepared_on.add(connection)

    def _execute(self, connection: Connection[Any], values: Sequence[Any]) -> bytes | None:
        result = connection.pgconn.exec_prepared(self._name, values, self._formats, _BINARY)
        if result.status != ExecStatus.TUPLES_OK:
            raise _error(connection, result)
        return result.get_value(0, 0)


def _error(connection: Connection[Any], result: Any) -> psycopg.Error:
    if connection.pgconn.status == ConnStatus.BAD and not result.error_field(
        psycopg.pq.DiagnosticField.SQLSTATE
    ):
        return psycopg.OperationalError(result.get_error_message() or "the connection is lost")
    return error_from_result(result)


def _oid(name: str) -> int:
    known = psycopg.adapters.types[name.removesuffix("[]")]
    return known.array_oid if name.endswith("[]") else known.oid
