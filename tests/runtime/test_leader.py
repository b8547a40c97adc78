"""One leads, the others stand by."""

from __future__ import annotations

import threading

import psycopg

from runtime.leader import lead
from tests.soon import soon


class Candidate:
    def __init__(self, url: str) -> None:
        self.rounds, self.stop = 0, threading.Event()
        self._thread = threading.Thread(target=lead, args=(url, 99, self._work, self.stop))
        self._thread.start()

    def _work(self) -> float:
        self.rounds += 1
        return 0.01

    def end(self) -> None:
        self.stop.set()
        self._thread.join(20)


def test_a_standby_works_when_the_leader_is_gone_and_not_before(database):
    first = Candidate(database.app_url)
    soon(lambda: first.rounds > 3)
    second = Candidate(database.app_url)
    soon(lambda: first.rounds > 60)
    assert second.rounds == 0
    first.end()
    soon(lambda: second.rounds > 3)
    second.end()


def test_a_leader_whose_connection_was_cut_competes_again(database):
    only = Candidate(database.app_url)
    soon(lambda: only.rounds > 3)
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%leader'"
        )
    rounds = only.rounds
    soon(lambda: only.rounds > rounds + 3)
    only.end()
